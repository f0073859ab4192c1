"""What happens to a small picture between the table and the file."""

import math

import cv2
import numpy as np

from ocr_integration.engine.models import Floats
from training.locate.flats import Pixels


def photographed(rng: np.random.Generator, picture: Pixels, *, copied: bool = False) -> Pixels:
    """Light, lens, sensor and file; `copied` makes a photocopy of it."""
    seen = _lit(rng, picture.astype(np.float32))
    if rng.random() < 0.6:
        reach = rng.uniform(0.3, 1.6) * seen.shape[1] / 300
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), reach), np.float32)
    if rng.random() < 0.6:
        seen = seen + rng.normal(0, rng.uniform(0, 12), seen.shape).astype(np.float32)
    if copied or rng.random() < 0.08:
        grey = seen.mean(axis=2, keepdims=True) * np.ones(3, np.float32)
        seen = (grey - 128) * rng.uniform(0.9, 1.8) + 128 + rng.uniform(0, 40)
    pixels = np.clip(seen, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
        coded = cv2.imencode(".jpg", pixels, quality)[1]
        pixels = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return pixels


def _lit(rng: np.random.Generator, seen: Floats) -> Floats:
    height, width = seen.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    level = rng.uniform(0.2, 0.6) if rng.random() < 0.15 else rng.uniform(0.6, 1.15)
    slope = rng.normal(0, 0.25, 2)
    light = level * np.clip(1 + slope[0] * x + slope[1] * y, 0.2, 2)
    if rng.random() < 0.35:
        turn = rng.uniform(0, math.tau)
        across = x * math.cos(turn) + y * math.sin(turn) - rng.uniform(-0.35, 0.35)
        edge = 0.5 + 0.5 * np.tanh(across / rng.uniform(0.004, 0.12))
        light = light * (1 - edge * rng.uniform(0.15, 0.65))
    cast = rng.uniform(0.82, 1.06, 3).astype(np.float32)
    lit = seen * light.astype(np.float32)[..., None] * cast
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        at, wide = rng.uniform(-0.5, 0.5, 2), rng.uniform(0.03, 0.2, 2)
        spot = np.exp(-(((x - at[0]) / wide[0]) ** 2) - ((y - at[1]) / wide[1]) ** 2)
        lit = lit + (rng.uniform(50, 255) * spot).astype(np.float32)[..., None]
    if rng.random() < 0.08:
        turn, length = rng.uniform(0, math.tau), rng.uniform(0.008, 0.05)
        phase = (x * math.cos(turn) + y * math.sin(turn)) / length * math.tau
        lit = lit * (1 + rng.uniform(0.03, 0.12) * np.sin(phase)).astype(np.float32)[..., None]
    return np.asarray(lit, np.float32)
