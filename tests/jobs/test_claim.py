"""One job, one holder, and a fence that the late ones are refused by."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from kyc.jobs.models import LEASE, Job, Kind, Outcome, from_now


@pytest.fixture
def job(db):
    made = Job.objects.create(kind=Kind.EXTRACTION, subject=uuid4())
    made.refresh_from_db()
    return made


def _lease_runs_out(job):
    Job.objects.filter(pk=job.pk).update(lease_until=from_now(-timedelta(seconds=1)))


def test_it_is_held_by_whoever_claims_it_first(job):
    assert job.claim() == 1
    assert Job.objects.get().claim() is None


def test_it_is_not_claimed_before_its_time(job):
    Job.objects.update(due_at=from_now(timedelta(minutes=5)))
    assert job.claim() is None
    assert list(Job.objects.due()) == []


def test_it_comes_back_when_the_lease_runs_out(job):
    job.claim()
    _lease_runs_out(job)
    assert list(Job.objects.due()) == [job]
    assert Job.objects.get().claim() == 2


def test_a_stale_fence_renews_nothing_and_ends_nothing(job):
    stale = job.claim()
    _lease_runs_out(job)
    fresh = Job.objects.get().claim()

    assert not job.renew(stale)
    assert not job.retry_in(stale, timedelta(0), "late")
    assert not job.end(stale, Outcome.DONE)
    assert Job.objects.get().end(fresh, Outcome.DONE)


def test_renewing_holds_it_for_another_lease(job):
    fence = job.claim()
    Job.objects.update(lease_until=from_now(timedelta(seconds=1)))
    assert job.renew(fence)
    assert not Job.objects.filter(lease_until__lt=from_now(LEASE - timedelta(seconds=2))).exists()


def test_an_ended_job_is_never_due_again(job):
    job.end(job.claim(), Outcome.PARKED)
    assert Job.objects.get().claim() is None
    assert list(Job.objects.due()) == []


def test_a_wait_for_the_operator_uses_no_attempt_up(job):
    fence = job.claim()
    assert job.wait_uncounted(fence, timedelta(seconds=60), "APIG.0101")
    job.refresh_from_db()
    assert (job.attempts, job.last_error, job.lease_until) == (0, "APIG.0101", None)


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_and_one_holds_it(job):
    start = threading.Barrier(8)
    fences = []

    def claim():
        try:
            start.wait()
            fences.append(Job.objects.get(pk=job.pk).claim())
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fences, key=str) == [1, *[None] * 7]
