"""Finds lines of text in a picture, at any angle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_integration.engine import bend
from ocr_integration.engine.models import OWN, Floats, Network, Pixels, packaged, signal
from ocr_integration.engine.views import View, small

WEIGHTS: Final = OWN / "finder.onnx"
CARD_SIZE: Final = (480, 304)
"""Width and height at which a straightened card is looked at."""

_MEAN: Final = tuple(255 * mean for mean in (0.485, 0.456, 0.406))
_SPREAD: Final = tuple(255 * spread for spread in (0.229, 0.224, 0.225))
_STRIDE: Final = 32
_INK: Final = 0.25
_CARD_INK: Final = 0.7
_LIKELY: Final = 0.45
_GROWTH: Final = 1.5
_SMALLEST: Final = 3.0


@dataclass(frozen=True)
class Lines:
    """Boxes of shape (n, 4, 2) in the picture's pixels, long side along the text.

    Which way the text reads along it is not known. `bend` is how many pixels lower a line runs at
    the picture's left and right border than in its middle.
    """

    boxes: Floats
    bend: float


class LineFinder:
    """Gives each pixel a probability to be in a line, and boxes around those that are.

    Pictures of anything are looked at by PP-OCRv6 tiny's detector. A straightened card can be by a
    network of a fifth of its cost, which knows what is printed on permits (`training.finder`).
    """

    def __init__(self) -> None:
        self._network = Network(packaged("ppocrv6/tiny/det/det.onnx"))
        self._card_network = Network(WEIGHTS)

    def find(self, view: View, long_side: int) -> Lines:
        """Look at all of it made so small."""
        scale = long_side / max(view.size)
        width, height = (_strides(side * scale) for side in view.size)
        heat = self._network.run(batch(small(view, width, height)))[0, 0]
        return _lines(heat, view.size, _INK)

    def on_card(self, card: View) -> Lines:
        """Look at a straightened card."""
        coarse = self._card_network.run(batch(small(card, *CARD_SIZE)))[0]
        return _lines(np.asarray(cv2.resize(coarse, CARD_SIZE), np.float32), card.size, _CARD_INK)


def _lines(heat: Floats, seen: tuple[int, int], ink: float) -> Lines:
    """Boxes around what is hotter than `ink`, in pixels of a view of such width and height."""
    mask = (heat > ink).astype(np.uint8)
    found, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    outlines = [np.asarray(outline, np.int32) for outline in found]
    size = (heat.shape[1], heat.shape[0])
    back = np.array(seen, np.float32) / np.array(size, np.float32)
    boxes = np.asarray(_boxes(heat, outlines) * back, np.float32)
    return Lines(boxes, bend.of_lines(outlines, size) * float(back[1]))


def _strides(side: float) -> int:
    return max(_STRIDE, round(side / _STRIDE) * _STRIDE)


def batch(picture: Pixels) -> Floats:
    """As both networks were trained: (1, 3, height, width)."""
    return signal(picture, _MEAN, _SPREAD)


def _boxes(heat: Floats, outlines: Sequence[NDArray[np.int32]]) -> Floats:
    found = []
    for outline in outlines:
        centre, size, angle = cv2.minAreaRect(outline)
        if min(size) < _SMALLEST or _inside(heat, np.asarray(outline)) < _LIKELY:
            continue
        found.append(grown(centre, size, angle))
    return np.array(found, np.float32).reshape(-1, 4, 2)


def _inside(heat: Floats, outline: NDArray[np.int32]) -> float:
    x, y, width, height = cv2.boundingRect(outline)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [outline - np.array([x, y])], 1)
    return float(cv2.mean(heat[y : y + height, x : x + width], mask)[0])


def grown(centre: Sequence[float], size: Sequence[float], angle: float) -> Floats:
    """The net marks a line's core; grow it to the line as its training shrank it."""
    width, height = size
    reach = width * height * _GROWTH / (2 * (width + height))
    width, height = width + 2 * reach, height + 2 * reach
    if width < height:
        width, height, angle = height, width, angle + 90
    radians = np.deg2rad((angle + 90) % 180 - 90)
    along = np.array([np.cos(radians), np.sin(radians)]) * width / 2
    across = np.array([-np.sin(radians), np.cos(radians)]) * height / 2
    middle = np.array(centre)
    return np.array(
        [
            middle - along - across,
            middle + along - across,
            middle + along + across,
            middle - along + across,
        ],
        np.float32,
    )
