"""What the finder of lines learns from: rendered cards cut out of their pictures, and the cores of
the lines that were printed on them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from ocr_integration.engine import geometry
from ocr_integration.engine.decode import open_picture
from ocr_integration.engine.models import Floats, Pixels

SIZE: Final = (720, 456)
"""Width and height of a sample, pixels: the card and a sixteenth of its width around it."""

MARGIN: Final = 40
_ENDS: Final = 0.1
"""Of a line's height: how far its box reaches beyond the first and the last character."""

_GROWTH: Final = 0.75
_FINER: Final = 16


def samples(folder: Path) -> Iterator[tuple[Pixels, Pixels]]:
    """Cards of SIZE, (height, width, 3), and beside them (height, width, 2): cores of lines, and
    where the card is, both 0 to 255."""
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        file = next(other for other in folder.glob(f"{path.stem}.*") if other != path)
        yield _sample(file.read_bytes(), truth)


def _sample(encoded: bytes, truth: dict[str, Any]) -> tuple[Pixels, Pixels]:
    picture = open_picture(encoded)
    scale = np.array(picture.scale, np.float32)
    quad = np.array(truth["quad"], np.float32) / scale
    width, height = SIZE
    card = geometry.rectangle(width - 2 * MARGIN, height - 2 * MARGIN) + np.float32(MARGIN)
    around = geometry.moved(geometry.rectangle(width, height), geometry.homography(card, quad))
    seen = geometry.halved(geometry.cut(picture.pixels, around, 2 * width, 2 * height))
    to_sample = geometry.homography(quad, card)
    marks = np.zeros((height, width, 2), np.uint8)
    cores, inside = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    for line in truth["lines"]:
        points = geometry.moved(np.array(line, np.float32) / scale, to_sample)
        _fill(cores, core(points))
    _fill(inside, card)
    marks[..., 0], marks[..., 1] = cores, inside
    return seen, marks


def _fill(mask: Pixels, points: Floats) -> None:
    cv2.fillPoly(mask, [np.round(points * _FINER).astype(np.int32)], 255, cv2.LINE_AA, 4)


def core(outline: Floats) -> Floats:
    """What a network shall mark of a line, so that `detect` grows it to the line again.

    `outline` has as many points along the top as back along the foot.
    """
    count = len(outline) // 2
    top, foot = outline[:count], outline[count:][::-1]
    height = float(np.linalg.norm(foot - top, axis=1).mean())
    width = float(np.linalg.norm(np.diff((top + foot) / 2, axis=0), axis=1).sum())
    reach = _reach(width + 2 * _ENDS * height, height)
    off = (reach - _ENDS * height) / max(width, 1)
    places = np.linspace(0, 1, count)
    inner = np.linspace(off, 1 - off, count)
    upper, lower = (
        np.column_stack([np.interp(inner, places, side[:, axis]) for axis in (0, 1)])
        for side in (top, foot)
    )
    share = reach / max(height, 1)
    edge = upper + share * (lower - upper)
    other = lower + share * (upper - lower)
    return np.concatenate([edge, other[::-1]]).astype(np.float32)


def _reach(width: float, height: float) -> float:
    """By how much a core is grown on each side, if growing it gives this width and height."""
    low, high = 0.0, min(width, height) / 2
    for _ in range(20):
        reach = (low + high) / 2
        inner, flat = width - 2 * reach, height - 2 * reach
        grown = _GROWTH * inner * flat / max(inner + flat, 1e-6)
        low, high = (reach, high) if grown > reach else (low, reach)
    return reach
