"""Finds the three rows of a machine readable code among boxes of text."""

from typing import Final

import cv2
import numpy as np

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats
from ocr_integration.permit.mrz import LINE_LENGTH

LINES: Final = 3
_SHORTEST_SPAN: Final = 0.5
_SLENDER: Final = 14.0
_CODE: Final = (0.045, 0.635, 0.95, 0.915)
"""Left, top, right and bottom of the rows in shares of a card's sides."""


def code_rows(boxes: Floats, width: int) -> list[Floats]:
    """Three rows of equal reach, one above the other, top first; boxes that broke are joined."""
    rows = [row for row in _rows(boxes) if _is_code_like(row, width)]
    rows.sort(key=lambda row: float(row[:, 1].mean()))
    best: tuple[float, list[Floats]] = (np.inf, [])
    for first in range(len(rows) - LINES + 1):
        three = rows[first : first + LINES]
        pitch = float(np.mean([geometry.sides(row)[0] for row in three])) / LINE_LENGTH
        edges = np.stack(three)[:, :, 0]
        ragged = float(np.ptp(edges[:, 0]) + np.ptp(edges[:, 1])) / pitch
        middles = np.array([row[:, 1].mean() for row in three])
        uneven = abs(float(np.diff(middles, 2)[0])) / pitch
        if ragged < 6 and uneven < 1 and ragged + uneven < best[0]:
            best = (ragged + uneven, three)
    return best[1]


def card_around(boxes: Floats) -> Floats | None:
    """The corners of the card that has a code among these boxes, or None where there is no code."""
    slender = [box for box in boxes if geometry.sides(box)[0] > _SLENDER * geometry.sides(box)[1]]
    longest = max((geometry.sides(box)[0] for box in slender), default=0.0)
    rows = code_rows(np.array(slender), int(longest))
    if not rows:
        return None
    top, bottom = rows[0], rows[-1]
    along = (top[1] - top[0] + bottom[2] - bottom[3]) / 2
    down = (bottom[3] - top[0] + bottom[2] - top[1]) / 2
    middle = (top[0] + top[1] + bottom[2] + bottom[3]) / 4
    cards = [_card(middle, along, down), _card(middle, -along, -down)]
    middles = np.array([box.mean(axis=0) for box in boxes], np.float32)
    return max(cards, key=lambda card: _inside(card, middles))


def _card(middle: Floats, along: Floats, down: Floats) -> Floats:
    """Where a card ends whose code, this way up, has its middle here and such sides."""
    left, right = (np.array([0, 1]) - (_CODE[0] + _CODE[2]) / 2) / (_CODE[2] - _CODE[0])
    above, below = (np.array([0, 1]) - (_CODE[1] + _CODE[3]) / 2) / (_CODE[3] - _CODE[1])
    spots = [(left, above), (right, above), (right, below), (left, below)]
    return np.array([middle + x * along + y * down for x, y in spots], np.float32)


def _inside(card: Floats, points: Floats) -> int:
    spots = [(float(x), float(y)) for x, y in points]
    return sum(cv2.pointPolygonTest(card, spot, measureDist=False) > 0 for spot in spots)


def _is_code_like(row: Floats, width: int) -> bool:
    length, height = geometry.sides(row)
    return length > _SHORTEST_SPAN * width and length > _SLENDER * height


def _rows(boxes: Floats) -> list[Floats]:
    """Join boxes that stand side by side into one quadrilateral."""
    sizes = [geometry.sides(box) for box in boxes]
    left = [place for place, (width, height) in enumerate(sizes) if width > 1.2 * height]
    left.sort(key=lambda place: -sizes[place][0])
    rows = []
    while left:
        seed, height = boxes[left[0]], sizes[left[0]][1]
        near = _off_axis(seed, boxes[left]) < 0.45 * height
        beside = [
            boxes[place]
            for place, is_near in zip(left, near, strict=True)
            if is_near and 0.5 < sizes[place][1] / height < 1.6
        ]
        left = [place for place, is_near in zip(left, near, strict=True) if not is_near]
        first = min(beside, key=lambda box: float(box[0][0]))
        last = max(beside, key=lambda box: float(box[1][0]))
        rows.append(np.array([first[0], last[1], last[2], first[3]], np.float32))
    return rows


def _off_axis(seed: Floats, boxes: Floats) -> Floats:
    """Distances of boxes' middles from the seed's middle line."""
    along = seed[1] - seed[0]
    unit = along / max(float(np.hypot(*along)), 1)
    off = (boxes - seed).mean(axis=1)
    return np.asarray(np.abs(off[:, 1] * unit[0] - off[:, 0] * unit[1]))
