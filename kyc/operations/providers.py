"""How the servers that read are doing, for administrators."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Avg, Count, Q
from django.utils import timezone

from kyc.applications.labels import FIELD_LABELS, Text
from kyc.applications.models import Breaker, Extraction, SecondReading
from ocr_integration.providers import Provider

COUNTED: Final = timedelta(days=1)
METER: Final = 40
"""The meter's width in pixels."""


@dataclass(frozen=True)
class Standing:
    """One provider: whether it is called, and what came of its calls lately."""

    provider: Provider
    breaker: Breaker | None
    read: int = 0
    unread: int = 0
    billed: int = 0
    latency_ms: float | None = None

    @property
    def state(self) -> str:
        """One of up, failing, open."""
        if self.breaker is None or not self.breaker.failures:
            return "up"
        return "open" if self.breaker.opened_at else "failing"

    @property
    def since(self) -> datetime | None:
        """Since when it has been left alone."""
        return self.breaker.opened_at if self.breaker else None

    @property
    def needs_operator(self) -> bool:
        """Whether nothing will change until somebody mends the settings or the account."""
        return self.breaker is not None and self.breaker.misconfigured


@dataclass(frozen=True)
class Agreement:
    """How often two readers agreed on one field."""

    label: Text
    compared: int
    agreed: int

    @property
    def percent(self) -> float:
        """Of those compared."""
        return 100 * self.agreed / self.compared

    @property
    def meter(self) -> int:
        """The same as a length."""
        return METER * self.agreed // self.compared


def standings() -> list[Standing]:
    """Every provider of the settings, in their order."""
    known: tuple[Provider, ...] = settings.OCR_PROVIDERS
    breakers = {row.provider: row for row in Breaker.objects.all()}
    lately = Extraction.objects.filter(finished_at__gte=timezone.now() - COUNTED)
    counted = {
        row["provider"]: row
        for row in lately.values("provider").annotate(
            read=Count("pk", filter=Q(outcome=Extraction.Outcome.READ)),
            unread=Count("pk", filter=~Q(outcome=Extraction.Outcome.READ)),
            billed=Count("pk", filter=~Q(billed_as="")),
            latency_ms=Avg("latency_ms"),
        )
    }
    return [
        Standing(
            one,
            breakers.get(one.key),
            **{k: v for k, v in counted.get(one.label, {}).items() if k != "provider"},
        )
        for one in known
    ]


def agreements() -> list[Agreement]:
    """By field, the least agreed on first; only what both have read."""
    rows = SecondReading.objects.values("reading__field").annotate(
        compared=Count("pk"), agreed=Count("pk", filter=Q(agrees=True))
    )
    found = [
        Agreement(FIELD_LABELS[row["reading__field"]], row["compared"], row["agreed"])
        for row in rows.order_by("reading__field")
    ]
    return sorted(found, key=lambda one: one.percent)


def alarm() -> bool:
    """Whether a provider waits for the operator."""
    keys = [one.key for one in settings.OCR_PROVIDERS]
    return Breaker.objects.filter(provider__in=keys, misconfigured=True).exists()
