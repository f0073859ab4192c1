"""One HTTP exchange as the client sees it, and where it may go."""

import ipaddress
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from ocr_integration.client.errors import Misconfigured

MAX_WAIT_SECONDS: Final = 600.0
MAX_URL: Final = 2000
HTTPS_PORT: Final = 443


@dataclass(frozen=True)
class HttpRequest:
    """What is sent; headers hold credentials and the body a picture, so neither is shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class HttpAnswer:
    """What came back, whatever its status; header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def retry_after(self) -> float | None:
        """Seconds that the answer asks to wait, at most MAX_WAIT_SECONDS; None for nonsense."""
        asked = self.headers.get("retry-after", "").strip()
        seconds = float(asked) if asked.isascii() and asked.isdigit() else _seconds_until(asked)
        return None if seconds is None else min(max(seconds, 0.0), MAX_WAIT_SECONDS)

    @property
    def ahead(self) -> float | None:
        """Seconds that the sender's clock is ahead of this machine's; None where it says none."""
        return _seconds_until(self.headers.get("date", ""))


class Deadline:
    """A moment by which a whole call has ended, sign-in and second try included."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._end - time.monotonic())


Transport = Callable[[HttpRequest, Deadline], HttpAnswer]
"""Sends one request and follows nothing. Raises OcrError when no whole answer came in time."""


def check_address(url: str, plain_http_hosts: Collection[str]) -> None:
    """Refuse to send a card or a secret over plain http, but to this machine and listed hosts.

    Raises Misconfigured for that, and for what is no plain address of a server.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Misconfigured("the service's address is malformed") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise Misconfigured("the service's address must be https://host or http://host")
    if parts.query or parts.fragment:
        raise Misconfigured("the service's address may have no query")
    if parts.scheme == "http" and host not in plain_http_hosts and not _is_loopback(host):
        raise Misconfigured("plain http is for loopback and the listed hosts only")


def check_picture_url(url: str, hosts: Collection[str]) -> None:
    """Refuse an address that a server shall fetch a picture from, unless it is https and listed.

    Narrower than the API on purpose: any other could be made to point into somebody's network.
    Raises Misconfigured.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Misconfigured("the picture's address is malformed") from None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MAX_URL
    if not plain or parts.scheme != "https" or parts.username is not None or parts.fragment:
        raise Misconfigured("the picture's address must be a plain https://host/path")
    if host not in hosts or port not in (None, HTTPS_PORT):
        raise Misconfigured("the picture's address is not on the list")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _seconds_until(http_date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    return (moment - datetime.now(UTC)).total_seconds()
