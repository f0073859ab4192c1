"""The glyph classifier for the machine readable code: a small perceptron over one cell each."""

from pathlib import Path
from typing import Final

import numpy as np

from ocr_integration.engine.models import OWN, Floats, Pixels
from ocr_integration.permit.mrz import ALPHABET

CELL_WIDTH: Final = 20
CELL_HEIGHT: Final = 28
SPAN: Final = (1.2, 1.68)
"""What a cell shows, in pitches of the line: its own glyph and the rims of both neighbours."""

WEIGHTS: Final = OWN / "machine.npz"


def normalised(cells: Floats | Pixels) -> tuple[Floats, Floats]:
    """Level out paper and ink of cells (n, height, width), dark ink becoming high values.

    Returns (n, height x width), and by how many levels of grey each cell's ink is darker than its
    paper, (n,).
    """
    flat = cells.reshape(len(cells), -1)
    ink, paper = _ink_and_paper(flat)
    contrast = paper - ink
    level = (paper - flat) / np.maximum(contrast, 12)
    return np.clip(level, np.float32(-0.3), np.float32(1.3)), contrast[:, 0]


def _ink_and_paper(flat: Floats | Pixels) -> tuple[Floats, Floats]:
    """Levels of grey that a share of a cell's pixels are darker than: (n, 1) each."""
    # Bytes are sorted by counting them; to pick out two floats takes ten times as long.
    ordered = np.sort(flat.astype(np.uint8, copy=False), axis=1, kind="stable")
    ink, paper = (ordered[:, [round(share * flat.shape[1])]] for share in (0.04, 0.85))
    return ink.astype(np.float32), paper.astype(np.float32)


class GlyphReader:
    """Gives each cell a probability for each character of ALPHABET."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        with np.load(weights) as stored:
            self._layers: list[tuple[Floats, Floats]] = [
                (stored[f"w{i}"].astype(np.float32), stored[f"b{i}"].astype(np.float32))
                for i in range(len(stored.files) // 2)
            ]

    def read(self, cells: Floats | Pixels) -> tuple[Floats, Floats]:
        """Probabilities of shape (n, 37) for grey cells (n, CELL_HEIGHT, CELL_WIDTH), and how dark
        the ink is in each, (n,)."""
        signal, contrast = normalised(cells)
        for weight, bias in self._layers[:-1]:
            signal = np.maximum(signal @ weight + bias, 0)
        weight, bias = self._layers[-1]
        scores = signal @ weight + bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True), np.float32), contrast


def text(probabilities: Floats) -> str:
    return "".join(ALPHABET[best] for best in probabilities.argmax(axis=1))
