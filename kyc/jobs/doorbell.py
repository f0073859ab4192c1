"""Ring for a job. A lost ring costs one sweep, never the work."""

import logging
from typing import Final

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from prometheus_client import Counter
from redis.exceptions import RedisError

from kyc.jobs.models import Job, Kind

TASKS: Final = {Kind.EXTRACTION: "kyc.applications.tasks.extract_document"}

logger = logging.getLogger(__name__)
unheard = Counter("permitdesk_rings_unheard", "Rings that the broker did not take")


def ring_after_commit(job: Job) -> None:
    """Ring once the open transaction has committed; the act has then happened whatever rings."""
    job_id, kind = job.pk, Kind(job.kind)
    transaction.on_commit(lambda: ring(job_id, kind), robust=True)


def ring(job_id: int, kind: Kind) -> bool:
    """Send the job's id to the workers; False when the broker does not answer."""
    try:
        current_app.send_task(TASKS[kind], args=[job_id], ignore_result=True)
    except (OperationalError, RedisError, OSError):
        unheard.inc()
        logger.warning("the broker does not answer; the sweeper rings for job %d", job_id)
        return False
    return True
