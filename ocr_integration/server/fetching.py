"""Fetching the picture that a `url` names: from hosts the operator has named, and no inner one.

A name is resolved once and the connection goes to the address that was looked at, so that a name
that means something else a moment later gains nothing. No redirect is followed.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from ocr_integration.protocol.request import MAX_IMAGE_CHARACTERS
from ocr_integration.server import refusal

SECONDS: Final = 8.0
"""For the whole of it: an API call's answer is waited for as long as about 15."""
MOST_BYTES: Final = MAX_IMAGE_CHARACTERS // 4 * 3
_OK: Final = 200
_PORTS: Final = {"http": 80, "https": 443}
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that a gateway turns into the IPv4 address at their end."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: str) -> bool:
    """Whether an address is of the public network, however it is spelled or wrapped up."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in _meanings(found))


def _meanings(address: _Address) -> Iterator[_Address]:
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        for inner in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())):
            if inner is not None:
                yield inner
        if address in _TRANSLATED:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


@dataclass(frozen=True)
class Fetcher:
    """Fetches from `hosts`, each "name" or "name:port"; from none unless some are named."""

    hosts: frozenset[str] = frozenset()
    is_allowed: Callable[[str], bool] = is_public
    seconds: float = SECONDS

    def fetch(self, url: str) -> bytes:
        """Fetch a picture. Raises Refused."""
        if not url.isascii():
            raise refusal.bad_parameter("A url is percent-encoded.")
        parts, port = self._taken_apart(url)
        try:
            with self._connected(parts, port) as connection:
                return _body(connection, parts)
        except (OSError, http.client.HTTPException, ValueError):
            raise refusal.not_fetched() from None

    def _taken_apart(self, url: str) -> tuple[SplitResult, int]:
        try:
            parts = urlsplit(url)
            usual = _PORTS.get(parts.scheme)
            port = parts.port or usual
        except ValueError:
            raise refusal.url_not_allowed() from None
        host = parts.hostname or ""
        is_named = f"{host}:{port}" in self.hosts or (port == usual and host in self.hosts)
        if port is None or usual is None or "@" in parts.netloc or not is_named:
            raise refusal.url_not_allowed()
        return parts, port

    @contextmanager
    def _connected(self, parts: SplitResult, port: int) -> "Iterator[_Connection]":
        host = parts.hostname or ""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        if not all(map(self.is_allowed, addresses)):
            raise refusal.not_fetched()
        connection = _Connection(host, port, addresses[0], self.seconds)
        if parts.scheme == "https":
            connection.context = ssl.create_default_context()
        # A time for each piece would let a host that dribbles go on for ever.
        over = threading.Timer(self.seconds, connection.break_off)
        over.start()
        try:
            yield connection
        finally:
            over.cancel()
            connection.close()


class _Connection(http.client.HTTPConnection):
    """Goes to an address that was looked at, and speaks to it by the host's name."""

    context: ssl.SSLContext | None = None

    def __init__(self, host: str, port: int, address: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address
        self._line: socket.socket | None = None

    def connect(self) -> None:
        self._line = socket.create_connection((self._address, self.port), self.timeout)
        if self.context:
            self._line = secured = self.context.wrap_socket(
                self._line, server_hostname=self.host, do_handshake_on_connect=False
            )
            secured.do_handshake()
        self.sock = self._line

    def break_off(self) -> None:
        """End it for whoever waits in another thread; a response may hold the socket by then."""
        with suppress(OSError):
            if self._line:
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


def _body(connection: _Connection, parts: SplitResult) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", target, headers={"Accept": "image/*"})
    with connection.getresponse() as response:
        if response.status != _OK:
            raise refusal.not_fetched()
        picture = response.read(MOST_BYTES + 1)
        if len(picture) > MOST_BYTES:
            raise refusal.image_too_long()
        if response.length:
            raise refusal.not_fetched()
    return picture
