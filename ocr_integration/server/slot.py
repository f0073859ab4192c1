"""The one reading slot of a worker: a core reads one picture at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ocr_integration.server import refusal

QUEUE: Final = 8
PATIENCE_SECONDS: Final = 12.0
"""Clients give up after 15 seconds without an answer; reading itself takes some of them."""


class ReadingSlot:
    """Lets one request in at a time, and a few wait; the others are asked to come again."""

    def __init__(self, *, queue: int = QUEUE, patience: float = PATIENCE_SECONDS) -> None:
        self._places = threading.BoundedSemaphore(queue + 1)
        self._reading = threading.Lock()
        self._patience = patience

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the slot. Raises Refused when the queue is full or does not move."""
        if not self._places.acquire(blocking=False):
            raise refusal.too_busy()
        try:
            if not self._reading.acquire(timeout=self._patience):
                raise refusal.too_busy()
            try:
                yield
            finally:
                self._reading.release()
        finally:
            self._places.release()
