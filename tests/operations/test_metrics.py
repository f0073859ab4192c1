"""Numbers from the database, for this machine and for whoever has the token."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from kyc.applications.models import Application, Extraction
from kyc.audit.models import AuditHead
from kyc.jobs.models import Job
from tests.operations import lived


def numbers(client):
    response = client.get("/metrics")
    assert response.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_it_counts_applications_jobs_and_entries(client, ana, rui):
    lived.decided(ana, rui)
    lived.read(ana)
    waiting = lived.sent(ana)
    ago = timezone.now() - timedelta(minutes=10)
    Application.objects.filter(pk=waiting.pk).update(since=ago)
    Job.objects.open().update(due_at=ago)
    said = numbers(client)
    assert said["permitdesk_applications", "approved"] == 1
    assert said["permitdesk_applications", "reading"] == 1
    assert said["permitdesk_applications", "declined"] == 0
    assert 600 <= said["permitdesk_oldest_waiting_seconds", "reading"] < 660
    assert said["permitdesk_oldest_waiting_seconds", "second_review"] == 0
    assert (said["permitdesk_jobs_open",], said["permitdesk_jobs_due",]) == (2, 2)
    assert 600 <= said["permitdesk_oldest_due_job_seconds",] < 660
    assert said["permitdesk_job_attempts_total",] == 4
    assert said["permitdesk_audit_entries_total",] == AuditHead.objects.get().seq


def test_it_sums_how_long_readings_took(client, ana):
    lived.read(ana)
    end = timezone.now()
    Extraction.objects.update(started_at=end - timedelta(seconds=3), finished_at=end)
    said = numbers(client)
    assert said["permitdesk_extraction_seconds_count", "read"] == 2
    assert said["permitdesk_extraction_seconds_sum", "read"] == pytest.approx(6)


def test_an_empty_desk_has_numbers_too(client, db):
    said = numbers(client)
    assert said["permitdesk_oldest_due_job_seconds",] == 0
    assert said["permitdesk_job_attempts_total",] == 0


@pytest.mark.parametrize("address", ["203.0.113.9", "", "10.0.0.1", "::ffff:203.0.113.9"])
def test_others_find_nothing_there(client, db, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
def test_this_machine_may_ask(client, db, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via"])
def test_what_a_proxy_on_this_machine_passes_on_is_not_from_here(client, db, header):
    assert client.get("/metrics", headers={header: "203.0.113.9"}).status_code == 404


def test_whoever_has_the_token_may_ask_from_anywhere(client, db, settings):
    settings.METRICS_TOKEN = "t0ken"

    def ask(value):
        return client.get(
            "/metrics", REMOTE_ADDR="203.0.113.9", headers={"Authorization": value}
        ).status_code

    assert ask("Bearer t0ken") == 200
    assert ask("Bearer other") == 404
    assert ask("t0ken") == 404
    assert ask("Bearer é") == 404


def test_without_a_token_set_no_token_is_right(client, db, settings):
    settings.METRICS_TOKEN = ""
    headers = {"Authorization": "Bearer "}
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers=headers).status_code == 404


def test_nothing_is_changed_by_asking(client, db):
    assert client.post("/metrics").status_code == 405
