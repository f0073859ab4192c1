"""What every page of the staff's shows at its head."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from kyc.accounts.models import Role

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Page(NamedTuple):
    """One link in the header."""

    url: str
    label: "StrOrPromise"
    active: bool = False


_PAGES = (
    (Page("/review/", _("Review")), (Role.REVIEWER, Role.SENIOR, Role.AUDITOR)),
    (Page("/quality/", _("Quality")), (Role.SENIOR, Role.ADMINISTRATOR)),
    (Page("/audit/", _("Audit")), (Role.AUDITOR, Role.ADMINISTRATOR)),
    (Page("/operations/providers/", _("Readers")), (Role.ADMINISTRATOR,)),
)


def staff_nav(request: HttpRequest) -> dict[str, Any]:
    """Offer the pages that the roles of whoever is signed in open, and name their role.

    Both are worked out only where a template asks: an applicant's page needs neither.
    """
    return {
        "staff_nav": SimpleLazyObject(lambda: _links(request)),
        "staff_role": SimpleLazyObject(lambda: _role(request)),
    }


def _links(request: HttpRequest) -> list[Page]:
    if not request.user.is_authenticated:
        return []
    return [
        page._replace(active=request.path.startswith(page.url))
        for page, roles in _PAGES
        if request.user.has_role(*roles)
    ]


def _role(request: HttpRequest) -> str:
    if not (request.user.is_authenticated and request.user.is_staff_member):
        return ""
    return str(Role(request.user.shown_role).label)
