"""Tokens of IAM: asking for one, and keeping it until shortly before it ends."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from ocr_integration.client import strict_json
from ocr_integration.client.errors import (
    Misconfigured,
    OcrError,
    ProviderAtFault,
    TryAgain,
    error_for,
)
from ocr_integration.client.http import Deadline, HttpAnswer, HttpRequest, Transport
from ocr_integration.protocol.request import CONTENT_TYPE
from ocr_integration.protocol.token import SUBJECT_TOKEN_HEADER, TOKEN_PATH, token_body

LIFE: Final = timedelta(hours=24)
"""Of a token whose answer does not say when it ends."""
RENEW_BEFORE: Final = timedelta(hours=1)

_TOKEN: Final = re.compile(r"[!-~]{1,32000}")
_OK: Final = 200
_CREATED: Final = 201
_REDIRECT: Final = 300


@dataclass(frozen=True)
class Token:
    """A token, the moment, UTC, from which it is refused, and when it began, by our clock."""

    value: str = field(repr=False)
    expires_at: datetime
    issued_at: datetime

    @property
    def renew_at(self) -> datetime:
        """When a new one should be asked for: an hour before the end, of a short life later."""
        life = self.expires_at - self.issued_at
        return self.expires_at - min(RENEW_BEFORE, life / 10)


class TokenStore(Protocol):
    """Where tokens are kept between calls; what it keeps is secret."""

    def get(self, key: str) -> Token | None:
        """The token last put, which may have ended."""
        ...

    def put(self, key: str, token: Token) -> None:
        """Replace the token."""
        ...

    def refreshing(self, key: str) -> AbstractContextManager[bool]:
        """Let one caller in, of all that share the store; False, at once, for the others."""
        ...


class MemoryTokenStore:
    """Keeps tokens for this process."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Token | None:
        return self._tokens.get(key)

    def put(self, key: str, token: Token) -> None:
        self._tokens[key] = token

    @contextmanager
    def refreshing(self, key: str) -> Iterator[bool]:
        entered = self._lock.acquire(blocking=False)
        try:
            yield entered
        finally:
            if entered:
                self._lock.release()


@dataclass(frozen=True)
class Account:
    """An IAM user and the project that its tokens are for; `endpoint` is IAM's address."""

    endpoint: str
    domain: str
    username: str
    password: str = field(repr=False)
    project_id: str

    @property
    def key(self) -> str:
        """Names this account's token in a store without naming the account."""
        parts = (self.endpoint, self.domain, self.username, self.project_id)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def fetch(account: Account, transport: Transport, deadline: Deadline) -> Token:
    """Ask IAM for a new token. Raises OcrError.

    ProviderAtFault has no status then: it would be taken for that of a call that is charged for.
    """
    body = token_body(
        domain=account.domain,
        name=account.username,
        password=account.password,
        project_id=account.project_id,
    )
    asked_at = datetime.now(UTC)
    url = f"{account.endpoint.rstrip('/')}{TOKEN_PATH}?nocatalog=true"
    request = HttpRequest("POST", url, {"Content-Type": CONTENT_TYPE}, body)
    try:
        answer = transport(request, deadline)
    except ProviderAtFault as error:
        raise ProviderAtFault(f"IAM: {error.reason}") from None
    if not _OK <= answer.status < _REDIRECT:
        raise _refusal(answer)
    value = answer.headers.get(SUBJECT_TOKEN_HEADER.lower(), "")
    if answer.status != _CREATED or not _TOKEN.fullmatch(value):
        raise ProviderAtFault("IAM sent no token")
    return Token(value, asked_at + _life(answer.body, asked_at), asked_at)


def _refusal(answer: HttpAnswer) -> OcrError:
    # IAM's own bodies carry a status, no code: what it refuses is the account, never a picture.
    error = error_for(answer.status, "", after=answer.retry_after)
    if isinstance(error, TryAgain):
        return error
    return Misconfigured("IAM refused the account", status=answer.status)


def _life(body: bytes, asked_at: datetime) -> timedelta:
    """How long the token lasts, by IAM's own clock where it says when the token began."""
    try:
        said = strict_json.loads(body)["token"]
        ends = _moment(said["expires_at"])
        begins = _moment(said["issued_at"]) if "issued_at" in said else asked_at
    except (strict_json.NotJson, KeyError, TypeError, ValueError):
        return LIFE
    return max(timedelta(0), min(ends - begins, LIFE))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
