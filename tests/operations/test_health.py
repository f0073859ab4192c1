"""Alive always; ready only when an application could be accepted now."""

from threading import Event

import pytest
from celery import Celery
from django.conf import settings as django_settings
from django.core.files.storage import storages
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from kyc.audit import triggers
from kyc.operations import broker, demo, health, probes
from ocr_integration.providers import Provider


@pytest.fixture(autouse=True)
def _outside(monkeypatch):
    """The broker and the reader answer."""
    monkeypatch.setattr(broker, "answers", lambda: True)
    monkeypatch.setattr(probes, "reader_answers", lambda: True)


def ready(client):
    health.recent.forget()
    response = client.get("/health/ready")
    return response.status_code, response.json()


def test_it_is_alive_whoever_asks_and_without_a_database(client, monkeypatch):
    response = client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"live": True})
    assert client.post("/health/live").status_code == 405


def test_it_is_ready_when_all_is_there(client, db):
    status, said = ready(client)
    assert status == 200
    assert said == {
        "ready": True,
        "database": "ok",
        "audit": "ok",
        "storage": "ok",
        "keys": "ok",
        "broker": "ok",
        "ocr": "ok",
    }


def test_a_probe_leaves_nothing_behind(client, db):
    ready(client)
    for store in ("default", "keys"):
        assert storages[store].listdir(probes.PROBES)[1] == []


def test_who_asks_again_and_again_makes_no_work(client, db, monkeypatch):
    asked = []
    monkeypatch.setattr(probes, "keeps", lambda store: asked.append(store) or True)
    for _ in range(5):
        assert client.get("/health/ready").status_code == 200
    assert sorted(asked) == ["default", "keys"]
    monkeypatch.setattr(health, "FRESH_SECONDS", 0.0)
    health.recent.forget()
    assert [client.get("/health/ready").status_code for _ in range(2)] == [200, 200]
    assert len(asked) == 6


def test_it_is_not_ready_while_a_migration_waits(client, db):
    latest = MigrationLoader(connection).graph.leaf_nodes("audit")[0]
    MigrationRecorder(connection).record_unapplied(*latest)
    status, said = ready(client)
    assert (status, said["database"]) == (503, "down")


def test_it_is_not_ready_without_the_audits_triggers(client, db):
    on = " ON audit_auditlink" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER audit_auditlink_no_update{on}")
    status, said = ready(client)
    assert (status, said["audit"]) == (503, "down")
    triggers.install()
    assert ready(client)[0] == 200


def test_it_is_not_ready_while_the_database_does_not_answer(client, db, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(probes, "MigrationExecutor", refuse)
    status, said = ready(client)
    assert (status, said["database"], said["audit"]) == (503, "down", "down")


@pytest.mark.parametrize("store", ["default", "keys"])
def test_it_is_not_ready_when_a_store_takes_nothing(client, db, settings, tmp_path, store):
    (tmp_path / "file").write_text("in the way")
    broken = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "file" / "below")},
    }
    settings.STORAGES = {**settings.STORAGES, store: broken}
    status, said = ready(client)
    assert (status, said["storage" if store == "default" else store]) == (503, "down")


@pytest.mark.parametrize("part", ["broker", "ocr"])
def test_a_broker_or_reader_that_is_down_is_said_and_fails_nothing(client, db, monkeypatch, part):
    asked = {"broker": (broker, "answers"), "ocr": (probes, "reader_answers")}[part]
    monkeypatch.setattr(*asked, lambda: False)
    status, said = ready(client)
    assert (status, said[part], said["ready"]) == (200, "down", True)


def test_what_does_not_answer_in_time_is_down(client, db, monkeypatch):
    over = Event()
    monkeypatch.setattr(probes, "SECONDS", 0.5)
    monkeypatch.setattr(broker, "answers", lambda: over.wait(30))
    status, said = ready(client)
    over.set()
    assert (status, said["broker"]) == (200, "down")


@pytest.mark.parametrize("read", [True, False])
def test_the_demo_waits_for_its_specimens(client, db, settings, monkeypatch, read):
    settings.DEMO = True
    monkeypatch.setattr(demo, "specimens_read", lambda: read)
    status, said = ready(client)
    assert (status, said["specimens"]) == ((200, "ok") if read else (503, "down"))


def test_it_needs_no_sign_in_and_tells_nothing_but_words(client, db):
    words = {str(word) for word in ready(client)[1].values()}
    assert words <= {"ok", "down", "True"}


@pytest.mark.loopback
def test_the_broker_is_asked_for_real(monkeypatch, settings, valkey):
    monkeypatch.undo()
    settings.BROKER_URL = valkey.url
    assert broker.answers() is True
    settings.BROKER_URL = "unix:///nowhere/valkey.sock"
    assert broker.answers() is False


@pytest.mark.loopback
def test_what_waits_in_the_broker_is_read(settings, valkey):
    settings.BROKER_URL = valkey.url
    celery = Celery(broker=valkey.url.replace("unix://", "redis+socket://", 1))
    celery.send_task("kyc.applications.tasks.extract_document", args=[12], ignore_result=True)
    celery.send_task("anything", args=["a name"], ignore_result=True)
    celery.send_task("anything", args=[12], kwargs={"name": "x"}, ignore_result=True)
    rings = broker.waiting()
    celery.close()
    assert sorted(ring.is_one_number for ring in rings) == [False, False, True]
    assert any("a name" in ring.text for ring in rings)


def test_a_broker_that_is_away_has_nothing_to_show(settings):
    settings.BROKER_URL = "unix:///nowhere/valkey.sock"
    assert broker.waiting() is None


@pytest.mark.loopback
def test_the_reader_is_asked_for_real(monkeypatch, settings):
    monkeypatch.undo()
    settings.OCR_PROVIDERS = (Provider(endpoint="http://127.0.0.1:1"),)
    assert probes.reader_answers() is False
    assert django_settings.OCR_PROVIDERS == settings.OCR_PROVIDERS
