"""Reading a request's body: whole, within its size, and without waiting for ever."""

import time
from typing import Final

from werkzeug import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from ocr_integration.protocol.request import MAX_BODY_BYTES
from ocr_integration.server import refusal

TOTAL_SECONDS: Final = 30.0
STALL_SECONDS: Final = 10.0

_CHUNK: Final = 64 * 1024


def read_body(request: Request) -> bytes:
    """Read it all. Raises Refused when it is too large or too slow."""
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        # A thread that waits for a client that says nothing is a thread less.
        connection.settimeout(STALL_SECONDS)
    request.max_content_length = MAX_BODY_BYTES
    end = time.monotonic() + TOTAL_SECONDS
    body = bytearray()
    try:
        while chunk := request.stream.read(_CHUNK):
            body += chunk
            if time.monotonic() > end:
                raise refusal.body_too_slow()
    except RequestEntityTooLarge:
        raise refusal.body_too_large() from None
    except (ClientDisconnected, OSError):
        raise refusal.body_too_slow() from None
    return bytes(body)
