"""Where this card has its values: right of, left of, below or above their labels.

Issues differ, so a card is asked: fields that are known by what they look like show where the
others stand.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final, Literal

import numpy as np

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats
from ocr_integration.engine.sheet import Piece

Way = Literal["right", "left", "below", "above"]
WAYS: Final[tuple[Way, ...]] = ("right", "left", "below", "above")

_ELSEWHERE: Final = 0.5
"""How much a place counts that is not where this card's values usually are."""

_FARTHEST: Final[dict[Way, float]] = {"right": 7, "left": 3}


class Layout:
    """Learned from pairs of a label and the value that is surely its own."""

    def __init__(self, pairs: Iterable[tuple[Piece, Floats]]) -> None:
        self._pairs = [(label, quad) for label, quad in pairs if way_of(label.quad, quad)]
        ways = Counter(way_of(label.quad, quad) for label, quad in self._pairs)
        self.usual: Way | None = ways.most_common(1)[0][0] if ways else None

    def near(self, label: Piece, piece: Piece) -> float:
        """How well a piece stands for the value of a label: 0 not at all, 1 just where it should
        be."""
        scores = {way: near(label.quad, piece.quad, way) for way in WAYS}
        if piece.line is label.line:
            # Other labels in the line are in between unless the piece is right beside this one.
            scores["right"] = float(piece.after == label.label)
            scores["left"] = float(piece.before == label.label)
        return max(score * self._weight(way) for way, score in scores.items())

    def _weight(self, way: Way) -> float:
        if self.usual is None:
            return 1.0 if way in ("right", "below") else _ELSEWHERE
        return 1.0 if way == self.usual else _ELSEWHERE

    def place(self, label: Piece, characters: int) -> Floats | None:
        """Where a value of so many square characters should stand; None if nothing tells."""
        pairs = [(one, quad) for one, quad in self._pairs if way_of(one.quad, quad) == self.usual]
        if not pairs:
            return None
        height = float(np.median([geometry.sides(quad)[1] for _, quad in pairs]))
        width = height * (0.4 + characters)
        along = (label.quad[1] - label.quad[0]) / max(geometry.sides(label.quad)[0], 1)
        down = np.array([-along[1], along[0]])
        start = self._start(label, pairs, along * width)
        start = start - along * 0.2 * height - down * 0.05 * height
        across = down * height * 1.1
        corners = [start, start + along * width, start + along * width + across, start + across]
        return np.asarray(np.stack(corners), np.float32)

    def _start(self, label: Piece, pairs: list[tuple[Piece, Floats]], width: Floats) -> Floats:
        match self.usual:
            case "right":
                gaps = [quad[0] - one.quad[1] for one, quad in pairs]
                return np.asarray(label.quad[1] + min(gaps, key=lambda gap: abs(float(gap[0]))))
            case "left":
                gaps = [quad[1] - one.quad[0] for one, quad in pairs]
                nearest = min(gaps, key=lambda gap: abs(float(gap[0])))
                return np.asarray(label.quad[0] + nearest - width)
            case _:
                steps = [quad[0] - one.quad[0] for one, quad in pairs]
                return np.asarray(label.quad[0] + np.median(steps, axis=0))


def way_of(label: Floats, value: Floats) -> Way | None:
    """On which side of its label a value stands."""
    scores = {way: near(label, value, way) for way in WAYS}
    best = max(WAYS, key=lambda way: scores[way])
    return best if scores[best] > 0 else None


def near(label: Floats, value: Floats, way: Way) -> float:
    """1 close to a label on one side of it, falling to 0 with distance."""
    height = max(geometry.sides(label)[1], geometry.sides(value)[1])
    if way in _FARTHEST:
        level = abs(float(value.mean(axis=0)[1] - label.mean(axis=0)[1])) / height
        first, last = (label, value) if way == "right" else (value, label)
        gap = float(last[0][0] - first[1][0]) / height
        if level < 0.6 and -0.4 < gap < _FARTHEST[way]:
            return 1 - 0.1 * max(gap, 0) - 0.3 * level
        return 0.0
    upper, lower = (label, value) if way == "below" else (value, label)
    drop = float(lower[0][1] - (upper[3] + upper[2])[1] / 2) / height
    indent = abs(float(value[0][0] - label[0][0])) / height
    if -0.6 < drop < 1.0 and indent < 2.5:
        return 0.9 - 0.4 * abs(drop) - 0.2 * indent
    return 0.0
