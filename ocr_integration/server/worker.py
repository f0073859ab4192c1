"""What a worker process loads: a reader, and the proof that it reads."""

import logging
from importlib.resources import files

from ocr_integration.engine.errors import PictureRefused
from ocr_integration.engine.reader import Reader
from ocr_integration.server.app import Application
from ocr_integration.server.credentials import Credentials
from ocr_integration.server.logs import LOGGER
from ocr_integration.server.metrics import Board
from ocr_integration.server.slot import ReadingSlot

_log = logging.getLogger(LOGGER)


def application(
    credentials: Credentials, token_key: bytes, board: Board, row_number: int
) -> Application:
    """Load a reader and serve it; `row_number` is this worker's own on the board."""
    reader = Reader()
    ready = _has_read_specimen(reader)
    row = board.row(row_number)
    row.set_ready(ready=ready)
    _log.info("ready" if ready else "not ready", extra={"facts": {"engine": reader.version}})
    return Application(
        reader=reader,
        credentials=credentials,
        token_key=token_key,
        board=board,
        row=row,
        slot=ReadingSlot(),
        ready=ready,
    )


def _has_read_specimen(reader: Reader) -> bool:
    """Read the built-in picture, the back of a drawn look-alike: text, code and all."""
    specimen = (files(__package__) / "specimen.jpg").read_bytes()
    try:
        return any(reader.read(specimen).values.values())
    except PictureRefused:
        return False
