"""The request for one picture: its paths, its body and its limits."""

import base64
import json
from typing import Final

PATH: Final = "/v2/{project_id}/ocr/mainland-travel-permit"
QUALITY_PATH: Final = PATH + "/quality"
"""Not the vendor's: our own servers say here what is wrong with a picture."""

CONTENT_TYPE: Final = "application/json"
REQUEST_ID_HEADER: Final = "X-Request-Id"
ENTERPRISE_PROJECT_HEADER: Final = "Enterprise-Project-Id"
ENGINE_HEADER: Final = "X-Permitdesk-Engine"
"""Which engine, and which version of it, made an answer; only our own servers send it."""

MAX_BODY_BYTES: Final = 12 * 1024 * 1024
MAX_IMAGE_CHARACTERS: Final = 10 * 1024 * 1024
"""Of Base64, so a file may have three quarters of that."""
SHORTEST_SIDE: Final = 15
LONGEST_SIDE: Final = 8192
"""Pixels that a side of a picture may have."""


def recognition_body(picture: bytes, *, portrait_image: bool, portrait_location: bool) -> bytes:
    """Spell the body that asks what a picture says."""
    flags = _flags(image=portrait_image, location=portrait_location)
    return b'{"image":"%b",%b}' % (base64.b64encode(picture), flags)


def url_body(url: str, *, portrait_image: bool, portrait_location: bool) -> bytes:
    """Spell the body that asks what a picture says that the server fetches for itself."""
    flags = _flags(image=portrait_image, location=portrait_location)
    return b'{"url":%b,%b}' % (json.dumps(url).encode(), flags)


def quality_body(picture: bytes) -> bytes:
    """Spell the body that asks what is wrong with a picture."""
    return b'{"image":"%b"}' % base64.b64encode(picture)


def _flags(*, image: object, location: object) -> bytes:
    # The API refuses a flag that is no boolean, were it 1 or None.
    flags = {"return_portrait_image": bool(image), "return_portrait_location": bool(location)}
    return json.dumps(flags, separators=(",", ":")).encode()[1:-1]
