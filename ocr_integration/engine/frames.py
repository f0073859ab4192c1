"""Ways to look at a picture as a straightened card, the likeliest first."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from ocr_integration.engine import geometry, outline
from ocr_integration.engine.detect import LineFinder
from ocr_integration.engine.models import Floats, Pixels

WIDTH: Final = 1280
HEIGHT: Final = 808
_DETECT_SIDE: Final = 480
_SHAPE: Final = WIDTH / HEIGHT
_LEVEL: Final = math.radians(5)
_SKEWED: Final = 0.014
_FEWEST: Final = 3
_BORDER: Final = 4
_TALLEST: Final = 0.14
_SLANT: Final = 0.2


@dataclass(frozen=True)
class Frame:
    """A card cut straight from the picture, its text level; it may be upside down.

    `quad` are the card's corners in the picture; `outlined` says that its edges were found.
    """

    quad: Floats
    card: Pixels
    boxes: Floats
    outlined: bool

    @property
    def cuts_text(self) -> bool:
        """Whether a line reaches the border: the outline is of something else than the card."""
        left, top = self.boxes.reshape(-1, 2).min(axis=0)
        right, bottom = self.boxes.reshape(-1, 2).max(axis=0)
        outer = max(-left, -top, right - WIDTH, bottom - HEIGHT)
        return bool(outer > -_BORDER)

    def turned(self) -> "Frame":
        card = np.ascontiguousarray(self.card[::-1, ::-1])
        boxes = np.roll(np.array([WIDTH, HEIGHT], np.float32) - self.boxes, 2, axis=1)
        return Frame(geometry.turned(self.quad), card, boxes, self.outlined)

    @property
    def to_picture(self) -> Floats:
        return geometry.homography(geometry.rectangle(WIDTH, HEIGHT), self.quad)


def frames(picture: Pixels, finder: LineFinder) -> Iterator[Frame]:
    """Outlines found, the whole picture where it has a card's shape, then what the text says."""
    seen: list[Floats] = []
    for quad in outline.find(picture, limit=2):
        seen.append(quad)
        yield from _framed(picture, quad, finder, outlined=True)
    whole = _whole(picture)
    if whole is not None:
        yield from _framed(picture, whole, finder, outlined=True)
    by_text = _around_text(picture, finder)
    if by_text is not None:
        yield from _framed(picture, by_text, finder, outlined=False)


def _framed(
    picture: Pixels, quad: Floats, finder: LineFinder, *, outlined: bool
) -> Iterator[Frame]:
    card = geometry.cut(picture, quad, WIDTH, HEIGHT)
    boxes = finder.find(card, _DETECT_SIDE)
    if len(boxes) < _FEWEST or not _is_level(boxes):
        return
    slopes = _slopes(boxes)
    if max(abs(slopes[0]), abs(slopes[1])) > _SKEWED:
        quad = _levelled(quad, slopes)
        card = geometry.cut(picture, quad, WIDTH, HEIGHT)
        boxes = finder.find(card, _DETECT_SIDE)
        if len(boxes) < _FEWEST:
            return
    lines = [box for box in map(_lying, boxes) if _is_line(box)]
    if len(lines) >= _FEWEST:
        yield Frame(quad, card, np.stack(lines), outlined)


def _lying(box: Floats) -> Floats:
    """Begin a box at its top left: taller than wide, it is a character or two lines in one."""
    angle = geometry.direction(box)
    if abs(angle) < math.pi / 4:
        return box
    return np.roll(box, 1 if angle > 0 else -1, axis=0)


def _is_line(box: Floats) -> bool:
    """Faces are taken for text, but no line is as tall, and none runs another way."""
    slanted = abs(math.sin(geometry.direction(box)))
    width, height = geometry.sides(box)
    return height < _TALLEST * HEIGHT and (slanted < _SLANT or width < 1.5 * height)


def _slopes(boxes: Floats) -> tuple[float, float]:
    """Slope of the text along the top and along the bottom of the card."""
    rows, slopes, weights = [], [], []
    for box in boxes:
        width, height = geometry.sides(box)
        angle = geometry.direction(box)
        if width > 3 * height and abs(angle) < 2 * _LEVEL:
            rows.append(float(box[:, 1].mean()))
            slopes.append(math.tan(angle))
            weights.append(width)
    if len(rows) < _FEWEST or np.ptp(rows) < 0.3 * HEIGHT:
        return 0.0, 0.0
    rate, start = np.polyfit(rows, slopes, 1, w=np.sqrt(weights))
    return float(start), float(start + rate * HEIGHT)


def _levelled(quad: Floats, slopes: tuple[float, float]) -> Floats:
    """Corners that bring text with these slopes level, however it converges."""
    top, bottom = (slope * WIDTH / 2 for slope in slopes)
    bent = np.array(
        [(0, -top), (WIDTH, top), (WIDTH, HEIGHT + bottom), (0, HEIGHT - bottom)], np.float32
    )
    back = geometry.homography(geometry.rectangle(WIDTH, HEIGHT), quad)
    return geometry.moved(bent, back)


def _is_level(boxes: Floats) -> bool:
    return abs(_main_direction(boxes)) < _LEVEL


def _main_direction(boxes: Floats) -> float:
    """The angle most text runs at, each box counting by how far it is longer than tall."""
    angles = np.array([geometry.direction(box) for box in boxes])
    weights = np.array([max(0.0, np.subtract(*geometry.sides(box))) for box in boxes])
    if not weights.sum():
        return math.pi / 2
    # Text that reads the other way has the same direction: double the angles before comparing.
    apart = np.abs(np.angle(np.exp(2j * (angles[:, None] - angles[None, :])))) / 2
    votes = ((apart < math.radians(5)) * weights).sum(axis=1)
    return float(angles[votes.argmax()])


def _whole(picture: Pixels) -> Floats | None:
    height, width = picture.shape[:2]
    quad = geometry.rectangle(width, height)
    if 0.85 < width / height / _SHAPE < 1.18:
        return quad
    if 0.85 < height / width / _SHAPE < 1.18:
        return np.roll(quad, -1, axis=0)
    return None


def _around_text(picture: Pixels, finder: LineFinder) -> Floats | None:
    """A card-shaped frame around all text that runs in the main direction."""
    boxes = finder.find(picture, _DETECT_SIDE)
    if len(boxes) < _FEWEST:
        return None
    angle = _main_direction(boxes)
    along = np.array([math.cos(angle), math.sin(angle)])
    down = np.array([-along[1], along[0]])
    apart = [abs(math.sin(geometry.direction(box) - angle)) for box in boxes]
    lines = boxes[np.array(apart) < math.sin(math.radians(8))].reshape(-1, 2)
    if not len(lines):
        return None
    x, y = lines @ along, lines @ down
    width, height = float(np.ptp(x)) * 1.08, float(np.ptp(y)) * 1.12
    width, height = max(width, height * _SHAPE), max(height, width / _SHAPE)
    middle = (x.max() + x.min()) / 2 * along + (y.max() + y.min()) / 2 * down
    corners = geometry.rectangle(width, height) - np.array([width, height]) / 2
    return np.asarray(middle + corners @ np.stack([along, down]), np.float32)
