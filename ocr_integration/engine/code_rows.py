"""Finds the three rows of a machine readable code among boxes of text."""

from typing import Final

import numpy as np

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats
from ocr_integration.permit.mrz import LINE_LENGTH

LINES: Final = 3
_SHORTEST_SPAN: Final = 0.5
_SLENDER: Final = 14.0


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


def _is_code_like(row: Floats, width: int) -> bool:
    length, height = geometry.sides(row)
    return length > _SHORTEST_SPAN * width and length > _SLENDER * height


def _rows(boxes: Floats) -> list[Floats]:
    """Join boxes that stand side by side into one quadrilateral."""
    left = [box for box in boxes if geometry.sides(box)[0] > 1.2 * geometry.sides(box)[1]]
    rows = []
    while left:
        seed = max(left, key=lambda box: geometry.sides(box)[0])
        height = geometry.sides(seed)[1]
        near = [box for box in left if _off_axis(seed, box) < 0.45 * height]
        left = [box for box in left if not any(box is taken for taken in near)]
        near = [box for box in near if 0.5 < geometry.sides(box)[1] / height < 1.6]
        near = near or [seed]
        first = min(near, key=lambda box: float(box[0][0]))
        last = max(near, key=lambda box: float(box[1][0]))
        rows.append(np.array([first[0], last[1], last[2], first[3]], np.float32))
    return rows


def _off_axis(seed: Floats, box: Floats) -> float:
    """Distance of a box's middle from the seed's middle line."""
    along = seed[1] - seed[0]
    unit = along / max(float(np.linalg.norm(along)), 1)
    off = box.mean(axis=0) - seed.mean(axis=0)
    return abs(float(off[1] * unit[0] - off[0] * unit[1]))
