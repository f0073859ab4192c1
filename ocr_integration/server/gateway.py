"""Connections: a thread is for a request that is there, not for one that is still being said.

The loop that accepts also listens until a head, and what is small of a body, has come whole. Only
a large body is waited for by a thread, and that is after its sender has shown credentials.
"""

import json
import logging
import re
import time
import uuid
from functools import partial
from selectors import EVENT_READ
from socket import socket
from typing import Any, Final

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from ocr_integration.protocol.errors import REQUEST_FAILED, ErrorBody
from ocr_integration.protocol.request import CONTENT_TYPE, ENGINE_HEADER, REQUEST_ID_HEADER
from ocr_integration.server.connection import Connection, TooSlow
from ocr_integration.server.logs import LOGGER
from ocr_integration.server.metrics import Row

ARRIVAL_SECONDS: Final = 5.0
"""How long a new connection may take over its head and a small body. No thread waits for it."""
MOST_ARRIVING: Final = 256
"""Beyond it whoever has taken longest makes room."""
MOST_HEAD: Final = 128 * 1024
SMALL_BODY: Final = 64 * 1024
YIELD_SECONDS: Final = 0.02
"""How long a connection is left for another worker that has less in hand."""
LINGER_SECONDS: Final = 0.5
"""For a caller to fetch the end of its answer; whoever reads it hangs up by itself."""

_LOOK_AGAIN_SECONDS: Final = 0.001
_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_ASKS_FIRST: Final = re.compile(rb"\r\nexpect:", re.IGNORECASE)
_log = logging.getLogger(LOGGER)


class Call(TConn):  # type: ignore[misc]  # gunicorn has no types
    """One caller, and what it has said before a thread took it."""

    def __init__(self, row: Row, *args: Any) -> None:
        super().__init__(*args)
        self._row = row
        self._in_hand = True
        row.begin_call()
        self.said = bytearray()
        self.timeout = time.monotonic() + ARRIVAL_SECONDS

    @property
    def is_endless(self) -> bool:
        return len(self.said) > MOST_HEAD and _END not in self.said

    @property
    def may_begin(self) -> bool:
        """Whether a thread can take it: all is here, or the rest is a large body, or no end."""
        end = self.said.find(_END)
        if end < 0:
            return self.is_endless
        if _ASKS_FIRST.search(self.said, 0, end):
            return True
        length = _LENGTH.search(self.said, 0, end + len(_END))
        wanted = int(length[1]) if length else 0
        return wanted > SMALL_BODY or len(self.said) >= end + len(_END) + wanted

    def leave_hand(self) -> None:
        """It was answered, or sent away: there is no more to do than to hang up."""
        if self._in_hand:
            self._in_hand = False
            self._row.end_call()

    def close(self, **_: Any) -> None:
        self.leave_hand()
        # gunicorn lingers on the thread that accepts, for two seconds each time.
        util.close(self.sock)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threads, without its own error pages and the log lines that quote headers."""

    _left_since: float | None = None

    def accept(self, listener: socket) -> None:
        """Take a connection in, and listen to it."""
        if self._leaves_it():
            return
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        if len(self.pending_conns) >= MOST_ARRIVING:
            self._hang_up(self.pending_conns[0])
        self.nr_conns += 1
        connection = Connection(fileno=client.detach())
        call = Call(self.wsgi.row, self.cfg, connection, address, listener.getsockname())
        self.pending_conns.append(call)
        self.poller.register(connection, EVENT_READ, partial(self._listen, call))

    def _leaves_it(self) -> bool:
        """Whether another worker should take what has come: both are woken, and whoever is quicker
        would collect a queue while the other has nothing to do."""
        now = time.monotonic()
        if self.wsgi.row.calls <= self.wsgi.board.fewest_calls():
            self._left_since = None
            return False
        if self._left_since is None:
            self._left_since = now
        if now - self._left_since > YIELD_SECONDS:
            self._left_since = None
            return False
        time.sleep(_LOOK_AGAIN_SECONDS)
        return True

    def _listen(self, call: Call, connection: Connection) -> None:
        try:
            piece = connection.recv(SMALL_BODY)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        call.said += piece
        if not piece:
            self._hang_up(call)
        elif call.may_begin:
            call.data_ready = True
            self._forget(call)
            self.enqueue_req(call)

    def _hang_up(self, call: Call) -> None:
        self._forget(call)
        self.nr_conns -= 1
        call.close()

    def _forget(self, call: Call) -> None:
        self.pending_conns.remove(call)
        self.poller.unregister(call.sock)

    def handle(self, conn: Call) -> bool:
        """Serve one request; the application gives a large body a time of its own."""
        try:
            self._answer(conn)
        finally:
            conn.leave_hand()
        conn.sock.allow(None)
        util.close_graceful(conn.sock, timeout=LINGER_SECONDS)
        return False

    def _answer(self, conn: Call) -> None:
        if conn.is_endless:
            error = LimitRequestHeaders("a head without an end")
            self.handle_error(None, conn.sock, conn.client, error)
        else:
            conn.sock.allow(0)
            conn.init()
            conn.parser.unreader.unread(bytes(conn.said))
            super().handle(conn)

    def handle_error(self, req: Any, client: socket, addr: Any, exc: BaseException) -> None:
        """Answer on the bare connection: there is no request that an application could take."""
        status, reason = _status(exc)
        request_id = uuid.uuid4().hex
        facts = {"request_id": request_id, "status": status}
        _log.warning("refused before routing", exc_info=exc, extra={"facts": facts})
        body = json.dumps(ErrorBody(REQUEST_FAILED, reason, request_id).to_json())
        head = (
            f"HTTP/1.1 {status} {reason}\r\n"
            f"Connection: close\r\n"
            f"Content-Type: {CONTENT_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\n"
            f"{REQUEST_ID_HEADER}: {request_id}\r\n"
            f"{ENGINE_HEADER}: {self.wsgi.reader.version}\r\n"
            "\r\n"
        )
        try:
            util.write_nonblock(client, f"{head}{body}".encode("ascii"))
        except OSError:
            _log.info("the caller had gone", extra={"facts": {"request_id": request_id}})


def _status(error: BaseException) -> tuple[int, str]:
    if isinstance(error, LimitRequestHeaders):
        return 494, "Request Header Too Large"
    if isinstance(error, LimitRequestLine):
        return 414, "URI Too Long"
    if isinstance(error, TooSlow):
        return 408, "Request Timeout"
    if isinstance(error, ParseException):
        return 400, "Bad Request"
    return 500, "An unexpected error occurred"
