"""What a machine read from a document, and what a person answered.

What a machine read is never overwritten; an answer stands beside it.
"""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from kyc.applications.models.rounds import Document, Round
from kyc.vault.models import SealedField, SealedModel
from ocr_integration.protocol.fields import FIELDS


class Extraction(SealedModel):
    """One run of OCR over one document, with its outcome and raw answer."""

    class Outcome(models.TextChoices):
        READ = "read", "read"
        UNREADABLE = "unreadable", "the picture could not be read"
        FAILED = "failed", "no answer could be had"
        SUPERSEDED = "superseded", "came after its lease had ended"

    document = models.ForeignKey(Document, models.PROTECT, related_name="extractions")
    current = models.BooleanField(default=True)
    fence = models.PositiveIntegerField()
    attempt = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    error_code = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(default=timezone.now)
    provider = models.CharField(max_length=64, blank=True)
    engine = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=64, blank=True)
    latency_ms = models.PositiveIntegerField(null=True)
    billed_as = models.CharField(max_length=64, blank=True)
    """The operator's word for what the call is charged to, "" where it is not: only 2xx are."""
    permit_type = models.CharField(max_length=64, blank=True)
    type_confidence = models.FloatField(default=0)
    side = models.CharField(max_length=5, blank=True)
    side_confidence = models.FloatField(default=0)
    portrait_stored_as = models.CharField(max_length=120, blank=True)
    portrait_sha256 = models.CharField(max_length=64, blank=True)
    portrait_location = models.JSONField(null=True)
    """Four [x, y] corners in pixels of the document's picture, or null."""
    places = models.JSONField(default=dict)
    """Where card and fields stand, by name: `at` as above, `seen` unless that is supposed."""
    raw = SealedField(null=True)
    """The provider's answer as JSON, its portrait left out."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(current=True),
                name="extraction_current_is_one_for_each_document",
            ),
            models.UniqueConstraint(
                fields=["document", "fence"], name="extraction_fence_is_recorded_once"
            ),
            models.CheckConstraint(
                name="extraction_superseded_is_never_current",
                condition=~Q(outcome="superseded", current=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.outcome}"

    @property
    def vault_key_id(self) -> UUID:
        return self.document.vault_key_id

    @property
    def vault_owner(self) -> str:
        return self.document.vault_owner


class FieldReading(SealedModel):
    """One field as the machine read it. Never edited.

    `highlighted` says whether the field was under its threshold, not read, or read otherwise by
    a second provider, when recorded.
    """

    extraction = models.ForeignKey(Extraction, models.PROTECT, related_name="readings")
    field = models.CharField(max_length=20, choices=[(name, name) for name in FIELDS])
    value = SealedField()
    confidence = models.FloatField()
    threshold = models.FloatField()
    highlighted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["extraction", "field"], name="field_reading_is_one_for_each_field"
            ),
            models.CheckConstraint(
                name="field_reading_confidence_is_a_probability",
                condition=Q(confidence__gte=0, confidence__lte=1),
            ),
            models.CheckConstraint(
                name="field_reading_field_is_the_apis", condition=Q(field__in=FIELDS)
            ),
        ]

    def __str__(self) -> str:
        return self.field

    @property
    def vault_key_id(self) -> UUID:
        return self.extraction.vault_key_id

    @property
    def vault_owner(self) -> str:
        return self.extraction.vault_owner


class SecondReading(SealedModel):
    """What another provider read of the same field, where a picture was read by both."""

    reading = models.OneToOneField(FieldReading, models.PROTECT, related_name="second")
    provider = models.CharField(max_length=64)
    value = SealedField()
    confidence = models.FloatField()
    agrees = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="second_reading_confidence_is_a_probability",
                condition=Q(confidence__gte=0, confidence__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {'agrees' if self.agrees else 'disagrees'}"

    @property
    def vault_key_id(self) -> UUID:
        return self.reading.vault_key_id

    @property
    def vault_owner(self) -> str:
        return self.reading.vault_owner


class FieldAnswer(SealedModel):
    """What a reviewer said of one field in one round. A correction is one kind of it."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", "confirmed"
        CORRECTED = "corrected", "corrected"
        BLANK = "blank", "blank"
        ILLEGIBLE = "illegible", "illegible"
        NOT_THIS_DOCUMENT = "not_this_document", "not_this_document"
        UNTOUCHED = "untouched", "untouched"

    round = models.ForeignKey(Round, models.PROTECT, related_name="answers")
    side = models.CharField(max_length=5)
    field = models.CharField(max_length=20)
    reading = models.ForeignKey(FieldReading, models.PROTECT, null=True, related_name="answers")
    """None where there was nothing to answer: no reading of that field exists."""
    kind = models.CharField(max_length=18, choices=Kind)
    value = SealedField(null=True)
    """The person's value, where it is a correction."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField(null=True)
    """How long the case had been held when this was answered."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "side", "field"], name="field_answer_is_one_for_each_field"
            ),
            models.CheckConstraint(
                name="field_answer_side_and_field_are_the_apis",
                condition=Q(side__in=["front", "back"], field__in=FIELDS),
            ),
            models.CheckConstraint(
                name="field_answer_has_a_value_iff_corrected",
                condition=Q(kind="corrected", value__isnull=False)
                | (~Q(kind="corrected") & Q(value__isnull=True)),
            ),
        ]
        indexes = (
            # The team's numbers of some days, and what a threshold would have highlighted.
            models.Index(fields=["at"], name="field_answer_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.field} {self.kind}"

    @property
    def vault_key_id(self) -> UUID:
        return self.round.application.key_id

    @property
    def vault_owner(self) -> str:
        return self.round.application.reference


class Threshold(models.Model):
    """The confidence under which a field is highlighted. The latest row of a field holds."""

    FIRST: Final = 0.95

    field = models.CharField(max_length=20)
    value = models.FloatField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    set_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="threshold_is_a_probability", condition=Q(value__gte=0, value__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.value}"

    @classmethod
    def current(cls) -> dict[str, float]:
        """The threshold of each field that has one of its own."""
        return {row.field: row.value for row in cls.objects.order_by("set_at", "pk")}
