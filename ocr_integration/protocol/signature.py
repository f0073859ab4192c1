"""The request signature SDK-HMAC-SHA256, as both ends compute it.

Source: the vendor's API Request Signing Guide; its worked example is a test. A body is always
signed: the guide's UNSIGNED-PAYLOAD is for content types that this API does not take.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote, unquote

ALGORITHM: Final = "SDK-HMAC-SHA256"
DATE_HEADER: Final = "X-Sdk-Date"
PROJECT_HEADER: Final = "X-Project-Id"
SECURITY_TOKEN_HEADER: Final = "X-Security-Token"  # noqa: S105  the header's name
CLOCK_TOLERANCE: Final = timedelta(minutes=15)

_STAMP: Final = "%Y%m%dT%H%M%SZ"
_AUTHORIZATION: Final = re.compile(
    rf"{ALGORITHM} +Access=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-fA-F]{{64}})"
)


@dataclass(frozen=True)
class Message:
    """What is signed of one HTTP request.

    `path` may be percent-encoded or not and has no query; header names in any case, values as
    they are sent.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Authorization:
    """The parts of an Authorization header; header names lower-case, in the order given."""

    access: str
    signed_headers: tuple[str, ...]
    signature: str = field(repr=False)

    def __str__(self) -> str:
        names = ";".join(self.signed_headers)
        return (
            f"{ALGORITHM} Access={self.access}, SignedHeaders={names}, Signature={self.signature}"
        )


def sign(message: Message, *, access: str, secret: str) -> Authorization:
    """Sign a message with all of its headers, among which X-Sdk-Date must be.

    Raises KeyError when it is not.
    """
    names = tuple(sorted(name.lower() for name in message.headers))
    return Authorization(access, names, _signature(message, names, secret))


def parse_authorization(header: str) -> Authorization | None:
    """Take an Authorization header apart; None for any other scheme or form."""
    match = _AUTHORIZATION.fullmatch(header.strip())
    if not match:
        return None
    access, names, signature = match.groups()
    return Authorization(access, tuple(names.lower().split(";")), signature.lower())


def is_signed_by(message: Message, authorization: Authorization, *, secret: str) -> bool:
    """Whether this secret made the signature, in time that does not depend on the answer.

    False too when a signed header is missing or X-Sdk-Date is not signed.
    """
    try:
        expected = _signature(message, authorization.signed_headers, secret)
    except KeyError:
        return False
    return hmac.compare_digest(expected, authorization.signature)


def stamp(at: datetime) -> str:
    """Write a moment as X-Sdk-Date does."""
    return at.astimezone(UTC).strftime(_STAMP)


def signed_at(header: str) -> datetime | None:
    """Read X-Sdk-Date; None for what is no such date."""
    try:
        return datetime.strptime(header.strip(), _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def canonical_request(message: Message, signed_headers: Iterable[str]) -> str:
    """Spell a request the one way that both ends hash. Raises KeyError for a missing header."""
    names = list(signed_headers)
    values = {name.lower(): value.strip() for name, value in message.headers.items()}
    lines = "".join(f"{name}:{values[name]}\n" for name in names)
    body_hash = hashlib.sha256(message.body).hexdigest()
    return "\n".join(
        (
            message.method.upper(),
            _canonical_path(message.path),
            _canonical_query(message.query),
            lines,
            ";".join(names),
            body_hash,
        )
    )


def _signature(message: Message, names: tuple[str, ...], secret: str) -> str:
    if DATE_HEADER.lower() not in names:
        raise KeyError(DATE_HEADER)
    request = canonical_request(message, names)
    moment = next(v for k, v in message.headers.items() if k.lower() == DATE_HEADER.lower())
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"{ALGORITHM}\n{moment.strip()}\n{digest}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _canonical_path(path: str) -> str:
    encoded = "/".join(quote(part, safe="~") for part in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _canonical_query(query: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(query))
