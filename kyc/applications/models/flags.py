"""What an applicant says was misread."""

from uuid import UUID

from django.db import models
from django.utils import timezone

from kyc.applications.models.readings import FieldReading
from kyc.vault.models import SealedField, SealedModel


class FieldFlag(SealedModel):
    """An applicant's word that a reading is wrong: evidence beside it, not a change of it.

    A side that is kept for the next round keeps its readings, and with them their flags.
    """

    reading = models.OneToOneField(FieldReading, models.PROTECT, related_name="flag")
    says = SealedField()
    """What stands on the card, in the applicant's words; sealed empty where they did not say."""
    at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.reading} flagged"

    @property
    def vault_key_id(self) -> UUID:
        return self.reading.vault_key_id

    @property
    def vault_owner(self) -> str:
        return self.reading.vault_owner
