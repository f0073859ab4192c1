"""A caller's connection: it gives so much time for all there is to say, not for each byte of it."""

import socket
import time
from typing import Final

SEND_SECONDS: Final = 10.0
"""How long a caller may take to fetch one piece of an answer."""


class TooSlow(Exception):
    """The time that a caller was given is over."""


class Connection(socket.socket):
    """A socket whose reads share one deadline. A thread that waits for ever is a thread less."""

    _end: float | None = None

    def allow(self, seconds: float | None) -> None:
        """Give all the reads from now on this long together, or as long as they like."""
        self._end = None if seconds is None else time.monotonic() + seconds

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        if self._end is None:
            return super().recv(size, flags)
        left = self._end - time.monotonic()
        if left <= 0:
            raise TooSlow
        self.settimeout(left)
        try:
            return super().recv(size, flags)
        except TimeoutError:
            raise TooSlow from None

    def sendall(self, data: "bytes | bytearray | memoryview", flags: int = 0, /) -> None:  # type: ignore[override]
        self.settimeout(SEND_SECONDS)
        super().sendall(data, flags)
