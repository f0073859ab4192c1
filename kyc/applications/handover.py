"""Hand a draft to a phone: a secret is offered, and taken once by one browser."""

import hashlib
import secrets

from kyc.accounts.models import User
from kyc.applications import intake
from kyc.applications.models import Application, HandOver
from kyc.audit import log
from kyc.audit.actions import Action


def offer(applicant: User) -> tuple[HandOver, str]:
    """Offer the account's draft, begun here if need be; the secret is given out this once."""
    draft = intake.keep(applicant, pictures={}, submission_key=secrets.token_urlsafe(24))
    secret = secrets.token_urlsafe(32)
    with log.act():
        offered = HandOver.objects.create(application=draft, digest=_digest(secret))
        draft.record(Action.APPLICATION_HANDED_OVER, actor=applicant)
    return offered, secret


def take(secret: str) -> HandOver | None:
    """Take what a secret offers; None when it is unknown, too old, or taken already."""
    open_offers = HandOver.objects.open().filter(digest=_digest(secret))
    with log.act():
        offered = open_offers.select_related("application").first()
        if offered is None or not offered.take():
            return None
        offered.application.record(Action.APPLICATION_TAKEN_OVER, role="phone")
    return offered


def lent_draft(hand_over: int | None) -> Application | None:
    """The draft that a browser may add to; None when its time is over."""
    if hand_over is None:
        return None
    lent = HandOver.objects.lent().filter(pk=hand_over).select_related("application__applicant")
    found = lent.first()
    return found.application if found else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
