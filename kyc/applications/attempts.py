"""What one account may ask of the desk: photos one at a time, few at once, so much a day.

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
HAND_OVERS_A_DAY: Final = 40
OWN_PHOTOS_A_MINUTE: Final = 120
"""How often an owner is shown photos: each showing is an entry for good."""
_MINUTE: Final = 60
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
            _count(_refused(applicant), _DAY)
            raise
        finally:
            cache.delete(_turn(applicant))
    finally:
        _places.release()


def refused_today(applicant: User) -> int:
    """How many photos were looked at in vain since a day began with the first of them."""
    return _counted(_refused(applicant), _DAY)[0]


def may_hand_over(applicant: User) -> bool:
    """Count one more code for a phone; False where the day has had enough of them."""
    return _count(f"hand-overs:{applicant.pk}", _DAY) <= HAND_OVERS_A_DAY


def may_see_own(applicant: User) -> bool:
    """Count one more look at an own photo; False where the minute has had enough of them."""
    return _count(f"own-photos:{applicant.pk}", _MINUTE) <= OWN_PHOTOS_A_MINUTE


def _take_turn(applicant: User) -> None:
    """A process that died with the turn in its hand loses it when no decoder can still run."""
    end = time.monotonic() + images.LONGEST_WAIT
    lasts = images.LONGEST_WAIT + images.LONGEST_DECODING
    while not cache.add(_turn(applicant), 1, timeout=lasts):
        if time.monotonic() > end:
            raise images.Busy
        time.sleep(_LOOK_AGAIN)


def _count(key: str, seconds: int) -> int:
    """Count one more; the cache's own counting would put the end off each time."""
    count, end = _counted(key, seconds)
    cache.set(key, [count + 1, end], timeout=max(1.0, end - time.time()))
    return count + 1


def _counted(key: str, seconds: int) -> tuple[int, float]:
    count, end = cache.get(key) or (0, time.time() + seconds)
    return int(count), float(end)


def _turn(applicant: User) -> str:
    return f"photo-turn:{applicant.pk}"


def _refused(applicant: User) -> str:
    return f"photos-refused:{applicant.pk}"
