"""Finds the fields of a front among its lines: by what they look like, then by their labels."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ocr_integration.engine import geometry, words
from ocr_integration.engine.models import Floats
from ocr_integration.engine.sheet import Piece, Sheet
from ocr_integration.protocol.fields import PermitType

PERIOD: Final = re.compile(r"\d{4}\D?\d{2}\D?\d{2}\D{0,3}\d{4}\D?\d{2}\D?\d{2}")
DATE: Final = re.compile(r"(19|20)\d\d\D[01]\d\D[0-3]\d|(?<!\d)(19|20)\d\d\D?[01]\d\D?[0-3]\d$")
LATIN: Final = re.compile(r"[A-Z][A-Z '\-]*[,.，]?[A-Z '\-]+")
NUMBERS: Final = {
    PermitType.HK_MACAO: re.compile(r"[HM][A\d]\d{7}(\d\d)?"),
    PermitType.TAIWAN: re.compile(r"\d{8}"),
}
_LOOKALIKES: Final = str.maketrans("OoQDIlZ", "0000112")


@dataclass(frozen=True)
class Spot:
    """Where a field's value stands."""

    quad: Floats
    piece: Piece | None = None


class Front:
    """The spots of one front's fields; a field that is nowhere has none."""

    def __init__(self, sheet: Sheet, permit_type: PermitType) -> None:
        self._sheet = sheet
        self._type = permit_type
        self._free = [piece for piece in sheet.values if not words.title_of(piece.text)]
        self.spots: dict[str, Spot] = {}
        self._by_look()
        self._by_label()

    def _by_look(self) -> None:
        self._take("valid_period", _matches(PERIOD))
        self._take("birth_date", _matches(DATE))
        for field in ("valid_period", "birth_date"):
            if field not in self.spots:
                self._take(field, _digits_behind(field))
        self._take("issuing_authority", _is_authority)
        self._take("number", self._is_number)
        self._take("name_en", _is_latin_name)

    def _take(self, field: str, fits: Callable[[Piece], float]) -> None:
        """Give a field the piece that fits best, one right behind its label before others."""
        scored = [(fits(piece) + (piece.after == field), piece) for piece in self._free]
        scored = [(score, piece) for score, piece in scored if score > 0.5 and fits(piece) > 0]
        if not scored:
            return
        chosen = max(scored, key=lambda pair: pair[0])[1]
        self._free = [piece for piece in self._free if piece is not chosen]
        self.spots[field] = Spot(chosen.quad, chosen)

    def _is_number(self, piece: Piece) -> float:
        text = piece.text.replace(" ", "")
        match = NUMBERS[self._type].search(text[:1] + text[1:].translate(_LOOKALIKES))
        if match is None:
            return 0.0
        label = self._sheet.labels.get("number")
        near = 0.0 if label is None else nearness(label, piece)
        return 0.6 + 0.3 * near + 0.1 * (len(match[0]) == len(text))

    def _by_label(self) -> None:
        """Single characters and plain Chinese look like nothing special: their labels tell."""
        wanted: list[tuple[str, Callable[[Piece], float]]] = [
            ("sex", _is_short),
            ("issue_times", _is_count),
        ]
        if self._sheet.labels.get("nationality"):
            wanted.append(("nationality", _is_chinese))
        if self._type is PermitType.TAIWAN:
            wanted.append(("issue_place", _is_chinese))
        wanted.append(("name", _is_chinese))
        for field, fits in wanted:
            label = self._sheet.labels.get(field)
            self._take(field, _both(fits, label))
            if field not in self.spots:
                self._take(field, _UNLABELLED.get(field, _never))
            if field not in self.spots and label is not None:
                self._probe(field, label)
        if "name" not in self.spots:
            self._name_above_latin()
        if "name" in self.spots:
            self.spots["name"] = joined(self.spots["name"], self._free)

    def _probe(self, field: str, label: Piece) -> None:
        """The detector overlooks single characters: look where other labels have their values."""
        quad = self._usual_place(label, 3 if field == "name" else 1)
        if quad is not None:
            self.spots[field] = Spot(quad)

    def _usual_place(self, label: Piece, characters: int) -> Floats | None:
        offsets = []
        for field in ("birth_date", "valid_period", "issuing_authority", "number"):
            other, spot = self._sheet.labels.get(field), self.spots.get(field)
            if other is not None and spot is not None and _near(other.quad, spot.quad):
                offsets.append((other, spot))
        height = float(np.median([geometry.sides(spot.quad)[1] for _, spot in offsets] or [0]))
        if not offsets:
            return None
        below = np.median([_below(other, spot.quad) for other, spot in offsets]) > 0.5
        if below:
            steps = [spot.quad[0] - other.quad[0] for other, spot in offsets]
            start = label.quad[0] + np.median(steps, axis=0)
        else:
            gaps = [spot.quad[0] - other.quad[1] for other, spot in offsets]
            nearest = min(gaps, key=lambda gap: float(abs(gap[0])))
            start = label.quad[1] + nearest
        along = (label.quad[1] - label.quad[0]) / max(geometry.sides(label.quad)[0], 1)
        down = np.array([-along[1], along[0]])
        size = np.array([height * (0.4 + characters), height * 1.1])
        start = start - along * 0.2 * height - down * 0.05 * height
        return np.array(
            [
                start,
                start + along * size[0],
                start + along * size[0] + down * size[1],
                start + down * size[1],
            ],
            np.float32,
        )

    def _name_above_latin(self) -> None:
        latin = self.spots.get("name_en")
        if latin is None:
            return
        left, top = latin.quad[0]
        height = geometry.sides(latin.quad)[1]
        above = [
            piece
            for piece in self._free
            if _is_chinese(piece)
            and abs(piece.quad[0][0] - left) < 3 * height
            and 0 < top - piece.middle[1] < 4 * height
        ]
        if above:
            nearest = max(above, key=lambda piece: float(piece.middle[1]))
            self.spots["name"] = Spot(nearest.quad, nearest)


def joined(spot: Spot, pieces: Sequence[Piece]) -> Spot:
    """Take in what stands close behind on the same line: wide-set names are found in parts."""
    for piece in sorted(pieces, key=lambda piece: float(piece.quad[0][0])):
        height = geometry.sides(spot.quad)[1]
        gap = float(piece.quad[0][0] - spot.quad[1][0])
        level = abs(float(piece.middle[1] - spot.quad.mean(axis=0)[1]))
        alike = 0.7 < piece.height / height < 1.4
        if -0.3 < gap / height < 0.7 and level < 0.3 * height and alike and _is_chinese(piece):
            first, _, _, last = spot.quad
            spot = Spot(np.stack([first, piece.quad[1], piece.quad[2], last]))
    return spot


def _matches(pattern: re.Pattern[str]) -> Callable[[Piece], float]:
    def fits(piece: Piece) -> float:
        text = piece.text.replace(" ", "").translate(_LOOKALIKES)
        match = pattern.search(text)
        return 0.0 if match is None else 0.6 + 0.4 * len(match[0]) / len(text)

    return fits


def _digits_behind(field: str) -> Callable[[Piece], float]:
    """Too blurred to look like a date, but behind its label: its alphabet may still read it."""

    def fits(piece: Piece) -> float:
        return 0.6 if piece.after == field and sum(map(str.isdigit, piece.text)) > 3 else 0.0

    return fits


def _is_authority(piece: Piece) -> float:
    text = words.chinese(piece.text)
    if len(text) < 5:
        return 0.0
    score = max(words.alike(text, name) for name in words.AUTHORITIES)
    return score if score > 0.5 or text.endswith("管理局") else 0.0


def _is_latin_name(piece: Piece) -> float:
    text = piece.text.replace(" ", "")
    letters = sum(c.isascii() and c.isupper() for c in text)
    if letters < 3 or letters < 0.7 * len(text) or any(c.isdigit() for c in text):
        return 0.0
    if "SPECIMEN" in text or "SAMPLE" in text:
        return 0.0
    return 0.55 + 0.3 * ("," in text or "，" in text) + 0.1 * letters / 30


def _is_short(piece: Piece) -> float:
    width, height = geometry.sides(piece.quad)
    if piece.text[-1:] in {"男", "女"} and len(piece.text) <= 8:
        return 1.0
    return 0.4 if width < 2.4 * height else 0.0


def _is_count(piece: Piece) -> float:
    text = piece.text.replace(" ", "").translate(_LOOKALIKES)
    return 1.0 if re.fullmatch(r"\d{2}", text) else 0.3 if re.search(r"\d{2}$", text) else 0.0


def _is_chinese(piece: Piece) -> float:
    return 1.0 if len(words.chinese(piece.text)) >= 0.6 * len(piece.text) > 0 else 0.0


def _never(piece: Piece) -> float:
    return 0.0


def _ends_in_sex(piece: Piece) -> float:
    """A label too blurred to know, then the one character that matters."""
    return 0.8 if piece.text[-1:] in {"男", "女"} and len(piece.text) <= 4 else 0.0


def _ends_in_count(piece: Piece) -> float:
    """As `_ends_in_sex`: a Chinese label and two digits."""
    text = piece.text.replace(" ", "")
    return 0.7 if re.fullmatch(r"\D{2,6}\d{2}", text) and words.chinese(text) else 0.0


def _is_place(piece: Piece) -> float:
    return 0.8 if words.chinese(piece.text) in words.PLACES else 0.0


_UNLABELLED: Final[dict[str, Callable[[Piece], float]]] = {
    "sex": _ends_in_sex,
    "issue_times": _ends_in_count,
    "issue_place": _is_place,
}


def _both(fits: Callable[[Piece], float], label: Piece | None) -> Callable[[Piece], float]:
    """A piece must fit and stand where this label's value may stand."""

    def score(piece: Piece) -> float:
        if label is None or not fits(piece):
            return 0.0
        if piece.line is label.line and piece.after != label.label:
            return 0.0
        near = nearness(label, piece)
        return 0.0 if near <= 0 else 0.5 * fits(piece) + 0.5 * near + 0.01

    return score


def nearness(label: Piece, piece: Piece) -> float:
    return _near(label.quad, piece.quad)


def _near(label: Floats, value: Floats) -> float:
    """1 close to the right of a label or right below it, falling to 0 elsewhere."""
    height = max(geometry.sides(label)[1], geometry.sides(value)[1])
    low = (label[3] + label[2]) / 2
    level = abs(float(value.mean(axis=0)[1] - label.mean(axis=0)[1])) / height
    gap = float(value[0][0] - label[1][0]) / height
    if level < 0.6 and -0.4 < gap < 7:
        return 1 - 0.1 * max(gap, 0) - 0.3 * level
    drop = float(value[0][1] - low[1]) / height
    indent = abs(float(value[0][0] - label[0][0])) / height
    if -0.5 < drop < 1.0 and indent < 2.5:
        return 0.9 - 0.4 * abs(drop) - 0.2 * indent
    return 0.0


def _below(label: Piece, value: Floats) -> bool:
    return float(value.mean(axis=0)[1] - label.middle[1]) > 0.6 * geometry.sides(value)[1]
