"""The small reader of lines, and the large one where the small one is in doubt."""

import re
from pathlib import Path
from typing import Any, Final

import numpy as np

from ocr_integration.engine import geometry, words
from ocr_integration.engine.models import OWN, Floats, Pixels, session
from ocr_integration.engine.recognise import LineReader, Posterior, Reading
from ocr_integration.engine.views import View

WEIGHTS: Final = OWN / "lines.onnx"
HEIGHT: Final = 32
STEP: Final = 4
OTHER: Final = "㐀"
"""Stands for every Chinese character that is not in the small reader's alphabet."""

NARROWEST: Final = 24
_WIDEST: Final = 1200
SQUEEZE: Final = 0.85
"""Lines are read at so much of their width, and no narrower than NARROWEST."""

_SURE: Final = 0.9
_LIKELY: Final = 0.5
_LEGIBLE: Final = 0.75
_OVERLOOKED: Final = 0.25
_SPECIMEN: Final = "SPECIMEN"
_LONGEST: Final = 24
"""Characters of the longest English label; a title's English is longer, and no field."""

_DIGITS: Final = re.compile(r"[A-Z0-9().\-/]*[0-9][A-Z0-9().\-/]*")
_SHAPE: Final = re.compile(
    r"[HM]?\d{8}|[HM]\d{10}|[HM]A\d{7}|[A-Z]{1,2}\d{6}\([0-9A]\)|\d{7}\([0-9A]\)|[A-Z]\d{9}|\d\d"
    r"|\d{4}\.\d\d\.\d\d(-\d{4}\.\d\d\.\d\d)?"
)
_KNOWN: Final = frozenset((*words.TITLES, *words.AUTHORITIES, *words.PLACES))


class SmallReader:
    """Trained by `training.lines`: Latin letters, digits and the words that are on permits.

    A large recogniser knows twenty times as many characters, and takes four times as long.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._session: Any = session(weights)
        said = self._session.get_modelmeta().custom_metadata_map
        self._classes = ("", *said["characters"])

    def look(self, view: View, quad: Floats) -> Posterior:
        width, height = geometry.sides(quad)
        wide = round(width / max(height, 1) * HEIGHT * SQUEEZE / STEP) * STEP
        return self.read(view.grey(quad, min(_WIDEST, max(NARROWEST, wide)), HEIGHT))

    def read(self, line: Pixels) -> Posterior:
        """Read a straight grey line, HEIGHT tall."""
        steps = self._session.run(None, {"lines": normalised(line)[None, None]})[0][0]
        return Posterior(steps, self._classes)


class QuickReader:
    """Reads most lines with the small reader alone, and believes the surer of both otherwise."""

    def __init__(self, small: LineReader, large: LineReader) -> None:
        self._small = small
        self._large = large

    def look(self, view: View, quad: Floats) -> Posterior:
        seen = self._small.look(view, quad)
        if seen.is_empty or is_clear(seen) or _is_small_print(seen.plain):
            return seen
        again = self._large.look(view, quad)
        better, worse = (seen, again) if _is_better(seen, again) else (again, seen)
        better.other = worse
        return better


def _is_better(seen: Posterior, again: Posterior) -> bool:
    """Whether the small reader is to be believed, although the large one looked as well."""
    if OTHER in seen.plain.text:
        # A label is worth more than the name beside it, which is read by itself.
        return _has_label(seen.plain) and not _has_label(again.plain)
    trust = seen.plain.weakest * (1 - seen.overlooked) * _shaped(seen.plain)
    return trust > again.plain.weakest * _shaped(again.plain)


def _is_small_print(reading: Reading) -> bool:
    """Whether a line is plainly none of a permit's fields, whatever its unknown characters are."""
    text = reading.text
    if text.startswith(_SPECIMEN):
        return True
    if len(text) > _LONGEST and sum(map(str.islower, text)) > len(text) / 2:
        return True
    return reading.mean > _LEGIBLE and OTHER in text and words.is_small_print(text)


def _has_label(reading: Reading) -> bool:
    return bool(words.labels_in(reading.text.replace(" ", "")))


def is_clear(seen: Posterior) -> bool:
    """Whether a line needs no second look; a word that is printed on permits needs less, and what
    is read as a label will be taken for it, however it is spelled."""
    reading = seen.plain
    if words.is_label(reading.text):
        return True
    if reading.text in _KNOWN:
        return reading.weakest > _LIKELY
    if OTHER in reading.text:
        return _has_label(reading) and reading.weakest > _SURE
    if seen.overlooked > _OVERLOOKED or _shaped(reading) < 1:
        return False
    return reading.weakest > _SURE


def _shaped(reading: Reading) -> float:
    """1 if digits stand together as in a date, a number or a count, else half as much: of two alike
    one is easily lost, with no sign of doubt."""
    runs = _DIGITS.findall(reading.text.replace(" ", ""))
    return 1.0 if all(map(_SHAPE.fullmatch, runs)) else 0.5


def normalised(line: Pixels) -> Floats:
    """Grey pixels from -1 to 1."""
    return line.astype(np.float32) / 127.5 - 1
