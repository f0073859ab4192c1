"""The geometry of the two plots of a threshold: the template draws it as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kyc.review.shares import Share

Curve = Sequence[tuple[float, Share]]

LEAST: Final = 0.5
_LEFT: Final = 50
_RIGHT: Final = 784
_TOP: Final = 14
_FLOOR: Final = 270
_SIDE: Final = 236


@dataclass(frozen=True)
class WrongShare:
    """How often values were wrong at or above each confidence, with its band."""

    line: str
    band: str
    points: list[tuple[float, float]]
    rules: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    wanted: float
    now: float
    proposed: float
    left: int = _LEFT
    right: int = _RIGHT
    top: int = _TOP
    floor: int = _FLOOR


@dataclass(frozen=True)
class Reliable:
    """A dot for each stated confidence, with its interval."""

    dots: list[tuple[float, float, float, float]]


def wrong_share(curve: Curve, *, wanted: float, now: float, proposed: float) -> WrongShare:
    """Draw the curve; confidences without any value are left out."""
    drawn = [(confidence, share) for confidence, share in curve if share.whole]
    top = math.ceil(max([2 * wanted, 1.0, *(share.high for _, share in drawn)]))

    def y(percent: float) -> float:
        return round(_FLOOR - (_FLOOR - _TOP) * min(percent, top) / top, 1)

    points = [(_x(confidence), y(share.value)) for confidence, share in drawn]
    over = [(_x(confidence), y(share.high)) for confidence, share in drawn]
    under = [(_x(confidence), y(share.low)) for confidence, share in reversed(drawn)]
    step = math.ceil(top / 5)
    return WrongShare(
        _path(points),
        _path(over + under),
        points,
        [(y(percent), f"{percent} %") for percent in range(0, top + 1, step)],
        [(_x(tenth / 10), f"{tenth / 10:.2f}") for tenth in range(5, 11)],
        y(wanted),
        _x(now),
        _x(proposed),
    )


def reliable(found: Curve) -> Reliable:
    """Place the dots on a square of 0 to 100."""

    def y(percent: float) -> float:
        return round(_TOP + _SIDE * (1 - percent / 100), 1)

    return Reliable(
        [
            (round(_LEFT + _SIDE * said, 1), y(right.value), y(right.high), y(right.low))
            for said, right in found
        ]
    )


def _x(confidence: float) -> float:
    share = (max(confidence, LEAST) - LEAST) / (1 - LEAST)
    return round(_LEFT + (_RIGHT - _LEFT) * share, 1)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
