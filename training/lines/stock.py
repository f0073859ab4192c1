"""Lines of one height and many widths, kept in one file."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr_integration.engine.models import Pixels
from ocr_integration.engine.small import HEIGHT


@dataclass(frozen=True)
class Stock:
    """Grey pixels of all lines one after another, where each begins, and what each says."""

    pixels: Pixels
    starts: NDArray[np.int64]
    texts: list[str]

    @classmethod
    def of(cls, lines: list[tuple[Pixels, str]]) -> "Stock":
        flat = [line.reshape(-1) for line, _ in lines]
        starts = np.cumsum([0, *(len(line) for line in flat)])
        return cls(np.concatenate(flat), starts, [text for _, text in lines])

    @classmethod
    def load(cls, path: Path) -> "Stock":
        with np.load(path) as stored:
            texts = str(stored["texts"]).split("\n")
            return cls(stored["pixels"], stored["starts"], texts)

    def save(self, path: Path) -> None:
        np.savez(
            path, pixels=self.pixels, starts=self.starts, texts=np.array("\n".join(self.texts))
        )

    def __len__(self) -> int:
        return len(self.texts)

    def width(self, place: int) -> int:
        return int(self.starts[place + 1] - self.starts[place]) // HEIGHT

    def line(self, place: int) -> Pixels:
        """Shape (height, width)."""
        return self.pixels[self.starts[place] : self.starts[place + 1]].reshape(HEIGHT, -1)
