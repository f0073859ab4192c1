"""The geometry of charts: the template draws it as SVG, and the same numbers as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 344
HEIGHT: Final = 170
LEFT: Final = 40
RIGHT: Final = 10
TOP: Final = 12
BOTTOM: Final = 26
_FLOOR: Final = HEIGHT - BOTTOM
_MOST_TICKS: Final = 5


@dataclass(frozen=True)
class Bar:
    """One bar, in pixels of the chart."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Bars over a floor, with rules at round values."""

    bars: list[Bar]
    rules: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = _FLOOR


def bars(values: Sequence[float], labels: Sequence[str]) -> Chart:
    """Draw one bar a value; a label stands under every so many of them."""
    top, step = _scale(max(values, default=0))
    slot = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    every = math.ceil(len(values) / _MOST_TICKS) or 1

    def height(value: float) -> float:
        return (_FLOOR - TOP) * value / top

    drawn = [
        Bar(
            round(LEFT + place * slot + slot * 0.15, 1),
            round(_FLOOR - height(value), 1),
            round(slot * 0.7, 1),
            round(height(value), 1),
        )
        for place, value in enumerate(values)
    ]
    rules = [
        (round(_FLOOR - height(step * count), 1), f"{step * count:g}")
        for count in range(round(top / step) + 1)
    ]
    ticks = [
        (round(LEFT + (place + 0.5) * slot, 1), label)
        for place, label in enumerate(labels)
        if place % every == 0
    ]
    return Chart(drawn, rules, ticks)


def _scale(most: float) -> tuple[float, float]:
    """Find a round number at or above `most`, and the step of the rules below it."""
    if most <= 0:
        return 1.0, 1.0
    magnitude = 10 ** math.floor(math.log10(most))
    step = next(
        magnitude * part for part in (0.2, 0.5, 1, 2) if math.ceil(most / (magnitude * part)) <= 5
    )
    step = max(step, 1.0)
    return math.ceil(most / step) * step, step
