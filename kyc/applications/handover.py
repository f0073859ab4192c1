"""Hand a draft to a phone: a secret is offered, and taken once by one browser.

It ends with the next offer and when its owner signs out: nobody keeps a phone they forgot.
"""

import hashlib
import secrets
from typing import Any, Final

from kyc.accounts.models import User
from kyc.applications import intake
from kyc.applications.models import Application, HandOver
from kyc.applications.models.handovers import HandOverQuerySet, Stage
from kyc.applications.status import Status
from kyc.audit import log
from kyc.audit.actions import Action

PHONE: Final = "phone"
"""The role of whoever holds the phone, in the audit: nobody is signed in there."""


def offer(applicant: User) -> tuple[HandOver, str]:
    """Offer the account's draft, begun here if need be, to one phone and no longer to another.

    The secret is given out this once.
    """
    draft = intake.keep(applicant, pictures={}, submission_key=secrets.token_urlsafe(24))
    secret = secrets.token_urlsafe(32)
    with log.act():
        _end(applicant)
        offered = HandOver.objects.create(application=draft, digest=_digest(secret))
        draft.record(Action.APPLICATION_HANDED_OVER, actor=applicant)
    return offered, secret


def current(applicant: User) -> HandOver | None:
    """The account's hand-over of the draft it has now; the one before went with its offer."""
    theirs = HandOver.objects.filter(
        application__applicant=applicant, application__status=Status.DRAFT
    )
    return theirs.select_related("application").first()


def is_on(applicant: User) -> bool:
    """Whether another device may be about to add to the account's draft."""
    found = current(applicant)
    return found is not None and found.stage is not Stage.OVER


def offered_by(secret: str) -> User | None:
    """Say whose draft a secret offers, and take nothing."""
    found = _offers(secret).select_related("application__applicant").first()
    return found.application.applicant if found else None


def take(secret: str) -> HandOver | None:
    """Take what a secret offers; None when it is unknown, too old, or taken already."""
    with log.act():
        offered = _offers(secret).select_related("application").first()
        if offered is None or not offered.take():
            return None
        offered.application.record(Action.APPLICATION_TAKEN_OVER, role=PHONE)
    return offered


def lent_draft(hand_over: int | None) -> Application | None:
    """The draft that a browser may add to; None when its time is over."""
    if hand_over is None:
        return None
    lent = HandOver.objects.lent().filter(pk=hand_over).select_related("application__applicant")
    found = lent.first()
    return found.application if found else None


def end_at_sign_out(*, user: User | None, **_: Any) -> None:
    """End what an account has offered and lent; a session that ran out counts."""
    if user:
        _end(user)


def _end(applicant: User) -> None:
    HandOver.objects.filter(application__applicant=applicant).delete()


def _offers(secret: str) -> HandOverQuerySet:
    return HandOver.objects.open().filter(digest=_digest(secret))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
