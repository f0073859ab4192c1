"""Jobs done in this process, for as long as nobody hears it ring."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from django.db import connections

AT_ONCE: Final = 8

logger = logging.getLogger(__name__)


class Hands:
    """A few threads that do what workers do. Who ends the process need not wait for them: a job
    that was under way is claimed again once its lease has run out."""

    def __init__(self, work: Callable[[int], object], *, at_once: int = AT_ONCE) -> None:
        self._work = work
        self._free = threading.Semaphore(at_once)

    def take(self, job_id: int) -> bool:
        """Begin a job; False when all hands are full."""
        if not self._free.acquire(blocking=False):
            return False
        threading.Thread(target=self._do, args=(job_id,), daemon=True).start()
        return True

    def _do(self, job_id: int) -> None:
        try:
            self._work(job_id)
        except Exception:  # as in a worker, one job's failure is not the next one's
            logger.exception("job %d failed", job_id)
        finally:
            connections.close_all()
            self._free.release()
