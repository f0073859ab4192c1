"""The card without its print: tint, fine lines, rosettes, chip and hologram look-alikes."""

import math
import random
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

WIDTH: Final = 1600
HEIGHT: Final = 1008
_SHIFT: Final = 4


def blank(rng: random.Random) -> Image.Image:
    """A card's ground: two tints, waves, and sometimes a rosette under where print will stand."""
    ground = _tint(rng)
    strength = rng.uniform(4, 26)
    for _ in range(rng.randrange(1, 4)):
        _waves(rng, ground, strength)
    for _ in range(rng.randrange(3)):
        _rosette(rng, ground, strength * 1.6)
    if rng.random() < 0.3:
        _skyline(rng, ground, strength)
    return Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))


def _tint(rng: random.Random) -> NDArray[np.float32]:
    one, other = (np.array([rng.uniform(186, 246) for _ in range(3)], np.float32) for _ in range(2))
    angle = rng.uniform(0, math.tau)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    along = (x / WIDTH - 0.5) * math.cos(angle) + (y / HEIGHT - 0.5) * math.sin(angle) + 0.5
    return np.asarray(one + (other - one) * np.clip(along, 0, 1)[..., None], np.float32)


def _draw(ground: NDArray[np.float32], lines: list[NDArray[np.float64]], ink: list[float]) -> None:
    mask = np.zeros(ground.shape[:2], np.uint8)
    points = [np.round(line * (1 << _SHIFT)).astype(np.int32) for line in lines]
    cv2.polylines(mask, points, isClosed=False, color=255, lineType=cv2.LINE_AA, shift=_SHIFT)
    ground -= (mask.astype(np.float32) / 255)[..., None] * np.array(ink, np.float32)


def _ink(rng: random.Random, strength: float) -> list[float]:
    return [strength * rng.uniform(0.6, 2.2) for _ in range(3)]


def _waves(rng: random.Random, ground: NDArray[np.float32], strength: float) -> None:
    x = np.linspace(0, WIDTH, 200)
    step, swing = rng.uniform(9, 22), rng.uniform(4, 60)
    length, drift = rng.uniform(90, 700), rng.uniform(-0.4, 0.4)
    lines = [
        np.stack([x, y + swing * np.sin(x / length * math.tau + y * 0.01) + drift * x], axis=1)
        for y in np.arange(-WIDTH * abs(drift) - 80, HEIGHT + WIDTH * abs(drift) + 80, step)
    ]
    _draw(ground, lines, _ink(rng, strength))


def _rosette(rng: random.Random, ground: NDArray[np.float32], strength: float) -> None:
    centre = np.array([rng.uniform(0.2, 0.9) * WIDTH, rng.uniform(0.2, 0.8) * HEIGHT])
    turn = np.linspace(0, math.tau, 400)
    petals, radius = rng.randrange(5, 14), rng.uniform(80, 260)
    rings = []
    for ring in np.linspace(0.5, 1, rng.randrange(3, 9)):
        reach = radius * (ring + 0.25 * np.sin(petals * turn + ring * 5))
        rings.append(centre + np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1))
    _draw(ground, rings, _ink(rng, strength))


def _skyline(rng: random.Random, ground: NDArray[np.float32], strength: float) -> None:
    """Blocks along the bottom, as buildings or mountains are printed pale under the text."""
    x = 0
    while x < WIDTH:
        width, height = rng.randrange(40, 160), rng.randrange(60, 360)
        ground[HEIGHT - height :, x : x + width] -= rng.uniform(0.1, 0.7) * strength
        x += width


def chip(rng: random.Random, card: Image.Image) -> None:
    """A gold contact or antenna mark near an edge."""
    size = (rng.randrange(70, 130), rng.randrange(60, 100))
    plate = np.full((size[1], size[0], 3), (206, 176, 96), np.uint8)
    plate[size[1] // 2] = plate[:, size[0] // 3] = plate[:, 2 * size[0] // 3] = (120, 96, 40)
    card.paste(Image.fromarray(plate), (WIDTH - size[0] - 60, rng.randrange(30, 60)))


def rounded(card: Image.Image, radius: int = 58) -> Pixels:
    """The card's outline as a mask."""
    mask = np.zeros((card.height, card.width), np.uint8)
    cv2.rectangle(mask, (radius, 0), (card.width - radius, card.height), 255, -1)
    cv2.rectangle(mask, (0, radius), (card.width, card.height - radius), 255, -1)
    for x in (radius, card.width - radius - 1):
        for y in (radius, card.height - radius - 1):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    return mask


def lines_over(rng: random.Random, card: Image.Image, strength: float) -> Image.Image:
    """Fine lines across everything that is printed."""
    pixels = np.asarray(card, np.float32).copy()
    for _ in range(rng.randrange(1, 3)):
        _waves(rng, pixels, strength)
    for _ in range(rng.randrange(1, 4)):
        _rosette(rng, pixels, strength * 1.5)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
