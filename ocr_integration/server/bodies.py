"""Reading a request's body: whole, within its size, and without waiting for ever."""

from typing import Final

from werkzeug import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from ocr_integration.server import refusal
from ocr_integration.server.connection import Connection, TooSlow

_CHUNK: Final = 64 * 1024


def read_body(request: Request, *, most: int, seconds: float) -> bytes:
    """Read it all. Raises Refused when it is larger than `most` bytes, or too slow."""
    connection = request.environ.get("gunicorn.socket")
    if isinstance(connection, Connection):
        connection.allow(seconds)
    request.max_content_length = most
    body = bytearray()
    try:
        while chunk := request.stream.read(_CHUNK):
            body += chunk
    except RequestEntityTooLarge:
        raise refusal.body_too_large() from None
    except (TooSlow, ClientDisconnected, OSError):
        raise refusal.body_too_slow() from None
    return bytes(body)
