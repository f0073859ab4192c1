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

from training.render import art, hands, optics, scenes, wear
from training.render.art import Pixels
from training.render.captures import TURN_LEFT, TURN_RIGHT, UPSIDE_DOWN, Capture
from training.render.optics import Map, Points
from training.render.style import Side
from training.render.wear import MARGIN, Laid

ORIENTATION_TAG: Final = 0x0112
_TRIES: Final = 40


@dataclass(frozen=True)
class Photo:
    """An encoded picture and the map from the card's pixels to the stored ones."""

    encoded: bytes
    suffix: str
    place: Map

    def locate(self, points: Points) -> list[list[int]]:
        return [[round(float(x)), round(float(y))] for x, y in self.place(points)]


def take(rng: random.Random, side: Side, capture: Capture) -> Photo:
    card = wear.ON_PRINT.get(capture.name, _as_it_is)(rng, side.image)
    if capture.name == "scan":
        return _scan(rng, card, capture)
    size = _frame(capture)
    lying, shape = _prepared(rng, card, capture)
    quad = _pose(rng, card, capture, size)
    if capture.name == "cut corner":
        quad = _shifted(rng, side, quad, size)
    homography = _homography(_corners(card), quad)
    place = optics.chained(shape, optics.flat(homography))
    picture = _lay(rng, _scene(rng, size, capture), lying, homography)
    picture = _covered(rng, picture, place, side, capture)
    picture = _light(rng, picture, capture)
    if capture.name == "lens":
        picture, bow = optics.through_wide_lens(rng, picture)
        place = optics.chained(place, bow)
    picture = _sense(rng, picture, capture)
    if capture.name == "photocopy":
        picture = wear.copied(rng, picture)
    elif capture.name == "messenger":
        picture, scale = _sent_on(rng, picture)
        place = optics.chained(place, optics.flat(np.diag([scale, scale, 1.0])))
    picture, turn = _store(picture, capture.orientation)
    return encode(picture, capture, optics.chained(place, optics.flat(turn)))


def _as_it_is(rng: random.Random, card: Image.Image) -> Image.Image:
    return card


def _prepared(rng: random.Random, card: Image.Image, capture: Capture) -> tuple[Laid, Map]:
    """The card with what is around it or in front of it, and how that moves its points."""
    lying = wear.laid(card)
    match capture.name:
        case "sleeve":
            lying = wear.sleeved(rng, lying)
        case "screen":
            lying = optics.on_screen(rng, lying)
        case "bent":
            return optics.bend(rng, lying, card.size)
    return lying, optics.flat(np.eye(3))


def _scene(rng: random.Random, size: tuple[int, int], capture: Capture) -> Pixels:
    if capture.name == "photocopy":
        return np.full((size[1], size[0], 3), rng.randrange(235, 256), np.uint8)
    if capture.name == "screen":
        return scenes.window(rng, size)
    return scenes.table(rng, size, capture.ground, things=capture.clutter)


def _covered(
    rng: random.Random, picture: Pixels, place: Map, side: Side, capture: Capture
) -> Pixels:
    if capture.name not in ("hand", "clutter"):
        return picture
    keep = [place(_box(box)) for box in _shown(side)]
    lay = hands.fingers if capture.name == "hand" else hands.things
    return lay(rng, picture, place, side.image.size, keep)


def _shown(side: Side) -> list[tuple[int, int, int, int]]:
    """What a picture must show of a side: its values, its title or heading, the face."""
    title = (100, 40, side.image.width - 200, 130)
    return [*side.places.values(), *([side.portrait] if side.portrait else []), title]


def _homography(start: Points, end: Points) -> NDArray[np.float64]:
    seen = cv2.getPerspectiveTransform(start, np.asarray(end, np.float32))
    return np.asarray(seen, np.float64)


def _box(box: tuple[int, int, int, int]) -> Points:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def _shifted(rng: random.Random, side: Side, quad: Points, size: tuple[int, int]) -> Points:
    """Move a card out of the picture as far as a corner or an edge without values may go."""
    corners = _corners(side.image)
    for attempt in range(_TRIES):
        reach = 0.3 * (1 - attempt / _TRIES)
        moved = quad + np.array([rng.uniform(-1, 1) * reach * side for side in size], np.float32)
        place = optics.flat(_homography(corners, moved))
        seen = np.concatenate([place(_box(box)) for box in _shown(side)])
        if (seen > 4).all() and (seen < np.array(size) - 4).all():
            return np.asarray(moved, np.float32)
    return quad


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


def _lay(rng: random.Random, scene: Pixels, lying: Laid, homography: NDArray[np.float64]) -> Pixels:
    height, width = scene.shape[:2]
    seen = optics.flat(homography)(np.array([(0, 0), (art.WIDTH, 0)], np.float32))
    scale = min(1.0, float(np.linalg.norm(seen[1] - seen[0])) / art.WIDTH * 1.1)
    full = lying.cover.shape[::-1]
    small = (max(8, round(full[0] * scale)), max(8, round(full[1] * scale)))
    face = cv2.resize(lying.pixels, small, interpolation=cv2.INTER_AREA)
    cover = cv2.resize(lying.cover, small, interpolation=cv2.INTER_AREA)
    shrink = np.array(
        [[full[0] / small[0], 0, -MARGIN], [0, full[1] / small[1], -MARGIN], [0, 0, 1]]
    )
    warp = homography @ shrink
    seen_face = cv2.warpPerspective(face, warp, (width, height), borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(cover, warp, (width, height))
    reach = max(3, width // 120)
    drop = cv2.GaussianBlur(alpha, (0, 0), reach)
    drop = np.roll(drop, (rng.randrange(-reach, reach), rng.randrange(reach)), (1, 0))
    shaded = scene.astype(np.float32) * (1 - 0.5 * drop[..., None])
    return np.asarray(
        np.clip(shaded * (1 - alpha[..., None]) + seen_face * alpha[..., None], 0, 255), np.uint8
    )


def _light(rng: random.Random, picture: Pixels, capture: Capture) -> Pixels:
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    angle = rng.uniform(0, math.tau)
    slope = rng.uniform(0.05, 0.15 + 0.5 * capture.harm)
    level = rng.uniform(0.8 - 0.35 * capture.harm, 1.05)
    light = capture.light * level + capture.light * slope * (
        x * math.cos(angle) + y * math.sin(angle)
    )
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
    spread = rng.uniform(0.4, 0.8 + 8 * capture.harm) + 5 * (1 - min(1.0, capture.light))
    speckle = noise.normal(0, spread, picture.shape).astype(np.float32)
    return np.asarray(np.clip(picture + speckle, 0, 255), np.uint8)


def _move(rng: random.Random, picture: Pixels, length: int) -> Pixels:
    kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
    angle = rng.uniform(0, math.pi)
    reach = np.array([math.cos(angle), math.sin(angle)]) * length / 2
    first, last = (tuple(round(length + s * r) for r in reach) for s in (-1, 1))
    cv2.line(kernel, first, last, 1, 1)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def _sent_on(rng: random.Random, picture: Pixels) -> tuple[Pixels, float]:
    """Sent on by messengers: made smaller and squeezed again each time."""
    began = picture.shape[1]
    side = rng.randrange(760, 1440)
    for _ in range(rng.randrange(2, 5)):
        scale = min(1.0, side / max(picture.shape[:2]))
        size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        smaller = Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR)
        out = io.BytesIO()
        smaller.save(out, "JPEG", quality=rng.randrange(28, 65))
        picture = np.asarray(Image.open(out).convert("RGB"), np.uint8)
        side = round(side * rng.uniform(0.85, 1))
    return picture, picture.shape[1] / began


def _store(picture: Pixels, orientation: int) -> tuple[Pixels, NDArray[np.float64]]:
    """Turn the pixels so that a viewer who obeys the EXIF orientation sees the scene again."""
    height, width = picture.shape[:2]
    turns = {
        TURN_RIGHT: (cv2.ROTATE_90_COUNTERCLOCKWISE, [[0, 1, 0], [-1, 0, width], [0, 0, 1]]),
        TURN_LEFT: (cv2.ROTATE_90_CLOCKWISE, [[0, -1, height], [1, 0, 0], [0, 0, 1]]),
        UPSIDE_DOWN: (cv2.ROTATE_180, [[-1, 0, width], [0, -1, height], [0, 0, 1]]),
    }
    if orientation not in turns:
        return picture, np.eye(3)
    code, matrix = turns[orientation]
    return np.asarray(cv2.rotate(picture, code), np.uint8), np.array(matrix, float)


def _scan(rng: random.Random, card: Image.Image, capture: Capture) -> Photo:
    """A flatbed's picture: the card fills the frame."""
    width = capture.long_side
    scale = width / card.width
    picture = np.asarray(card.resize((width, round(card.height * scale)), Image.Resampling.LANCZOS))
    picture = _sense(rng, picture, Capture("scan", harm=0.05))
    return encode(picture, capture, optics.flat(np.diag([scale, scale, 1.0])))


def encode(picture: Pixels, capture: Capture, place: Map | None = None) -> Photo:
    """Write the file: mostly JPEG, as phones do."""
    out = io.BytesIO()
    image = Image.fromarray(picture)
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = capture.orientation
    if capture.suffix == "jpg":
        image.save(out, "JPEG", quality=capture.quality, exif=exif)
    else:
        image.save(out, capture.suffix.upper())
    return Photo(out.getvalue(), capture.suffix, place or optics.flat(np.eye(3)))
