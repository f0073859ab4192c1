"""Where on a picture the card and its fields stand: as its reader said, else from the portrait.

A reader that speaks the API and nothing more says where the portrait is. A front's other places
follow from it, roughly: by the one layout of which measurements are public, that of the card of
2013. They are never called seen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kyc.applications.models import Extraction
from ocr_integration.protocol.fields import PermitType, Side, fields_of, permit_type_named
from ocr_integration.protocol.places import CARD

Point = tuple[float, float]
Quad = tuple[Point, ...]
"""Corners from the top left of the thing itself, clockwise, in pixels of the picture."""

Box = tuple[float, float, float, float]

_PORTRAIT: Final[Box] = (0.04, 0.25, 0.27, 0.76)
_PRINTED: Final[dict[str, Box]] = {
    CARD: (0, 0, 1, 1),
    "type": (0.15, 0.01, 0.75, 0.10),
    "name": (0.26, 0.16, 0.44, 0.23),
    "name_en": (0.26, 0.25, 0.62, 0.31),
    "birth_date": (0.26, 0.36, 0.44, 0.42),
    "sex": (0.61, 0.38, 0.66, 0.44),
    "valid_period": (0.26, 0.49, 0.77, 0.55),
    "issuing_authority": (0.26, 0.60, 0.62, 0.67),
    "number": (0.26, 0.74, 0.52, 0.80),
    "issue_times": (0.60, 0.74, 0.66, 0.80),
}
"""Left, top, right and bottom, in shares of the card."""


@dataclass(frozen=True)
class Standing:
    """Where one thing stands; not `seen`, that follows from where others do."""

    at: Quad
    seen: bool


def of(extraction: Extraction) -> dict[str, Standing]:
    """By field's name, and the card itself as `CARD`."""
    if extraction.places:
        return {name: _said(place) for name, place in extraction.places.items()}
    if extraction.side != Side.FRONT or not extraction.portrait_location:
        return {}
    permit = permit_type_named(extraction.permit_type) or PermitType.HK_MACAO
    known = {CARD, "type", *fields_of(permit, Side.FRONT)}
    return {
        name: Standing(_beside(extraction.portrait_location, box), seen=False)
        for name, box in _PRINTED.items()
        if name in known
    }


def height(quad: Quad) -> float:
    """How tall it is, whichever way it is turned."""
    return (math.dist(quad[0], quad[3]) + math.dist(quad[1], quad[2])) / 2


def towards(start: Point, end: Point, far: float) -> Point:
    """The point so far from one on the way to another, and no farther than that."""
    length = math.dist(start, end)
    return _between(start, end, min(1.0, far / length) if length else 0.0)


def part(quad: Quad, start: int, end: int, length: int) -> Quad:
    """Of a line of so many characters at one pitch, those from start to end."""
    top_left, top_right, bottom_right, bottom_left = quad
    edges = ((top_left, top_right), (bottom_left, bottom_right))
    (a, b), (d, c) = (
        (_between(left, right, start / length), _between(left, right, end / length))
        for left, right in edges
    )
    return (a, b, c, d)


def grown(quad: Quad, share: float) -> Quad:
    """Wider by a share of its height on every side."""
    room = share * height(quad)
    top_left, top_right, bottom_right, bottom_left = quad
    across = _unit(top_left, top_right, bottom_left, bottom_right)
    down = _unit(top_left, bottom_left, top_right, bottom_right)
    ways = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return tuple(
        (
            x + room * (along * across[0] + below * down[0]),
            y + room * (along * across[1] + below * down[1]),
        )
        for (x, y), (along, below) in zip(quad, ways, strict=True)
    )


def _said(place: dict[str, Any]) -> Standing:
    return Standing(tuple((x, y) for x, y in place["at"]), place["seen"])


def _beside(portrait: Sequence[Sequence[float]], box: Box) -> Quad:
    """A box of the layout, carried along by where its portrait is."""
    left, top, right, bottom = box
    return tuple(_carried(portrait, x, y) for x, y in _ring(left, top, right, bottom))


def _ring(left: float, top: float, right: float, bottom: float) -> Quad:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _carried(portrait: Sequence[Sequence[float]], x: float, y: float) -> Point:
    """Evenly, as if the picture were taken from straight above: its corners lie too close
    together to say how it leans."""
    left, top, right, bottom = _PORTRAIT
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = portrait
    along, below = (x - left) / (right - left) - 0.5, (y - top) / (bottom - top) - 0.5
    middle = ((ax + bx + cx + dx) / 4, (ay + by + cy + dy) / 4)
    across = ((bx - ax + cx - dx) / 2, (by - ay + cy - dy) / 2)
    down = ((dx - ax + cx - bx) / 2, (dy - ay + cy - by) / 2)
    return (
        middle[0] + along * across[0] + below * down[0],
        middle[1] + along * across[1] + below * down[1],
    )


def _between(start: Point, end: Point, share: float) -> Point:
    return (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))


def _unit(a: Point, b: Point, c: Point, d: Point) -> Point:
    """The direction from a to b and from c to d."""
    x, y = b[0] - a[0] + d[0] - c[0], b[1] - a[1] + d[1] - c[1]
    length = math.hypot(x, y) or 1.0
    return x / length, y / length
