"""The demo's accounts: their password is written in the manual."""

from typing import Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from kyc.accounts.models import Role, User

PASSWORD: Final = "permitdesk-demo"  # noqa: S105 it opens the demo only
PEOPLE: Final[dict[str, tuple[str, Role | None]]] = {
    "applicant": ("Ana Demo", None),
    "reviewer": ("Rui Demo", Role.REVIEWER),
    "senior": ("Sofia Demo", Role.SENIOR),
    "auditor": ("Eva Demo", Role.AUDITOR),
    "admin": ("Adam Demo", Role.ADMINISTRATOR),
}


@transaction.atomic
def make_demo_accounts() -> dict[str, User]:
    """Make whichever of the five accounts are missing; harmless to call again."""
    if not settings.DEMO:
        raise ImproperlyConfigured("Accounts with a known password belong to the demo only.")
    return {name: _account(name, *person) for name, person in PEOPLE.items()}


def _account(local_part: str, name: str, role: Role | None) -> User:
    email = f"{local_part}@demo.example"
    user = User.objects.filter(email=email).first()
    user = user or User.objects.create_user(email, PASSWORD, name=name)
    if role:
        user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user
