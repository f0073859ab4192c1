"""By when a case should be decided, and how near that is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kyc.applications.models import Application
from kyc.applications.status import REVIEWABLE
from kyc.review.ages import age

SOON: Final = 0.75
"""From this share of the time on a case is near its deadline."""
METER: Final = 40


class Due(StrEnum):
    """How near the deadline is."""

    LATE = "late"
    SOON = "soon"
    IN_TIME = "in_time"


def allowed() -> timedelta:
    """How long a case may wait."""
    return timedelta(hours=settings.REVIEW_DEADLINE_HOURS)


def within(due: Due, now: datetime) -> Q:
    """The cases that stand so."""
    late, soon = now - allowed(), now - allowed() * SOON
    match due:
        case Due.LATE:
            return Q(queued_at__lte=late)
        case Due.SOON:
            return Q(queued_at__gt=late, queued_at__lte=soon)
        case Due.IN_TIME:
            return Q(queued_at__gt=soon)


@dataclass(frozen=True)
class Deadline:
    """The deadline of a case that has waited for some time."""

    waited: timedelta

    @property
    def left(self) -> timedelta:
        """How long is left; below zero once it is late."""
        return allowed() - self.waited

    @property
    def due(self) -> Due:
        """How near it is."""
        if self.left <= timedelta(0):
            return Due.LATE
        return Due.SOON if self.waited >= allowed() * SOON else Due.IN_TIME

    @property
    def words(self) -> str:
        """How long is left, or how late it is."""
        said = {"age": age(abs(self.left))}
        return _("%(age)s late") % said if self.due is Due.LATE else _("due in %(age)s") % said

    @property
    def share(self) -> int:
        """The part of its meter that is full, in pixels."""
        return max(0, min(METER, round(METER * (self.waited / allowed()))))


def of(application: Application) -> Deadline | None:
    """By when it should be decided; None where it does not wait for a reviewer."""
    if application.status not in REVIEWABLE:
        return None
    return Deadline(timezone.now() - application.queued_at)
