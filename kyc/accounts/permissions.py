"""Who may come in. A stranger signs in first; somebody with the wrong role gets 403."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kyc.accounts.http import SignedInRequest, StaffRequest
from kyc.accounts.models import Role

P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


def signed_in_required(view: View[P]) -> View[P]:
    """Let anyone in who is signed in: applicants' pages, so a stranger is offered a code."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), "account_request_login_code")
        return view(cast("SignedInRequest", request), *args, **kwargs)

    return guarded


def role_required(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let in who holds one of the roles and, outside the demo, has a second factor."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _signed_out(request)
            staff = cast("StaffRequest", request)
            if not staff.user.has_role(*roles):
                raise PermissionDenied
            if settings.STAFF_SECOND_FACTOR and not staff.user.has_second_factor:
                return redirect("mfa_activate_totp")
            return view(staff, *args, **kwargs)

        return guarded

    return decorate


def _signed_out(request: HttpRequest) -> HttpResponse:
    """Lead a person to the sign-in page; a script is told, so that it keeps what was typed."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": _("You are signed out.")}, status=401)
    return redirect_to_login(request.get_full_path())


reviewer_required = role_required(Role.REVIEWER, Role.SENIOR)
case_reader_required = role_required(Role.REVIEWER, Role.SENIOR, Role.AUDITOR)
senior_required = role_required(Role.SENIOR)
case_data_required = role_required(Role.SENIOR, Role.ADMINISTRATOR)
administrator_required = role_required(Role.ADMINISTRATOR)
auditor_required = role_required(Role.AUDITOR, Role.ADMINISTRATOR)
