"""Ring for a job. A lost ring costs one sweep, never the work."""

import logging
import time
from typing import Final

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from prometheus_client import Counter
from redis.exceptions import RedisError

from kyc.jobs.models import Job, Kind

SILENT_SECONDS: Final = 5.0
"""How long a process does not even try after a ring that nobody heard."""
TASKS: Final = {Kind.EXTRACTION: "kyc.applications.tasks.extract_document"}

logger = logging.getLogger(__name__)
unheard = Counter("permitdesk_rings_unheard", "Rings that the broker did not take")
_silent_until = 0.0


def ring_after_commit(job: Job) -> None:
    """Ring once the open transaction has committed; the act has then happened whatever rings."""
    job_id, kind = job.pk, Kind(job.kind)
    transaction.on_commit(lambda: _ring_unless_silent(job_id, kind), robust=True)


def _ring_unless_silent(job_id: int, kind: Kind) -> None:
    """A broker that hangs costs one request its timeout, and not each one of them."""
    global _silent_until  # noqa: PLW0603
    if time.monotonic() < _silent_until:
        unheard.inc()
    elif not ring(job_id, kind):
        _silent_until = time.monotonic() + SILENT_SECONDS


def ring(job_id: int, kind: Kind) -> bool:
    """Send the job's id to the workers; False when the broker does not answer."""
    try:
        current_app.send_task(TASKS[kind], args=[job_id], ignore_result=True)
    except (OperationalError, RedisError, OSError):
        unheard.inc()
        logger.warning("the broker does not answer; the sweeper rings for job %d", job_id)
        return False
    return True
