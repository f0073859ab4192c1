"""What lies over a card's rim: fingers that hold it, papers and pens that overlap it.

Nothing is laid over a value: what is hidden cannot be read, and says nothing of a reader.
"""

import math
import random
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from training.render.art import Pixels
from training.render.optics import Map, Points

SKINS: Final = ((236, 196, 170), (222, 178, 148), (200, 150, 118), (165, 115, 84), (120, 82, 60))
_TRIES: Final = 12


def fingers(
    rng: random.Random, picture: Pixels, place: Map, size: tuple[int, int], keep: Sequence[Points]
) -> Pixels:
    """One to four fingertips reach over the rim, away from the quadrilaterals to `keep`."""
    skin = np.array(rng.choice(SKINS), np.float32) * rng.uniform(0.85, 1.05)
    for _ in range(rng.randrange(1, 5)):
        for _ in range(_TRIES):
            line, width = _reach(rng, place, size)
            mask = _capsule(picture.shape[:2], line, width)
            if not any(_covers(mask, quad) for quad in keep):
                picture = _painted(rng, picture, mask, line, width, skin)
                break
    return picture


def _reach(rng: random.Random, place: Map, size: tuple[int, int]) -> tuple[Points, float]:
    """From far outside to a tip a little inside one side, in the picture's pixels."""
    w, h = size
    depth, along = rng.uniform(0.05, 0.2) * h, rng.uniform(0.06, 0.94)
    tip, out = rng.choice(
        (
            ((along * w, depth), (0, -1)),
            ((along * w, h - depth), (0, 1)),
            ((depth, along * h), (-1, 0)),
            ((w - depth, along * h), (1, 0)),
        )
    )
    turn = rng.uniform(-0.6, 0.6)
    cos, sin = math.cos(turn), math.sin(turn)
    away = np.array([out[0] * cos - out[1] * sin, out[0] * sin + out[1] * cos]) * h * 0.9
    line = place(np.array([tip, np.array(tip) + away], np.float32))
    across = place(np.array([(0, 0), (0, h)], np.float32))
    return line, float(np.linalg.norm(across[1] - across[0])) * rng.uniform(0.13, 0.2)


def _capsule(shape: tuple[int, ...], line: Points, width: float) -> NDArray[np.float32]:
    mask = np.zeros(shape[:2], np.float32)
    ends = [(round(float(x)), round(float(y))) for x, y in line]
    cv2.line(mask, ends[0], ends[1], 1, max(3, round(width)), cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.2), np.float32)


def _covers(mask: NDArray[np.float32], quad: Points) -> bool:
    kept = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(kept, np.round(quad).astype(np.int32), 1)
    return bool((mask[kept > 0] > 0.05).any())


def _painted(
    rng: random.Random,
    picture: Pixels,
    mask: NDArray[np.float32],
    line: Points,
    width: float,
    skin: NDArray[np.float32],
) -> Pixels:
    height, wide = mask.shape
    y, x = np.mgrid[0:height, 0:wide].astype(np.float32)
    along = (line[1] - line[0]) / max(float(np.linalg.norm(line[1] - line[0])), 1)
    off = np.abs((x - line[0][0]) * -along[1] + (y - line[0][1]) * along[0]) / (width / 2)
    colour = skin * (1 - 0.3 * np.clip(off, 0, 1.2) ** 2)[..., None]
    if rng.random() < 0.6:
        nail = line[0] + along * width * 0.1
        deep = (((x - nail[0]) * along[0] + (y - nail[1]) * along[1]) / (width * 0.34)) ** 2
        inside = deep + (off / 0.62) ** 2 < 1
        colour[inside] = colour[inside] * 0.6 + np.array((240, 205, 200), np.float32) * 0.4
    shade = cv2.GaussianBlur(mask, (0, 0), max(2.0, width / 8))[..., None]
    dimmed = picture.astype(np.float32) * (1 - 0.35 * shade)
    return np.asarray(
        np.clip(dimmed * (1 - mask[..., None]) + colour * mask[..., None], 0, 255), np.uint8
    )


def things(
    rng: random.Random, picture: Pixels, place: Map, size: tuple[int, int], keep: Sequence[Points]
) -> Pixels:
    """Papers' edges and pens over the rim of a card that lies among other things."""
    for _ in range(rng.randrange(1, 4)):
        for _ in range(_TRIES):
            line, width = _reach(rng, place, size)
            width *= rng.choice((0.3, 0.5, 2.5))
            mask = np.zeros(picture.shape[:2], np.float32)
            side = np.array([-(line[1] - line[0])[1], (line[1] - line[0])[0]])
            side *= width / 2 / max(float(np.linalg.norm(side)), 1)
            corners = [line[0] - side, line[1] - side, line[1] + side, line[0] + side]
            cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 1, cv2.LINE_AA)
            if not any(_covers(mask, quad) for quad in keep):
                tone = np.array([rng.uniform(20, 245) for _ in range(3)], np.float32)
                shade = 1 - 0.4 * cv2.GaussianBlur(mask, (0, 0), 8)[..., None]
                over = mask[..., None]
                picture = np.asarray(picture * shade * (1 - over) + tone * over, np.uint8)
                break
    return picture
