"""What the names in the machine readable code can be: no check digit covers them.

The Chinese one is spelled in groups of four letters that are characters of GBK, nearly all of them
of GB2312; the Latin one has one gap of two fillers, single fillers in between, and nothing but
fillers behind it.
"""

from functools import cache, reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_integration.engine.models import Floats
from ocr_integration.permit import mrz

GROUP: Final = 4
_LETTERS: Final = [mrz.ALPHABET.index(letter) for letter in "ABCDEFGHIJKLMNOP"]
_FILLER: Final = mrz.ALPHABET.index(mrz.FILLER)
_COMMON, _LESS_COMMON, _RARE = 1.0, 0.4, 0.02
_UNLIKELY: Final = 1e-9
_LAST_COMMON: Final = 0xD7
"""GB2312 keeps the 3,755 commonest characters before its row D8."""

_SURNAME, _SURNAME_GAP, _GAP, _GAP_END, _GIVEN, _GIVEN_GAP, _REST = range(7)
_AFTER: Final = {
    _SURNAME: (_SURNAME, _SURNAME_GAP, _GAP),
    _SURNAME_GAP: (_SURNAME,),
    _GAP: (_GAP_END,),
    _GAP_END: (_GIVEN, _REST),
    _GIVEN: (_GIVEN, _GIVEN_GAP, _REST),
    _GIVEN_GAP: (_GIVEN,),
    _REST: (_REST,),
}
_ALONE: Final = -4.0
"""Logarithm of how seldom a name is a surname alone."""

_IS_LETTER: Final = np.array([part in {_SURNAME, _GIVEN} for part in range(len(_AFTER))])


def chinese(glyphs: Floats) -> tuple[list[int], Floats]:
    """The likeliest letters and fillers at the sixteen places (16, 37), as places in ALPHABET, and
    how likely each is where only characters may stand."""
    groups = [_group(glyphs[start : start + GROUP]) for start in range(0, len(glyphs), GROUP)]
    blank = np.log(glyphs[:, _FILLER] + _UNLIKELY).reshape(-1, GROUP).sum(axis=1)
    written = np.array([np.log(weight + _UNLIKELY) for _, _, weight in groups])
    counts = range(1, len(groups) + 1)
    count = max(counts, key=lambda n: float(written[:n].sum() + blank[n:].sum()))
    letters, sure = list[int](), list[float]()
    for place, (best, shares, _) in enumerate(groups):
        if place < count:
            letters += best
            sure += shares
        else:
            rest = glyphs[place * GROUP : (place + 1) * GROUP, _FILLER]
            letters += [_FILLER] * GROUP
            sure += rest.tolist()
    return letters, np.array(sure, np.float32)


def _group(glyphs: Floats) -> tuple[list[int], list[float], float]:
    """Four letters that are a character, the share of each, and the weight of all characters."""
    joint = reduce(np.multiply.outer, glyphs[:, _LETTERS]) * _characters()
    total = float(joint.sum())
    best = np.unravel_index(int(joint.argmax()), joint.shape)
    shares = [
        float(joint.take(at, axis=axis).sum()) / max(total, _UNLIKELY**2)
        for axis, at in enumerate(best)
    ]
    return [_LETTERS[at] for at in best], shares, total


@cache
def _characters() -> Floats:
    """How usual a character the four half bytes are, (16, 16, 16, 16)."""
    weights = np.zeros((256, 256), np.float32)
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                character = bytes((first, second)).decode("gbk")
            except UnicodeDecodeError:
                continue
            if "\u4e00" <= character <= "\u9fa5":
                plain = first >= 0xB0 and second >= 0xA1
                usual = _COMMON if first <= _LAST_COMMON else _LESS_COMMON
                weights[first, second] = usual if plain else _RARE
    return weights.reshape(16, 16, 16, 16)


def latin(glyphs: Floats) -> NDArray[np.bool_]:
    """Where letters stand on the likeliest reading of (n, 37) that a name can be (Viterbi)."""
    letter = np.log(glyphs[:, :_FILLER].max(axis=1) + _UNLIKELY)
    filler = np.log(glyphs[:, _FILLER] + _UNLIKELY)
    levels = np.where(_IS_LETTER, letter[:, None], filler[:, None])
    best = np.full(len(_AFTER), -np.inf)
    best[_SURNAME] = levels[0, _SURNAME]
    came = list[NDArray[np.intp]]()
    allowed = np.full((len(_AFTER), len(_AFTER)), -np.inf)
    for before, parts in _AFTER.items():
        allowed[before, list(parts)] = 0
    allowed[_GAP_END, _REST] = _ALONE
    for level in levels[1:]:
        reached = best[:, None] + allowed
        came.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + level
    path = [int(best.argmax())]
    for step in reversed(came):
        path.append(int(step[path[-1]]))
    return _IS_LETTER[path[::-1]]
