"""What the workers share: a reader, and the proof that it reads."""

import ctypes
import gc
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ocr_integration.engine.errors import PictureRefused
from ocr_integration.engine.reader import Reader
from ocr_integration.server.logs import LOGGER

SPECIMEN: Final = Path(__file__).parent / "specimen.jpg"
"""The back of a drawn look-alike: text, code and all."""

_M_ARENA_MAX: Final = -8
_log = logging.getLogger(LOGGER)


@dataclass(frozen=True)
class Loaded:
    """A reader, and whether it has read the built-in picture."""

    reader: Reader
    ready: bool


def load() -> Loaded:
    """Load a reader and let it read once, so that a worker forked from now on need not."""
    _share_one_heap()
    reader = Reader()
    ready = _has_read_specimen(reader)
    _log.info("ready" if ready else "not ready", extra={"facts": {"engine": reader.version}})
    # What is here now stays: a worker's collector must not touch, and so copy, these pages.
    gc.collect()
    gc.freeze()
    return Loaded(reader, ready)


def _share_one_heap() -> None:
    """Let all threads use one: glibc gives each its own, which grows to what one reading needs."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_ARENA_MAX, 1)


def _has_read_specimen(reader: Reader) -> bool:
    try:
        return any(reader.read(SPECIMEN.read_bytes()).values.values())
    except PictureRefused:
        return False
