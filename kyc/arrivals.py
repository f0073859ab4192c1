"""How requests arrive: a thread is taken by a request that is there, not by one that dribbles in.

The process's loop reads a head and what is small of a body, for ARRIVAL_SECONDS at most. A large
body is read by a thread, at no slower than SLOWEST, and half the threads never read one: whoever
sends slowly keeps nobody from being answered but others who send much.
"""

import logging
import re
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from selectors import EVENT_READ
from socket import socket
from typing import Any, Final

from gunicorn import util
from gunicorn.http.errors import ParseException
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

ARRIVAL_SECONDS: Final = 15.0
MOST_ARRIVING: Final = 400
"""Beyond it the oldest makes room: it had its chance."""
SMALL: Final = 64 * 1024
GRACE_SECONDS: Final = 10.0
SLOWEST: Final = 16 * 1024
"""Bytes a second that a large body has to come at, after GRACE_SECONDS."""
STALL_SECONDS: Final = 10.0
SENDING_SECONDS: Final = 60.0

_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,18})[ \t]*\r$")
_UNTOLD: Final = re.compile(rb"(?im)^(transfer-encoding|expect):")

logger = logging.getLogger(__name__)


@dataclass
class Arrival:
    """What has come of one request, and until when the rest may."""

    until: float
    data: bytearray = field(default_factory=bytearray)

    @property
    def is_large(self) -> bool:
        """Whether the rest is more than the loop should hold, or nobody said how much it is."""
        end = self.data.find(_END)
        return end < 0 or self._length(end) > SMALL

    @property
    def may_begin(self) -> bool:
        """Whether it is all here, or as much of it as the loop holds."""
        end = self.data.find(_END)
        if end < 0:
            return len(self.data) > SMALL
        if _UNTOLD.search(self.data, 0, end):
            return True
        return len(self.data) - end - len(_END) >= min(self._length(end), SMALL)

    def _length(self, end: int) -> int:
        if _UNTOLD.search(self.data, 0, end):
            return SMALL + 1
        said = _LENGTH.search(self.data, 0, end + 2)
        return int(said[1]) if said else 0


class PacedUnreader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Reads on while the other side keeps pace; TimeoutError when it does not."""

    until = 0.0

    def begin(self) -> None:
        """Start the clock."""
        self.until = time.monotonic() + GRACE_SECONDS

    def chunk(self, size_hint: int | None = None) -> bytes:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("a body came too slowly")
        self.sock.settimeout(min(left, STALL_SECONDS))
        try:
            got: bytes = super().chunk(size_hint)
        finally:
            self.sock.settimeout(SENDING_SECONDS)
        self.until += len(got) / SLOWEST
        return got


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threads behind a loop that waits for requests in their stead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: dict[TConn, Arrival] = {}
        self._large: set[TConn] = set()
        self._queued: deque[TConn] = deque()

    def enqueue_req(self, conn: TConn) -> None:
        """Wait for a connection's next request, whether it is its first or a further one."""
        arrival = Arrival(time.monotonic() + ARRIVAL_SECONDS)
        if conn.parser is not None:
            arrival.data += conn.parser.unreader.take_buffered()
        if len(self._arriving) >= MOST_ARRIVING:
            self._drop(next(iter(self._arriving)))
        self._arriving[conn] = arrival
        conn.sock.settimeout(0)
        self.poller.register(conn.sock, EVENT_READ, partial(self._read_on, conn))
        if arrival.may_begin:
            self._begin(conn)

    def murder_pending(self) -> None:
        """Give up what did not come in time; a process that ends waits for nobody's first byte."""
        super().murder_pending()
        now = time.monotonic()
        late = [
            conn
            for conn, arrival in self._arriving.items()
            if arrival.until < now or not (self.alive or arrival.data)
        ]
        for conn in late:
            self._drop(conn)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Let the next large one in."""
        self._large.discard(conn)
        super().finish_request(conn, fs)
        if self._queued and len(self._large) < self._most_large:
            self._start_large(self._queued.popleft())

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Wait no longer than SENDING_SECONDS for somebody who does not take the answer."""
        conn.sock.settimeout(SENDING_SECONDS)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: socket, addr: Any, exc: BaseException) -> None:
        """Answer what is no request; gunicorn's own log line would quote it."""
        refused = isinstance(exc, ParseException)
        status, reason = (400, "Bad Request") if refused else (500, "Internal Server Error")
        if refused:
            logger.info("refused before routing: %s", type(exc).__name__)
        else:
            logger.error("a request failed outside of Django", exc_info=exc)
        try:
            util.write_error(client, status, reason, "")
        except OSError:
            logger.info("the client had gone")

    @property
    def _most_large(self) -> int:
        return max(1, int(self.cfg.threads) // 2)

    def _read_on(self, conn: TConn, client: socket) -> None:
        try:
            got = client.recv(SMALL)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self._drop(conn)
            return
        arrival = self._arriving[conn]
        arrival.data += got
        if arrival.may_begin:
            self._begin(conn)

    def _begin(self, conn: Any) -> None:
        """Hand it to a thread, with what was read of it."""
        arrival = self._arriving.pop(conn)
        self.poller.unregister(conn.sock)
        conn.data_ready = True
        if not conn.initialized:
            conn.init()
            conn.parser.unreader = PacedUnreader(conn.sock)
        conn.parser.unreader.unread(bytes(arrival.data))
        if not arrival.is_large:
            self._start(conn)
        elif len(self._large) < self._most_large:
            self._start_large(conn)
        else:
            self._queued.append(conn)

    def _start_large(self, conn: TConn) -> None:
        self._large.add(conn)
        self._start(conn)

    def _start(self, conn: Any) -> None:
        conn.parser.unreader.begin()
        super().enqueue_req(conn)

    def _drop(self, conn: TConn) -> None:
        del self._arriving[conn]
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
