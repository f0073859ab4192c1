"""Ring for whatever is due, so that nothing depends on a message arriving."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from django.db import DatabaseError, close_old_connections

from kyc.jobs.doorbell import ring
from kyc.jobs.models import Job, Kind

EVERY_SECONDS: Final = 2.0
MOST_AT_ONCE: Final = 200

logger = logging.getLogger(__name__)


def sweep_jobs(take: Callable[[int], bool] | None = None) -> int:
    """Ring for every due job and count the rings that were heard.

    `take` begins a job here, unless too many are under way: for when the broker is down.
    """
    due = list(Job.objects.due().values_list("pk", "kind")[:MOST_AT_ONCE])
    heard = 0
    for job_id, kind in due:
        if not ring(job_id, Kind(kind)):
            break
        heard += 1
    for job_id, _ in due[heard:]:
        if take is None or not take(job_id):
            break
    return heard


def run(sweeps: Sequence[Callable[[], object]], stop: threading.Event) -> None:
    """Sweep until told to stop. A sweep that fails is tried again at the next turn."""
    while not stop.is_set():
        for sweep in sweeps:
            try:
                sweep()
            except DatabaseError:
                logger.exception("a sweep failed")
        close_old_connections()
        stop.wait(EVERY_SECONDS)
