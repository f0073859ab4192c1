"""Answers to what is no HTTP request, or one with lines too long, in the API's words too."""

import json
import logging
import uuid
from socket import socket
from typing import Any

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from ocr_integration.protocol.errors import REQUEST_FAILED, ErrorBody
from ocr_integration.protocol.request import CONTENT_TYPE, ENGINE_HEADER, REQUEST_ID_HEADER
from ocr_integration.server.logs import LOGGER

_log = logging.getLogger(LOGGER)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threads, without its own error pages and the log lines that quote headers."""

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
    if isinstance(error, ParseException):
        return 400, "Bad Request"
    return 500, "An unexpected error occurred"
