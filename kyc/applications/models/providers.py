"""What all workers know together of the servers that read: who is called, who is not, how often."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kyc.jobs.models import from_now
from kyc.vault.models import InstallationKey, SealedField, SealedModel


class Breaker(models.Model):
    """Whether a provider is called: see `breakers`. A row for each provider that ever failed.

    closed --failures in a row, or one that is the operator's--> open
       ^                                                          | retry_at
       +---------- success ---------- one call at a time tries ---+
    """

    provider = models.CharField(max_length=64, unique=True, editable=False)
    """A digest of the endpoint and the credential."""
    failures = models.PositiveIntegerField(default=0)
    """In a row."""
    opened_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    probing_until = models.DateTimeField(null=True)
    misconfigured = models.BooleanField(default=False)
    """The last failure was the operator's to mend: administrators are told."""
    reason = models.CharField(max_length=40, blank=True)
    """The last failure's code, or its class."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="breaker_open_says_since_when_and_until",
                condition=Q(opened_at__isnull=True, retry_at__isnull=True)
                | Q(opened_at__isnull=False, retry_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{'open' if self.opened_at else 'closed'}, {self.failures} failures"


class CallQuota(models.Model):
    """From when the next call to a provider may be made, counted here while the broker is away."""

    provider = models.CharField(max_length=64, unique=True, editable=False)
    next_free = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"next at {self.next_free:%H:%M:%S}"


class ProviderToken(SealedModel):
    """A login's token, for all processes, and who is getting the next one."""

    account = models.CharField(max_length=64, unique=True, editable=False)
    """A digest of the account and the project."""
    value = SealedField(null=True)
    issued_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    held_by = models.UUIDField(null=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="provider_token_has_a_life_iff_there",
                condition=Q(value__isnull=True, issued_at__isnull=True, expires_at__isnull=True)
                | Q(value__isnull=False, issued_at__isnull=False, expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"token until {self.expires_at:%Y-%m-%d %H:%M}" if self.expires_at else "no token"

    @property
    def vault_key_id(self) -> UUID:
        return InstallationKey.key_for("provider tokens")

    @property
    def vault_owner(self) -> str:
        return "installation"

    def replace(self, value: str, *, issued_at: datetime, expires_at: datetime) -> None:
        """Seal a new token in."""
        self.put("value", value)
        self.issued_at, self.expires_at = issued_at, expires_at
        self.save(update_fields=["value", "issued_at", "expires_at"])

    @classmethod
    def hold(cls, account: str, *, by: UUID, length: timedelta) -> bool:
        """Become the one that signs in; False while somebody else is."""
        free = Q(held_until=None) | Q(held_until__lt=Now())
        taken = cls.objects.filter(free, account=account)
        return taken.update(held_by=by, held_until=from_now(length)) == 1

    @classmethod
    def release(cls, account: str, *, by: UUID) -> None:
        """Let the next one."""
        cls.objects.filter(account=account, held_by=by).update(held_by=None, held_until=None)
