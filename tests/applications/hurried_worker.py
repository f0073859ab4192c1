"""A worker in a process of its own that reads until nothing is left to read.

`python -m tests.applications.hurried_worker`: it needs no doorbell, and what should wait for
minutes waits a moment, long enough for a failed login not to be everybody's.
"""

import threading
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models.functions import Now  # noqa: E402

from kyc.applications import extraction  # noqa: E402
from kyc.applications.models import Breaker  # noqa: E402
from kyc.jobs.models import Job, from_now  # noqa: E402

THREADS = 2
MOMENT = timedelta(seconds=1.2)


def work(rest: threading.Event) -> None:
    try:
        while Job.objects.open().exists():
            Breaker.objects.exclude(retry_at=None).update(retry_at=Now())
            for job in Job.objects.due().order_by("?"):
                extraction.run(job.pk)
                given_back = Job.objects.open().filter(pk=job.pk, lease_until=None)
                given_back.update(due_at=from_now(MOMENT))
            rest.wait(0.1)
    finally:
        connection.close()


def main() -> None:
    rest = threading.Event()
    threads = [threading.Thread(target=work, args=[rest]) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
