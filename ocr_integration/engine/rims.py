"""Moves the sides of a card found roughly onto the straight edges beside them."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats, Pixels

_ALONG: Final = 60
_ACROSS: Final = 33
_REACH: Final = 0.024
"""How far from a side its edge is looked for, as a share of the card's width."""

_TILTS: Final = np.arange(-6, 7)
_ABOUT: Final = np.arange(-2, 3)
_ENDS: Final = (0.06, 0.94)
_FAINTEST: Final = 4.0
_SUPPORT: Final = 0.55
_PULL: Final = 0.7


def settled(picture: Pixels, quad: Floats) -> tuple[Floats, int]:
    """The same card with each side on the edge near it, where there is one all along it, and how
    many sides have one."""
    reach = _REACH * geometry.sides(quad)[0]
    found = [_settled(picture, quad[i], quad[(i + 1) % 4], reach) for i in range(4)]
    seen = sum(line is not None for line in found)
    lines = [
        np.stack([quad[i], quad[(i + 1) % 4]]) if line is None else line
        for i, line in enumerate(found)
    ]
    corners = [_crossing(lines[i - 1], lines[i]) for i in range(4)]
    if any(corner is None for corner in corners):
        return quad, 0
    return np.array(corners, np.float32), seen


def _settled(picture: Pixels, first: Floats, last: Floats, reach: float) -> Floats | None:
    """Two points of a side, moved across it to the edge, or None where there is none."""
    along = last - first
    across = np.array([along[1], -along[0]], np.float32)
    normal = np.asarray(across / max(float(np.linalg.norm(along)), 1), np.float32)
    strip = _strip(picture, first, along, np.asarray(normal * reach, np.float32))
    found = _edge(strip)
    if found is None:
        return None
    start, end = ((place * 2 / (_ACROSS - 1) - 1) * reach for place in found)
    ends = np.array(_ENDS)[:, None] * along + first
    return np.asarray(ends + np.array([[start], [end]]) * normal, np.float32)


def _strip(picture: Pixels, first: Floats, along: Floats, out: Floats) -> Floats:
    """Pixels beside a side, from inside the card to outside: (across, along, 3)."""
    t = np.linspace(*_ENDS, _ALONG)[None, :, None]
    away = np.linspace(-1, 1, _ACROSS)[:, None, None]
    spots = np.asarray(first + t * along + away * out, np.float32)
    seen = cv2.remap(
        picture, spots[..., 0], spots[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.blur(seen, (5, 1)), np.float32)


def _edge(strip: Floats) -> tuple[float, float] | None:
    """Where the best straight edge crosses both ends of the strip."""
    blue, green, red = np.moveaxis(np.abs(strip[2:] - strip[:-2]), 2, 0)
    steep = np.maximum(np.maximum(blue, green), red)
    steep = np.pad(steep, ((1, 1), (0, 0)))
    floor = max(_FAINTEST, 2 * float(np.median(steep)))
    level = np.sqrt(steep / floor)
    # One row and one column more are 0: there lines end that leave the strip.
    values = np.pad(level, ((0, 1), (0, 0))).take(_LINES)
    score = values.mean(axis=2) - _COST
    place, tilt = np.unravel_index(int(score.argmax()), score.shape)
    if (values[place, tilt] > 1).mean() < _SUPPORT:
        return None
    return _drawn(steep, np.minimum(_LINES[place, tilt] // _ALONG, _ACROSS - 1))


def _lines() -> tuple[NDArray[np.intp], Floats]:
    """For each place and tilt of a line the pixels of a strip that it crosses, (33, 15, 72), and
    what it costs it to be away from the strip's middle."""
    middles = np.arange(_ACROSS)
    rise = np.round(_TILTS[:, None] * np.linspace(-1, 1, _ALONG)).astype(np.intp)
    rows = middles[:, None, None] + rise
    rows = np.where((rows >= 0) & (rows < _ACROSS), rows, _ACROSS)
    centre = (_ACROSS - 1) / 2
    away = np.abs(middles - centre)[:, None] / centre + np.abs(_TILTS)[None] / _TILTS.max() / 2
    return rows * _ALONG + np.arange(_ALONG), np.asarray(_PULL * away, np.float32)


_LINES, _COST = _lines()


def _drawn(steep: Floats, rows: NDArray[np.intp]) -> tuple[float, float]:
    """A line through where the strip is steepest about these rows, finer than they are."""
    about = np.clip(rows + _ABOUT[:, None], 0, _ACROSS - 1)
    weights = steep[about, np.arange(_ALONG)] ** 2 + 1e-6
    middles = (about * weights).sum(axis=0) / weights.sum(axis=0)
    share = np.linspace(0, 1, _ALONG)
    rate, start = np.polyfit(share, middles, 1, w=np.sqrt(weights.sum(axis=0)))
    return float(start), float(start + rate)


def _crossing(one: Floats, other: Floats) -> Floats | None:
    """Where two lines, each through two points, meet."""
    along, across = one[1] - one[0], other[1] - other[0]
    turn = float(along[0] * across[1] - along[1] * across[0])
    if abs(turn) < 1e-3:
        return None
    gap = other[0] - one[0]
    step = float(gap[0] * across[1] - gap[1] * across[0]) / turn
    return np.asarray(one[0] + step * along, np.float32)
