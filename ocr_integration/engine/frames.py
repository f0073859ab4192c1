"""Ways to look at a picture as a straightened card, the likeliest first."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ocr_integration.engine import code_rows, geometry
from ocr_integration.engine.detect import LineFinder, Lines
from ocr_integration.engine.locate import Locator
from ocr_integration.engine.models import Floats
from ocr_integration.engine.views import HEIGHT, SHAPE, WIDTH, CardView, PictureView

_DETECT_SIDE: Final = 480
_CLOSER_SIDE: Final = 704
_LEVEL: Final = math.radians(5)
_SKEWED: Final = 0.014
_BENT: Final = 0.012
"""Of the card's height: what a line arches by before it is straightened."""

_FEWEST: Final = 3
_TALLEST: Final = 0.14
_SLANT: Final = 0.2
_SHARED: Final = 0.2
_TOUCHING: Final = -0.05
_ALIKE: Final = 0.35
"""Gap between two boxes in their heights, and how far, as a logarithm, their heights differ."""


Find = Callable[[CardView], Lines]


@dataclass(frozen=True)
class Frame:
    """A card of which the text is level; it may be upside down.

    `boxes` are its lines in the card's pixels, (n, 4, 2); `outlined` says that its edges were
    found.
    """

    card: CardView
    boxes: Floats
    outlined: bool

    @property
    def quad(self) -> Floats:
        """The card's corners in the picture."""
        return self.card.quad

    def turned(self) -> "Frame":
        boxes = np.roll(np.array([WIDTH, HEIGHT], np.float32) - self.boxes, 2, axis=1)
        return Frame(self.card.turned(), boxes, self.outlined)

    def in_picture(self, points: Floats) -> Floats:
        """Where points of the card are in the picture."""
        return self.card.in_picture(points)


def frames(picture: PictureView, locator: Locator, finder: LineFinder) -> Iterator[Frame]:
    """Outlines found, as the quick network and then as the large one sees the lines there, then
    what the text says."""

    def large(card: CardView) -> Lines:
        return finder.find(card, _DETECT_SIDE)

    outlines = list[Floats]()
    for quad in locator.find(picture.pixels):
        outlines.append(quad)
        yield from _framed(picture, quad, finder.on_card, outlined=True)
    for quad in outlines:
        yield from _framed(picture, quad, large, outlined=True)
    by_text = _around_text(finder.find(picture, _DETECT_SIDE).boxes)
    if by_text is None:
        return
    for frame in _framed(picture, by_text, large, outlined=False):
        yield frame
        # Text of other papers may be in it: a code says where its own card is.
        around = code_rows.card_around(frame.boxes)
        if around is not None:
            yield from _framed(picture, frame.in_picture(around), large, outlined=False)


def _framed(picture: PictureView, quad: Floats, find: Find, *, outlined: bool) -> Iterator[Frame]:
    card = CardView(picture, quad)
    lines = find(card)
    if len(lines.boxes) < _FEWEST or not _is_level(lines.boxes):
        return
    for _ in range(2):
        slopes = _slopes(lines.boxes)
        if not card.bend and abs(lines.bend) > _BENT * HEIGHT:
            card = CardView(picture, card.quad, lines.bend)
        elif max(abs(slopes[0]), abs(slopes[1])) > _SKEWED:
            card = CardView(picture, _levelled(card.quad, slopes), card.bend)
        else:
            break
        lines = find(card)
        if len(lines.boxes) < _FEWEST:
            return
    boxes = _readable(lines)
    if len(boxes) >= _FEWEST:
        yield Frame(card, np.stack(boxes), outlined)


def closer(frame: Frame, finder: LineFinder) -> Frame:
    """With what was overlooked: lone characters are too small for the first look."""
    found = _readable(finder.find(frame.card, _CLOSER_SIDE))
    new = [box for box in found if not any(_overlap(box, old) for old in frame.boxes)]
    return replace(frame, boxes=np.stack([*frame.boxes, *new]))


def _readable(lines: Lines) -> list[Floats]:
    boxes = [box for box in map(_lying, lines.boxes) if _is_line(box)]
    while pair := _touching(boxes):
        first, last = pair
        whole = np.stack([boxes[first][0], boxes[last][1], boxes[last][2], boxes[first][3]])
        boxes = [box for place, box in enumerate(boxes) if place not in pair] + [whole]
    return boxes


def _touching(boxes: list[Floats]) -> tuple[int, int] | None:
    """Two boxes of one size that follow each other in a line: wide-set print is found in parts."""
    if not boxes:
        return None
    corners = np.stack(boxes)
    starts, ends = (corners[:, 0] + corners[:, 3]) / 2, (corners[:, 1] + corners[:, 2]) / 2
    heights = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    gap, level = np.moveaxis((starts[None] - ends[:, None]) / heights[:, None, None], 2, 0)
    alike = np.abs(np.log(heights[None] / heights[:, None])) < _ALIKE
    pairs = np.argwhere((gap < _TOUCHING) & (gap > -0.6) & (np.abs(level) < 0.25) & alike)
    different = [(int(first), int(last)) for first, last in pairs if first != last]
    return different[0] if different else None


def _overlap(one: Floats, other: Floats) -> bool:
    """Whether upright boxes around both share more than a corner."""
    low = np.maximum(one.min(axis=0), other.min(axis=0))
    high = np.minimum(one.max(axis=0), other.max(axis=0))
    shared = float(np.prod(np.maximum(high - low, 0)))
    return shared > _SHARED * min(geometry.area(one), geometry.area(other))


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


def _around_text(boxes: Floats) -> Floats | None:
    """A card-shaped frame around all text that runs in the main direction."""
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
    width, height = max(width, height * SHAPE), max(height, width / SHAPE)
    middle = (x.max() + x.min()) / 2 * along + (y.max() + y.min()) / 2 * down
    corners = geometry.rectangle(width, height) - np.array([width, height]) / 2
    return np.asarray(middle + corners @ np.stack([along, down]), np.float32)
