"""Reads one line of text from its straightened picture."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats, Network, Pixels, characters, packaged
from ocr_integration.engine.words import is_chinese

HEIGHT: Final = 48
_BLANK: Final = 0
_NARROWEST: Final = 32
_WIDEST: Final = 1600
_STEP: Final = 8
_SQUEEZE: Final = 0.85
"""What the quick reader reads as well for less; at 0.7 it reads worse."""


@dataclass(frozen=True)
class Reading:
    """Text with the probability of each character and where it stands, 0 to 1 along the line."""

    text: str
    probabilities: tuple[float, ...] = ()
    places: tuple[float, ...] = ()

    @cached_property
    def weakest(self) -> float:
        return min(self.probabilities, default=0.0)

    @cached_property
    def mean(self) -> float:
        return sum(self.probabilities) / len(self.text) if self.text else 0.0


class Alphabet:
    """The characters a field can hold, as classes of one recogniser."""

    def __init__(self, classes: tuple[str, ...], allowed: Mapping[str, float]) -> None:
        """`allowed` gives each character a weight, 1 for one as likely as the picture says."""
        kept = [i for i, character in enumerate(classes) if character in allowed]
        self.indices: NDArray[np.intp] = np.array([_BLANK, *kept], np.intp)
        self.characters = ("", *(classes[i] for i in kept))
        self.weights = np.array([1, *(allowed[classes[i]] for i in kept)], np.float32)


class Posterior:
    """What the recogniser believes at each step along a line."""

    def __init__(self, steps: Floats, classes: tuple[str, ...]) -> None:
        self._steps = steps
        self._classes = classes

    def read(self, alphabet: Alphabet | None = None) -> Reading:
        """Take the best character at each step; of `alphabet` alone, if one is given."""
        steps, classes = self._steps, self._classes
        if alphabet:
            steps, classes = steps[:, alphabet.indices] * alphabet.weights, alphabet.characters
            steps = steps / np.maximum(steps.sum(axis=1, keepdims=True), 1e-9)
        best = steps.argmax(axis=1)
        runs = np.flatnonzero(np.diff(best, prepend=-1))
        text, sure, places = [], [], []
        for start, end in zip(runs, [*runs[1:], len(best)], strict=True):
            if best[start] == _BLANK:
                continue
            text.append(classes[best[start]])
            sure.append(float(steps[start:end, best[start]].max()))
            places.append((start + end) / 2 / len(best))
        return Reading("".join(text), tuple(sure), tuple(places))


class LineReader:
    """A PP-OCR recogniser; it looks at lines squeezed to `squeeze` of their width."""

    def __init__(self, network: str, dictionary: str, squeeze: float = 1.0) -> None:
        self._squeeze = squeeze
        self._network = Network(packaged(network))
        self.classes = characters(dictionary)

    def alphabet(self, allowed: Iterable[str]) -> Alphabet:
        return Alphabet(self.classes, dict.fromkeys(allowed, 1.0))

    def chinese(self, weight: Callable[[str], float]) -> Alphabet:
        """All Chinese characters, each with a weight."""
        known = filter(is_chinese, self.classes)
        return Alphabet(self.classes, {character: weight(character) for character in known})

    def look(self, picture: Pixels, quad: Floats) -> Posterior:
        """Straighten a quadrilateral of the picture and read along its top edge."""
        width, height = geometry.sides(quad)
        steps = round(width / max(height, 1) * HEIGHT * self._squeeze / _STEP)
        wide = min(_WIDEST, max(_NARROWEST, steps * _STEP))
        line = geometry.cut(picture, quad, wide, HEIGHT)
        batch = line.astype(np.float32).transpose(2, 0, 1)[None] / 127.5 - 1
        return Posterior(self._network.run(np.ascontiguousarray(batch))[0], self.classes)


def quick_reader() -> LineReader:
    """PP-OCRv6 tiny: a fifth of the other's cost, equal on all but rare characters."""
    return LineReader("ppocrv6/tiny/rec/rec.onnx", "ppocrv6/ppocrv6_tiny_dict.txt", _SQUEEZE)


def name_reader() -> LineReader:
    """PP-OCRv5 mobile: knows the characters of names, simplified and traditional."""
    return LineReader("ppocrv5/rec/rec.onnx", "ppocrv5/ppocrv5_dict.txt")
