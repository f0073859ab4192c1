"""The network that points at the printed photo's four corners on a straightened card."""

from typing import Any, Final

import numpy as np

from ocr_integration.engine.models import OWN, Floats, session, signal
from ocr_integration.engine.views import View, small

SIZE: Final = (192, 120)
"""Width and height of what it looks at, pixels."""

CELLS: Final = (48, 30)
WEIGHTS: Final = OWN / "portrait.onnx"


class PhotoNet:
    """Trained by `training.portrait`."""

    def __init__(self) -> None:
        self._session: Any = session(WEIGHTS)
        y, x = np.mgrid[0 : CELLS[1], 0 : CELLS[0]].astype(np.float32)
        self._cells = np.stack([x, y], axis=-1).reshape(-1, 2)

    def find(self, card: View) -> tuple[Floats, float]:
        """The corners in the card's pixels, (4, 2), and how likely there is a photo, 0 to 1."""
        heat, there = self._session.run(None, {"pixels": signal(small(card, *SIZE))})
        spread = np.exp(heat[0] - heat[0].max(axis=1, keepdims=True))
        spread /= spread.sum(axis=1, keepdims=True)
        cells = (spread @ self._cells + 0.5) / CELLS
        corners = np.asarray(cells * card.size, np.float32)
        return corners, float(1 / (1 + np.exp(-there[0])))
