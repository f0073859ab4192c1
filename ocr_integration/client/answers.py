"""Takes an answer apart without trusting whoever sent it.

What is not read is missing, null or "": all are "" with confidence 0. What contradicts the API is
ProviderAtFault; what only the API's page leaves open is taken in every spelling in use.
"""

import base64
import binascii
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

from PIL import Image

from ocr_integration.client import strict_json, supposed
from ocr_integration.client.errors import OcrError, ProviderAtFault, error_for
from ocr_integration.client.http import HttpAnswer
from ocr_integration.client.sizing import UNREADABLE, SentPicture, has_many_scans
from ocr_integration.protocol import places
from ocr_integration.protocol.fields import (
    CLASSIFIED,
    FIELDS,
    PermitType,
    Side,
    fields_of,
    permit_type_named,
)
from ocr_integration.protocol.places import PLACES_HEADER, NoPlaces
from ocr_integration.protocol.quality import Problem, ProblemCode
from ocr_integration.protocol.request import ENGINE_HEADER, REQUEST_ID_HEADER
from ocr_integration.protocol.result import Corner, Corners, Result, Spot
from ocr_integration.protocol.signature import CLOCK_TOLERANCE

MAX_VALUE_CHARACTERS: Final = 200
MAX_PORTRAIT_BYTES: Final = 2 * 1024 * 1024
LONGEST_PORTRAIT_SIDE: Final = 3000
PORTRAIT_FORMATS: Final = ("JPEG", "PNG", "BMP")
MAX_PROBLEMS: Final = 100
MAX_HEADER_CHARACTERS: Final = 100

_UNAUTHORISED: Final = 401

_KNOWN: Final = frozenset((*FIELDS, "confidence", "portrait_image", "portrait_location"))


@dataclass(frozen=True)
class Parsed:
    """A result, with what was odd about the answer it came in.

    `notes` are sentences without a value of the card; `unknown` are members that the API does
    not have, of this side's result, as they came.
    """

    result: Result = field(repr=False)
    notes: tuple[str, ...] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)


def parse_result(answer: HttpAnswer, picture: SentPicture) -> Parsed:
    """Take the result of a 200 for this picture. Raises ProviderAtFault."""
    with _named(answer):
        return _result(answer, picture)


def _result(answer: HttpAnswer, picture: SentPicture) -> Parsed:
    said = _object(_json(answer).get("result"), "result")
    notes: list[str] = []
    permit_type, side = _classified(said, notes)
    stated = {} if _absent(said.get("confidence")) else _object(said["confidence"], "confidence")
    values = {name: _text(said, name) for name in fields_of(permit_type, side)}
    confidence = {name: _confidence(stated, name, notes) for name in (*values, *CLASSIFIED)}
    result = Result(
        type=permit_type,
        side=side,
        values=values,
        confidence={name: confidence[name] if value else 0.0 for name, value in values.items()},
        type_confidence=0.0 if _absent(said.get("type")) else confidence["type"],
        side_confidence=0.0 if _absent(said.get("side")) else confidence["side"],
        portrait_image=_portrait(said.get("portrait_image")),
        portrait_location=_corners(said.get("portrait_location"), picture),
        places=_places(answer, picture, notes),
    )
    unknown = {name: value for name, value in said.items() if name not in _KNOWN}
    return Parsed(result, tuple(notes), unknown)


def _classified(said: Mapping[str, Any], notes: list[str]) -> tuple[PermitType, Side]:
    """Which permit and side: as named, or, where they were not read, as the rest of it has it."""
    type_name, side_name = _text(said, "type"), _text(said, "side").lower()
    permit_type = permit_type_named(type_name)
    if type_name and permit_type is None:
        raise ProviderAtFault("the answer names no known permit")
    if permit_type and side_name:
        return permit_type, _side_named(side_name)
    values = {name: _text(said, name) for name in supposed.TEXTS}
    side = _side_named(side_name) if side_name else supposed.side(values)
    if side is None:
        raise ProviderAtFault("the answer names no side")
    notes.append("which permit or side it is was not read")
    return permit_type or supposed.permit_type(values), side


def _side_named(name: str) -> Side:
    try:
        return Side(name)
    except ValueError:
        raise ProviderAtFault("the answer names no side") from None


def parse_problems(answer: HttpAnswer, picture: SentPicture) -> tuple[Problem, ...]:
    """Take the problems of a 200; codes of a newer server are passed over.

    Raises ProviderAtFault.
    """
    with _named(answer):
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
    error = error_for(
        answer.status,
        code if isinstance(code, str) else "",
        after=answer.retry_after,
        request_id=request_id(answer),
    )
    ahead = abs(timedelta(seconds=answer.ahead or 0))
    if answer.status == _UNAUTHORISED and ahead > CLOCK_TOLERANCE:
        # What is signed at another time is refused as if the key were wrong.
        error.reason += f"; this machine's clock is {ahead // timedelta(minutes=1)} min off theirs"
    return error


def request_id(answer: HttpAnswer) -> str:
    """The server's name for the exchange; "" where it gave none."""
    return _header(answer, REQUEST_ID_HEADER)


def engine(answer: HttpAnswer) -> str:
    """Which engine made the answer; "" where the server does not say."""
    return _header(answer, ENGINE_HEADER)


@contextmanager
def _named(answer: HttpAnswer) -> Iterator[None]:
    """Say of which answer something was wrong: it may be charged for, and asked about."""
    try:
        yield
    except ProviderAtFault as error:
        raise ProviderAtFault(
            error.reason, status=answer.status, request_id=request_id(answer)
        ) from None


def _json(answer: HttpAnswer) -> Mapping[str, Any]:
    try:
        said = strict_json.loads(answer.body)
    except strict_json.NotJson:
        raise ProviderAtFault("the answer is not JSON") from None
    members = _object(said, "answer")
    if not _absent(members.get("error_code")):
        raise ProviderAtFault("the answer is an error that says it is none")
    return members


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ProviderAtFault(f"the {name} is not an object")
    return value


def _absent(value: object) -> bool:
    return value is None or value == ""


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


def _confidence(said: Mapping[str, Any], name: str, notes: list[str]) -> float:
    """What is no probability counts nothing and is noted; what is not said counts nothing."""
    value = said.get(name)
    if value is None:
        return 0.0
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and 0 <= value <= 1:
        return float(value)
    notes.append(f"the confidence of {name} is none")
    return 0.0


def _portrait(value: object) -> bytes | None:
    """A small picture that opens; whoever shows it still makes one of their own."""
    if _absent(value):
        return None
    if not isinstance(value, str) or len(value) > MAX_PORTRAIT_BYTES * 4 // 3 + 4:
        raise ProviderAtFault("the portrait is not a small picture")
    try:
        portrait = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ProviderAtFault("the portrait is not Base64") from None
    try:
        with Image.open(BytesIO(portrait), formats=PORTRAIT_FORMATS) as image:
            if max(image.size) > LONGEST_PORTRAIT_SIDE:
                raise ProviderAtFault("the portrait is not a small picture")
            if has_many_scans(portrait):
                raise ProviderAtFault("the portrait is too much work")
            image.load()
    except UNREADABLE:
        raise ProviderAtFault("the portrait is no picture") from None
    return portrait


def _corners(value: object, picture: SentPicture) -> Corners | None:
    """Four corners on the picture that was given; outside it they are nowhere."""
    if _absent(value) or value == []:
        return None
    if not isinstance(value, list) or len(value) != len(("tl", "tr", "br", "bl")):
        raise ProviderAtFault("a place has not four corners")
    corners = [_corner(each) for each in value]
    width, height = picture.size
    if not all(0 <= x <= width and 0 <= y <= height for x, y in corners):
        raise ProviderAtFault("a corner lies outside the picture")
    one, two, three, four = corners
    return _given((one, two, three, four), picture)


def _is_near(corners: Iterable[Corner], picture: SentPicture) -> bool:
    width, height = picture.size
    reach = max(width, height) // 2
    return all(-reach <= x <= width + reach and -reach <= y <= height + reach for x, y in corners)


def _places(answer: HttpAnswer, picture: SentPicture, notes: list[str]) -> dict[str, Spot]:
    """What our own servers say beside the API; nonsense is noted and left."""
    header = answer.headers.get(PLACES_HEADER.lower(), "")
    if not header:
        return {}
    try:
        said = places.parsed(header)
    except NoPlaces:
        notes.append("the places are none")
        return {}
    near = {name: spot for name, spot in said.items() if _is_near(spot.corners, picture)}
    if len(near) < len(said):
        notes.append("a place lies nowhere near the picture")
    return {name: Spot(_given(spot.corners, picture), spot.seen) for name, spot in near.items()}


def _given(corners: Corners, picture: SentPicture) -> Corners:
    one, two, three, four = (picture.on_given(x, y) for x, y in corners)
    return one, two, three, four


def _corner(value: object) -> tuple[int, int]:
    match value:
        case [int(x), int(y)] if not isinstance(x, bool) and not isinstance(y, bool):
            return x, y
    raise ProviderAtFault("a corner is not two whole numbers")


def _problem(said: Mapping[str, Any], picture: SentPicture) -> Problem | None:
    try:
        code = ProblemCode(_text(said, "code"))
    except ValueError:
        return None
    named = _text(said, "field")
    where = _corners(said.get("where"), picture)
    return Problem(code, named if named in FIELDS else None, where)


def _header(answer: HttpAnswer, name: str) -> str:
    value = answer.headers.get(name.lower(), "")
    printable = value.isascii() and value.isprintable()
    return value[:MAX_HEADER_CHARACTERS] if printable else ""
