"""What confidences are worth: error of calibration with its interval, shares by bin."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

DOUBTFUL: Final = 0.95
BINS: Final = 10
EDGES: Final = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)
"""Of the diagram: narrow where most values are."""

_DRAWS: Final = 2000
_SEED: Final = 7


@dataclass(frozen=True)
class Stated:
    """A value's confidence, whether it was right, and the card it stands on."""

    confidence: float
    right: bool
    card: str


def calibration_error(stated: Sequence[Stated]) -> float:
    """Mean distance between a stated confidence and the share that was right, over ten bins."""
    return float(_errors(_gaps(stated).sum(axis=0)[None], len(stated))[0])


def calibration_interval(stated: Sequence[Stated]) -> tuple[float, float]:
    """95 % of the errors that as many cards, drawn from these with repetition, would show."""
    gaps, sizes = _gaps(stated), _sizes(stated)
    draws = np.random.default_rng(_SEED).multinomial(
        len(gaps), np.full(len(gaps), 1 / len(gaps)), size=_DRAWS
    )
    flat = gaps.reshape(len(gaps), -1)
    errors = _errors((draws @ flat).reshape(_DRAWS, BINS), np.maximum(1, draws @ sizes))
    low, high = np.percentile(errors, (2.5, 97.5))
    return float(low), float(high)


def _errors(gaps: NDArray[np.float64], totals: int | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(gaps).sum(axis=1) / totals, np.float64)


def _cards(stated: Sequence[Stated]) -> dict[str, int]:
    return {card: row for row, card in enumerate(sorted({each.card for each in stated}))}


def _gaps(stated: Sequence[Stated]) -> NDArray[np.float64]:
    """By card and bin: the sum of confidences less how many were right."""
    cards = _cards(stated)
    gaps = np.zeros((max(1, len(cards)), BINS))
    for each in stated:
        place = min(BINS - 1, int(each.confidence * BINS))
        gaps[cards[each.card], place] += each.confidence - each.right
    return gaps


def _sizes(stated: Sequence[Stated]) -> NDArray[np.float64]:
    cards = _cards(stated)
    sizes = np.zeros(max(1, len(cards)))
    for each in stated:
        sizes[cards[each.card]] += 1
    return sizes


@dataclass(frozen=True)
class Bin:
    """Values with about the same confidence, and the share that was right with its interval."""

    confidence: float
    share: float
    low: float
    high: float
    count: int


def bins(stated: Sequence[Stated]) -> list[Bin]:
    found = []
    for start, end in pairwise(EDGES):
        part = [s for s in stated if start <= s.confidence < end or s.confidence == end == 1]
        if part:
            right = sum(s.right for s in part)
            mean = sum(s.confidence for s in part) / len(part)
            low, high = wilson(right, len(part))
            found.append(Bin(mean, right / len(part), low, high, len(part)))
    return found


def wilson(right: int, total: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z = 1.96
    share, slack = right / total, z * z / total
    middle = (share + slack / 2) / (1 + slack)
    reach = z / (1 + slack) * float(np.sqrt(share * (1 - share) / total + slack / 4 / total))
    return max(0.0, middle - reach), min(1.0, middle + reach)
