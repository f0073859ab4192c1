"""Leave a provider alone that fails, and find out when it is back; all workers know together.

While a breaker is open no call is made and no attempt used up. One that opened for a reason that
is the operator's shows an alarm to administrators until a call succeeds; it is tried ever more
seldom, because refused credentials are locked, and at once when an administrator asks for it.
"""

import logging
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from kyc.applications.models import Breaker
from kyc.jobs.models import Job, from_now
from ocr_integration.client.errors import (
    BreakerOpen,
    Misconfigured,
    NotCalled,
    OcrError,
    ProviderAtFault,
    RequestAtFault,
    TryAgain,
)
from ocr_integration.providers import Provider

FAILURES_TO_OPEN: Final = 5
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(seconds=30)
OPERATORS_PAUSE: Final = timedelta(seconds=30)
OPERATORS_LONGEST_PAUSE: Final = timedelta(minutes=10)
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
    raise _open_for(breaker.retry_at - breaker.now)


def look(provider: Provider) -> None:
    """Hear whether it was opened since `enter`. Raises BreakerOpen."""
    breaker = _of(provider).filter(retry_at__gt=Now()).annotate(now=Now()).first()
    if breaker and breaker.retry_at:
        raise _open_for(breaker.retry_at - breaker.now)


def _open_for(wait: timedelta) -> BreakerOpen:
    seconds = max(wait, LOOK_AGAIN).total_seconds()
    return BreakerOpen("the provider is left alone for a while", after=seconds)


@transaction.atomic
def failed(provider: Provider, error: OcrError) -> None:
    """Count a failure, of one kind in a row; open where it is one too many, or stay open.

    Calls that were under way when it opened tell nothing new.
    """
    Breaker.objects.get_or_create(provider=provider.key)
    breaker = _of(provider).select_for_update().annotate(now=Now()).get()
    if breaker.retry_at and breaker.retry_at > breaker.now:
        return
    misconfigured = isinstance(error, Misconfigured) and not isinstance(error, RequestAtFault)
    same = breaker.misconfigured == misconfigured
    breaker.failures = breaker.failures + 1 if same else 1
    breaker.misconfigured = misconfigured
    breaker.reason = error.code or type(error).__name__
    breaker.probing_until = None
    if misconfigured or breaker.opened_at or breaker.failures >= FAILURES_TO_OPEN:
        breaker.opened_at = breaker.opened_at or breaker.now
        breaker.retry_at = breaker.now + _pause(breaker)
        logger.error("provider %s is left alone: %s", provider.label, breaker.reason)
    breaker.save()


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
        _call_back()


def try_now(provider: Provider) -> None:
    """Let the next caller try, however long the pause still is; an administrator asks for it."""
    if _of(provider).filter(retry_at__gt=Now()).update(retry_at=Now()):
        _call_back()


def _call_back() -> None:
    """Let those wait no longer that an open breaker sent away."""
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
        return _doubled(OPERATORS_PAUSE, breaker.failures - 1, longest=OPERATORS_LONGEST_PAUSE)
    return _doubled(FIRST_PAUSE, breaker.failures - FAILURES_TO_OPEN, longest=LONGEST_PAUSE)


def _doubled(first: timedelta, times: int, *, longest: timedelta) -> timedelta:
    return min(longest, first * (1 << min(max(times, 0), 10)))
