"""The lines of text on one straightened card, the right way up, cut where labels stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from ocr_integration.engine import geometry, words
from ocr_integration.engine.models import Floats
from ocr_integration.engine.recognise import LineReader, Posterior, Reading
from ocr_integration.engine.views import View

_CLEAR: Final = 0.7
_TWO_LINES: Final = 1.9
_LABEL_ABOVE: Final = 0.44
"""Of the height of a label and its value found as one: a label is smaller."""


@dataclass(frozen=True)
class Line:
    """One box of text and what it says."""

    quad: Floats
    posterior: Posterior

    @property
    def reading(self) -> Reading:
        return self.posterior.plain

    @property
    def text(self) -> str:
        return self.reading.text

    @cached_property
    def height(self) -> float:
        return geometry.sides(self.quad)[1]

    @cached_property
    def width(self) -> float:
        return geometry.sides(self.quad)[0]

    def part(self, start: float, end: float) -> Floats:
        """The piece of the box between two places, 0 to 1 along it."""
        top, bottom = self.quad[1] - self.quad[0], self.quad[2] - self.quad[3]
        return np.array(
            [
                self.quad[0] + start * top,
                self.quad[0] + end * top,
                self.quad[3] + end * bottom,
                self.quad[3] + start * bottom,
            ],
            np.float32,
        )


@dataclass(frozen=True)
class Piece:
    """A run of characters: a label, or what stands between labels.

    `label` is the field a label names; `after` and `before` the labels this piece stands between
    in its line.
    """

    line: Line
    text: str
    quad: Floats
    whole: bool
    label: str | None = None
    after: str | None = None
    before: str | None = None

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        left, top = self.quad.min(axis=0)
        right, bottom = self.quad.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    @property
    def height(self) -> float:
        return self.line.height

    @property
    def middle(self) -> Floats:
        return np.asarray(self.quad.mean(axis=0), np.float32)


class Sheet:
    """A card and its lines."""

    def __init__(
        self,
        card: View,
        boxes: Floats,
        reader: LineReader,
        known: Mapping[int, Posterior] | None = None,
    ) -> None:
        """`known` has what was already read of some boxes."""
        self.card = card
        self.reader = reader
        known = known or {}
        usual = float(np.median([geometry.sides(box)[1] for box in boxes])) if len(boxes) else 0
        self.lines = [
            line
            for place, box in enumerate(boxes)
            for line in self._lines(box, usual, known.get(place))
        ]

    def _lines(self, box: Floats, usual: float, known: Posterior | None) -> list[Line]:
        """One line, or two: a short label and the value below or above it are found as one box."""
        line = Line(box, known or self.reader.look(self.card, box))
        width, height = geometry.sides(box)
        if height < 1.5 * usual or width > 2.6 * height:
            return [line]
        if height < _TWO_LINES * usual and line.reading.weakest > _CLEAR:
            return [line]
        for share, labelled in ((_LABEL_ABOVE, 0), (1 - _LABEL_ABOVE, 1)):
            halves = [Line(half, self.reader.look(self.card, half)) for half in _cut(box, share)]
            if words.labels_in(halves[labelled].text.replace(" ", "")):
                return halves
        return [line]

    @property
    def text_boxes(self) -> Floats:
        """Boxes that hold text for certain, and not an eye or a pattern taken for it."""
        sure = [line.quad for line in self.lines if line.reading.mean > _CLEAR]
        return np.array(sure, np.float32).reshape(-1, 4, 2)

    @cached_property
    def pieces(self) -> list[Piece]:
        return [piece for line in self.lines for piece in _pieces(line)]

    @cached_property
    def labels(self) -> dict[str, Piece]:
        """The clearest label of each field."""
        found: dict[str, Piece] = {}
        for piece in self.pieces:
            if piece.label and piece.label not in found:
                found[piece.label] = piece
        return found

    @cached_property
    def values(self) -> list[Piece]:
        return [
            piece
            for piece in self.pieces
            if not piece.label and piece.text and not words.is_english_label(piece.text)
        ]

    def look(self, quad: Floats) -> Posterior:
        return self.reader.look(self.card, quad)


def _cut(box: Floats, share: float) -> tuple[Floats, Floats]:
    """The upper part of a box, so much of its height, and the lower."""
    left = box[0] + share * (box[3] - box[0])
    right = box[1] + share * (box[2] - box[1])
    return np.stack([box[0], box[1], right, left]), np.stack([left, right, box[2], box[3]])


def _pieces(line: Line) -> Iterator[Piece]:
    """Cut a line before and after each label in it."""
    text, places = _without_spaces(line.reading)
    marks = words.labels_in(text)
    if not marks or words.title_of(text):
        yield Piece(line, line.text.strip(), line.quad, whole=True)
        return
    after: str | None = None
    end_of_last = 0
    for field, start, end in [*marks, (None, len(text), len(text))]:
        if start > end_of_last:
            quad = _between(line, places, end_of_last, start)
            yield Piece(line, text[end_of_last:start], quad, whole=False, after=after, before=field)
        if field:
            quad = _between(line, places, start, end)
            yield Piece(line, text[start:end], quad, whole=len(marks) == 1, label=field)
        after, end_of_last = field, end


def _without_spaces(reading: Reading) -> tuple[str, Sequence[float]]:
    kept = [
        (character, place)
        for character, place in zip(reading.text, reading.places, strict=True)
        if character != " "
    ]
    return "".join(character for character, _ in kept), [place for _, place in kept]


def _between(line: Line, places: Sequence[float], start: int, end: int) -> Floats:
    """The part of a line from one character to another, cut half way to their neighbours."""
    left = 0.0 if start == 0 else (places[start - 1] + places[start]) / 2
    right = 1.0 if end == len(places) else (places[end - 1] + places[end]) / 2
    # A wide gap before a value is blank: begin close to its first character instead.
    glyph = 1.2 * line.height / max(line.width, 1)
    if start > 0:
        left = max(left, places[start] - glyph)
    if end < len(places):
        right = min(right, places[end - 1] + glyph)
    return line.part(left, right)
