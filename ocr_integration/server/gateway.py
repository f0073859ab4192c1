"""Connections: how long each is waited for, and an answer to what is no HTTP request."""

import json
import logging
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

SILENCE_SECONDS: Final = 5.0
"""How long a new connection may say nothing. No thread waits for it."""
HEAD_SECONDS: Final = 5.0
LINGER_SECONDS: Final = 0.5
"""For a caller to fetch the end of its answer; whoever reads it hangs up by itself."""

_log = logging.getLogger(LOGGER)


class Call(TConn):  # type: ignore[misc]  # gunicorn has no types
    """One caller. Its thread has waited for it already when it is closed."""

    def close(self, **_: Any) -> None:
        # gunicorn lingers on the thread that accepts, for two seconds each time.
        util.close(self.sock)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threads, without its own error pages and the log lines that quote headers."""

    def accept(self, listener: socket) -> None:
        """Take a connection in, and give it to a thread once it says something."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        connection = Connection(fileno=client.detach())
        call = Call(self.cfg, connection, address, listener.getsockname())
        call.timeout = time.monotonic() + SILENCE_SECONDS
        self.pending_conns.append(call)
        self.poller.register(connection, EVENT_READ, partial(self.on_pending_socket_readable, call))

    def handle(self, conn: Call) -> bool:
        """Serve one request; the application gives the body a time of its own."""
        conn.sock.allow(HEAD_SECONDS)
        super().handle(conn)
        conn.sock.allow(None)
        util.close_graceful(conn.sock, timeout=LINGER_SECONDS)
        return False

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
