"""Reads one side of one permit from a picture."""

import os
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocr_integration.engine.reader import Reader
    from ocr_integration.protocol.result import Result

# One thread a process: OpenBLAS's second one would wait ten times as long as it works. It looks
# at this once, when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# onnxruntime's wheels tell their maker, over the network, that they are used, keep an identifier
# in the user's folder for it, and start a thread that a fork does not survive. Not with identity
# documents. It looks at this once, when it is first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

_reading = threading.Lock()


def read(picture: bytes | Path) -> "Result":
    """Read a picture, given as its bytes or as a file.

    The networks are loaded at the first call, in about a second; callers in several threads take
    turns. Raises `engine.errors.PictureRefused`, with the API's code and a sentence.
    """
    encoded = picture if isinstance(picture, bytes) else picture.read_bytes()
    with _reading:
        return _reader().read(encoded)


@cache
def _reader() -> "Reader":
    # Whoever asks only for errors or versions need not load the networks.
    from ocr_integration.engine.reader import Reader

    return Reader()
