"""A draft handed from one device to another."""

from datetime import timedelta
from enum import StrEnum
from typing import Final, Self

from django.db import models
from django.utils import timezone

from kyc.applications.models.application import Application
from kyc.applications.status import Status

OFFERED: Final = timedelta(minutes=10)
LENT: Final = timedelta(hours=1)


class Stage(StrEnum):
    """How far a hand-over is."""

    OFFERED = "offered"
    LENT = "lent"
    OVER = "over"


class HandOverQuerySet(models.QuerySet["HandOver"]):
    """Questions about many hand-overs."""

    def open(self) -> Self:
        """Offered a moment ago, to a draft that still is one, and taken by nobody."""
        return self.filter(
            taken_at=None,
            offered_at__gt=timezone.now() - OFFERED,
            application__status=Status.DRAFT,
        )

    def lent(self) -> Self:
        """Taken not long ago, while the draft still is one."""
        return self.filter(taken_at__gt=timezone.now() - LENT, application__status=Status.DRAFT)


class HandOver(models.Model):
    """Leave for one browser to add sides to one draft without signing in.

    offered --taken within OFFERED--> lent --after LENT, or when the draft is sent--> over

    The row goes with the next offer, and when the owner signs out.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="hand_overs")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    """SHA-256 of the secret in the code; the secret itself is on two screens only."""
    offered_at = models.DateTimeField(default=timezone.now, editable=False)
    taken_at = models.DateTimeField(null=True, editable=False)

    objects = HandOverQuerySet.as_manager()

    def __str__(self) -> str:
        return f"hand-over {self.pk}"

    @property
    def stage(self) -> Stage:
        """How far it is, as long as its draft is one."""
        since, lasts = (self.taken_at, LENT) if self.taken_at else (self.offered_at, OFFERED)
        if since <= timezone.now() - lasts:
            return Stage.OVER
        return Stage.LENT if self.taken_at else Stage.OFFERED

    def take(self) -> bool:
        """Say whether this call took it: of two browsers with one code the first does."""
        waiting = HandOver.objects.filter(pk=self.pk, taken_at=None)
        return waiting.update(taken_at=timezone.now()) == 1
