"""`python -m training.mrz`: train the reader of the machine readable code's glyphs.

Draws lines in the OCR-B cuts "regular" and "oblique", prints and photographs them badly, cuts
cells with wide jitter and trains a two-layer perceptron with Adam. The cut "sharp" is held out and
measured at the end. The same seed gives the same weights on the same machine.
"""

import argparse
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ocr_integration.engine import glyphs
from ocr_integration.engine.models import Floats
from ocr_integration.permit.mrz import ALPHABET
from training.render import faces

TRAINED: Final = ("regular", "regular", "regular", "oblique")
HELD_OUT: Final = "sharp"
HIDDEN: Final = (224, 96)
PITCH: Final = 32.0
LENGTH: Final = 30


@dataclass
class Batch:
    """Cells and the index of the character in each."""

    cells: Floats
    labels: NDArray[np.intp]


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.mrz", description=__doc__)
    parser.add_argument("--lines", type=int, default=7000)
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--out", type=Path, default=glyphs.WEIGHTS)
    arguments = parser.parse_args()
    started = time.monotonic()
    rng = np.random.default_rng(20240)
    train = draw(rng, arguments.lines, TRAINED)
    print(f"{len(train.cells)} cells drawn in {time.monotonic() - started:.0f} s")
    layers = fit(rng, train, arguments.epochs)
    arguments.out.parent.mkdir(exist_ok=True)
    stored: dict[str, Any] = {}
    for place, (weight, bias) in enumerate(layers):
        stored[f"w{place}"] = weight.astype(np.float16)
        stored[f"b{place}"] = bias.astype(np.float16)
    np.savez_compressed(arguments.out, **stored)
    held_out = draw(np.random.default_rng(7), 400, (HELD_OUT,))
    read = glyphs.GlyphReader(arguments.out).read(held_out.cells)[0].argmax(axis=1)
    right = float((read == held_out.labels).mean())
    print(f"held-out cut: {right:.4%} of {len(read)} glyphs, {time.monotonic() - started:.0f} s")


def draw(rng: np.random.Generator, lines: int, cuts: tuple[str, ...]) -> Batch:
    cells, labels = [], []
    for _ in range(lines):
        text = _text(rng)
        strip, origin = _strip(rng, text, str(rng.choice(cuts)))
        cells.append(_cells(rng, _worn(rng, strip), origin))
        labels.append([ALPHABET.index(character) for character in text])
    return Batch(np.concatenate(cells), np.concatenate(labels).astype(np.intp))


def _text(rng: np.random.Generator) -> str:
    """Thirty characters, fillers and the confusable pairs more often than the rest."""
    weights = np.ones(len(ALPHABET))
    for character in "<O0I1B8S5Z2D6G":
        weights[ALPHABET.index(character)] = 2
    picked = rng.choice(len(ALPHABET), LENGTH, p=weights / weights.sum())
    text = "".join(ALPHABET[i] for i in picked)
    if rng.random() < 0.3:
        kept = int(rng.integers(5, LENGTH))
        text = text[:kept].ljust(LENGTH, "<")
    return text


def _strip(rng: np.random.Generator, text: str, cut: str) -> tuple[Floats, tuple[float, float]]:
    """A printed line on its ground, and where the middle of the first glyph's cell is."""
    size = (int(PITCH * (LENGTH + 4)), int(PITCH * 4.4))
    ink = Image.new("L", size, 0)
    font = faces.MACHINE[cut].at(round(PITCH / 0.723))
    pen = ImageDraw.Draw(ink)
    for column, character in enumerate(text):
        at = (PITCH * (2 + column), PITCH * 2.75)
        pen.text(at, character, font=font, fill=255, anchor="ls")
    mask = np.asarray(ink, np.float32) / 255
    weight = rng.integers(-1, 3)
    if weight > 0:
        mask = np.asarray(cv2.dilate(mask, np.ones((2, 2)), iterations=int(weight)), np.float32)
    elif weight < 0:
        mask = np.asarray(cv2.erode(mask, np.ones((2, 2))), np.float32)
    paper = _ground(rng, mask.shape)
    dark = rng.uniform(0, 0.45) * paper.mean()
    fade = 1 - rng.uniform(0, 0.5) * (rng.random(mask.shape) < 0.1)
    strip = paper + (dark - paper) * mask * fade
    return strip.astype(np.float32), (PITCH * 2.5, PITCH * 2.75 - PITCH * 0.52)


def _ground(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Paper with fine lines and uneven light."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    paper = np.full(shape, rng.uniform(90, 250), np.float32)
    for _ in range(int(rng.integers(0, 3))):
        angle, length = rng.uniform(0, 3.14), rng.uniform(5, 30)
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 6.28 / length)
        paper -= (wave > 0.8) * rng.uniform(3, 28)
    slope = rng.uniform(-0.3, 0.3)
    return np.asarray(paper * (1 + slope * (x / shape[1] - 0.5)), np.float32)


def _worn(rng: np.random.Generator, strip: Floats) -> Floats:
    """Blur, loss of pixels, noise and JPEG, as between a card and its picture's cells."""
    share = rng.uniform(0.24, 1)
    height, width = strip.shape
    small = cv2.resize(
        strip, (int(width * share), int(height * share)), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.2, 1.3))
    if rng.random() < 0.25:
        kernel = np.zeros((5, 5), np.float32)
        kernel[2, :] = 0.2
        small = cv2.filter2D(small, -1, kernel if rng.random() < 0.5 else kernel.T)
    small = small + rng.normal(0, rng.uniform(0, 9), small.shape)
    coded = np.clip(small, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 95))]
        coded = cv2.imdecode(cv2.imencode(".jpg", coded, quality)[1], cv2.IMREAD_GRAYSCALE)
    return np.asarray(cv2.resize(coded, (width, height)), np.float32)


def _cells(rng: np.random.Generator, strip: Floats, origin: tuple[float, float]) -> Floats:
    """Cut the thirty cells where a fit that is a little off would cut them."""
    shift = rng.normal(0, 0.07, 2) * PITCH
    stretch = rng.normal(1, 0.004)
    tall, wide = rng.uniform(0.74, 1.1), rng.normal(0.97, 0.07)
    lean, slope = rng.normal(0, 0.05), rng.normal(0, 0.004)
    step_x = glyphs.SPAN[0] * PITCH / glyphs.CELL_WIDTH * wide
    step_y = glyphs.SPAN[1] * PITCH / glyphs.CELL_HEIGHT * tall
    y, x = np.mgrid[0 : glyphs.CELL_HEIGHT, 0 : glyphs.CELL_WIDTH].astype(np.float32)
    x = (x - (glyphs.CELL_WIDTH - 1) / 2) * step_x
    y = (y - (glyphs.CELL_HEIGHT - 1) / 2) * step_y
    cells = []
    for column in range(LENGTH):
        left = column * PITCH * stretch + rng.normal(0, 0.015) * PITCH
        map_x = origin[0] + shift[0] + left + x + lean * y
        map_y = origin[1] + shift[1] + y + slope * left
        cells.append(
            cv2.remap(strip, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR)
        )
    return np.stack(cells).astype(np.float32)


def fit(rng: np.random.Generator, batch: Batch, epochs: int) -> list[tuple[Floats, Floats]]:
    """Minimise the cross entropy with Adam, the step falling along a half cosine."""
    signals, _ = glyphs.normalised(batch.cells)
    labels = batch.labels
    sizes = (signals.shape[1], *HIDDEN, len(ALPHABET))
    parts: list[Floats] = []
    for before, after in pairwise(sizes):
        parts.append(rng.normal(0, np.sqrt(2 / before), (before, after)).astype(np.float32))
        parts.append(np.zeros(after, np.float32))
    moments = [(np.zeros_like(part), np.zeros_like(part)) for part in parts]
    size, step = 256, 0
    total = epochs * (len(labels) // size)
    for _ in range(epochs):
        order = rng.permutation(len(labels))
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            slopes = _slopes(parts, signals[chosen], labels[chosen])
            step += 1
            rate = 0.002 * (0.5 + 0.5 * np.cos(np.pi * step / total)) + 1e-6
            _adam(parts, slopes, moments, step, float(rate))
    return list(zip(parts[::2], parts[1::2], strict=True))


def _slopes(parts: list[Floats], signal: Floats, labels: NDArray[np.intp]) -> list[Floats]:
    signals = [signal]
    for weight, bias in zip(parts[:-2:2], parts[1:-2:2], strict=True):
        signals.append(np.maximum(signals[-1] @ weight + bias, 0))
    scores = signals[-1] @ parts[-2] + parts[-1]
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = scores / scores.sum(axis=1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    error /= len(labels)
    slopes: list[Floats] = []
    for place in range(len(signals) - 1, -1, -1):
        slopes[:0] = [signals[place].T @ error, error.sum(axis=0)]
        if place:
            error = (error @ parts[2 * place].T) * (signals[place] > 0)
    return slopes


def _adam(
    parts: list[Floats],
    slopes: list[Floats],
    moments: list[tuple[Floats, Floats]],
    step: int,
    rate: float,
) -> None:
    for part, slope, (first, second) in zip(parts, slopes, moments, strict=True):
        np.add(first, 0.1 * (slope - first), out=first)
        np.add(second, 0.001 * (slope * slope - second), out=second)
        level = first / (1 - 0.9**step)
        spread = np.sqrt(second / (1 - 0.999**step)) + 1e-8
        np.subtract(part, rate * level / spread, out=part)


if __name__ == "__main__":
    main()
