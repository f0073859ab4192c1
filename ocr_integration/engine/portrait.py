"""Finds the printed photo on a straightened front.

A photo is a large upright rectangle without text, unlike the card's ground inside, like it just
outside, with an edge all around. No face is looked for: a face says where the photo is but not
where it ends.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from ocr_integration.engine.models import Floats, Pixels

_COARSE: Final = 160
_FINE: Final = 640
_SHAPES: Final = (0.57, 0.61, 0.65, 0.69, 0.73, 0.77, 0.81, 0.85)
_WIDTHS: Final = range(24, 52, 2)
_RIM: Final = 2
_SIZE: Final = 0.005
_CLEAR: Final = 0.6
"""Score below which the best rectangle is taken for none at all."""


@dataclass(frozen=True)
class Rectangle:
    left: int
    top: int
    right: int
    bottom: int

    def corners(self, scale: float) -> Floats:
        x = (self.left / scale, self.right / scale)
        y = (self.top / scale, self.bottom / scale)
        return np.array([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])], np.float32)


def find(card: Pixels, boxes: Floats) -> Floats | None:
    """Corners of the photo on the card, or None."""
    scale = _COARSE / card.shape[1]
    found = _Search(_shrunk(card, _COARSE), boxes * scale).best()
    if found is None:
        return None
    grown = _FINE / _COARSE
    rough = Rectangle(
        *(round(side * grown) for side in (found.left, found.top, found.right, found.bottom))
    )
    return _refined(_shrunk(card, _FINE), rough).corners(_FINE / card.shape[1])


def _shrunk(card: Pixels, side: int) -> Floats:
    size = (side, round(card.shape[0] * side / card.shape[1]))
    small = cv2.resize(card, size, interpolation=cv2.INTER_AREA)
    level = max(20.0, float(np.percentile(small[::8, ::8], 90)))
    return np.asarray(cv2.GaussianBlur(small, (3, 3), 0), np.float32) * np.float32(220 / level)


class _Search:
    """Slides rectangles of many sizes over sums prepared once."""

    def __init__(self, small: Floats, boxes: Floats) -> None:
        text = _text_mask(boxes, small.shape[:2])
        across, down = (_edges(small, axis) * _quiet(text) for axis in (1, 0))
        self._columns = np.pad(across.cumsum(axis=0), ((1, 0), (0, 0)))
        self._rows = np.pad(down.cumsum(axis=1), ((0, 0), (1, 0)))
        strange = _unlike_ground(small, text)
        rimmed = cv2.copyMakeBorder(
            strange * (1 - text), _RIM, _RIM, _RIM, _RIM, cv2.BORDER_CONSTANT, value=0
        )
        self._strange = np.asarray(cv2.integral(rimmed), np.float32)
        self._text = np.asarray(cv2.integral(text), np.float32)

    def best(self) -> Rectangle | None:
        found = [self._slide(width, round(width / shape)) for width in _WIDTHS for shape in _SHAPES]
        score, rectangle = max(found, key=lambda pair: pair[0])
        return rectangle if score > _CLEAR else None

    def _slide(self, width: int, height: int) -> tuple[float, Rectangle]:
        tall, wide = self._columns.shape[0] - 1, self._rows.shape[1] - 1
        down, over = tall - height, wide - width
        area = width * height
        text = _sums(self._text, width, height)[:down, :over]
        y, x = np.nonzero(text < 0.03 * area)
        if not len(y):
            return -1.0, Rectangle(0, 0, width, height)
        columns, rows, right, bottom = self._columns, self._rows, x + width - 1, y + height - 1
        four = np.stack(
            [
                (columns[y + height, x] - columns[y, x]) / height,
                (columns[y + height, right] - columns[y, right]) / height,
                (rows[y, x + width] - rows[y, x]) / width,
                (rows[bottom, x + width] - rows[bottom, x]) / width,
            ]
        )
        inside = _sums(self._strange[_RIM:-_RIM, _RIM:-_RIM], width, height)[y, x]
        around = _sums(self._strange, width + 2 * _RIM, height + 2 * _RIM)[y, x] - inside
        rim = 2 * _RIM * (width + height + 2 * _RIM)
        score = four.mean(axis=0) + four.min(axis=0) + 0.8 * inside / area - 1.2 * around / rim
        best = int(score.argmax())
        left, top = int(x[best]), int(y[best])
        return float(score[best]) + _SIZE * (width + height), Rectangle(
            left, top, left + width, top + height
        )


def _sums(integral: Floats, width: int, height: int) -> Floats:
    """Sum over each rectangle of one size."""
    return np.asarray(
        integral[height:, width:]
        - integral[:-height, width:]
        - integral[height:, :-width]
        + integral[:-height, :-width],
        np.float32,
    )


def _edges(small: Floats, axis: int) -> Floats:
    """How clearly each pixel lies on an edge across an axis, 0 to 1."""
    steep = _steepness(small, axis)
    reach = np.ones((1, 3) if axis else (3, 1), np.uint8)
    return np.asarray(np.sqrt(np.clip(cv2.dilate(steep, reach) / 120, 0, 1)), np.float32)


def _steepness(pixels: Floats, axis: int) -> Floats:
    """Slope along an axis, of the channel where it is steepest."""
    slope = np.abs(cv2.Sobel(pixels, cv2.CV_32F, axis, 1 - axis, ksize=3))
    blue, green, red = cv2.split(slope)
    return np.asarray(cv2.max(cv2.max(blue, green), red), np.float32)


def _text_mask(boxes: Floats, shape: tuple[int, ...]) -> Floats:
    mask = np.zeros(shape, np.float32)
    for box in boxes:
        cv2.fillPoly(mask, [np.round(box).astype(np.int32)], 1)
    return mask


def _quiet(text: Floats) -> Floats:
    """1 where an edge can be the photo's: not at text and not at the card's own border."""
    quiet = 1 - cv2.dilate(text, np.ones((5, 5), np.uint8))
    rim = max(3, text.shape[1] // 50)
    quiet[:rim] = quiet[-rim:] = 0
    quiet[:, :rim] = quiet[:, -rim:] = 0
    return np.asarray(quiet, np.float32)


def _unlike_ground(small: Floats, text: Floats) -> Floats:
    """0 to 1: how far a pixel is from a smooth surface fitted to the card's ground."""
    height, width = small.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1).reshape(-1, 6)
    colours = small.reshape(-1, 3)
    kept = text.ravel() < 0.5
    off = np.zeros(len(colours), np.float32)
    for _ in range(3):
        chosen = np.flatnonzero(kept)[::11]
        fit = np.linalg.lstsq(terms[chosen], colours[chosen], rcond=None)[0]
        off = np.abs(colours - terms @ fit).max(axis=1)
        kept = (text.ravel() < 0.5) & (off < np.median(off) * 1.5 + 3)
    spread = float(off[kept].mean()) + 1
    return np.asarray(np.clip(off / spread / 6, 0, 1) ** 2, np.float32).reshape(height, width)


def _refined(fine: Floats, rough: Rectangle) -> Rectangle:
    """Move each side to the steepest line near it."""
    across, down = (np.minimum(_steepness(fine, axis), 160) for axis in (1, 0))
    inner_y = slice(rough.top + 8, max(rough.top + 9, rough.bottom - 8))
    inner_x = slice(rough.left + 8, max(rough.left + 9, rough.right - 8))
    columns, rows = across[inner_y].mean(axis=0), down[:, inner_x].mean(axis=1)
    return Rectangle(
        _steepest(columns, rough.left),
        _steepest(rows, rough.top),
        _steepest(columns, rough.right),
        _steepest(rows, rough.bottom),
    )


def _steepest(profile: Floats, near: int, reach: int = 7) -> int:
    first = max(0, near - reach)
    part = profile[first : near + reach + 1]
    return first + int(part.argmax()) if len(part) else near
