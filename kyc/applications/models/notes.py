"""What the staff write of a case, among themselves."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kyc.applications.models.application import Application
from kyc.vault.models import SealedField, SealedModel


class Note(SealedModel):
    """An internal note, or why a case was handed on. Never shown to an applicant."""

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        RETURNED = "returned", _("Sent back")
        ESCALATED = "escalated", _("Handed to a senior")
        TAKEN = "taken", _("Taken over")

    application = models.ForeignKey(Application, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.NOTE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    text = SealedField()

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def vault_key_id(self) -> UUID:
        return self.application.key_id

    @property
    def vault_owner(self) -> str:
        return self.application.reference
