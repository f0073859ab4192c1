"""What several browsers do at once, and what is left when an act fails."""

import threading
from collections.abc import Callable

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, connection

from kyc.applications import images, intake
from kyc.applications.models import Application, Document, Round
from kyc.applications.status import Status
from kyc.audit.models import AuditEntry
from kyc.jobs.models import Job
from kyc.vault import files
from ocr_integration.protocol.fields import Side
from tests import factories

KEY = "a-key-of-sixteen-or-more"


@pytest.fixture
def both() -> dict[Side, images.Canonical]:
    return {side: images.canonical(factories.jpeg()) for side in Side}


def stored(name: str = "default") -> list[str]:
    storage = storages[name]
    folders = storage.listdir("")[0] if storage.exists("") else []
    return [file for folder in folders for file in storage.listdir(folder)[1]]


def at_once(act: Callable[[], object], times: int) -> list[object]:
    """Let threads with connections of their own start together."""
    start = threading.Barrier(times)
    results: list[object] = []

    def run() -> None:
        try:
            start.wait()
            results.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_a_hundred_posts_of_one_key_are_one_application(ana, both):
    sent = at_once(
        lambda: intake.submit(ana, pictures=both, submission_key=KEY, language="en").reference,
        100,
    )
    assert len(sent) == 100
    assert len(set(sent)) == 1
    assert Application.objects.count() == 1
    assert Document.objects.count() == Job.objects.count() == 2
    assert len(stored()) == 2
    assert len(stored("keys")) == 1
    assert AuditEntry.objects.filter(action="application.submitted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_sides_kept_at_the_same_time_meet_in_one_draft(ana, both):
    sides = iter(Side)
    at_once(
        lambda: intake.keep(ana, pictures={(side := next(sides)): both[side]}, submission_key=KEY),
        2,
    )
    draft = ana.applications.get()
    assert draft.current_round.front.sent_as == "front"
    assert draft.current_round.back.sent_as == "back"
    assert len(stored("keys")) == 1


@pytest.mark.django_db(transaction=True)
def test_the_days_limit_holds_for_posts_at_once(ana, both, settings):
    settings.APPLICATIONS_PER_DAY = 2
    keys = iter(f"{KEY}-{number}" for number in range(6))

    def submit() -> bool:
        try:
            intake.submit(ana, pictures=both, submission_key=next(keys), language="en")
        except intake.TooManyToday:
            return False
        return True

    assert sorted(at_once(submit, 6)) == [False] * 4 + [True] * 2
    assert Application.objects.count() == 2
    assert len(stored()) == 4
    assert len(stored("keys")) == 2


def test_a_refused_submission_leaves_no_file_and_no_key(ana, both, settings):
    settings.APPLICATIONS_PER_DAY = 1
    intake.submit(ana, pictures=both, submission_key=KEY, language="en")
    with pytest.raises(intake.TooManyToday):
        intake.submit(ana, pictures=both, submission_key=KEY + "-2", language="en")
    assert (len(stored()), len(stored("keys"))) == (2, 1)


def test_one_side_cannot_be_submitted(ana, both):
    with pytest.raises(intake.Incomplete):
        intake.submit(
            ana, pictures={Side.FRONT: both[Side.FRONT]}, submission_key=KEY, language="en"
        )
    assert not Application.objects.exists()


def test_what_cannot_be_recorded_does_not_happen(ana, both, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("no entry")

    monkeypatch.setattr(AuditEntry, "save", refuse)
    with pytest.raises(DatabaseError):
        intake.submit(ana, pictures=both, submission_key=KEY, language="en")
    rows = (Application, Round, Document, Job, AuditEntry)
    assert [model.objects.count() for model in rows] == [0] * 5


def test_without_storage_nothing_is_accepted(ana, both, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(files, "store", full)
    with pytest.raises(OSError, match="no space"):
        intake.submit(ana, pictures=both, submission_key=KEY, language="en")
    assert not Application.objects.exists()


def test_a_draft_that_another_browser_submitted_is_not_written_to(ana, both, monkeypatch):
    intake.keep(ana, pictures=both, submission_key=KEY)
    seal = intake._sealed

    def overtaken_while_sealing(application, pictures):
        monkeypatch.setattr(intake, "_sealed", seal)
        intake.submit(ana, pictures={}, submission_key=KEY + "-first", language="en")
        return seal(application, pictures)

    monkeypatch.setattr(intake, "_sealed", overtaken_while_sealing)
    second = intake.submit(ana, pictures=both, submission_key=KEY + "-second", language="en")
    assert second.submission_key == KEY + "-second"
    assert ana.applications.filter(status=Status.READING).count() == 2
    assert len(stored()) == 4
