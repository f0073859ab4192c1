"""Finds and reads the machine readable code: three lines of thirty glyphs at one pitch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import cv2
import numpy as np

from ocr_integration.engine import code_path, geometry, templates
from ocr_integration.engine.code_rows import LINES, code_rows
from ocr_integration.engine.codeline import CodeLine
from ocr_integration.engine.glyphs import CELL_HEIGHT, CELL_WIDTH, SPAN, GlyphReader
from ocr_integration.engine.models import Floats, Pixels
from ocr_integration.engine.views import View
from ocr_integration.permit.mrz import LINE_LENGTH

_SURE: Final = 0.97
_STRAY: Final = 0.4
"""Pitches by which one line's ends may stand off the others' before that counts against it."""

_LEAD: Final = 0.02
_WORTH: Final = 0.1
"""What check digits that hold add to a line's score: a line read a glyph off has none."""

_GOES_ON: Final = 0.03
"""What ink beyond an end takes away: as much as one glyph that cannot be read."""

_OURS: Final = 0.9
"""Lines that are no code of ours can be bent to fit its layout, but not so well."""

_CLEAR: Final = 0.8
"""Glyphs below are looked at again a little off their place."""

_THIS_WAY: Final = 0.75
"""Upside down, lines fit at 0.3 to 0.6."""

_MARGIN: Final = 0.3
"""Of the height of all three lines: as much as one line is apart from the next."""

_HOPELESS: Final = 0.56
"""Three lines of a front look like a code at 0.4 to 0.5; fitting them closely takes long."""

_ALONG: Final = ((np.arange(CELL_WIDTH) - (CELL_WIDTH - 1) / 2) * SPAN[0] / CELL_WIDTH).astype("f4")
_DOWN: Final = ((np.arange(CELL_HEIGHT) - (CELL_HEIGHT - 1) / 2) * SPAN[1] / CELL_HEIGHT).astype(
    "f4"
)
"""Where a cell's pixels are, in pitches from its middle."""


@dataclass(frozen=True)
class Axis:
    """Where a line runs: the middle of its first glyph, the step to the next, and by how many
    steps its middle is ahead, as it is where the card leans away from the camera."""

    start: Floats
    step: Floats
    ahead: float = 0.0

    @property
    def middle(self) -> Floats:
        return np.asarray(self.start + self.step * (LINE_LENGTH - 1) / 2, np.float32)

    @property
    def pitch(self) -> float:
        return float(np.linalg.norm(self.step))

    def away(self, other: "Axis") -> tuple[float, float]:
        """How far another line's middle is along this one and across it, in pitches."""
        gap = other.middle - self.middle
        normal = np.array([-self.step[1], self.step[0]], np.float32)
        area = self.pitch**2
        return float(gap @ self.step) / area, float(gap @ normal) / area

    def shifted(
        self,
        along: float = 0,
        across: float = 0,
        stretch: float = 0,
        lean: float = 0,
        ahead: float = 0,
    ) -> Self:
        """Moved by shares of a pitch; the ends stretch and lean about the middle."""
        normal = np.array([-self.step[1], self.step[0]], np.float32)
        step = self.step * (1 + stretch) + normal * lean
        half = (LINE_LENGTH - 1) / 2
        start = self.start + (self.step - step) * half + self.step * along + normal * across
        return type(self)(
            np.asarray(start, np.float32), np.asarray(step, np.float32), self.ahead + ahead
        )

    def turned(self, corner: Floats) -> Self:
        """The same line on the card turned round, whose first pixel was the one at `corner`."""
        return type(self)(corner - self.start - self.step * (LINE_LENGTH - 1), self.step)

    def places(self) -> Floats:
        """The middles of the glyphs and of one more at either end, (32, 2)."""
        column = np.arange(-1, LINE_LENGTH + 1, dtype=np.float32)
        return self.at(np.stack([column, np.zeros_like(column)], axis=-1))

    def at(self, spots: Floats) -> Floats:
        """Where so many glyphs along the line and so many pitches across it are: (n, 2)."""
        off = spots[:, 0] / (LINE_LENGTH - 1) * 2 - 1
        along = spots[:, 0] + self.ahead * (1 - off * off)
        normal = np.array([-self.step[1], self.step[0]], np.float32)
        found = self.start + along[:, None] * self.step + spots[:, 1:] * normal
        return np.asarray(found, np.float32)

    def quad(self) -> Floats:
        """The line's cells as one box, from the first glyph's left to the last one's right."""
        left = self.start - self.step / 2
        right = self.start + self.step * (LINE_LENGTH - 0.5)
        up = np.array([self.step[1], -self.step[0]], np.float32) * SPAN[1] / 2
        return np.asarray(np.stack([left + up, right + up, right - up, left - up]), np.float32)


@dataclass(frozen=True)
class Fit:
    """What the glyphs look like along one axis, and how well they fit their line."""

    axis: Axis
    glyphs: Floats
    score: float
    held: float = 0.0
    """The share of the line's check digits that hold."""

    left_out: int = 0
    """At how many of its ends ink goes on."""

    @property
    def merit(self) -> float:
        return self.score + _WORTH * self.held


_NUDGES: Final = (
    {"along": 0.12},
    {"across": 0.1},
    {"stretch": 0.006},
    {"lean": 0.006},
    {"ahead": 0.2},
)
_SLIDES: Final = (
    {"along": 0.5},
    {"along": 0.5, "stretch": 0.017},
    {"along": 0.5, "stretch": -0.017},
)
_SLIPS: Final = tuple(
    {"along": (first + last) / 2, "stretch": (last - first) / (LINE_LENGTH - 1)}
    for first in (-1, 0, 1)
    for last in (-1, 0, 1)
    if first or last
)
"""Either end taken for its neighbour: dirt beside a line, or its last glyph lost in glare."""


@dataclass(frozen=True)
class Sighting:
    """Three lines that may be a code, the right way up, as they fit when looked at but once.

    `grey` is the card in grey pixels, where the lines are; `is_turned` says that this is with the
    card turned round.
    """

    grey: Pixels
    fits: list[Fit]
    is_turned: bool


class CodeReader:
    """Reads the code on a card."""

    def __init__(self) -> None:
        self._glyphs = GlyphReader()

    def find(self, card: View, boxes: Floats) -> Sighting | None:
        """Look at three rows where a code may be, this way up and the other."""
        rows = code_rows(boxes, card.size[0])
        if len(rows) < LINES:
            return None
        grey = _around(card, rows)
        axes = [_by_ink(grey, row) for row in rows]
        fits = [self._seen(grey, i, axis) for i, axis in enumerate(axes)]
        if mean(fits) > _THIS_WAY:
            return Sighting(grey, fits, is_turned=False)
        height, width = grey.shape
        other, corner = np.ascontiguousarray(grey[::-1, ::-1]), np.array([width - 1, height - 1])
        axes = [axis.turned(np.asarray(corner, np.float32)) for axis in reversed(axes)]
        turned = [self._seen(other, i, axis) for i, axis in enumerate(axes)]
        if mean(turned) > mean(fits):
            return Sighting(other, turned, is_turned=True)
        return Sighting(grey, fits, is_turned=False)

    def read(self, seen: Sighting) -> list[CodeLine] | None:
        """Read what was found, or say that it is no code of a permit."""
        grey, fits = seen.grey, seen.fits
        if mean(fits) < _HOPELESS:
            return None
        fits = [self._climbed(grey, row, fit) for row, fit in enumerate(fits)]
        # The first line's check digits pin down both of its ends; the last line has none and can
        # look well wherever it is taken to begin.
        best = fits[0] if fits[0].held == 1 else max(fits[:2], key=_merit)
        fits = [self._aligned(grey, row, fit, best) for row, fit in enumerate(fits)]
        if mean(fits) < _OURS:
            return None
        fits = [self._followed(grey, row, fit) for row, fit in enumerate(fits)]
        lines = templates.settle([fit.glyphs for fit in fits])
        pairs = zip(lines, fits, strict=True)
        return [replace(line, quad=fit.axis.quad()) for line, fit in pairs]

    def _aligned(self, grey: Pixels, row: int, fit: Fit, best: Fit) -> Fit:
        """Give a line the ends of the surest one where it reads badly or begins elsewhere.

        A last line of fillers reads nearly as well when it is a whole glyph off.
        """
        if fit is best:
            return fit
        along, across = best.axis.away(fit.axis)
        stray = abs(along) + abs(1 - fit.axis.pitch / best.axis.pitch) * LINE_LENGTH / 2
        if fit.score > _SURE and (stray < _STRAY or not best.held):
            return fit
        other = self._seen(grey, row, best.axis.shifted(across=across))
        other = self._moved(grey, row, other, _NUDGES)
        lead = _LEAD if stray >= _STRAY else 0.0
        return fit if fit.merit > other.merit + lead else other

    def _followed(self, grey: Pixels, row: int, fit: Fit) -> Fit:
        """Let each glyph of a line that reads badly stand where its neighbours let it."""
        clear = templates.clarity(row, fit.glyphs).min() > _CLEAR and not fit.left_out
        if clear and (row or fit.held == 1):
            return fit

        def read(spots: Floats) -> tuple[Floats, Floats]:
            return self._glyphs.read(_cells(grey, fit.axis.at(spots), fit.axis.step))

        glyphs = code_path.followed(row, read)
        found = _judged(row, fit.axis, glyphs)
        return found if found.merit > fit.merit - _GOES_ON * fit.left_out else fit

    def _climbed(self, grey: Pixels, row: int, fit: Fit) -> Fit:
        """Move the axis in ever smaller steps while the glyphs fit better."""
        if fit.score < _SURE or (row == 0 and fit.held < 1):
            others = [self._seen(grey, row, fit.axis.shifted(**slip)) for slip in _SLIPS]
            fit = max((fit, *others), key=_merit)
        return self._moved(grey, row, fit, (*_NUDGES, *_SLIDES))

    def _moved(self, grey: Pixels, row: int, fit: Fit, moves: Sequence[dict[str, float]]) -> Fit:
        for reach in (1.0, 0.5, 0.25):
            for move in moves:
                if fit.score > _SURE:
                    return fit
                for sign in (reach, -reach):
                    scaled = {name: sign * part for name, part in move.items()}
                    tried = self._seen(grey, row, fit.axis.shifted(**scaled))
                    if tried.merit > fit.merit:
                        fit = tried
                        break
        return fit

    def _seen(self, grey: Pixels, row: int, axis: Axis) -> Fit:
        glyphs, ink = self._glyphs.read(_cells(grey, axis.places(), axis.step))
        beyond = int((ink[[0, -1]] > code_path.INK * np.median(ink)).sum())
        return _judged(row, axis, glyphs[1:-1], beyond)


def _judged(row: int, axis: Axis, glyphs: Floats, left_out: int = 0) -> Fit:
    return Fit(axis, glyphs, templates.fit(row, glyphs), templates.holding(row, glyphs), left_out)


def _merit(fit: Fit) -> float:
    return fit.merit


def mean(fits: Sequence[Fit]) -> float:
    return sum(fit.score for fit in fits) / len(fits)


def _around(card: View, rows: Sequence[Floats]) -> Pixels:
    """A card's grey pixels; those well above and below its code, which nobody looks at, are 0."""
    width, height = card.size
    places = np.concatenate(rows)[:, 1]
    margin = _MARGIN * float(np.ptp(places))
    top = max(0, math.floor(places.min() - margin))
    bottom = min(height, math.ceil(places.max() + margin))
    grey = np.zeros((height, width), np.uint8)
    band = geometry.rectangle(width, bottom - top) + np.array([0, top], np.float32)
    grey[top:bottom] = card.grey(np.asarray(band, np.float32), width, bottom - top)
    return grey


def _by_ink(grey: Pixels, row: Floats) -> Axis:
    """Fit first and last glyph to where the ink begins and ends, and the middle to its height."""
    length, height = geometry.sides(row)
    pitch = length / LINE_LENGTH
    reach = 1.2 * pitch
    along = (row[1] - row[0] + row[2] - row[3]) / (2 * length)
    normal = np.array([-along[1], along[0]])
    left, right = (row[0] + row[3]) / 2 - reach * along, (row[1] + row[2]) / 2 + reach * along
    half = 0.62 * max(height, pitch) * normal
    quad = np.array([left - half, right - half, right + half, left + half], np.float32)
    size = (round(length + 2 * reach), round(2 * 0.62 * max(height, pitch)))
    strip = geometry.cut(grey, quad, *size)
    ink = _ink(strip)
    columns = np.flatnonzero(ink.mean(axis=0) > 0.06)
    lines = np.flatnonzero(ink[:, columns].mean(axis=1) > 0.08) if len(columns) else columns
    if len(columns) < pitch or len(lines) < 3:
        columns, lines = np.array([reach, size[0] - reach]), np.array([0, size[1] - 1])
    # A glyph leaves about a fifth of its pitch blank on either side.
    first, last = columns[0] + 0.3 * pitch, columns[-1] - 0.3 * pitch
    middle = (lines[0] + lines[-1]) / 2
    back = geometry.homography(geometry.rectangle(*size), quad)
    ends = geometry.moved(np.array([(first, middle), (last, middle)], np.float32), back)
    return Axis(ends[0], (ends[1] - ends[0]) / (LINE_LENGTH - 1))


def _ink(strip: Pixels) -> Floats:
    """1 where a pixel is clearly darker than the paper around it."""
    reach = max(3, strip.shape[0] // 2) | 1
    paper = cv2.morphologyEx(strip, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    depth = cv2.subtract(paper, strip)
    below = np.bincount(depth.ravel(), minlength=256).cumsum()
    level = max(20.0, 0.45 * float(np.searchsorted(below, 0.97 * depth.size)))
    return np.asarray(depth > level, np.float32)


def _cells(grey: Pixels, middles: Floats, step: Floats) -> Pixels:
    """Sample the cells around some middles in one go: (n, CELL_HEIGHT, CELL_WIDTH)."""
    x = np.add.outer(-step[1] * _DOWN, step[0] * _ALONG).ravel()
    y = np.add.outer(step[0] * _DOWN, step[1] * _ALONG).ravel()
    places = middles[:, :1] + x, middles[:, 1:] + y
    cells = cv2.remap(grey, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cells, np.uint8).reshape(len(middles), CELL_HEIGHT, CELL_WIDTH)
