"""Maps from a card to a picture that are not flat: bent plastic, wide lenses; and screens."""

import math
import random
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from training.render.art import Pixels
from training.render.wear import MARGIN, Laid

Points = NDArray[np.float32]
Map = Callable[[Points], Points]


def flat(homography: NDArray[np.float64]) -> Map:
    def moved(points: Points) -> Points:
        seen = cv2.perspectiveTransform(points.reshape(-1, 1, 2), homography)
        return np.asarray(seen.reshape(-1, 2), np.float32)

    return moved


def chained(*maps: Map) -> Map:
    def moved(points: Points) -> Points:
        for each in maps:
            points = each(points)
        return points

    return moved


def bend(rng: random.Random, lying: Laid, size: tuple[int, int]) -> tuple[Laid, Map]:
    """Bend a card about an axis across it, seen a little from the side: straight lines arch."""
    height, width = lying.cover.shape
    reach = rng.uniform(0.02, 0.06) * size[0] * rng.choice((-1, 1))
    upright = rng.random() < 0.3
    length = size[1] if upright else size[0]

    def arch(along: NDArray[np.float32]) -> NDArray[np.float32]:
        off = along / length * 2 - 1
        return np.asarray(reach * (0.5 - off * off) * (0.6 if upright else 1), np.float32)

    def moved(points: Points) -> Points:
        x, y = points[:, 0], points[:, 1]
        x, y = (x + arch(y), y) if upright else (x, y + arch(x))
        return np.stack([x, y], axis=1).astype(np.float32)

    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    source_x, source_y = (x - arch(y - MARGIN), y) if upright else (x, y - arch(x - MARGIN))
    shade = 1 + 0.12 * np.sin((y / height if upright else x / width) * math.pi + reach)
    pixels = cv2.remap(lying.pixels, source_x, source_y, cv2.INTER_LINEAR) * shade[..., None]
    cover = cv2.remap(lying.cover, source_x, source_y, cv2.INTER_LINEAR)
    return Laid(np.asarray(pixels, np.float32), np.asarray(cover, np.float32)), moved


def through_wide_lens(rng: random.Random, picture: Pixels) -> tuple[Pixels, Map]:
    """A phone's wide lens close by: straight lines bow outwards."""
    height, width = picture.shape[:2]
    bow = rng.uniform(0.05, 0.16)
    middle = np.array([width / 2, height / 2], np.float32)
    radius = float(np.linalg.norm(middle))

    def back(seen: Points) -> Points:
        """Where a pixel of the bowed picture comes from."""
        off = (seen - middle) / radius
        square = (off * off).sum(axis=-1, keepdims=True)
        return np.asarray(middle + off * (1 + bow * square) / (1 + bow) * radius, np.float32)

    def moved(points: Points) -> Points:
        guess = points.copy()
        for _ in range(20):
            guess = guess + points - back(guess)
        return guess

    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    source = back(np.stack([x, y], axis=-1))
    bowed = cv2.remap(picture, source[..., 0], source[..., 1], cv2.INTER_LINEAR)
    return np.asarray(bowed, np.uint8), moved


def on_screen(rng: random.Random, lying: Laid) -> Laid:
    """Shown on a screen: coarse pixels, each of three coloured bars. Photographed, they beat
    against the camera's own."""
    height, width = lying.cover.shape
    pitch = rng.uniform(1.6, 2.3)
    coarse = (round(width / pitch), round(height / pitch))
    shown = cv2.resize(lying.pixels, coarse, interpolation=cv2.INTER_AREA)
    fine = np.repeat(np.repeat(shown, 3, axis=0), 3, axis=1)
    dark = rng.uniform(0.5, 0.8)
    bars = np.full((3, 3, 3), dark, np.float32)
    for channel in range(3):
        bars[:, channel, channel] = 1.25
    bars[2] *= rng.uniform(0.7, 0.95)
    fine *= np.tile(bars, (coarse[1], coarse[0], 1))
    pixels = cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR)
    return Laid(np.asarray(np.clip(pixels, 0, 255), np.float32), lying.cover)
