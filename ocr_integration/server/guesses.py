"""Wrong passwords: whoever sends many is not listened to for a while."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

MOST: Final = 10
SECONDS: Final = 60.0
_REMEMBERED: Final = 1000


class Guesses:
    """One worker's memory of the last wrong passwords, and of the addresses that sent them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: deque[tuple[float, str]] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()

    def add(self, address: str) -> None:
        """Remember one."""
        with self._lock:
            self._wrong.append((self._clock(), address))

    def are_many(self, address: str) -> bool:
        """Whether an address has sent as many as a minute allows."""
        since = self._clock() - SECONDS
        with self._lock:
            return sum(at > since and who == address for at, who in self._wrong) >= MOST
