"""Reads one line of text from its straightened picture."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats, Network, characters, packaged, signal
from ocr_integration.engine.views import View

Classes = tuple[str, ...]
"""A recogniser's characters, the blank first."""

HEIGHT: Final = 48
_BLANK: Final = 0
_EMPTY: Final = 0.8
_NARROWEST: Final = 32
_WIDEST: Final = 1600
_STEP: Final = 8
_MOST: Final = 0.3
_SQUEEZE: Final = 0.85
"""What the large reader reads as well for less; at 0.7 it reads worse."""

_NAMES_SQUEEZE: Final = 0.7
"""Names are even read better so, and at 0.6 worse."""


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
    """The characters a field can hold, each with a weight: 1 for one as likely as it looks."""

    def __init__(self, weight: Callable[[str], float]) -> None:
        """`weight` gives 0 for what the field cannot hold."""
        self._weight = weight
        self._among = dict[int, _Share]()

    @classmethod
    def of(cls, characters: Iterable[str]) -> "Alphabet":
        allowed = frozenset(characters)
        return cls(lambda character: float(character in allowed))

    def among(self, classes: Classes) -> "_Share":
        """Its part of a recogniser's classes."""
        # Recognisers are few and stay: what one has is looked through once.
        if id(classes) not in self._among:
            self._among[id(classes)] = _Share(classes, self._weight)
        return self._among[id(classes)]


class _Share:
    """The classes an alphabet has of one recogniser's, the blank first, and their weights."""

    def __init__(self, classes: Classes, weight: Callable[[str], float]) -> None:
        self.of = classes
        weights = [weight(character) if character else 0.0 for character in classes]
        weights[_BLANK] = 1.0
        kept = [place for place, each in enumerate(weights) if each > 0]
        # To pick most of many thousand columns takes longer than to weigh all of them.
        if len(kept) > len(classes) * _MOST:
            kept = list(range(len(classes)))
            self._indices: NDArray[np.intp] | slice = slice(None)
        else:
            self._indices = np.array(kept, np.intp)
        self.characters = tuple(classes[place] for place in kept)
        self._weights = np.array([weights[place] for place in kept], np.float32)

    def weighed(self, steps: Floats) -> Floats:
        """The probability of each of `characters` among them: (steps, characters)."""
        ours = steps[:, self._indices] * self._weights
        ours /= np.maximum(ours.sum(axis=1, keepdims=True), 1e-9)
        return np.asarray(ours, np.float32)


class Posterior:
    """What the recogniser believes at each step along a line.

    `other` is what another reader believes of the same line, where two have looked at it.
    """

    def __init__(self, steps: Floats, classes: Classes) -> None:
        """`steps` has the probability of each class: (steps, classes)."""
        self._steps = steps
        self._classes = classes
        self.other: Posterior | None = None

    @cached_property
    def plain(self) -> Reading:
        """The best character at each step."""
        return _read(self._steps, self._classes)

    @property
    def is_empty(self) -> bool:
        """Whether there is surely no character."""
        return float(self._steps[:, _BLANK].min()) > _EMPTY

    @cached_property
    def overlooked(self) -> float:
        """How likely at most a character is where none was seen, but for those beside."""
        best, starts, ends = _runs(self._steps)
        most = 0.0
        for place in np.flatnonzero(best[starts] == _BLANK):
            left = self._steps[starts[place] : ends[place]].max(axis=0)
            beside = best[max(starts[place] - 1, 0)], best[min(ends[place], len(best) - 1)]
            left[[_BLANK, *beside]] = 0
            most = max(most, float(left.max()))
        return most

    def read(self, alphabet: Alphabet) -> Reading:
        """The best character of an alphabet at each step."""
        share = alphabet.among(self._classes)
        return _read(share.weighed(self._steps), share.characters)


def _read(steps: Floats, classes: Classes) -> Reading:
    best, starts, ends = _runs(steps)
    highest = np.maximum.reduceat(steps[np.arange(len(best)), best], starts)
    seen = best[starts] != _BLANK
    text = "".join([classes[place] for place in best[starts[seen]]])
    places = (starts + ends)[seen] / (2 * len(best))
    return Reading(text, tuple(highest[seen].tolist()), tuple(places.tolist()))


def _runs(steps: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The likeliest class at each step, and where runs of one class start and end."""
    best = steps.argmax(axis=1)
    changes = np.flatnonzero(best[1:] != best[:-1]) + 1
    return best, np.concatenate([[0], changes]), np.concatenate([changes, [len(best)]])


class LineReader(Protocol):
    """Reads lines off what is looked at."""

    def look(self, view: View, quad: Floats) -> Posterior:
        """Straighten a quadrilateral of it and read along its top edge."""


class PaddleReader:
    """A PP-OCR recogniser; it looks at lines squeezed to `squeeze` of their width."""

    def __init__(self, network: str, dictionary: str, squeeze: float = 1.0) -> None:
        self._squeeze = squeeze
        self._network = Network(packaged(network))
        self._classes = characters(dictionary)

    def look(self, view: View, quad: Floats) -> Posterior:
        width, height = geometry.sides(quad)
        steps = round(width / max(height, 1) * HEIGHT * self._squeeze / _STEP)
        wide = min(_WIDEST, max(_NARROWEST, steps * _STEP))
        batch = signal(view.cut(quad, wide, HEIGHT))
        return Posterior(self._network.run(batch)[0], self._classes)


def large_reader() -> PaddleReader:
    """PP-OCRv6 tiny: a fifth of the other's cost, equal on all but rare characters."""
    return PaddleReader("ppocrv6/tiny/rec/rec.onnx", "ppocrv6/ppocrv6_tiny_dict.txt", _SQUEEZE)


def name_reader() -> PaddleReader:
    """PP-OCRv5 mobile: knows the characters of names, simplified and traditional."""
    return PaddleReader("ppocrv5/rec/rec.onnx", "ppocrv5/ppocrv5_dict.txt", _NAMES_SQUEEZE)
