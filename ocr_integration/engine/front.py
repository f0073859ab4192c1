"""Finds the fields of a front among its lines: by what they look like, then by their labels."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ocr_integration.engine import geometry, looks, words
from ocr_integration.engine.layout import Layout
from ocr_integration.engine.models import Floats
from ocr_integration.engine.sheet import Piece, Sheet
from ocr_integration.protocol.fields import PermitType

_FITS: Final = 0.5
_LETTER_GAP: Final = 0.7
_WORD_GAP: Final = 1.2
_DIGIT_GAP: Final = 0.5
_DATED: Final = re.compile(r"[\d.\- ]+")
_COMMAS: Final = frozenset(",，.")


@dataclass(frozen=True)
class Spot:
    """Where a field's value stands; `more` is its second line.

    Where nothing was seen and the layout of the card says where to look, it is `supposed`.
    """

    quad: Floats
    piece: Piece | None = None
    more: "Spot | None" = None
    supposed: bool = False

    @property
    def whole(self) -> Floats:
        """One box, around both lines where there are two."""
        if self.more is None:
            return self.quad
        points = np.concatenate([self.quad, self.more.quad])
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return geometry.rectangle(right - left, bottom - top) + np.array([left, top], np.float32)


class Front:
    """The spots of one front's fields; a field that is nowhere has none."""

    def __init__(self, sheet: Sheet, permit_type: PermitType) -> None:
        self._sheet = sheet
        self._type = permit_type
        titles = [line.quad for line in sheet.lines if words.title_of(line.text)]
        values = [piece for piece in sheet.values if not any(_holds(t, piece) for t in titles)]
        self._free = _with_whole_dates(values)
        self.spots: dict[str, Spot] = {}
        self._layout = Layout([])
        self._by_look()
        self._layout = Layout(
            (label, spot.quad)
            for field, spot in self.spots.items()
            if (label := sheet.labels.get(field)) and field != "name_en"
        )
        self._by_label()

    def _by_look(self) -> None:
        self._take("valid_period", looks.matches(looks.PERIOD))
        self._take("birth_date", looks.matches(looks.DATE))
        for field in ("valid_period", "birth_date"):
            if field not in self.spots:
                self._take(field, looks.digits_beside(field))
        self._take("issuing_authority", looks.is_authority)
        self._take("number", self._is_number)
        if "number" not in self.spots:
            # Its letter may be under a reflection: what is left of it is better than nothing.
            self._take("number", looks.digits_beside("number"))
        self._take("name_en", looks.is_latin_name)
        if "name_en" in self.spots:
            self.spots["name_en"] = self._continued(self._whole_line(self.spots["name_en"]))

    def _take(self, field: str, fits: Callable[[Piece], float]) -> None:
        """Give a field the piece that fits best, one beside its label before others."""
        scored = [(fits(piece), piece) for piece in self._free]
        beside = [
            (score + looks.is_beside(piece, field), piece) for score, piece in scored if score > 0
        ]
        chosen = max(beside, key=lambda pair: pair[0], default=(0.0, None))
        if chosen[1] is None or chosen[0] <= _FITS:
            return
        self._free = [piece for piece in self._free if piece is not chosen[1]]
        self.spots[field] = Spot(chosen[1].quad, chosen[1])

    def _is_number(self, piece: Piece) -> float:
        text = piece.text.replace(" ", "")
        match = looks.NUMBERS[self._type].search(text[:1] + text[1:].translate(looks.LOOKALIKES))
        if match is None:
            return 0.0
        label = self._sheet.labels.get("number")
        near = 0.0 if label is None else self._layout.near(label, piece)
        return 0.6 + 0.3 * near + 0.1 * (len(match[0]) == len(text))

    def _whole_line(self, spot: Spot) -> Spot:
        """A Latin name with wide gaps is found word by word."""
        line = [spot.piece] if spot.piece else []
        while beside := [piece for piece in self._free if line and _is_beside(line, piece)]:
            line = sorted([*line, beside[0]], key=lambda piece: float(piece.quad[0][0]))
            self._free = [free for free in self._free if free is not beside[0]]
        if len(line) < 2:
            return spot
        text = " ".join(piece.text for piece in line)
        quad = _through(line[0].quad, line[-1].quad)
        return Spot(quad, replace(line[0], text=text, quad=quad, whole=False))

    def _continued(self, spot: Spot) -> Spot:
        """A long Latin name has two lines that begin as far left, and one comma."""
        if spot.piece is None:
            return spot
        text = spot.piece.text.rstrip()
        for piece in self._free:
            other = Spot(piece.quad, piece)
            if text[-1:] in _COMMAS:
                goes_on = looks.is_latin_word(piece) and _is_next_line(spot, other)
            elif _COMMAS.isdisjoint(text):
                goes_on = looks.is_latin_name(piece) and _is_next_line(spot, other)
            else:
                goes_on = False
            began = looks.is_latin_word(piece) and _is_next_line(other, spot)
            if goes_on or began:
                self._free = [free for free in self._free if free is not piece]
                first, second = (spot, other) if goes_on else (other, spot)
                return Spot(first.quad, first.piece, second)
        return spot

    def _by_label(self) -> None:
        """Single characters and plain Chinese look like nothing special: their labels tell."""
        self._find("sex", looks.is_sex, looks.ends_in_sex)
        self._find("issue_times", looks.is_count, self._is_count_beside_number)
        if self._sheet.labels.get("nationality"):
            self._find("nationality", looks.is_chinese, looks.never)
        if self._type is PermitType.TAIWAN:
            self._find("issue_place", looks.is_chinese, looks.is_place)
        self._find("name", looks.is_name, looks.never)
        if "name" not in self.spots or self.spots["name"].piece is None:
            self._name_above_latin()
        if "name" in self.spots:
            self.spots["name"] = joined(self.spots["name"], self._free)

    def _find(
        self, field: str, fits: Callable[[Piece], float], alone: Callable[[Piece], float]
    ) -> None:
        """Look beside the label, then for what can be nothing else, then where it should be."""
        label = self._sheet.labels.get(field)
        if label is not None:
            self._take(field, self._both(fits, label))
        if field not in self.spots:
            self._take(field, alone)
        if field not in self.spots and label is not None:
            self._probe(field, label)

    def _both(self, fits: Callable[[Piece], float], label: Piece) -> Callable[[Piece], float]:
        """A piece must fit and stand where this label's value may stand."""

        def score(piece: Piece) -> float:
            fit, near = fits(piece), self._layout.near(label, piece)
            return 0.5 * fit + 0.5 * near + 0.01 if fit and near > 0 else 0.0

        return score

    def _is_count_beside_number(self, piece: Piece) -> float:
        """Two digits in the row of the number, their label unread or none."""
        number = self.spots.get("number")
        alone = looks.ends_in_count(piece)
        if number is None or not alone:
            return 0.0
        height = geometry.sides(number.quad)[1]
        level = abs(float(piece.middle[1] - number.quad.mean(axis=0)[1])) / height
        return alone if level < 0.8 else 0.6 * alone

    def _probe(self, field: str, label: Piece) -> None:
        """The detector overlooks single characters: look where other labels have their values."""
        quad = self._layout.place(label, 3 if field == "name" else 1)
        if quad is not None:
            self.spots[field] = Spot(quad, supposed=True)

    def _name_above_latin(self) -> None:
        latin = self.spots.get("name_en")
        if latin is None:
            return
        left, top = latin.quad[0]
        height = geometry.sides(latin.quad)[1]
        above = [
            piece
            for piece in self._free
            if looks.is_name(piece)
            and abs(piece.quad[0][0] - left) < 3 * height
            and 0 < top - piece.middle[1] < 4 * height
        ]
        if above:
            nearest = max(above, key=lambda piece: float(piece.middle[1]))
            self.spots["name"] = Spot(nearest.quad, nearest)


def _is_next_line(spot: Spot, other: Spot) -> bool:
    height, other_height = geometry.sides(spot.quad)[1], geometry.sides(other.quad)[1]
    indent = abs(float(other.quad[0][0] - spot.quad[0][0])) / height
    drop = float(other.quad[0][1] - spot.quad[3][1]) / height
    return indent < 1 and -0.4 < drop < 0.9 and 0.7 < other_height / height < 1.4


def joined(spot: Spot, pieces: Sequence[Piece]) -> Spot:
    """Take in what stands close behind on the same line: wide-set names are found in parts."""
    for piece in sorted(pieces, key=lambda piece: float(piece.quad[0][0])):
        if _goes_on(spot.quad, piece, _LETTER_GAP) and looks.is_chinese(piece):
            spot = Spot(_through(spot.quad, piece.quad))
    return spot


def _goes_on(quad: Floats, piece: Piece, reach: float) -> bool:
    """Whether a piece of the same size stands behind, its height times `reach` away at most."""
    height = geometry.sides(quad)[1]
    gap = float(piece.quad[0][0] - quad[1][0])
    level = abs(float(piece.middle[1] - quad.mean(axis=0)[1]))
    alike = 0.7 < piece.height / height < 1.4
    return -0.3 < gap / height < reach and level < 0.3 * height and alike


def _holds(quad: Floats, piece: Piece) -> bool:
    """Whether a piece lies on something: a sliver of a title can look like any character."""
    (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
    x, y = piece.middle
    return bool(left <= x <= right and top <= y <= bottom)


def _with_whole_dates(pieces: Sequence[Piece]) -> list[Piece]:
    """Digits that are found apart at a dot or a gleam belong together."""
    kept = list[Piece]()
    for piece in sorted(pieces, key=lambda piece: float(piece.quad[0][0])):
        before = [other for other in kept if _is_one_date(other, piece)]
        if before:
            text, quad = before[0].text + piece.text, _through(before[0].quad, piece.quad)
            kept = [other for other in kept if other is not before[0]]
            kept.append(replace(before[0], text=text, quad=quad, whole=False))
        else:
            kept.append(piece)
    return kept


def _is_one_date(first: Piece, second: Piece) -> bool:
    digits = all(_DATED.fullmatch(piece.text) for piece in (first, second))
    return digits and _goes_on(first.quad, second, _DIGIT_GAP)


def _is_beside(line: Sequence[Piece], piece: Piece) -> bool:
    """Whether a Latin word stands close before or behind some others."""
    before = _goes_on(piece.quad, line[0], _WORD_GAP)
    behind = _goes_on(line[-1].quad, piece, _WORD_GAP)
    return looks.is_latin_word(piece) > 0 and (before or behind)


def _through(first: Floats, last: Floats) -> Floats:
    return np.stack([first[0], last[1], last[2], first[3]])
