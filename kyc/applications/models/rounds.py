"""What an applicant sent in one pass, and how that pass ended."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from kyc.applications.models.application import Application
from kyc.applications.status import AskedSide, Outcome, Reason
from kyc.vault.models import SealedField, SealedModel


class Document(SealedModel):
    """One photo of one side: the canonical picture, sealed in storage.

    `sha256` is the digest of the canonical JPEG, before sealing: what is stored, sent, shown and
    decided on.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="documents")
    sent_as = models.CharField(max_length=5, choices=[("front", "front"), ("back", "back")])
    sha256 = models.CharField(max_length=64, editable=False)
    look = SealedField(null=True, editable=False)
    """What the picture looks like, in 256 bits: see `likeness`."""
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    stored_as = models.CharField(max_length=120, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    """When a draft's photo was replaced by a better one; its file is gone then."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_is_front_or_back", condition=Q(sent_as__in=["front", "back"])
            ),
            models.CheckConstraint(
                name="document_picture_is_within_limits",
                condition=Q(width__gte=15, width__lte=8192, height__gte=15, height__lte=8192),
            ),
        ]
        indexes = (
            # The very same picture in another application.
            models.Index(fields=["sha256"], name="document_by_digest"),
        )

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def vault_key_id(self) -> UUID:
        return self.application.key_id

    @property
    def vault_owner(self) -> str:
        return self.application.reference


class LikenessBand(models.Model):
    """A piece of what a picture looks like, digested under INDEX_KEY: pictures alike share one."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="bands")
    digest = models.BinaryField(max_length=16)

    class Meta:
        indexes = (
            # Pictures alike, when a picture has been read.
            models.Index(fields=["digest"], name="likeness_band_by_digest"),
        )

    def __str__(self) -> str:
        return str(self.document)


class Round(models.Model):
    """One pass from submit to decision. A resubmission or a reopening starts the next.

    A side that is kept from the round before is the same Document, with the same readings.
    """

    class Start(models.TextChoices):
        SUBMITTED = "submitted", "submitted"
        RESUBMITTED = "resubmitted", "resubmitted"
        REOPENED = "reopened", "reopened"

    application = models.ForeignKey(Application, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(default=1)
    start = models.CharField(max_length=12, choices=Start, default=Start.SUBMITTED)
    front = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    back = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    submission_key = models.CharField(max_length=64, null=True, editable=False)
    """The key of the resubmission that opened the round; a first one's is the application's."""
    reminded = models.PositiveSmallIntegerField(default=0, editable=False)
    """How many reminders of this round's request have been sent."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="round_numbers_are_unique"
            ),
            models.UniqueConstraint(
                fields=["application", "submission_key"],
                name="round_submission_key_is_used_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} round {self.number}"

    def document(self, side: str) -> Document | None:
        """The photo of one side, as this round knows it."""
        return self.front if side == "front" else self.back

    def set_document(self, side: str, document: Document) -> None:
        """Put a photo on one side and save."""
        setattr(self, side, document)
        self.save(update_fields=[side])


class Verdict(SealedModel):
    """What Recommendation and Decision have in common: an outcome, and why."""

    round: models.ForeignKey[Round, Round]
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=24, choices=Outcome)
    reason = models.CharField(max_length=24, choices=Reason, blank=True)
    side = models.CharField(max_length=5, choices=AskedSide, blank=True)
    message = SealedField(null=True)
    """To the applicant, in their language."""
    note = SealedField(null=True)
    """Internal: never shown to an applicant."""
    waited = models.FloatField(null=True, editable=False)
    """Seconds from when reviewers had the case to this."""
    worked = models.FloatField(null=True, editable=False)
    """Seconds that whoever said it had held the case; None where it was not held before."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.round} {self.outcome}"

    @property
    def vault_key_id(self) -> UUID:
        return self.round.application.key_id

    @property
    def vault_owner(self) -> str:
        return self.round.application.reference


def _verdict_constraints(table: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            name=f"{table}_says_why_unless_approved",
            condition=Q(outcome=Outcome.APPROVED, reason="", side="")
            | Q(outcome=Outcome.DECLINED, reason__in=Reason.values, side="")
            | Q(
                outcome=Outcome.RESUBMISSION_REQUESTED,
                reason__in=Reason.values,
                side__in=AskedSide.values,
            ),
        )
    ]


class Recommendation(Verdict):
    """The first reviewer's outcome where a second look is asked for.

    A second person may send it back; what is recommended then is another one.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="recommendations")
    returned_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = (
            *_verdict_constraints("recommendation"),
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(returned_at=None),
                name="recommendation_stands_once_a_round",
            ),
        )


class Decision(Verdict):
    """The outcome of one round: at most one, by the one-to-one."""

    round = models.OneToOneField(Round, models.PROTECT)

    class Meta:
        constraints = _verdict_constraints("decision")
        indexes = (
            # The team's numbers of some days.
            models.Index(fields=["at"], name="decision_by_time"),
        )
