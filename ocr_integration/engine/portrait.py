"""Finds the printed photo on a straightened front."""

from typing import Final

import cv2
import numpy as np

from ocr_integration.engine.models import Floats, Pixels

_SIDE: Final = 320
_SHAPES: Final = (0.66, 0.7, 0.74, 0.78, 0.82, 0.86)
_WIDTHS: Final = (0.15, 0.31)


def find(card: Pixels, boxes: Floats) -> tuple[Floats, float] | None:
    """Corners of the photo on the card, and how clear its four edges are.

    It is the largest upright rectangle with an edge all around and no text in it.
    """
    scale = _SIDE / card.shape[1]
    small = cv2.resize(card, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = np.asarray(cv2.GaussianBlur(small, (3, 3), 0), np.float32)
    across = _edges(small, 1)
    down = _edges(small, 0)
    taken = _text_mask(boxes * scale, small.shape[:2])
    best: tuple[float, tuple[int, int, int, int]] | None = None
    columns = np.concatenate([np.zeros((1, across.shape[1])), across.cumsum(axis=0)])
    rows = np.concatenate([np.zeros((down.shape[0], 1)), down.cumsum(axis=1)], axis=1)
    blocked = cv2.integral(taken)
    for width in range(round(_WIDTHS[0] * _SIDE), round(_WIDTHS[1] * _SIDE), 2):
        for shape in _SHAPES:
            found = _best_place(columns, rows, blocked, width, round(width / shape))
            if found and (best is None or found[0] > best[0]):
                best = found
    if best is None:
        return None
    score, (left, top, right, bottom) = best
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    return (corners + 0.5) / scale, score


def _edges(small: Floats, axis: int) -> Floats:
    """How clearly each pixel lies on an edge across an axis, 0 to 1."""
    slope = cv2.Sobel(small, cv2.CV_32F, axis, 1 - axis, ksize=3)
    steep = np.abs(slope).max(axis=2)
    reach = np.ones((1, 3) if axis else (3, 1), np.uint8)
    return np.asarray(np.clip(cv2.dilate(steep, reach) / 90, 0, 1), np.float32)


def _text_mask(boxes: Floats, shape: tuple[int, ...]) -> Pixels:
    mask = np.zeros(shape, np.uint8)
    for box in boxes:
        middle = box.mean(axis=0)
        cv2.fillPoly(mask, [np.round(middle + 0.8 * (box - middle)).astype(np.int32)], 1)
    return mask


def _best_place(
    columns: Floats, rows: Floats, blocked: Floats, width: int, height: int
) -> tuple[float, tuple[int, int, int, int]] | None:
    """Slide a rectangle of one size; its weakest side counts most."""
    tall, wide = columns.shape[0] - 1, rows.shape[1] - 1
    if height >= tall - 4:
        return None
    side = (columns[height:] - columns[:-height]) / height
    edge = (rows[:, width:] - rows[:, :-width]) / width
    count_y, count_x = tall - height, wide - width
    left, right = side[:count_y, :count_x], side[:count_y, width : width + count_x]
    top, bottom = edge[:count_y, :count_x], edge[height : height + count_y, :count_x]
    text = (
        blocked[height : height + count_y, width : width + count_x]
        - blocked[:count_y, width : width + count_x]
        - blocked[height : height + count_y, :count_x]
        + blocked[:count_y, :count_x]
    )
    four = np.stack([left, right, top, bottom])
    score = four.mean(axis=0) + four.min(axis=0) + 0.0015 * width
    score = np.where(text > 0.02 * width * height, -1, score)
    place = int(score.argmax())
    y, x = divmod(place, count_x)
    best = float(score[y, x])
    return (best, (x, y, x + width, y + height)) if best > 0 else None
