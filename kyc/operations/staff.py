"""Staff: who has which role. Each change is recorded; nobody chooses a role for themselves."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email

from kyc.accounts.models import Role, User
from kyc.audit import log
from kyc.audit.actions import Action


def hire(email: str, *, name: str, password: str, roles: Iterable[Role]) -> User:
    """Make an account with a password and roles; ValidationError when either will not do."""
    with log.act():
        user = User(email=email.lower(), name=name)
        validate_email(user.email)
        validate_password(password, user)
        user.set_password(password)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        set_roles(user, roles=roles)
    return user


def set_roles(user: User, *, roles: Iterable[Role]) -> None:
    """Let somebody hold these roles and no others, from their next request on."""
    with log.act():
        user = User.objects.select_for_update().get(pk=user.pk)
        wanted = sorted(role.value for role in roles)
        before = sorted(user.roles)
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in wanted])
        _record(Action.ACCOUNT_ROLES_CHANGED, user, roles={"from": before, "to": wanted})


def close(user: User) -> None:
    """Shut an account: nobody signs in, and sessions end at their next request."""
    with log.act():
        if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            _record(Action.ACCOUNT_CLOSED, user)


def remove_factor(user: User) -> None:
    """Take off a lost second factor; no role page opens before there is a new one."""
    with log.act():
        removed, _ = user.authenticator_set.all().delete()
        if removed:
            _record(Action.ACCOUNT_FACTOR_REMOVED, user)


def _record(action: Action, user: User, **data: Any) -> None:
    log.record(action, subject_type="account", subject=str(user.pk), **data)
