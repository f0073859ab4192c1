"""Finds the printed photo on a straightened front: a network points, edges say where exactly.

No face is looked for: a face says where the photo is but not where it ends.
"""

from typing import Final

import cv2
import numpy as np

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats, Pixels
from ocr_integration.engine.photo_net import PhotoNet
from ocr_integration.engine.views import View

_FINE: Final = 640
_PRESENT: Final = 0.5
_REACH: Final = 10
"""How far from the network's corners, in pixels of the fine card, a side is looked for."""

_SAMPLES: Final = 40
_STEEP: Final = 60.0
_STRAY: Final = 0.014
"""What an edge must gain for each pixel that it strays from where the network pointed."""


class PhotoFinder:
    """Where on a card the photo is printed."""

    def __init__(self) -> None:
        self._network = PhotoNet()
        offsets = np.arange(-_REACH, _REACH + 1)
        first, last = (ends.ravel() for ends in np.meshgrid(offsets, offsets, indexing="ij"))
        along = np.linspace(0.06, 0.94, _SAMPLES)
        self._along = along
        self._ends = np.stack([first, last], axis=1)
        # For each pair of ends, the offset at each sample, and the cost of straying.
        self._lines = np.round(first[:, None] * (1 - along) + last[:, None] * along).astype(np.intp)
        self._cost = _STRAY * (np.abs(first) + np.abs(last)) / 2

    def find(self, card: View) -> Floats | None:
        """Corners of the photo in the card's pixels, or None where there is none."""
        corners, there = self._network.find(card)
        if there < _PRESENT:
            return None
        scale = _FINE / card.size[0]
        return self._refined(card, corners * np.float32(scale), scale) / np.float32(scale)

    def _refined(self, card: View, quad: Floats, scale: float) -> Floats:
        """Move each side to the clearest edge near it, which may lean a little."""
        edges, start = _edges(card, quad, scale)
        local = quad - start
        sides = [self._side(edges[i % 2], local[i], local[(i + 1) % 4]) for i in range(4)]
        return np.asarray([_crossing(sides[i - 1], sides[i]) for i in range(4)] + start, np.float32)

    def _side(self, edges: Floats, first: Floats, last: Floats) -> tuple[Floats, Floats]:
        along = last - first
        unit = along / max(float(np.linalg.norm(along)), 1)
        normal = np.array([-unit[1], unit[0]], np.float32)
        middles = first + self._along[:, None] * along
        offsets = np.arange(-_REACH, _REACH + 1)[:, None, None]
        places = (middles[None] + offsets * normal).astype(np.float32)
        found = cv2.remap(edges, places[..., 0], places[..., 1], cv2.INTER_LINEAR)
        clear = found[self._lines + _REACH, np.arange(_SAMPLES)].mean(axis=1) - self._cost
        ends = self._ends[int(clear.argmax())]
        return first + normal * np.float32(ends[0]), last + normal * np.float32(ends[1])


def _edges(card: View, quad: Floats, scale: float) -> tuple[tuple[Floats, Floats], Floats]:
    """How clear an edge is at each pixel around the photo, 0 to 1: edges that run across, edges
    that run down, and where on the fine card they begin."""
    low = np.floor(quad.min(axis=0) - _REACH - 4)
    high = np.ceil(quad.max(axis=0) + _REACH + 4)
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    around = geometry.rectangle(*size) + np.asarray(low, np.float32)
    rough = card.cut(np.asarray(around / np.float32(scale), np.float32), *size)
    part = np.asarray(cv2.GaussianBlur(rough, (3, 3), 0), np.uint8)
    level = max(20.0, float(np.percentile(part[::4, ::4], 90)))
    across, down = (_steepness(part, axis, level) for axis in (0, 1))
    return (across, down), np.asarray(low, np.float32)


def _steepness(part: Pixels, axis: int, level: float) -> Floats:
    """Slope down (0) or across (1), of the channel where it is steepest."""
    slope = cv2.Sobel(part, cv2.CV_32F, axis, 1 - axis, ksize=3)
    # NumPy takes twenty times as long for the greatest of three channels.
    blue, green, red = cv2.split(np.abs(slope))
    steepest = cv2.max(cv2.max(blue, green), red) * np.float32(220 / level / 4 / _STEEP)
    return np.asarray(np.sqrt(np.minimum(steepest, 1)), np.float32)


def _crossing(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> Floats:
    """Where two lines cross, each given by two points."""
    (a, b), (c, d) = one, other
    first, second = b - a, d - c
    turn = float(first[0] * second[1] - first[1] * second[0])
    off = c - a
    share = float(off[0] * second[1] - off[1] * second[0]) / (turn or 1.0)
    return np.asarray(a + first * np.float32(share), np.float32)
