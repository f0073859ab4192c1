"""Pictures that `training.render` took, made small once, and turned, cut and coloured anew."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from ocr_integration.engine.decode import open_picture
from ocr_integration.engine.models import Floats, Pixels
from training.locate.scenes import Scene

_SIDE: Final = 512
_LONG_SIDE: Final = 320


class Rendered:
    """The permits of some folders."""

    def __init__(self, folders: Sequence[Path]) -> None:
        files = [path for folder in folders for path in sorted(folder.glob("*.json"))]
        self._scenes = [_small(path) for path in files]

    def take(self, rng: np.random.Generator, aspect: float) -> Scene:
        """A picture, or the part around its card, so many times as wide as tall."""
        pixels, quad = self._scenes[rng.integers(len(self._scenes))]
        size = (round(_LONG_SIDE * min(1, aspect)), round(_LONG_SIDE / max(1, aspect)))
        whole = np.array([pixels.shape[1], pixels.shape[0]], np.float32)
        turn = float(rng.choice((0, 0, 90, 180, 270)) + rng.normal(0, 4))
        matrix = np.asarray(cv2.getRotationMatrix2D((whole / 2).tolist(), turn, 1.0))
        turned = quad @ matrix[:, :2].T
        # Between all of the picture and the card alone; what is beyond a border repeats it.
        around = np.abs(matrix[:, :2]) @ whole
        far = float((size / around).max())
        near = float((size / np.ptp(turned, axis=0)).min()) * 0.97
        scale = near if near < far else float(np.exp(rng.uniform(np.log(far), np.log(near))))
        scale = far if near > far and rng.random() < 0.4 else scale
        middle = turned.min(axis=0) + np.ptp(turned, axis=0) / 2
        room = np.maximum(np.array(size) - np.ptp(turned, axis=0) * scale, 0)
        at = np.array(size) / 2 + rng.uniform(-0.5, 0.5, 2) * room
        move = np.column_stack([matrix[:, :2] * scale, at - middle * scale])
        seen = cv2.warpAffine(pixels, move, size, borderMode=cv2.BORDER_REPLICATE)
        corners = quad @ move[:, :2].T + move[:, 2]
        return Scene(_recoloured(rng, np.asarray(seen, np.uint8)), np.asarray(corners, np.float32))


def _small(truth: Path) -> tuple[Pixels, Floats]:
    file = next(path for path in truth.parent.glob(f"{truth.stem}.*") if path != truth)
    picture = open_picture(file.read_bytes())
    share = _SIDE / max(picture.pixels.shape[:2])
    small = cv2.resize(picture.pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    quad = np.array(json.loads(truth.read_text(encoding="utf-8"))["quad"], np.float32)
    return np.asarray(small, np.uint8), quad / np.array(picture.scale, np.float32) * share


def _recoloured(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    light = pixels.astype(np.float32) * rng.uniform(0.6, 1.25) * rng.uniform(0.85, 1.15, 3)
    if rng.random() < 0.3:
        light = light[:, :, rng.permutation(3)]
    if rng.random() < 0.3:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), rng.uniform(0.4, 1.2)))
    noise = rng.normal(rng.uniform(-15, 15), rng.choice((0.5, 3.0, 8.0)), light.shape)
    return np.clip(light + noise, 0, 255).astype(np.uint8)
