"""How far a card is bent: its lines of text arch alike."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_integration.engine.models import Floats

_SLENDER: Final = 3.0
_SHORTEST: Final = 0.06
_FEWEST: Final = 3
_STEP: Final = 5
_PLAIN: Final = 0.7
"""Share of the lines' distance from straight ones that is left where they arch for certain."""


def of_lines(outlines: Sequence[NDArray[np.int32]], size: tuple[int, int]) -> float:
    """Pixels by which lines run lower at both ends of the picture than in its middle.

    All lines share the arch and, as far as they stand as high, the slope. 0 where straight lines
    say as much.
    """
    middles = [middle for outline in outlines if (middle := _middle(outline, size)) is not None]
    if len(middles) < _FEWEST:
        return 0.0
    x = np.concatenate([middle[:, 0] for middle in middles]) * 2 / size[0] - 1
    y = np.concatenate([middle[:, 1] for middle in middles])
    line = np.repeat(np.arange(len(middles)), [len(middle) for middle in middles])
    level = np.array([middle[:, 1].mean() for middle in middles])[line] / size[1]
    own = (line[:, None] == np.arange(len(middles))).astype(np.float64)
    straight = np.column_stack([own, x, x * level])
    arched = np.column_stack([straight, x * x])
    weights = np.ones(len(y))
    for _ in range(3):
        found, off = _fitted(arched, y, weights)
        weights = 1 / np.maximum(np.abs(off), 0.5)
    left = float((np.abs(off) * weights).sum())
    before = float((np.abs(_fitted(straight, y, weights)[1]) * weights).sum())
    return float(found[-1]) if left < _PLAIN * before else 0.0


def _fitted(
    terms: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weighted least squares: the factors, and how far off each point is."""
    weighted = terms.T * weights
    # A little is added for lines that all stand as high, or lie below each other.
    left = weighted @ terms + 1e-6 * np.eye(terms.shape[1])
    found = np.asarray(np.linalg.solve(left, weighted @ y), np.float64)
    return found, y - terms @ found


def _middle(outline: NDArray[np.int32], size: tuple[int, int]) -> Floats | None:
    """Points along a line's middle, or None for what is no line."""
    left, top, width, height = cv2.boundingRect(outline)
    if width < _SHORTEST * size[0] or width * height > 4 * _SLENDER * cv2.contourArea(outline):
        return None
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [outline - np.array([left, top])], 1)
    columns = np.arange(_STEP, width - _STEP, _STEP)
    thick = mask.sum(axis=0)[columns]
    if len(columns) < 4 or width < _SLENDER * float(np.median(thick)):
        return None
    rows = (mask * np.arange(height)[:, None]).sum(axis=0)[columns] / np.maximum(thick, 1)
    return np.asarray(np.column_stack([columns + left, rows + top]), np.float32)
