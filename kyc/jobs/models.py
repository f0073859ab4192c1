"""Work that must get done. A message only rings for it; the row is the truth."""

from datetime import timedelta
from typing import Final, Self

from django.db import models
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

LEASE: Final = timedelta(seconds=10)
RENEW_EVERY: Final = timedelta(seconds=3)
LONGEST_CALL: Final = timedelta(seconds=30)
MOST_ATTEMPTS: Final = 8


def from_now(delay: timedelta) -> "ExpressionWrapper[CombinedExpression]":
    """A moment on the database's clock: workers' clocks differ, and may jump."""
    return ExpressionWrapper(Now() + Value(delay), output_field=DateTimeField())


class Kind(models.TextChoices):
    """What is to be done; the doorbell knows a task for each."""

    EXTRACTION = "extraction", "read one document"


class Outcome(models.TextChoices):
    """How a job ended."""

    DONE = "done", "done"
    PARKED = "parked", "left to a person"


class JobQuerySet(models.QuerySet["Job"]):
    """Questions about many jobs."""

    def open(self) -> Self:
        """Not ended yet."""
        return self.filter(ended_at=None)

    def due(self) -> Self:
        """Nobody holds them and their time has come, oldest first."""
        free = Q(lease_until=None) | Q(lease_until__lt=Now())
        return self.open().filter(free, due_at__lte=Now()).order_by("due_at", "pk")


class Job(models.Model):
    """One piece of work.

    waiting --claim--> held --done--> ended
       ^                 | retry_in / lease runs out
       +-----------------+
    """

    kind = models.CharField(max_length=16, choices=Kind)
    subject = models.UUIDField()
    """The UUID of what is to be worked on: a Document."""
    due_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="job_is_one_for_each_subject"),
            models.CheckConstraint(
                name="job_has_an_outcome_iff_ended",
                condition=Q(ended_at__isnull=True, outcome="")
                | Q(ended_at__isnull=False, outcome__in=Outcome.values),
            ),
        ]
        indexes = [
            # The sweeper's question, every few seconds.
            models.Index(fields=["due_at"], name="job_due", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def claim(self) -> int | None:
        """Take this job for LEASE, or return None: it is done, held, or not yet due.

        The returned fence must be shown to whoever records the outcome, so that
        a worker that slept past its lease cannot overwrite its successor.
        """
        taken = (
            Job.objects.due()
            .filter(pk=self.pk)
            .order_by()
            .update(fence=F("fence") + 1, attempts=F("attempts") + 1, lease_until=from_now(LEASE))
        )
        if not taken:
            return None
        self.refresh_from_db()
        return self.fence

    def renew(self, fence: int) -> bool:
        """Hold the job for another LEASE; False when it is no longer ours."""
        return self._held(fence).update(lease_until=from_now(LEASE)) == 1

    def end(self, fence: int, outcome: Outcome) -> bool:
        """End the job; False when the fence is stale, and then nothing may be recorded."""
        ended = self._held(fence).update(ended_at=Now(), outcome=outcome, lease_until=None)
        return ended == 1

    def retry_in(self, fence: int, delay: timedelta, error: str) -> bool:
        """Give the job back, due again after `delay`; False when the fence is stale."""
        given_back = self._held(fence).update(
            due_at=from_now(delay), lease_until=None, last_error=error[:40]
        )
        return given_back == 1

    def wait_uncounted(self, fence: int, delay: timedelta, error: str) -> bool:
        """As `retry_in`, for a fault that is the operator's: it uses no attempt up."""
        given_back = self._held(fence).update(
            due_at=from_now(delay),
            lease_until=None,
            last_error=error[:40],
            attempts=F("attempts") - 1,
        )
        return given_back == 1

    def _held(self, fence: int) -> models.QuerySet["Job"]:
        return Job.objects.open().filter(pk=self.pk, fence=fence)
