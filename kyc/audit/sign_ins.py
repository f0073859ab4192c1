"""Who signed in. Django's own signals, because accounts may not import the audit above them."""

from typing import Any

from django.http import HttpRequest

from kyc.accounts.models import User
from kyc.audit import log
from kyc.audit.actions import Action


def record_sign_in(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Record one sign-in."""
    with log.act():
        log.record(
            Action.ACCOUNT_SIGNED_IN, actor=user, subject_type="account", subject=str(user.pk)
        )


def record_failure(**_: Any) -> None:
    """Record that a sign-in failed; which address was tried is nobody's business here."""
    with log.act():
        log.record(Action.ACCOUNT_SIGN_IN_FAILED, subject_type="account", subject="unknown")
