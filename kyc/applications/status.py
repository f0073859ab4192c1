"""The states of an application, and which follows which."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """See `Application` for how one leads to the next."""

    DRAFT = "draft", _("Draft")
    READING = "reading", _("Being read")
    IN_REVIEW = "in_review", _("With a reviewer")
    SECOND_REVIEW = "second_review", _("Second look")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    RESUBMISSION_REQUESTED = "resubmission_requested", _("Asked for a new photo")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    ERASED = "erased", _("Erased")


class Outcome(models.TextChoices):
    """What a decision says; each is also the status it leads to."""

    APPROVED = "approved", _("Approve")
    DECLINED = "declined", _("Decline")
    RESUBMISSION_REQUESTED = "resubmission_requested", _("Ask again")


class Reason(models.TextChoices):
    """Why not approved; the applicant's wording stands apart."""

    UNREADABLE = "unreadable", _("Cannot be read")
    CUT_OFF = "cut_off", _("Cut off")
    WRONG_DOCUMENT = "wrong_document", _("Not such a permit")
    EXPIRED = "expired", _("Expired")
    DIFFERENT_CARDS = "different_cards", _("Sides of two cards")
    DATA_DISAGREE = "data_disagree", _("Data disagree")
    SUSPECTED_ALTERATION = "suspected_alteration", _("Suspected alteration")
    UNDER_AGE = "under_age", _("Under age")
    OTHER = "other", _("Other")


class AskedSide(models.TextChoices):
    """Which photo is wanted again."""

    FRONT = "front", _("Front")
    BACK = "back", _("Back")
    BOTH = "both", _("Both sides")


DECIDED: Final = (Status.APPROVED, Status.DECLINED)
CLOSED: Final = (*DECIDED, Status.WITHDRAWN, Status.EXPIRED, Status.ERASED)
REVIEWABLE: Final = (Status.IN_REVIEW, Status.SECOND_REVIEW)

NEXT: Final[dict[str, frozenset[str]]] = {
    Status.DRAFT: frozenset({Status.READING, Status.WITHDRAWN, Status.EXPIRED}),
    Status.READING: frozenset({Status.IN_REVIEW, Status.WITHDRAWN}),
    Status.IN_REVIEW: frozenset(
        {
            Status.SECOND_REVIEW,
            Status.APPROVED,
            Status.DECLINED,
            Status.RESUBMISSION_REQUESTED,
            Status.WITHDRAWN,
        }
    ),
    Status.SECOND_REVIEW: frozenset(
        {
            Status.IN_REVIEW,
            Status.APPROVED,
            Status.DECLINED,
            Status.RESUBMISSION_REQUESTED,
            Status.WITHDRAWN,
        }
    ),
    Status.RESUBMISSION_REQUESTED: frozenset(
        {Status.READING, Status.WITHDRAWN, Status.EXPIRED, Status.IN_REVIEW}
    ),
    Status.APPROVED: frozenset({Status.IN_REVIEW, Status.ERASED}),
    Status.DECLINED: frozenset({Status.IN_REVIEW, Status.ERASED}),
    Status.WITHDRAWN: frozenset({Status.ERASED}),
    Status.EXPIRED: frozenset({Status.ERASED}),
    Status.ERASED: frozenset(),
}
"""Every legal step; a reopening leads a decided case back to IN_REVIEW."""
