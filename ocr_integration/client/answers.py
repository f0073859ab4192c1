"""Takes an answer apart without trusting whoever sent it.

What is not read is missing, null or "": all are "" with confidence 0. What contradicts the API is
ProviderAtFault; what only the API's page leaves open is taken in every spelling in use.
"""

import base64
import binascii
import math
import unicodedata
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

from PIL import Image

from ocr_integration.client import strict_json
from ocr_integration.client.errors import OcrError, ProviderAtFault, error_for
from ocr_integration.client.http import HttpAnswer
from ocr_integration.protocol.fields import FIELDS, Side, fields_of, permit_type_named
from ocr_integration.protocol.quality import Problem, ProblemCode
from ocr_integration.protocol.request import ENGINE_HEADER, REQUEST_ID_HEADER
from ocr_integration.protocol.result import Corners, Result

MAX_VALUE_CHARACTERS: Final = 200
MAX_PORTRAIT_BYTES: Final = 2 * 1024 * 1024
MAX_PROBLEMS: Final = 100
MAX_HEADER_CHARACTERS: Final = 100


def parse_result(answer: HttpAnswer, picture: bytes) -> Result:
    """Take the result of a 200 for this picture. Raises ProviderAtFault."""
    said = _object(_json(answer).get("result"), "result")
    permit_type = permit_type_named(_text(said, "type"))
    if permit_type is None:
        raise ProviderAtFault("the answer names no known permit")
    try:
        side = Side(_text(said, "side").lower())
    except ValueError:
        raise ProviderAtFault("the answer names no side") from None
    confidence = _object(said.get("confidence") or {}, "confidence")
    values = {name: _text(said, name) for name in fields_of(permit_type, side)}
    return Result(
        type=permit_type,
        side=side,
        values=values,
        confidence={n: _confidence(confidence, n) if v else 0.0 for n, v in values.items()},
        type_confidence=_confidence(confidence, "type"),
        side_confidence=_confidence(confidence, "side"),
        portrait_image=_portrait(said.get("portrait_image")),
        portrait_location=_corners(said.get("portrait_location"), picture),
    )


def parse_problems(answer: HttpAnswer, picture: bytes) -> tuple[Problem, ...]:
    """Take the problems of a 200; codes of a newer server are passed over.

    Raises ProviderAtFault.
    """
    said = _json(answer).get("problems")
    if not isinstance(said, list) or len(said) > MAX_PROBLEMS:
        raise ProviderAtFault("the answer lists no problems")
    problems = (_problem(_object(each, "problem"), picture) for each in said)
    return tuple(problem for problem in problems if problem)


def parse_error(answer: HttpAnswer) -> OcrError:
    """Say whose turn it is after an answer that is no 200."""
    try:
        said = strict_json.loads(answer.body)
    except strict_json.NotJson:
        said = None
    code = said.get("error_code") if isinstance(said, dict) else None
    return error_for(
        answer.status,
        code if isinstance(code, str) else "",
        after=answer.retry_after,
        request_id=request_id(answer),
    )


def request_id(answer: HttpAnswer) -> str:
    """The server's name for the exchange; "" where it gave none."""
    return _header(answer, REQUEST_ID_HEADER)


def engine(answer: HttpAnswer) -> str:
    """Which engine made the answer; "" where the server does not say."""
    return _header(answer, ENGINE_HEADER)


def _json(answer: HttpAnswer) -> Mapping[str, Any]:
    try:
        said = strict_json.loads(answer.body)
    except strict_json.NotJson:
        raise ProviderAtFault("the answer is not JSON", status=answer.status) from None
    members = _object(said, "answer")
    if "error_code" in members:
        raise ProviderAtFault("the answer is an error that says it is none", status=answer.status)
    return members


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ProviderAtFault(f"the {name} is not an object")
    return value


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_VALUE_CHARACTERS:
        raise ProviderAtFault(f"{name} is not a short text")
    text = " ".join(value.split())
    # Control characters and halves of surrogate pairs cannot be stored, and characters that
    # only turn the writing's direction show a reviewer something else than what is there.
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text):
        raise ProviderAtFault(f"{name} is not a printable text")
    return text


def _confidence(said: Mapping[str, Any], name: str) -> float:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value <= 1 and math.isfinite(value) else 0.0


def _portrait(value: object) -> bytes | None:
    if not value:
        return None
    if not isinstance(value, str) or len(value) > MAX_PORTRAIT_BYTES * 4 // 3 + 4:
        raise ProviderAtFault("the portrait is not a small picture")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ProviderAtFault("the portrait is not Base64") from None


def _corners(value: object, picture: bytes) -> Corners | None:
    """Corners outside the picture count as none: a card cut off may well have them there."""
    if not value:
        return None
    if not isinstance(value, list) or len(value) != len(("tl", "tr", "br", "bl")):
        raise ProviderAtFault("a place has not four corners")
    top_left, top_right, bottom_right, bottom_left = (_corner(each) for each in value)
    corners = (top_left, top_right, bottom_right, bottom_left)
    width, height = _size(picture)
    inside = all(0 <= x <= width and 0 <= y <= height for x, y in corners)
    return corners if inside else None


def _corner(value: object) -> tuple[int, int]:
    match value:
        case [int(x), int(y)] if not isinstance(x, bool) and not isinstance(y, bool):
            return x, y
    raise ProviderAtFault("a corner is not two whole numbers")


def _size(picture: bytes) -> tuple[int, int]:
    """Pixels by the picture's head, EXIF orientation not applied; (0, 0) for no picture."""
    try:
        with Image.open(BytesIO(picture)) as image:
            return image.size
    except (OSError, Image.DecompressionBombError):
        return 0, 0


def _problem(said: Mapping[str, Any], picture: bytes) -> Problem | None:
    try:
        code = ProblemCode(_text(said, "code"))
    except ValueError:
        return None
    field = _text(said, "field")
    return Problem(code, field if field in FIELDS else None, _corners(said.get("where"), picture))


def _header(answer: HttpAnswer, name: str) -> str:
    value = answer.headers.get(name.lower(), "")
    printable = value.isascii() and value.isprintable()
    return value[:MAX_HEADER_CHARACTERS] if printable else ""
