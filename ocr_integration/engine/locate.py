"""Finds cards on whatever they lie on: a network marks their pixels, lines are fitted around."""

import math
from collections.abc import Iterable, Iterator
from typing import Final

import cv2
import numpy as np

from ocr_integration.engine import geometry, outline, rims
from ocr_integration.engine.models import OWN, Floats, Network, Pixels, signal
from ocr_integration.engine.views import SHAPE

LONG_SIDE: Final = 256
"""Of the picture that the network looks at, pixels; both sides are multiples of STRIDE."""

STRIDE: Final = 32
WEIGHTS: Final = OWN / "locate.onnx"
_LEVELS: Final = (0.5, 0.85)
_SMALLEST_SHARE: Final = 0.008
_ALIKE: Final = 0.16
"""How far, as a logarithm, a picture's shape may be from a card's to be a scan of one."""

_FILLED: Final = 0.85
_SIDES: Final = 4
_CLEAR: Final = 1.93
"""What an outline counts that is marked so well and has an edge along each of its sides."""

_MOST: Final = 3
_SAME: Final = 0.03


class Locator:
    """Trained by `training.locate`."""

    def __init__(self) -> None:
        self._network = Network(WEIGHTS)

    def find(self, picture: Pixels) -> Iterator[Floats]:
        """The likeliest outlines, best first, long edges on top; which is up is not known.

        Where a finger, a pen or a paper lies over an edge, the network marks what is below it.
        Outlines that edges and colours suggest are looked for as well where its marks are no
        card's, or where the caller asks for more: what is printed there has to tell.
        """
        size = looked_at(picture.shape[1] / picture.shape[0])
        card = self._network.run(signal(_small(picture, size)))[0]
        heat = np.asarray(cv2.resize(card, size), np.float32)
        scale = np.array(picture.shape[1::-1], np.float32) / np.array(size, np.float32)

        def settled(quad: Floats) -> tuple[float, Floats]:
            """How likely it is a card's outline, 0 to 2, and where exactly it is."""
            moved, seen = rims.settled(picture, quad)
            agreed = _agreement(heat, np.asarray(moved / scale, np.float32))
            return agreed + (seen == _SIDES), moved

        def marked() -> Iterator[tuple[float, Floats]]:
            yield from map(
                settled, _distinct(np.asarray(quad * scale, np.float32) for quad in _around(heat))
            )
            # A scan has no edges: where its card ends, the picture does.
            for quad in _whole(picture):
                agreed = _agreement(heat, np.asarray(quad / scale, np.float32))
                yield agreed + 1.01 * (agreed > _FILLED), quad

        own, given = list[tuple[float, Floats]](), list[Floats]()
        for likely, quad in marked():
            own.append((likely, quad))
            if likely > _CLEAR and not given:
                given.append(quad)
                yield quad
        found = [*own, *map(settled, outline.find(picture, limit=_MOST))]
        found.sort(key=_likely, reverse=True)
        ranked = list(_distinct([*given, *(quad for _, quad in found)]))
        yield from ranked[len(given) : _MOST]


def _likely(found: tuple[float, Floats]) -> float:
    return found[0]


def looked_at(aspect: float) -> tuple[int, int]:
    """Width and height at which a picture is looked at that is so many times as wide as tall."""
    sides = (LONG_SIDE * min(1, aspect), LONG_SIDE * min(1, 1 / aspect))
    width, height = (max(1, round(side / STRIDE)) * STRIDE for side in sides)
    return width, height


def _small(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """Every so many pixels, then their means: averaging all of them takes ten times as long."""
    double = (2 * size[0], 2 * size[1])
    if picture.shape[1] > double[0]:
        picture = np.asarray(cv2.resize(picture, double, interpolation=cv2.INTER_NEAREST), np.uint8)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _around(heat: Floats) -> Iterator[Floats]:
    """Four sides around what is marked: what is beside a card is often marked less clearly."""
    for level in _LEVELS:
        marked = (heat > level).astype(np.uint8)
        outlines, _ = cv2.findContours(marked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for points in outlines:
            if cv2.contourArea(points) > _SMALLEST_SHARE * heat.size:
                hull = np.asarray(cv2.convexHull(points), np.float32).reshape(-1, 2)
                quad = outline.around(hull)
                if quad is not None:
                    yield _widened(quad)


def _whole(picture: Pixels) -> Iterator[Floats]:
    """The picture itself, if it has a card's shape."""
    height, width = picture.shape[:2]
    quad = geometry.rectangle(width, height)
    for ratio, upright in ((width / height, quad), (height / width, np.roll(quad, -1, axis=0))):
        if abs(math.log(ratio / SHAPE)) < _ALIKE:
            yield upright


def _widened(quad: Floats) -> Floats:
    """From the middles of the outermost pixels to their edges."""
    height = geometry.sides(quad)[1]
    return geometry.resized(quad, 1 + 1 / max(height, 1)) + np.float32(0.5)


def _agreement(heat: Floats, quad: Floats) -> float:
    """How far what is marked and what lies within four sides are the same, 0 to 1."""
    inside = np.zeros(heat.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.round(quad * 16).astype(np.int32), 1, cv2.LINE_8, 4)
    area = cv2.countNonZero(inside)
    shared = cv2.mean(heat, inside)[0] * area
    return float(shared / max(cv2.sumElems(heat)[0] + area - shared, 1.0))


def _distinct(quads: Iterable[Floats]) -> Iterator[Floats]:
    kept = list[Floats]()
    for quad in quads:
        if not any(_same(quad, other) for other in kept):
            kept.append(quad)
            yield quad


def _same(one: Floats, other: Floats) -> bool:
    """Whether the corners are about the same, whichever is first."""
    ways = (other, geometry.turned(other))
    off = min(float(np.linalg.norm(one - way, axis=1).max()) for way in ways)
    return off < _SAME * geometry.sides(one)[0]
