"""Leave a provider alone that fails, and find out when it is back; all workers know together.

While a breaker is open no call is made and no attempt used up. One that opened for a reason that
is the operator's shows an alarm to administrators until a call succeeds.
"""

import logging
from datetime import timedelta
from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from kyc.applications.models import Breaker
from kyc.jobs.models import Job, from_now
from ocr_integration.client.errors import (
    BreakerOpen,
    Misconfigured,
    NotCalled,
    OcrError,
    ProviderAtFault,
    TryAgain,
)
from ocr_integration.providers import Provider

FAILURES_TO_OPEN: Final = 5
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(seconds=30)
PROBE: Final = timedelta(seconds=35)
"""How long one caller may try whether a provider is back: longer than any call lasts."""
LOOK_AGAIN: Final = timedelta(seconds=3)

_SERVER_ERROR: Final = 500

logger = logging.getLogger(__name__)


def enter(provider: Provider) -> Breaker | None:
    """Ask to call; the breaker, where there is one, is for whoever hears that it went well.

    Raises BreakerOpen with the time to wait. Once an open one's time has come, one caller at a
    time is let through.
    """
    breaker = _of(provider).annotate(now=Now()).first()
    if breaker is None or breaker.retry_at is None:
        return breaker
    free = Q(probing_until=None) | Q(probing_until__lt=Now())
    if _of(provider).filter(free, retry_at__lte=Now()).update(probing_until=from_now(PROBE)):
        return breaker
    wait = max(breaker.retry_at - breaker.now, LOOK_AGAIN)
    raise BreakerOpen("the provider is left alone for a while", after=wait.total_seconds())


def failed(provider: Provider, error: OcrError) -> None:
    """Count a failure; open where it is one too many."""
    Breaker.objects.get_or_create(provider=provider.key)
    _of(provider).update(
        failures=F("failures") + 1,
        misconfigured=isinstance(error, Misconfigured),
        reason=error.code or type(error).__name__,
        probing_until=None,
    )
    breaker = _of(provider).get()
    if breaker.misconfigured or breaker.failures >= FAILURES_TO_OPEN:
        _of(provider).update(
            opened_at=Coalesce(F("opened_at"), Now()), retry_at=from_now(_pause(breaker))
        )
        logger.error("provider %s is left alone: %s", provider.label, breaker.reason)


def succeeded(breaker: Breaker | None) -> None:
    """Close, and let those wait no longer that were sent away."""
    if breaker is None or not breaker.failures:
        return
    Breaker.objects.filter(pk=breaker.pk).update(
        failures=0,
        opened_at=None,
        retry_at=None,
        probing_until=None,
        misconfigured=False,
        reason="",
    )
    if breaker.retry_at is not None:
        sent_away = Job.objects.open().filter(last_error=BreakerOpen.__name__)
        sent_away.filter(due_at__gt=Now()).update(due_at=Now())


def left(breaker: Breaker | None) -> None:
    """Hear that no call was made after all: somebody else may try."""
    if breaker and breaker.retry_at is not None:
        Breaker.objects.filter(pk=breaker.pk).update(probing_until=None)


def is_failure(error: OcrError) -> bool:
    """Whether an error says that the provider is down, or can never be called as it is.

    A picture that cannot be read says nothing of it, nor does a quota that is used up.
    """
    if isinstance(error, NotCalled):
        return False
    if isinstance(error, TryAgain):
        return error.status is None or error.status >= _SERVER_ERROR
    return isinstance(error, Misconfigured | ProviderAtFault)


def _of(provider: Provider) -> "QuerySet[Breaker]":
    return Breaker.objects.filter(provider=provider.key)


def _pause(breaker: Breaker) -> timedelta:
    if breaker.misconfigured:
        return LONGEST_PAUSE
    doublings = min(breaker.failures - FAILURES_TO_OPEN, 10)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))
