"""Puts back the blanks between words that the recogniser overlooks."""

from itertools import pairwise
from typing import Final

import numpy as np

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats, Pixels
from ocr_integration.engine.recognise import HEIGHT, Reading
from ocr_integration.engine.views import View

_WIDE: Final = 0.21
"""Of the line's height: no two letters of a word stand as far apart in a proportional face."""

_UNUSUAL: Final = 2.3
"""Times the usual gap: in a face of one width, all gaps are wide."""

_NEARLY: Final = 0.8
"""Of what is wide or unusual: a blank is as likely as none."""

_RESTORED: Final = 0.9
_EITHER: Final = 0.5


def restored(card: View, quad: Floats, reading: Reading) -> Reading:
    """The same letters with a blank wherever the ink leaves a gap as wide as one."""
    letters = [i for i, character in enumerate(reading.text) if character != " "]
    if len(letters) < 4:
        return reading
    width, height = geometry.sides(quad)
    line = card.cut(quad, max(8, round(width / max(height, 1) * HEIGHT)), HEIGHT)
    blank = _blank_columns(line)
    gaps = np.array(
        [
            _widest(blank, reading.places[one], reading.places[other])
            for one, other in pairwise(letters)
        ]
    )
    wide = max(_WIDE * HEIGHT, _UNUSUAL * float(np.median(gaps)))
    text, sure, places = "", list[float](), list[float]()
    for place, (letter, gap) in enumerate(zip(letters, [*gaps, 0], strict=True)):
        text += reading.text[letter]
        sure.append(reading.probabilities[letter])
        places.append(reading.places[letter])
        if reading.text[letter] in ",.":
            continue
        blank_read = place + 1 < len(letters) and letters[place + 1] != letter + 1
        if gap > wide or blank_read:
            text += " "
            sure.append(reading.probabilities[letter + 1] if blank_read else _RESTORED)
            places.append(reading.places[letter])
        elif gap > _NEARLY * wide:
            sure[-1] = min(sure[-1], _EITHER)
    return Reading(text.strip(), tuple(sure[: len(text)]), tuple(places[: len(text)]))


def _blank_columns(line: Pixels) -> Floats:
    """1 where a column of the line holds no ink."""
    grey = line.min(axis=2).astype(np.float32)
    core = grey[HEIGHT // 12 : -HEIGHT // 12]
    paper, ink = np.percentile(core, 80), np.percentile(core, 3)
    darkest = core.min(axis=0)
    return np.asarray(darkest > ink + 0.55 * (paper - ink), np.float32)


def _widest(blank: Floats, start: float, end: float) -> int:
    """Longest run of blank columns between two places along the line."""
    part = blank[int(start * len(blank)) : int(end * len(blank)) + 1]
    longest = run = 0
    for column in part:
        run = run + 1 if column else 0
        longest = max(longest, run)
    return longest
