"""Keep a job's lease while a long call runs."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from kyc.jobs.models import RENEW_EVERY, Job

logger = logging.getLogger(__name__)


@contextmanager
def renewed(job: Job, fence: int) -> Iterator[None]:
    """Renew the lease every RENEW_EVERY until the block ends, or until the fence is stale.

    Nothing is said when it is lost: whoever records shows the fence and is refused then.
    """
    over = threading.Event()
    renewer = threading.Thread(target=_renew, args=(job, fence, over), daemon=True)
    renewer.start()
    try:
        yield
    finally:
        over.set()
        renewer.join()


def _renew(job: Job, fence: int, over: threading.Event) -> None:
    try:
        while not over.wait(RENEW_EVERY.total_seconds()):
            if not job.renew(fence):
                return
    except DatabaseError:
        logger.exception("the lease of job %d could not be renewed", job.pk)
    finally:
        connection.close()
