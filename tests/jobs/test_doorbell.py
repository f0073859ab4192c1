"""A ring is a hint: it never fails an act, and the sweeper makes up for a lost one."""

import threading
import time
from uuid import uuid4

import pytest
from celery import current_app
from django.db import transaction
from redis.exceptions import ConnectionError as BrokerDown

from kyc.jobs import doorbell, sweeper
from kyc.jobs.hands import Hands
from kyc.jobs.models import Job, Kind


@pytest.fixture
def job(db):
    return Job.objects.create(kind=Kind.EXTRACTION, subject=uuid4())


@pytest.fixture
def rings_later(monkeypatch):
    """A broker that answers from the moment it is called."""

    def answer():
        heard = []
        monkeypatch.setattr(
            current_app._get_current_object(),
            "send_task",
            lambda name, args, **_: heard.append((name, args)),
        )
        return heard

    return answer


@pytest.fixture
def rings(rings_later):
    return rings_later()


@pytest.fixture
def broker_down(monkeypatch):
    def refuse(*_, **__):
        raise BrokerDown("no valkey")

    monkeypatch.setattr(current_app._get_current_object(), "send_task", refuse)


def test_it_rings_only_after_the_commit(job, rings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        doorbell.ring_after_commit(job)
        assert rings == []
    assert rings == [("kyc.applications.tasks.extract_document", [job.pk])]


def test_a_stopped_broker_is_counted_and_swallowed(job, broker_down):
    before = doorbell.unheard._value.get()
    assert doorbell.ring(job.pk, Kind.EXTRACTION) is False
    assert doorbell.unheard._value.get() == before + 1


def test_a_broker_that_hangs_is_tried_by_one_request_and_not_by_the_next(
    job, broker_down, rings_later, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring_after_commit(job)
    heard = rings_later()
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring_after_commit(job)
    assert heard == []
    assert sweeper.sweep_jobs() == 1
    assert len(heard) == 1


def test_the_sweeper_rings_for_what_is_due(job, rings):
    assert sweeper.sweep_jobs() == 1
    job.claim()
    assert sweeper.sweep_jobs() == 0
    assert len(rings) == 1


def test_the_sweeper_stops_trying_while_the_broker_is_down(job, broker_down):
    Job.objects.create(kind=Kind.EXTRACTION, subject=uuid4())
    before = doorbell.unheard._value.get()
    assert sweeper.sweep_jobs() == 0
    assert doorbell.unheard._value.get() == before + 1


def test_the_sweeper_takes_what_nobody_hears_it_ring_for(job, broker_down):
    other = Job.objects.create(kind=Kind.EXTRACTION, subject=uuid4())
    third = Job.objects.create(kind=Kind.EXTRACTION, subject=uuid4())
    taken = []

    def take(job_id):
        taken.append(job_id)
        return len(taken) < 2

    assert sweeper.sweep_jobs(take) == 0
    assert taken == [job.pk, other.pk]
    assert third.pk not in taken


def test_the_sweeper_takes_nothing_that_is_heard(job, rings):
    assert sweeper.sweep_jobs(lambda _: pytest.fail("taken")) == 1


def test_hands_do_as_many_jobs_at_once_as_there_are_and_survive_one_that_fails():
    let_go, done = threading.Event(), threading.Semaphore(0)

    def work(job_id):
        try:
            assert let_go.wait(30)
            if job_id == 1:
                raise ValueError("job 1")
        finally:
            done.release()

    hands = Hands(work, at_once=2)
    assert [hands.take(job_id) for job_id in (1, 2, 3)] == [True, True, False]
    let_go.set()
    assert done.acquire(timeout=30)
    assert done.acquire(timeout=30)
    until = time.monotonic() + 30
    while not hands.take(3):
        assert time.monotonic() < until
        time.sleep(0.01)
    assert done.acquire(timeout=30)


def test_the_sweeper_ends_when_told_to(db):
    stop = threading.Event()
    turns = []

    def sweep():
        turns.append(1)
        stop.set()

    sweeper.run([sweep], stop)
    assert turns == [1]
