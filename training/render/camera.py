"""Photographs a card: where it lies, the light on it, the lens, the sensor and the file."""

import io
import math
import random
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.render import art, scenes
from training.render.art import Pixels

Points = NDArray[np.float32]

ORIENTATION_TAG: Final = 0x0112
UPSIDE_DOWN, TURN_RIGHT, TURN_LEFT = 3, 6, 8


@dataclass(frozen=True)
class Capture:
    """How one picture is taken. Strengths run from 0 (kind) to 1 (hard)."""

    name: str
    turn: float = 0.0
    tilt: float = 0.0
    harm: float = 0.0
    long_side: int = 1800
    share: float = 0.8
    clutter: bool = False
    orientation: int = 1
    suffix: str = "jpg"
    quality: int = 88
    ground: str = "any"


@dataclass(frozen=True)
class Photo:
    """An encoded picture and the map from the card's pixels to the stored ones."""

    encoded: bytes
    suffix: str
    homography: NDArray[np.float64]

    def locate(self, points: Points) -> list[list[int]]:
        moved = cv2.perspectiveTransform(points.reshape(-1, 1, 2), self.homography)
        return [[round(float(x)), round(float(y))] for x, y in moved.reshape(-1, 2)]


def choose(rng: random.Random) -> Capture:
    """Draw one way of taking a picture, weighted as applicants' photos fall."""
    orientation = rng.choice((1, 1, 1, 1, 1, 1, TURN_RIGHT, TURN_LEFT, UPSIDE_DOWN))
    name = rng.choices(
        ("scan", "good phone", "fair phone", "hard phone", "small", "quarter turn", "any angle"),
        (8, 30, 24, 14, 6, 8, 10),
    )[0]
    if name == "scan":
        suffix = rng.choice(("jpg", "jpg", "png", "bmp"))
        return Capture(name, long_side=rng.randrange(1100, 2000), suffix=suffix)
    harm = {"good phone": 0.2, "fair phone": 0.5, "hard phone": 0.9}.get(name, 0.35)
    quarter = rng.choice((90, 180, 270)) if name == "quarter turn" else 0
    turn = rng.uniform(0, 360) if name == "any angle" else rng.gauss(quarter, 2 + 7 * harm)
    return Capture(
        name,
        turn=turn,
        tilt=harm * rng.uniform(0.3, 1),
        harm=harm,
        long_side=rng.randrange(700, 900) if name == "small" else rng.randrange(1300, 3400),
        share=rng.uniform(0.88, 0.97) if name == "small" else rng.uniform(0.6, 0.95),
        clutter=rng.random() < 0.5,
        orientation=orientation,
        quality=rng.randrange(60 if harm > 0.8 else 78, 95),
    )


def take(rng: random.Random, card: Image.Image, capture: Capture) -> Photo:
    if capture.name == "scan":
        return _scan(rng, card, capture)
    size = _frame(capture)
    quad = _pose(rng, card, capture, size)
    corners = _corners(card)
    homography = np.asarray(cv2.getPerspectiveTransform(corners, quad), np.float64)
    scene = scenes.table(rng, size, capture.ground, clutter=capture.clutter)
    picture = _lay(rng, scene, card, quad)
    picture = _light(rng, picture, capture)
    picture = _sense(rng, picture, capture)
    picture, homography = _store(picture, homography, capture.orientation)
    return encode(picture, capture, homography)


def _frame(capture: Capture) -> tuple[int, int]:
    upright = abs(math.sin(math.radians(capture.turn))) > 0.75
    width = capture.long_side
    height = round(width * 0.75)
    return (height, width) if upright else (width, height)


def _corners(card: Image.Image) -> Points:
    w, h = card.size
    return np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32)


def _pose(rng: random.Random, card: Image.Image, capture: Capture, size: tuple[int, int]) -> Points:
    """Corners of the card in the picture: turned, tilted, scaled until it fits the share."""
    radians = math.radians(capture.turn)
    axes = np.array(
        [[math.cos(radians), math.sin(radians)], [-math.sin(radians), math.cos(radians)]]
    )
    flat = (_corners(card) - np.array(card.size) / 2) @ axes
    away, toward = rng.uniform(0, math.tau), capture.tilt * 0.22
    slope = flat @ np.array([math.cos(away), math.sin(away)]) / card.width
    seen = flat / (1 + slope * 2 * toward)[:, None]
    span = seen.max(axis=0) - seen.min(axis=0)
    scale = capture.share * min(size[0] / span[0], size[1] / span[1])
    seen = (seen - seen.min(axis=0)) * scale
    room = np.array(size) - span * scale
    place = np.array([rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7)]) * room
    return np.asarray(seen + place, np.float32)


def _lay(rng: random.Random, scene: Pixels, card: Image.Image, quad: Points) -> Pixels:
    height, width = scene.shape[:2]
    scale = min(1.0, float(np.linalg.norm(quad[1] - quad[0])) / card.width * 1.1)
    small = (max(8, round(card.width * scale)), max(8, round(card.height * scale)))
    face = np.asarray(card.resize(small, Image.Resampling.LANCZOS))
    mask = cv2.resize(art.rounded(card), small, interpolation=cv2.INTER_AREA)
    start = np.array([(0, 0), (small[0], 0), small, (0, small[1])], np.float32)
    warp = cv2.getPerspectiveTransform(start, quad)
    seen = cv2.warpPerspective(face, warp, (width, height), flags=cv2.INTER_LINEAR)
    alpha = cv2.warpPerspective(mask, warp, (width, height)).astype(np.float32) / 255
    reach = max(3, width // 120)
    drop = cv2.GaussianBlur(alpha, (0, 0), reach)
    drop = np.roll(drop, (rng.randrange(-reach, reach), rng.randrange(reach)), (1, 0))
    shaded = scene.astype(np.float32) * (1 - 0.5 * drop[..., None])
    return np.asarray(
        shaded * (1 - alpha[..., None]) + seen.astype(np.float32) * alpha[..., None], np.uint8
    )


def _light(rng: random.Random, picture: Pixels, capture: Capture) -> Pixels:
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    angle = rng.uniform(0, math.tau)
    slope = rng.uniform(0.05, 0.15 + 0.5 * capture.harm)
    level = rng.uniform(0.8 - 0.35 * capture.harm, 1.05)
    light = level + slope * (x * math.cos(angle) + y * math.sin(angle))
    if rng.random() < 0.15 + 0.4 * capture.harm:
        light *= _shadow(rng, x, y, capture.harm)
    cast = np.array([rng.uniform(1 - 0.16 * capture.harm, 1.04) for _ in range(3)], np.float32)
    lit = picture.astype(np.float32) * light[..., None] * cast
    if rng.random() < 0.5 * capture.harm:
        lit += _glare(rng, x, y)[..., None]
    return np.asarray(np.clip(lit, 0, 255), np.uint8)


def _shadow(
    rng: random.Random, x: NDArray[np.float32], y: NDArray[np.float32], harm: float
) -> NDArray[np.float32]:
    """An edge of shade across the picture, as a hand or phone throws it."""
    angle = rng.uniform(0, math.tau)
    across = x * math.cos(angle) + y * math.sin(angle) - rng.uniform(-0.3, 0.3)
    edge = 0.5 + 0.5 * np.tanh(across / rng.uniform(0.008, 0.12))
    return np.asarray(1 - edge * rng.uniform(0.15, 0.25 + 0.35 * harm), np.float32)


def _glare(
    rng: random.Random, x: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.float32]:
    dx, dy = x - rng.uniform(-0.4, 0.4), y - rng.uniform(-0.4, 0.4)
    width, height = rng.uniform(0.03, 0.14), rng.uniform(0.03, 0.14)
    return np.asarray(
        rng.uniform(60, 210) * np.exp(-((dx / width) ** 2) - (dy / height) ** 2), np.float32
    )


def _sense(rng: random.Random, picture: Pixels, capture: Capture) -> Pixels:
    """Lens and sensor: defocus or motion, then noise."""
    detail = max(picture.shape[:2]) / 1800
    blur = rng.uniform(0.2, 0.5 + 1.1 * capture.harm) * detail
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), max(0.2, blur)), np.uint8)
    if rng.random() < 0.25 * capture.harm:
        picture = _move(rng, picture, round(rng.uniform(2, 6) * detail) + 1)
    noise = np.random.default_rng(rng.getrandbits(32))
    spread = rng.uniform(0.4, 0.8 + 8 * capture.harm)
    speckle = noise.normal(0, spread, picture.shape).astype(np.float32)
    return np.asarray(np.clip(picture + speckle, 0, 255), np.uint8)


def _move(rng: random.Random, picture: Pixels, length: int) -> Pixels:
    kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
    angle = rng.uniform(0, math.pi)
    reach = np.array([math.cos(angle), math.sin(angle)]) * length / 2
    first, last = (tuple(round(length + s * r) for r in reach) for s in (-1, 1))
    cv2.line(kernel, first, last, 1, 1)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def _store(
    picture: Pixels, homography: NDArray[np.float64], orientation: int
) -> tuple[Pixels, NDArray[np.float64]]:
    """Turn the pixels so that a viewer who obeys the EXIF orientation sees the scene again."""
    height, width = picture.shape[:2]
    turns = {
        TURN_RIGHT: (cv2.ROTATE_90_COUNTERCLOCKWISE, [[0, 1, 0], [-1, 0, width], [0, 0, 1]]),
        TURN_LEFT: (cv2.ROTATE_90_CLOCKWISE, [[0, -1, height], [1, 0, 0], [0, 0, 1]]),
        UPSIDE_DOWN: (cv2.ROTATE_180, [[-1, 0, width], [0, -1, height], [0, 0, 1]]),
    }
    if orientation not in turns:
        return picture, homography
    code, matrix = turns[orientation]
    return np.asarray(cv2.rotate(picture, code), np.uint8), np.array(matrix, float) @ homography


def _scan(rng: random.Random, card: Image.Image, capture: Capture) -> Photo:
    """A flatbed's picture: the card fills the frame."""
    width = capture.long_side
    scale = width / card.width
    picture = np.asarray(card.resize((width, round(card.height * scale)), Image.Resampling.LANCZOS))
    picture = _sense(rng, picture, Capture("scan", harm=0.05))
    return encode(picture, capture, np.diag([scale, scale, 1.0]))


def encode(
    picture: Pixels, capture: Capture, homography: NDArray[np.float64] | None = None
) -> Photo:
    """Write the file: mostly JPEG, as phones do."""
    out = io.BytesIO()
    image = Image.fromarray(picture)
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = capture.orientation
    if capture.suffix == "jpg":
        image.save(out, "JPEG", quality=capture.quality, exif=exif)
    else:
        image.save(out, capture.suffix.upper())
    return Photo(out.getvalue(), capture.suffix, np.eye(3) if homography is None else homography)
