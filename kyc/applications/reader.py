"""Read a picture with the first provider that is up, as the settings list them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final, Protocol

from django.conf import settings

from kyc.applications import breakers
from kyc.applications.quota import LONGEST_WAIT, throttle_of
from kyc.applications.token_store import DatabaseTokenStore
from kyc.jobs.models import LONGEST_CALL
from ocr_integration.client.client import Answer, OcrClient
from ocr_integration.client.connecting import connect
from ocr_integration.client.errors import (
    BreakerOpen,
    Misconfigured,
    NotCalled,
    OcrError,
    ProviderAtFault,
)
from ocr_integration.client.http import Deadline
from ocr_integration.providers import Provider

SHARE_OF_TIME: Final = 2 / 3
"""Of what is left, for a provider after which another one can be asked."""


class Recognise(Protocol):
    """Read one picture; raises the errors of `ocr_integration.client.errors`."""

    def __call__(self, picture: bytes, /) -> Answer: ...


Ask = Callable[[Provider, bytes, Deadline], Answer]


@dataclass(frozen=True)
class Read:
    """An answer, and who gave it."""

    provider: Provider
    answer: Answer


class Unread(Exception):
    """Nobody read the picture. What the one said who was asked is `error`."""

    def __init__(self, provider: Provider, error: OcrError) -> None:
        super().__init__(str(error))
        self.provider = provider
        self.error = error


@lru_cache(maxsize=16)
def client_of(provider: Provider) -> OcrClient:
    """One client a process for each provider, on the shared logins and quota.

    Raises Misconfigured.
    """
    return connect(
        provider,
        store=DatabaseTokenStore(),
        throttle=throttle_of(provider.key, provider.qps) if provider.qps else None,
        longest_wait=LONGEST_WAIT,
        # Whoever waited for a slot does not call any more once somebody else was refused: a few
        # refusals lock a key.
        before_call=partial(breakers.look, provider),
    )


def client() -> OcrClient:
    """The client of the first choice; raises Misconfigured."""
    return client_of(settings.OCR_PROVIDERS[0])


def ask(provider: Provider, picture: bytes, deadline: Deadline) -> Answer:
    """Call one provider."""
    return client_of(provider).recognise(picture, deadline=deadline)


def read(picture: bytes, *, ask: Ask = ask) -> Read:
    """Ask the providers in their order, the next one when one is down or left alone.

    Raises Unread with the error that leaves most hope.
    """
    deadline = Deadline(LONGEST_CALL.total_seconds())
    unread: list[Unread] = []
    *earlier, last = settings.OCR_PROVIDERS
    for provider in (*earlier, last):
        share = 1.0 if provider is last else SHARE_OF_TIME
        try:
            return read_by(provider, picture, Deadline(deadline.remaining() * share), ask=ask)
        except Unread as failure:
            if not (isinstance(failure.error, BreakerOpen) or breakers.is_failure(failure.error)):
                raise
            unread.append(failure)
    raise min(unread, key=_hopelessness)


def read_by(provider: Provider, picture: bytes, deadline: Deadline, *, ask: Ask = ask) -> Read:
    """Ask one provider, unless its breaker is open. Raises Unread."""
    try:
        breaker = breakers.enter(provider)
    except BreakerOpen as error:
        raise Unread(provider, error) from error
    try:
        answer = ask(provider, picture, deadline)
    except NotCalled as error:
        breakers.left(breaker)
        raise Unread(provider, error) from error
    except OcrError as error:
        if breakers.is_failure(error):
            breakers.failed(provider, error)
        else:
            breakers.succeeded(breaker)
        raise Unread(provider, error) from error
    breakers.succeeded(breaker)
    return Read(provider, answer)


def _hopelessness(unread: Unread) -> int:
    """To be asked again is best, and comes before not being asked: attempts made are counted."""
    order = (ProviderAtFault, NotCalled, Misconfigured)
    kinds = [place for place, kind in enumerate(order, 1) if isinstance(unread.error, kind)]
    return max(kinds, default=0)
