"""What stands between a card's print and the eye: use, plastic, foil, lines, a copying machine."""

import colorsys
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from training.render import art, faces
from training.render.art import Pixels

Floats = NDArray[np.float32]
MARGIN: Final = 170
"""Room around a card, in its pixels, for a sleeve."""


@dataclass(frozen=True)
class Laid:
    """A card with room around it: `pixels` and how far they cover what lies below, 0 to 1."""

    pixels: Floats
    cover: Floats


def laid(card: Image.Image) -> Laid:
    pixels = np.asarray(card, np.uint8)
    edge = (MARGIN,) * 4
    wide = cv2.copyMakeBorder(pixels, *edge, cv2.BORDER_REPLICATE)
    cover = cv2.copyMakeBorder(art.rounded(card), *edge, cv2.BORDER_CONSTANT, value=0)
    return Laid(np.asarray(wide, np.float32), np.asarray(cover, np.float32) / np.float32(255))


def worn(rng: random.Random, card: Image.Image) -> Image.Image:
    """Scuffs that take print away, scratches, dirt."""
    pixels = np.asarray(card, np.float32)
    ground = cv2.medianBlur(cv2.dilate(np.asarray(card, np.uint8), np.ones((15, 15))), 21)
    loss = _cloud(rng, pixels.shape[:2], rng.randrange(4, 10))
    speckle = _cloud(rng, pixels.shape[:2], rng.randrange(150, 400))
    loss = np.clip((loss - 0.1) * 1.2, 0, 1) * np.clip(0.55 + 0.5 * speckle, 0, 1)
    share = (loss * rng.uniform(0.35, 0.72))[..., None]
    pixels = pixels * (1 - share) + ground.astype(np.float32) * share
    scratched = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(scratched, "RGBA")
    for _ in range(rng.randrange(10, 60)):
        x, y = rng.randrange(card.width), rng.randrange(card.height)
        angle, length = rng.uniform(0, math.tau), rng.randrange(40, 700)
        end = (x + length * math.cos(angle), y + length * math.sin(angle))
        tone = rng.choice((255, 255, 235, 60))
        draw.line((x, y, *end), fill=(tone, tone, tone, rng.randrange(60, 190)), width=1)
    for _ in range(rng.randrange(6)):
        x, y, size = rng.randrange(card.width), rng.randrange(card.height), rng.randrange(6, 40)
        dirt = (90, 75, 60, rng.randrange(30, 90))
        draw.ellipse((x, y, x + size, y + size * rng.uniform(0.5, 1.5)), fill=dirt)
    return scratched


def _cloud(rng: random.Random, shape: tuple[int, int], cells: int) -> Floats:
    """Smooth noise about 0 with a spread of 1."""
    noise = np.random.default_rng(rng.getrandbits(32))
    coarse = noise.normal(0, 1, (max(2, cells * 5 // 8), cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def foiled(rng: random.Random, card: Image.Image) -> Image.Image:
    """A hologram film: marks in rainbow colours over print and portrait, where the light falls."""
    film = Image.new("L", card.size, 0)
    draw = ImageDraw.Draw(film)
    mark = rng.choice(("CHINA", "中国", "★", "出入境", "◇◇"))
    font = rng.choice(faces.HAN).at(rng.randrange(50, 120))
    step = (round(font.getlength(mark) * 1.5), round(font.size * rng.uniform(1.5, 2.4)))
    for row, y in enumerate(range(0, card.height, step[1])):
        for x in range(-step[0] * (row % 2) // 2, card.width, step[0]):
            draw.text((x, y), mark, font=font, fill=255)
    for _ in range(rng.randrange(3)):
        x, y, size = rng.randrange(card.width), rng.randrange(card.height), rng.randrange(90, 300)
        draw.ellipse((x, y, x + size, y + size), outline=255, width=rng.randrange(6, 30))
    film = film.rotate(rng.uniform(-30, 30))
    y, x = np.mgrid[0 : card.height, 0 : card.width].astype(np.float32)
    hue = (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1)) / rng.uniform(200, 700)
    wheel = [colorsys.hsv_to_rgb(i / 64, 0.6, 1) for i in range(64)]
    colours = np.array(wheel, np.float32)[(hue * 64).astype(int) % 64] * 255
    fall = np.clip(0.7 + 0.6 * _cloud(rng, (card.height, card.width), 3), 0.15, 1)
    share = np.asarray(film, np.float32) / 255 * rng.uniform(0.25, 0.62) * fall
    pixels = np.asarray(card, np.float32)
    lit = pixels + share[..., None] * (colours - pixels * 0.6)
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))


def lined(rng: random.Random, card: Image.Image) -> Image.Image:
    """Security print: waves and rosettes as dark as they can be, under the text and over it."""
    return art.lines_over(rng, card, rng.uniform(22, 60))


def sleeved(rng: random.Random, lying: Laid) -> Laid:
    """In a plastic sleeve: a haze over all, its own edges, folds that throw the light back."""
    height, width = lying.cover.shape
    left, top, right, bottom = (rng.randrange(20, MARGIN - 10) for _ in range(4))
    sleeve = np.zeros((height, width), np.float32)
    box = (MARGIN - left, MARGIN - top, width - MARGIN + right, height - MARGIN + bottom)
    cv2.rectangle(sleeve, box[:2], box[2:], 1, -1)
    light = np.zeros((height, width), np.float32)
    cv2.rectangle(light, box[:2], box[2:], rng.uniform(40, 120), rng.randrange(2, 7))
    for _ in range(rng.randrange(2, 7)):
        points = [(rng.randrange(width), rng.randrange(height)) for _ in range(2)]
        middle = np.mean(points, axis=0) + [rng.uniform(-90, 90) for _ in range(2)]
        fold = np.array([points[0], middle, points[1]], np.int32)
        line = np.zeros((height, width), np.float32)
        cv2.polylines(line, [fold], isClosed=False, color=1, thickness=rng.randrange(2, 14))
        line = np.asarray(cv2.GaussianBlur(line, (0, 0), rng.uniform(2, 14)), np.float32)
        light += line * rng.uniform(40, 130)
    light += np.clip(_cloud(rng, (height, width), 4), 0, 2) * rng.uniform(0, 26)
    haze = rng.uniform(0.05, 0.2)
    pixels = lying.pixels * (1 - haze) + 235 * haze + (light * sleeve)[..., None]
    cover = np.maximum(lying.cover, sleeve * rng.uniform(0.15, 0.4))
    # Beside the card the sleeve alone lies on the ground.
    bare = (1 - lying.cover)[..., None]
    pixels = pixels * (1 - bare) + (225 + 0.3 * light[..., None]) * bare
    return Laid(np.clip(pixels, 0, 255).astype(np.float32), cover)


def copied(rng: random.Random, picture: Pixels) -> Pixels:
    """A photocopy of all there is to see: grey, hard, with streaks and specks."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, 1.1)), np.float32)
    low, high = rng.uniform(20, 70), rng.uniform(185, 235)
    grey = np.clip((grey - low) / (high - low), 0, 1) ** rng.uniform(0.8, 1.5) * 255
    height, width = grey.shape
    noise = np.random.default_rng(rng.getrandbits(32))
    grey += noise.normal(0, rng.uniform(2, 9), grey.shape)
    for _ in range(rng.randrange(3)):
        x = rng.randrange(width)
        grey[:, x : x + rng.randrange(1, 4)] -= rng.uniform(20, 90)
    for _ in range(rng.randrange(200)):
        x, y = rng.randrange(width), rng.randrange(height)
        grey[y : y + rng.randrange(1, 4), x : x + rng.randrange(1, 4)] -= 120
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


ON_PRINT: Final[dict[str, Callable[[random.Random, Image.Image], Image.Image]]] = {
    "wear": worn,
    "hologram": foiled,
    "security print": lined,
}
