"""One request to be verified: its state, who holds it, what it is found by."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from kyc.accounts.models import Language, User
from kyc.applications.references import in_fours, new_reference
from kyc.applications.status import CLOSED, NEXT, REVIEWABLE, Outcome, Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.vault.models import TokenKind

if TYPE_CHECKING:
    from kyc.applications.models.rounds import Round

CLAIM: Final = timedelta(minutes=10)
"""How long a reviewer holds a case without a sign of life."""


class IllegalStep(Exception):
    """The application is no longer in a state from which this step leads."""


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Questions about many applications."""

    def awaiting_review(self) -> Self:
        """Longest waiting first, so that nobody is overtaken in the queue."""
        return self.filter(status__in=REVIEWABLE).order_by("queued_at", "pk")

    def held(self) -> Self:
        """Somebody has them open and has shown a sign of life."""
        return self.filter(
            held_by__isnull=False, held_since__isnull=False, held_until__gt=timezone.now()
        )

    def free(self) -> Self:
        """Nobody holds them, or the hold has run out. A reserved one may be taken by its name."""
        return self.filter(Q(held_by=None) | Q(held_since=None) | Q(held_until__lte=timezone.now()))

    def reserved(self) -> Self:
        """Somebody's next case, and not theirs yet."""
        return self.filter(held_by__isnull=False, held_since=None, held_until__gt=timezone.now())


class Application(models.Model):
    """One applicant's request to be verified, from upload to decision.

    DRAFT -> READING -> IN_REVIEW [-> SECOND_REVIEW] -> APPROVED | DECLINED
                ^                                    -> RESUBMISSION_REQUESTED -+
                +---------------------------- a new round ----------------------+
    Besides: WITHDRAWN by the applicant before a decision, EXPIRED when a draft or a request stays
    unanswered, IN_REVIEW again when a senior reopens, ERASED after its time. `status.NEXT` has it
    all, and only `move` sets a status.
    """

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    external_reference = models.CharField(max_length=64, null=True, blank=True, db_index=True)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications"
    )
    language = models.CharField(max_length=7, choices=Language, default=Language.ENGLISH)
    key_id = models.UUIDField(editable=False)
    submission_key = models.CharField(max_length=64, null=True, editable=False)
    status = models.CharField(max_length=24, choices=Status, default=Status.DRAFT)
    since = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    consented_at = models.DateTimeField(null=True, editable=False)
    consent_version = models.CharField(max_length=16, blank=True, editable=False)
    """Which words were agreed to, in `language`: see `consent`."""
    version = models.PositiveIntegerField(default=0, editable=False)
    """Changes with each saved answer and each change of state; a post with an older one is 409."""
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="held_applications"
    )
    held_until = models.DateTimeField(null=True)
    held_since = models.DateTimeField(null=True)
    """When whoever holds it took it; only `held_until` says whether the hold still holds.

    None while it is only reserved, which keeps it out of others' way but not out of their hands.
    """
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    """Since when reviewers have had it to decide; a second look does not begin anew."""
    escalated_at = models.DateTimeField(null=True, editable=False)
    """Since when it is for seniors alone; None where anybody may decide."""
    meant_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    """The reviewer to whom a second person sent it back."""
    traits = models.BigIntegerField(default=0, editable=False)
    """What the queue is filtered by, as bits. Derived: `traits` brings it up to date."""

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="application_status_is_known", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="application_closed_at_iff_closed",
                condition=Q(status__in=CLOSED, closed_at__isnull=False)
                | (~Q(status__in=CLOSED) & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="application_sent_has_consent_and_time",
                condition=Q(
                    status__in=[Status.DRAFT, Status.WITHDRAWN, Status.EXPIRED, Status.ERASED]
                )
                | Q(submitted_at__isnull=False, consented_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_hold_has_an_end",
                condition=Q(held_by__isnull=True, held_until__isnull=True)
                | Q(held_by__isnull=False, held_until__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(status=Status.DRAFT),
                name="application_draft_is_one_for_each_applicant",
            ),
            models.UniqueConstraint(
                fields=["applicant", "submission_key"],
                name="application_submission_key_is_used_once",
            ),
        ]
        indexes = [
            # The reviewers' queue, oldest first.
            models.Index(
                fields=["queued_at", "id"],
                name="application_queue",
                condition=Q(status__in=REVIEWABLE),
            ),
            # The reviewers' list of what was decided, newest first.
            models.Index(
                fields=["-since", "-id"],
                name="application_decided",
                condition=Q(status__in=Outcome.values),
            ),
            # The reviewers' list of all that was sent, and what a search found, newest first.
            models.Index(fields=["-since", "-id"], name="application_newest"),
            # The sweep that expires drafts and unanswered requests.
            models.Index(fields=["status", "since"], name="application_by_status"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def shown_reference(self) -> str:
        """The reference in fours."""
        return in_fours(self.reference)

    @property
    def current_round(self) -> "Round":
        """The latest round."""
        return self.rounds.latest("number")

    @property
    def holder(self) -> User | None:
        """Who holds the case now; None when nobody does or the hold ran out."""
        return self.held_by if self.held_since and self._hold_lasts else None

    @property
    def reserved_for(self) -> User | None:
        """Whose next case it is; None when nobody's, or when somebody holds it."""
        return self.held_by if not self.held_since and self._hold_lasts else None

    @property
    def _hold_lasts(self) -> bool:
        return self.held_until is not None and self.held_until > timezone.now()

    def move(
        self, to: Status, *, action: Action, actor: User | None = None, role: str = "", **data: Any
    ) -> None:
        """Step to another status and record it, inside the act that is open.

        The step is a conditional UPDATE whose row count is the lock. Raises IllegalStep when
        the application has moved on meanwhile, or when no such step exists.
        """
        start = self.status
        if to not in NEXT[start]:
            raise IllegalStep(f"{start} does not lead to {to}")
        now = timezone.now()
        changes: dict[str, Any] = {
            "status": to,
            "since": now,
            "version": F("version") + 1,
            "closed_at": now if to in CLOSED else None,
            "escalated_at": None,
            "meant_for": None,
        }
        if to not in REVIEWABLE:
            changes |= {"held_by": None, "held_until": None, "held_since": None}
        elif start not in REVIEWABLE:
            changes["queued_at"] = now
        waiting = Application.objects.filter(pk=self.pk, status=start, version=self.version)
        if waiting.update(**changes) != 1:
            raise IllegalStep(f"{self.reference} is no longer {start}")
        self.refresh_from_db()
        data["status"] = {"from": start, "to": to.value}
        self.record(action, actor=actor, role=role, **data)

    def touch(self) -> None:
        """Count one more version: an answer was saved."""
        Application.objects.filter(pk=self.pk).update(version=F("version") + 1)
        self.refresh_from_db()

    def record(
        self, action: Action, *, actor: User | None = None, role: str = "", **data: Any
    ) -> None:
        """Record an act on this application."""
        log.record(
            action,
            subject_type="application",
            subject=self.reference,
            actor=actor,
            role=role or ("applicant" if actor and actor.pk == self.applicant_id else ""),
            **data,
        )


class SearchToken(models.Model):
    """Something an application can be found by, digested under INDEX_KEY."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="search_tokens")
    kind = models.CharField(max_length=12, choices=TokenKind)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "digest"], name="search_token_is_kept_once"
            ),
        ]
        indexes = [
            # The reviewers' search form.
            models.Index(fields=["digest", "kind"], name="search_token_by_digest"),
        ]

    def __str__(self) -> str:
        return self.kind
