"""What looking at an account's photos may cost: one at a time, few at once, so many a day.

The counts stand in the shared cache: all processes of the desk go by the same.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.core.cache import cache

from kyc.accounts.models import User
from kyc.applications import images

MOST_AT_ONCE: Final = 3
"""Of the threads of a web process; the others answer those who send no photos."""
_DAY: Final = 24 * 3600
_LOOK_AGAIN: Final = 0.1

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


@contextmanager
def looking(applicant: User) -> Iterator[None]:
    """Take the account's turn to have a photo looked at; raises Busy when none comes soon."""
    if not _places.acquire(blocking=False):
        raise images.Busy
    try:
        _take_turn(applicant)
        try:
            yield
        except images.PictureRefused:
            _count_refused(applicant)
            raise
        finally:
            cache.delete(_turn(applicant))
    finally:
        _places.release()


def refused_today(applicant: User) -> int:
    """How many photos were looked at in vain since a day began with the first of them."""
    return int(cache.get(_refused(applicant), 0))


def _take_turn(applicant: User) -> None:
    """A process that died with the turn in its hand loses it when no decoder can still run."""
    end = time.monotonic() + images.LONGEST_WAIT
    lasts = images.LONGEST_WAIT + images.LONGEST_DECODING
    while not cache.add(_turn(applicant), 1, timeout=lasts):
        if time.monotonic() > end:
            raise images.Busy
        time.sleep(_LOOK_AGAIN)


def _count_refused(applicant: User) -> None:
    if not cache.add(_refused(applicant), 1, timeout=_DAY):
        cache.incr(_refused(applicant))


def _turn(applicant: User) -> str:
    return f"photo-turn:{applicant.pk}"


def _refused(applicant: User) -> str:
    return f"photos-refused:{applicant.pk}"
