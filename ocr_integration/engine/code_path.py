"""Follows a line of the code whose pitch changes along it, as lenses and bent plastic make it.

A glyph may stand anywhere near the line. Which places the thirty have is the likeliest path: each
about a pitch from the one before, and each as clear as one that may stand there (Viterbi).
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_integration.engine import templates
from ocr_integration.engine.models import Floats
from ocr_integration.permit.mrz import LINE_LENGTH

FINE: Final = 8
"""Places in a pitch."""

_MARGIN: Final = 12
"""Places before the first glyph and behind the last where one may stand as well."""

_ACROSS: Final = (-0.18, 0.0, 0.18)
_STEPS: Final = (6, 7, 8, 9, 10)
_UNEVEN: Final = 1.5
_SLANTED: Final = 3.0
_AWAY: Final = 0.6
"""What a pitch of change costs: along the line, across it; and a pitch off at either end."""

INK: Final = 0.7
"""Of the usual contrast of a line's glyphs: beyond it there is one."""

_LEFT_OUT: Final = 3.0
_UNCLEAR: Final = 1e-4


def places() -> Floats:
    """Where glyphs may stand, in pitches along the line and across: (3, n, 2)."""
    along = np.arange(-_MARGIN, (LINE_LENGTH - 1) * FINE + _MARGIN + 1) / FINE
    return np.stack(np.meshgrid(along, _ACROSS), axis=-1).astype(np.float32)


def followed(row: int, read: Callable[[Floats], tuple[Floats, Floats]]) -> Floats:
    """The glyphs (30, 37) along the likeliest path.

    `read` gives the glyphs at places (n, 2) and how dark the ink there is, in any unit.
    """
    spots = places()
    glyphs, ink = read(spots.reshape(-1, 2))
    looks = glyphs.reshape(*spots.shape[:2], -1)
    levels = np.log(templates.clarity_anywhere(row, looks) + _UNCLEAR)
    before, behind = _left_out(ink.reshape(spots.shape[:2]))
    best = levels[0] - _AWAY * np.abs(spots[..., 0]) - before
    came: list[NDArray[np.intp]] = []
    for level in levels[1:]:
        reached = np.stack([_moved(best, *move) - cost for move, cost in _MOVES])
        came.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + level
    best = best - _AWAY * np.abs(spots[..., 0] - (LINE_LENGTH - 1)) - behind
    across, along = (int(at) for at in np.unravel_index(best.argmax(), best.shape))
    path = [(across, along)]
    for chosen in reversed(came):
        (up, step), _ = _MOVES[int(chosen[across, along])]
        across, along = across - up, along - step
        path.append((across, along))
    return np.stack([looks[at] for at in reversed(path)])


def _left_out(ink: Floats) -> tuple[Floats, Floats]:
    """What it costs to begin, and to end, at each place: a glyph beyond it would be left out."""
    inked = _LEFT_OUT * (ink > INK * np.median(ink))
    before, behind = np.zeros_like(ink), np.zeros_like(ink)
    before[:, FINE:] = inked[:, :-FINE]
    behind[:, :-FINE] = inked[:, FINE:]
    return before, behind


def _moved(level: Floats, up: int, step: int) -> Floats:
    """What each place is reached with from the one so far before it."""
    found = np.full_like(level, -np.inf)
    rows = slice(max(up, 0), level.shape[0] + min(up, 0))
    before = slice(max(-up, 0), level.shape[0] - max(up, 0))
    found[rows, step:] = level[before, :-step]
    return found


_MOVES: Final = tuple(
    ((up, step), _UNEVEN * abs(step / FINE - 1) + _SLANTED * abs(up) * _ACROSS[2])
    for up in (0, -1, 1)
    for step in _STEPS
)
