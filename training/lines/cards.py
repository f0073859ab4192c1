"""Lines as the engine cuts them from pictures of cards, named by the truth and a large reader."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from ocr_integration.engine import geometry, words
from ocr_integration.engine.decode import open_picture
from ocr_integration.engine.models import Floats, Pixels
from ocr_integration.engine.reader import Reader
from ocr_integration.engine.recognise import large_reader
from ocr_integration.engine.small import HEIGHT, STEP
from ocr_integration.engine.views import View
from training.lines import texts

_CLEAR: Final = 0.9
_NEAR: Final = 0.75
_WIDEST: Final = 900
_LONGEST: Final = 26
"""Small print and the machine readable code are longer than any value."""


def cut(folder: Path, seed: int, times: int = 2) -> Iterator[tuple[Pixels, str]]:
    """Every line whose text is known, `times` times, each time cut a little otherwise."""
    rng = random.Random(seed)
    engine, large = Reader(), large_reader()
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))["result"]
        known = [text for text in truth.values() if isinstance(text, str) and len(text) > 3]
        picture = next(p for p in folder.glob(f"{path.stem}.*") if p.suffix != ".json")
        found = engine.find(open_picture(picture.read_bytes()))
        if found is None:
            continue
        for box in found.frame.boxes:
            reading = large.look(found.frame.card, box).plain
            text = _truly(reading.text, known)
            if text is None and reading.text and reading.weakest > _CLEAR:
                text = reading.text
            if text and len(text) <= _LONGEST:
                for _ in range(times):
                    yield _cut(rng, found.frame.card, box), texts.read_as(_closed(text))


def _truly(read: str, known: list[str]) -> str | None:
    """The value that stands there, if what was read is nearly that and nothing besides."""
    fitting = [text for text in known if abs(len(text) - len(read)) <= 1]
    best = max(fitting, key=lambda text: words.alike(read, text), default="")
    return best if best and words.alike(read, best) > _NEAR else None


def _closed(text: str) -> str:
    """Blanks between Latin words alone."""
    kept = [
        character
        for place, character in enumerate(text)
        if character != " " or (text[place - 1].isascii() and text[place + 1 : place + 2].isascii())
    ]
    return "".join(kept).strip()


def _cut(rng: random.Random, card: View, box: Floats) -> Pixels:
    quad = geometry.resized(box, rng.gauss(1, 0.06))
    height = geometry.sides(quad)[1]
    off = np.array([rng.gauss(0, 0.04) * height for _ in range(2)], np.float32)
    quad = np.asarray(quad + off, np.float32)
    width = geometry.sides(quad)[0] * rng.gauss(1, 0.03)
    wide = max(8, round(width / max(height, 1) * HEIGHT / STEP) * STEP)
    return card.grey(quad, min(wide, _WIDEST), HEIGHT)
