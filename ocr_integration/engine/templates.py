"""What may stand where in the machine readable code, and what its check digits settle."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from ocr_integration.engine import code_names
from ocr_integration.engine.codeline import CodeLine
from ocr_integration.engine.models import Floats
from ocr_integration.permit.mrz import ALPHABET, LINE_LENGTH, check_digit

_DIGITS: Final = "0123456789"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAME: Final = "ABCDEFGHIJKLMNOP<"
_ANY: Final = ALPHABET
_UNLIKELY: Final = 1e-6
"""O and 0 differ by a hair in print and not at all in a small picture: the place decides."""

_PLAUSIBLE: Final = 0.004
"""How likely a glyph must look for a check digit to choose it."""

_FIRST_TAIL: Final = ["0-9"] * 10 + ["MF<"] + ["0-9"] * 7
_TAIWAN: Final = (
    ["C", "T", *["0-9"] * 8, "<", "0-9", *_FIRST_TAIL],
    ["name"] * 16 + ["0-9"] * 2 + ["ABC", "A-Z"] + ["0-9"] * 10,
    ["A-Z"] + ["A-Z<"] * 25 + ["0-9"] * 4,
)
_HK_MACAO: Final = (
    ["C", "A-Z<", "HM", "A0-9", *["0-9"] * 8, *_FIRST_TAIL],
    ["name"] * 16
    + ["0-9"] * 2
    + ["ABC", "any", "any", *["0-9"] * 5, "A0-9", "A0-9<", "0-9", "0-9"],
    ["A-Z"] + ["A-Z<"] * 29,
)
_SETS: Final = {
    "0-9": _DIGITS,
    "A-Z": _LETTERS,
    "A-Z<": _LETTERS + "<",
    "A0-9": "A" + _DIGITS,
    "A0-9<": "A<" + _DIGITS,
    "name": _NAME,
    "any": _ANY,
}

_ZONES: Final = ((0, 2, 11), (0, 12, 14), (0, 15, 21), (0, 23, 29))
"""Line, start and end of what the digit at the end checks."""

_ID_ZONE: Final = (1, 19, 28)
_CHINESE: Final = 16
_LATIN_TAIWAN: Final = 26
"""Where the names end in the second and, on a Taiwan card, in the third line."""


def fit(row: int, glyphs: Floats) -> float:
    """How sure a line's glyphs are and how well they may stand where they do, 0 to 1.

    O and 0 count as one, and the layouts of both permits as one.
    """
    return float(clarity(row, glyphs).mean())


def clarity(row: int, glyphs: Floats) -> Floats:
    """How well each glyph (…, 30, 37) reads as one that may stand in its place, (…, 30)."""
    return np.asarray((glyphs * _LOOSE[row]).max(axis=-1), np.float32)


def clarity_anywhere(row: int, glyphs: Floats) -> Floats:
    """How well glyphs (…, 37) would read in each of the thirty places, (30, …)."""
    kinds, kind_of = np.unique(_LOOSE[row], axis=0, return_inverse=True)
    levels = np.stack([(glyphs * kind).max(axis=-1) for kind in kinds])
    return np.asarray(levels[kind_of.ravel()], np.float32)


def holding(row: int, glyphs: Floats) -> float:
    """The share of a line's check digits that hold as it stands, 0 for a line that has none."""
    zones = [zone for zone in (*_ZONES, _ID_ZONE) if zone[0] == row]
    if not zones:
        return 0.0
    text = "".join(ALPHABET[i] for i in (glyphs * _LOOSE[row]).argmax(axis=1))
    held = sum(check_digit(text[start:end]) == text[end] for _, start, end in zones)
    return held / len(zones)


def _places(found: list[Floats]) -> tuple[list[str], ...]:
    return _TAIWAN if found[0][1][ALPHABET.index("T")] > 0.5 else _HK_MACAO


def settle(found: list[Floats]) -> list[CodeLine]:
    """Turn the glyphs' probabilities into three lines."""
    places = _places(found)
    weighed = [_weighed(*pair) for pair in zip(found, places, strict=True)]
    zones = _ZONES if places is _TAIWAN else (*_ZONES, _ID_ZONE)
    lines = [_best(line) for line in weighed]
    lines[1] = _chinese(lines[1], weighed[1])
    lines[2] = _latin(lines[2], weighed[2], _LATIN_TAIWAN if places is _TAIWAN else LINE_LENGTH)
    for row, start, end in zones:
        lines[row] = _checked(lines[row], weighed[row], start, end)
    return lines


def _weighed(lines: Floats, places: list[str]) -> Floats:
    weighed = lines * np.maximum(_masks(places), _UNLIKELY)
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True), np.float32)


def _loose(row: int) -> Floats:
    mask = np.maximum(_masks(_TAIWAN[row]), _masks(_HK_MACAO[row]))
    pair = [ALPHABET.index("O"), ALPHABET.index("0")]
    mask[:, pair] = mask[:, pair].max(axis=1, keepdims=True)
    return mask


def _masks(places: list[str]) -> Floats:
    masks = np.zeros((len(places), len(ALPHABET)), np.float32)
    for row, place in enumerate(places):
        allowed = _SETS.get(place, place)
        masks[row, [ALPHABET.index(character) for character in allowed]] = 1
    return masks


def _best(weighed: Floats) -> CodeLine:
    best = weighed.argmax(axis=1)
    sure = tuple(float(level) for level in weighed.max(axis=1))
    return CodeLine("".join(ALPHABET[i] for i in best), sure)


def _chinese(line: CodeLine, weighed: Floats) -> CodeLine:
    letters, sure = code_names.chinese(weighed[:_CHINESE])
    return _changed(line, "".join(ALPHABET[letter] for letter in letters), sure.tolist())


def _latin(line: CodeLine, weighed: Floats, end: int) -> CodeLine:
    written = code_names.latin(weighed[:end])
    best = [
        int(glyph[:-1].argmax()) if letter else len(ALPHABET) - 1
        for glyph, letter in zip(weighed[:end], written, strict=True)
    ]
    sure = [float(glyph[at]) for glyph, at in zip(weighed, best, strict=False)]
    return _changed(line, "".join(ALPHABET[at] for at in best), sure)


def _changed(line: CodeLine, start: str, sure: Sequence[float]) -> CodeLine:
    """A line with another beginning, no surer of it than the glyphs that were exchanged look."""
    if line.text.startswith(start):
        return line
    kept = [
        old if before == after else min(0.5, new)
        for before, after, old, new in zip(line.text, start, line.sure, sure, strict=False)
    ]
    text = start + line.text[len(start) :]
    return replace(line, text=text, sure=(*kept, *line.sure[len(start) :]), repaired=True)


def _checked(line: CodeLine, weighed: Floats, start: int, end: int) -> CodeLine:
    """Where the check digit fails, take the likeliest single change that satisfies it."""
    zone = line.text[start : end + 1]
    if check_digit(zone[:-1]) == zone[-1]:
        return line
    best: tuple[float, int, str] = (_PLAUSIBLE, -1, "")
    for place in range(start, end + 1):
        for other, level in zip(ALPHABET, weighed[place], strict=True):
            changed = line.text[:place] + other + line.text[place + 1 :]
            gain = float(level) / line.sure[place]
            if gain > best[0] and check_digit(changed[start:end]) == changed[end]:
                best = (gain, place, other)
    gain, place, other = best
    if place < 0:
        return line
    text = line.text[:place] + other + line.text[place + 1 :]
    sure = (*line.sure[:place], min(0.5, gain), *line.sure[place + 1 :])
    return replace(line, text=text, sure=sure, repaired=True)


_LOOSE: Final = tuple(_loose(row) for row in range(3))
