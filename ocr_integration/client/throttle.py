"""Keep to the calls a second that a provider allows, together with everybody else who calls it.

Slots come one at a time, never several at once, a little slower than allowed: the network may
push two calls together that left apart. Whoever takes a slot waits for it.
"""

import threading
import time
from typing import Final, NamedTuple, Protocol

from ocr_integration.client.errors import QuotaUsedUp

SHARE: Final = 0.95
"""Of the allowed rate. Measured: at 0.98 now and then a call was refused, here none."""


class Throttle(Protocol):
    """One quota, shared by whoever the implementation reaches."""

    def reserve(self, *, longest: float) -> float:
        """Take the next free slot and give the seconds until it comes.

        Raises QuotaUsedUp, and takes none, when that is more than `longest`.
        """
        ...

    def slow_down(self, seconds: float) -> None:
        """Hear that a call was refused all the same: its slot is free again, but nobody calls
        for so long."""
        ...


class Unthrottled:
    """No quota is known."""

    def reserve(self, *, longest: float) -> float:
        return 0.0

    def slow_down(self, seconds: float) -> None:
        return


class Slot(NamedTuple):
    """Seconds until the slot, and from when, on the same clock, the one after it is free."""

    wait: float
    next_free: float


def interval_of(calls_per_second: float) -> float:
    """Seconds between two slots."""
    return 1 / (SHARE * calls_per_second)


def slot(next_free: float, now: float, interval: float, *, longest: float) -> Slot:
    """The next slot, given from when one is free. Raises QuotaUsedUp."""
    begins = max(next_free, now)
    wait = begins - now
    if wait > longest:
        raise QuotaUsedUp("the quota is used up", after=wait)
    return Slot(wait, begins + interval)


def pushed_back(next_free: float, now: float, interval: float, seconds: float) -> float:
    """From when a slot is free after a call was refused."""
    return max(next_free - interval, now + seconds)


class MemoryThrottle:
    """The quota of this process alone."""

    def __init__(self, calls_per_second: float) -> None:
        self._interval = interval_of(calls_per_second)
        self._next_free = 0.0
        self._lock = threading.Lock()

    def reserve(self, *, longest: float) -> float:
        with self._lock:
            taken = slot(self._next_free, time.monotonic(), self._interval, longest=longest)
            self._next_free = taken.next_free
        return taken.wait

    def slow_down(self, seconds: float) -> None:
        with self._lock:
            now = time.monotonic()
            self._next_free = pushed_back(self._next_free, now, self._interval, seconds)
