"""What a body asks: parsed and decoded, or refused in the API's order of checks."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ocr_integration.protocol.request import MAX_IMAGE_CHARACTERS
from ocr_integration.server import refusal

_ROOM_FOR_THE_REST: Final = 64 * 1024
_FLAGS: Final = ("return_portrait_image", "return_portrait_location")


@dataclass(frozen=True)
class Question:
    """One picture, and which parts of the portrait to return."""

    picture: bytes = field(repr=False)
    portrait_image: bool = False
    portrait_location: bool = False


def parse(body: bytes, fetch: Callable[[str], bytes]) -> Question:
    """Take a body apart; unknown members are passed over. Raises Refused."""
    if len(body) > MAX_IMAGE_CHARACTERS + _ROOM_FOR_THE_REST:
        raise refusal.image_too_long()
    try:
        said = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise refusal.bad_json() from None
    if not isinstance(said, dict):
        raise refusal.bad_json()
    name, text = _source(said)
    portrait_image, portrait_location = (_flag(said, name) for name in _FLAGS)
    picture = fetch(text) if name == "url" else _decoded(text)
    return Question(picture, portrait_image, portrait_location)


def _source(said: Mapping[str, Any]) -> tuple[str, str]:
    """`image` or `url`, and its text."""
    given = [(name, said[name]) for name in ("image", "url") if said.get(name) is not None]
    if len(given) != 1:
        raise refusal.bad_parameter("Give image or url, and not both.")
    name, text = given[0]
    if not isinstance(text, str) or not text:
        raise refusal.bad_parameter(f"{name} must be a text.")
    if len(text) > MAX_IMAGE_CHARACTERS:
        raise refusal.image_too_long()
    return name, text


def _flag(said: Mapping[str, Any], name: str) -> bool:
    value = said.get(name)
    if value is not None and not isinstance(value, bool):
        raise refusal.bad_parameter(f"{name} must be true or false.")
    return bool(value)


def _decoded(image: str) -> bytes:
    try:
        # A data: prefix fails here too: its colon is no Base64.
        return base64.b64decode(image, validate=True)
    except (binascii.Error, ValueError):
        raise refusal.bad_format() from None
