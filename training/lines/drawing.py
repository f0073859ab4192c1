"""Draws a line of text on a card's ground, photographs it badly and cuts it as a detector would."""

import math
import random
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats, Pixels
from ocr_integration.engine.small import HEIGHT, STEP
from training.lines import texts
from training.lines.fonts import Shelf
from training.lines.texts import Part

_SIZE: Final = 40
"""The text's size while it is drawn; photographs have it smaller or larger."""
_ABOVE: Final = 66
_TALL: Final = 2 * _ABOVE
_WIDEST: Final = 900
_MIRRORED: Final = frozenset("0689HINOSXZ1-,.:xosz ()")


def line(rng: random.Random, shelf: Shelf) -> tuple[Pixels, str] | None:
    """A straightened grey line and what it says; None if nothing fitting came about."""
    noise = np.random.default_rng(rng.getrandbits(32))
    bare = rng.random() < 0.025
    parts = [] if bare else texts.draw(rng)
    mask = _set(rng, shelf, parts) if parts else np.zeros((_TALL, rng.randrange(90, 500)), np.uint8)
    if mask is None:
        return None
    box = _ink_box(mask) if parts else (40, 40, mask.shape[1] - 40, 90)
    if box is None or box[2] - box[0] < 4 or mask.shape[1] > _WIDEST + 80:
        return None
    mask = _with_neighbours(rng, shelf, mask)
    canvas = _printed(rng, noise, mask)
    photo, quad = _photographed(rng, noise, canvas, _loose(rng, box))
    said = texts.spelled(parts)
    if parts and rng.random() < 0.025 and not set(said) <= _MIRRORED:
        # The wrong way up there is nothing to read.
        quad, said = geometry.turned(quad), ""
    return _cut(rng, photo, quad), said


def _set(rng: random.Random, shelf: Shelf, parts: list[Part]) -> Pixels | None:
    """Text as a mask, one face for each part, or one for all."""
    same = rng.random() < 0.6
    spacing = rng.choice((0, 0, 0, 0, rng.uniform(-0.03, 0.06), rng.uniform(0.02, 0.4)))
    squeeze = rng.choice((1, 1, rng.uniform(0.72, 1.25)))
    sheet = Image.new("L", (4000, _TALL), 0)
    pen = ImageDraw.Draw(sheet)
    x = 40.0
    font = shelf.pick(rng, "".join(part.text for part in parts)) if same else None
    size = _SIZE
    for part in parts:
        if not same:
            font = shelf.pick(rng, part.text)
            size = round(_SIZE * rng.choice((1, rng.uniform(0.6, 1.1))))
        if font is None:
            return None
        loaded = font.at(size)
        x += part.gap * size if part is not parts[0] else 0
        if spacing:
            for character in part.text:
                pen.text((x, _ABOVE), character, font=loaded, fill=255, anchor="lm")
                x += loaded.getlength(character) + spacing * size
        else:
            pen.text((x, _ABOVE), part.text, font=loaded, fill=255, anchor="lm")
            x += loaded.getlength(part.text)
        if x > 3900:
            return None
    mask = np.asarray(sheet, np.uint8)[:, : round(x) + 40]
    if squeeze != 1:
        mask = np.asarray(
            cv2.resize(mask, (round(mask.shape[1] * squeeze), _TALL), interpolation=cv2.INTER_AREA)
        )
    if rng.random() < 0.12:
        grown = rng.random() < 0.6
        mask = np.asarray((cv2.dilate if grown else cv2.erode)(mask, np.ones((2, 2))), np.uint8)
    return mask


def _ink_box(mask: Pixels) -> tuple[int, int, int, int] | None:
    x, y, width, height = cv2.boundingRect(mask)
    if not width:
        return None
    # A dash or a dot alone has a box as tall as its line.
    middle, least = y + height / 2, 0.55 * _SIZE
    half = max(height, least) / 2
    return x, round(middle - half), x + width, round(middle + half)


def _with_neighbours(rng: random.Random, shelf: Shelf, mask: Pixels) -> Pixels:
    """Lines above and below, of which a cut keeps the feet or the heads."""
    if rng.random() < 0.45:
        return mask
    sheet = Image.fromarray(mask)
    pen = ImageDraw.Draw(sheet)
    for way in (-1, 1):
        if rng.random() < 0.4:
            continue
        text = "".join(part.text for part in texts.draw(rng))
        font = shelf.pick(rng, text)
        if font is None:
            continue
        size = rng.randrange(18, 44)
        y = _ABOVE + way * (0.5 * _SIZE + 0.5 * size + rng.uniform(0.08, 0.8) * _SIZE)
        x = rng.uniform(-200, 0.6 * mask.shape[1])
        pen.text((x, y), text, font=font.at(size), fill=rng.randrange(150, 256), anchor="lm")
    if rng.random() < 0.3:
        # What stands before or behind: a portrait's edge, another column.
        x = 0 if rng.random() < 0.5 else mask.shape[1] - 12
        pen.rectangle((x, 0, x + rng.randrange(4, 14), _TALL), fill=rng.randrange(40, 256))
    return np.asarray(sheet, np.uint8)


def _printed(rng: random.Random, noise: np.random.Generator, mask: Pixels) -> Floats:
    ground = _ground(rng, noise, mask.shape)
    cover = mask.astype(np.float32) / 255
    if rng.random() < 0.2:
        cover *= np.clip(1.1 - rng.uniform(0.2, 0.75) * _cloud(noise, mask.shape, 40), 0, 1)
    if rng.random() < 0.15:
        cover *= 1 - rng.uniform(0.1, 0.7) * (noise.random(mask.shape) < rng.uniform(0.02, 0.25))
    paper = float(ground.mean())
    ink = paper * rng.choice((rng.uniform(0, 0.3), rng.uniform(0.1, 0.6), rng.uniform(0.5, 0.78)))
    canvas = np.asarray(ground + (ink - ground) * cover, np.float32)
    if rng.random() < 0.22:
        canvas = _under_film(rng, noise, canvas)
    if rng.random() < 0.15:
        canvas -= _waves(rng, mask.shape, rng.uniform(8, 50))
    if rng.random() < 0.02:
        canvas = 255 - canvas
    return canvas


def _ground(rng: random.Random, noise: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    ground = np.full(shape, rng.uniform(130, 250), np.float32)
    strength = rng.choice((0, rng.uniform(2, 14), rng.uniform(8, 45)))
    if strength:
        for _ in range(rng.randrange(1, 4)):
            ground -= _waves(rng, shape, strength)
        if rng.random() < 0.4:
            ground -= _rosette(rng, shape, strength * 1.5)
    if rng.random() < 0.25:
        # A ghost portrait, a skyline, mountains.
        ground -= rng.uniform(5, 60) * np.clip(_cloud(noise, shape, rng.randrange(3, 30)), 0, 1)
    if rng.random() < 0.1:
        x = rng.randrange(shape[1])
        ground[:, x : x + rng.randrange(20, 200)] -= rng.uniform(5, 50)
    return ground


def _waves(rng: random.Random, shape: tuple[int, ...], strength: float) -> Floats:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    angle, step = rng.uniform(0, math.tau), rng.uniform(4, 26)
    swing, length = rng.uniform(0, 14), rng.uniform(40, 400)
    along = x * math.cos(angle) + y * math.sin(angle)
    across = y * math.cos(angle) - x * math.sin(angle) + swing * np.sin(along * math.tau / length)
    height = np.cos(across * (math.tau / step))
    width = rng.uniform(0.4, 0.95)
    return np.asarray(strength * np.clip((height - width) / (1 - width), 0, 1), np.float32)


def _rosette(rng: random.Random, shape: tuple[int, ...], strength: float) -> Floats:
    turn = np.linspace(0, math.tau, 200)
    petals, radius = rng.randrange(5, 14), rng.uniform(40, 200)
    centre = np.array([rng.uniform(0, shape[1]), rng.uniform(-60, shape[0] + 60)])
    rings = []
    for ring in np.linspace(0.5, 1, rng.randrange(3, 8)):
        reach = radius * (ring + 0.25 * np.sin(petals * turn + ring * 5))
        spots = centre + np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1)
        rings.append(np.round(spots * 16).astype(np.int32))
    mask = np.zeros((shape[0], shape[1]), np.uint8)
    cv2.polylines(mask, rings, isClosed=False, color=255, lineType=cv2.LINE_AA, shift=4)
    return np.asarray(mask.astype(np.float32) * (strength / 255), np.float32)


def _under_film(rng: random.Random, noise: np.random.Generator, canvas: Floats) -> Floats:
    """Foil marks and reflections over the print."""
    film = np.zeros((canvas.shape[0], canvas.shape[1]), np.uint8)
    for _ in range(rng.randrange(1, 6)):
        centre = (rng.randrange(film.shape[1]), rng.randrange(film.shape[0]))
        if rng.random() < 0.5:
            cv2.circle(film, centre, rng.randrange(10, 120), 255, rng.randrange(2, 20), cv2.LINE_AA)
        else:
            word, big = rng.choice(("CHINA", "PRC", "XX", "8")), rng.uniform(0.8, 4)
            face = cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(film, word, centre, face, big, 255, rng.randrange(2, 9), cv2.LINE_AA)
    fall = np.clip(0.6 + 0.6 * _cloud(noise, canvas.shape, 4), 0.1, 1)
    share = film.astype(np.float32) / 255 * rng.uniform(0.15, 0.65) * fall
    tone = rng.uniform(120, 255)
    return np.asarray(canvas + share * (tone - canvas * 0.6), np.float32)


def _cloud(noise: np.random.Generator, shape: tuple[int, ...], cells: int) -> Floats:
    """Smooth noise about 0 with a spread of 1."""
    rows = max(2, round(cells * shape[0] / shape[1]) + 1)
    coarse = noise.normal(0, 1, (rows, max(2, cells))).astype(np.float32)
    size = (shape[1], shape[0])
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _loose(rng: random.Random, box: tuple[int, int, int, int]) -> Floats:
    """A box that is a little loose or tight, and not quite level."""
    left, top, right, bottom = box
    height = bottom - top
    top -= round(height * rng.triangular(-0.08, 0.5, 0.14))
    bottom += round(height * rng.triangular(-0.08, 0.5, 0.14))
    left -= round(height * rng.triangular(-0.08, 0.7, 0.15))
    right += round(height * rng.triangular(-0.08, 0.7, 0.15))
    quad = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    slope = rng.gauss(0, 0.012) * min(1.0, 6 * height / (right - left))
    quad[1:3, 1] += slope * (right - left)
    quad[[0, 1], 0] += rng.gauss(0, 0.06) * height
    return quad


def _photographed(
    rng: random.Random, noise: np.random.Generator, canvas: Floats, quad: Floats
) -> tuple[Floats, Floats]:
    """Seen by a camera at its own scale: the picture and where the box is in it."""
    tall = math.exp(rng.uniform(math.log(13), math.log(46)))
    scale = tall / _SIZE
    size = (max(8, round(canvas.shape[1] * scale)), max(8, round(_TALL * scale)))
    light = canvas * _light(rng, noise, canvas.shape)
    way = cv2.INTER_AREA if scale < 0.8 else cv2.INTER_LINEAR
    seen = np.asarray(cv2.resize(light, size, interpolation=way), np.float32)
    if rng.random() < 0.6:
        blur = rng.uniform(0.2, 0.055 * tall + 0.6)
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), blur), np.float32)
    if rng.random() < 0.15:
        seen = _shaken(rng, seen, tall)
    if rng.random() < 0.1:
        seen = _screened(rng, seen)
    if rng.random() < 0.1:
        low, high = rng.uniform(20, 90), rng.uniform(130, 235)
        seen = np.clip((seen - low) / (high - low), 0, 1) ** np.float32(rng.uniform(0.8, 1.5)) * 255
    seen *= np.float32(rng.choice((1, rng.uniform(0.25, 1))))
    seen += noise.normal(0, rng.choice((0, 1, rng.uniform(0, 11))), seen.shape).astype(np.float32)
    if rng.random() < 0.1:
        soft = cv2.GaussianBlur(seen, (0, 0), 1.2)
        seen = np.asarray(cv2.addWeighted(seen, 2.2, soft, -1.2, 0), np.float32)
    coded = np.clip(seen, 0, 255).astype(np.uint8)
    for _ in range(rng.choice((0, 1, 1, 2))):
        quality = [cv2.IMWRITE_JPEG_QUALITY, rng.randrange(28, 96)]
        sent = cv2.imencode(".jpg", coded, quality)[1]
        coded = np.asarray(cv2.imdecode(sent, cv2.IMREAD_GRAYSCALE), np.uint8)
    ratio = np.array([size[0] / canvas.shape[1], size[1] / _TALL], np.float32)
    return np.asarray(coded, np.float32), quad * ratio


def _light(rng: random.Random, noise: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    slope = rng.gauss(0, 0.15)
    light = 1 + slope * (x / shape[1] - 0.5)
    if rng.random() < 0.1:
        edge = rng.uniform(0, shape[1])
        shade = rng.uniform(0.35, 0.9)
        away = np.clip((x + y * rng.gauss(0, 1) - edge) / 6, -30, 30)
        light *= shade + (1 - shade) / (1 + np.exp(away))
    if rng.random() < 0.1:
        centre, reach = rng.uniform(0, shape[1]), rng.uniform(20, 120)
        light += rng.uniform(0.1, 0.8) * np.exp(-(((x - centre) / reach) ** 2))
    return np.asarray(light, np.float32)


def _shaken(rng: random.Random, seen: Floats, tall: float) -> Floats:
    reach = max(3, round(rng.uniform(0.05, 0.2) * tall) | 1)
    kernel = np.zeros((reach, reach), np.float32)
    angle = rng.uniform(0, math.pi)
    middle, along = reach // 2, (math.cos(angle) * reach / 2, math.sin(angle) * reach / 2)
    start = (round(middle - along[0]), round(middle - along[1]))
    cv2.line(kernel, start, (round(middle + along[0]), round(middle + along[1])), 1)
    return np.asarray(cv2.filter2D(seen, -1, kernel / kernel.sum()), np.float32)


def _screened(rng: random.Random, seen: Floats) -> Floats:
    """A screen's rows and columns against the camera's."""
    y, x = np.mgrid[0 : seen.shape[0], 0 : seen.shape[1]].astype(np.float32)
    depth, angle = rng.uniform(0.03, 0.22), rng.uniform(0, math.pi)
    step = rng.uniform(2, 9)
    beat = np.sin((x * math.cos(angle) + y * math.sin(angle)) * math.tau / step)
    beat += np.sin(y * math.tau / rng.uniform(2, 6))
    return np.asarray(seen * (1 + depth * beat), np.float32)


def _cut(rng: random.Random, photo: Floats, quad: Floats) -> Pixels:
    """As the engine does: the card straightened at its own scale, then the line."""
    pixels = photo.astype(np.uint8)
    width, height = geometry.sides(quad)
    if rng.random() < 0.7:
        factor = rng.uniform(26, 64) / max(height, 1)
        size = [max(8, round(side * factor)) for side in pixels.shape[1::-1]]
        way = cv2.INTER_AREA if factor < 0.7 else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
        quad = quad * np.array([size[0] / photo.shape[1], size[1] / photo.shape[0]], np.float32)
    wide = max(8, round(width / max(height, 1) * HEIGHT * rng.gauss(1, 0.04) / STEP) * STEP)
    return geometry.cut(pixels, quad.astype(np.float32), min(wide, _WIDEST), HEIGHT)
