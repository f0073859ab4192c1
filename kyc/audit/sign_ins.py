"""Who signed in and out, and what they changed about how they do.

Heard of through signals, because accounts may not import the audit above them.
"""

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from kyc.accounts.models import User
from kyc.audit import log
from kyc.audit.actions import Action


def listen() -> None:
    """Hear of everything below."""
    user_logged_in.connect(record_sign_in)
    user_logged_out.connect(record_sign_out)
    user_login_failed.connect(record_failure)
    authentication_failed.connect(record_failed_factor)
    password_changed.connect(record_new_password)
    authenticator_added.connect(record_new_factor)
    authenticator_removed.connect(record_lost_factor)


def record_sign_in(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Record one sign-in."""
    _record(Action.ACCOUNT_SIGNED_IN, user)


def record_sign_out(*, user: User | None, **_: Any) -> None:
    """Record one sign-out, a session that ran out included."""
    if user:
        _record(Action.ACCOUNT_SIGNED_OUT, user)


def record_failure(**_: Any) -> None:
    """Record that a sign-in failed; which address was tried is nobody's business here."""
    with log.act():
        log.record(Action.ACCOUNT_SIGN_IN_FAILED, subject_type="account", subject="unknown")


def record_failed_factor(*, user: User, **_: Any) -> None:
    """Record that a second factor was wrong: the password before it was right."""
    with log.act():
        log.record(
            Action.ACCOUNT_SIGN_IN_FAILED,
            subject_type="account",
            subject=str(user.pk),
            step="second_factor",
        )


def record_new_password(*, user: User, **_: Any) -> None:
    """Record a changed password."""
    _record(Action.ACCOUNT_PASSWORD_CHANGED, user)


def record_new_factor(*, user: User, authenticator: Any, **_: Any) -> None:
    """Record a second factor that was set up."""
    _record(Action.ACCOUNT_FACTOR_ADDED, user, kind=authenticator.type)


def record_lost_factor(*, user: User, authenticator: Any, **_: Any) -> None:
    """Record a second factor that was given up."""
    _record(Action.ACCOUNT_FACTOR_REMOVED, user, kind=authenticator.type)


def _record(action: Action, user: User, **data: Any) -> None:
    with log.act():
        log.record(action, actor=user, subject_type="account", subject=str(user.pk), **data)
