"""What is handed out verifies, says no more than was asked for, and is itself recorded."""

import csv
import io
import json

import pytest
from django.urls import reverse

from kyc.audit import log, verify
from kyc.audit.actions import Action
from kyc.audit.models import AuditEntry, AuditHead
from tests import factories

JSONL, CSV = "/audit/export.jsonl", "/audit/export.csv"


@pytest.fixture
def history(rui, ana):
    with log.act():
        for subject, actor in (("7K4M2QX9AAAA", ana), ("7K4M2QX9AAAA", rui), ("OTHER", rui)):
            log.record(
                Action.APPLICATION_VIEWED,
                actor=actor,
                subject_type="application",
                subject=subject,
                side="front",
            )


def lines(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content).splitlines(keepends=True)


def test_the_addresses_are_the_ones_promised():
    assert (reverse("audit:export_jsonl"), reverse("audit:export_csv")) == (JSONL, CSV)


def test_the_whole_chain_verifies_and_holds_the_hashed_bytes(client, eva, history):
    client.force_login(eva)
    got = lines(client.get(JSONL))
    chain = verify.verify_lines(got[:-1], got[-1])
    assert chain.seq == len(got) - 1
    hashed = [json.loads(line)["entry"] for line in got[:-1]]
    assert hashed == list(
        AuditEntry.objects.filter(link__seq__lte=chain.seq)
        .order_by("link__seq")
        .values_list("canonical", flat=True)
    )


def test_what_was_not_asked_for_is_a_digest(client, eva, history):
    client.force_login(eva)
    got = lines(client.get(JSONL, {"subject": "7k4m-2qx9-aaaa"}))
    verify.verify_lines(got[:-1], got[-1])
    kinds = [set(json.loads(line)) for line in got[:-1]]
    assert kinds.count({"seq", "entry", "hash"}) == 2
    assert {"seq", "digest"} in kinds
    assert b"OTHER" not in b"".join(got)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"actor": "applicant"}, 1),
        ({"action": "application.viewed"}, 3),
        ({"action": "application.decided"}, 0),
        ({"from": "2001-01-01", "to": "2001-01-02"}, 0),
        ({"from": "2001-01-01", "action": "application.viewed"}, 3),
        ({"to": "2001-01-01"}, 0),
    ],
)
def test_each_filter_of_the_search_works_on_the_export(client, eva, history, asked, found):
    client.force_login(eva)
    got = lines(client.get(JSONL, asked))
    verify.verify_lines(got[:-1], got[-1])
    assert sum("entry" in json.loads(line) for line in got[:-1]) == found


def test_an_actor_is_found_by_account(client, eva, rui, history):
    client.force_login(eva)
    got = lines(client.get(JSONL, {"actor": str(rui.pk)}))
    entries = [json.loads(line).get("entry") for line in got[:-1]]
    assert {json.loads(entry)["actor"] for entry in entries if entry} == {rui.pk}


def test_the_export_is_recorded_outside_itself_and_names_the_head_it_ends_with(
    client, eva, history
):
    client.force_login(eva)
    before = AuditHead.objects.get()
    got = lines(client.get(JSONL, {"actor": "system"}))
    entry = AuditEntry.objects.get(action=Action.AUDIT_EXPORTED)
    end = json.loads(got[-1])
    assert (end["count"], end["head"]) == (before.seq, before.hash)
    assert (entry.data["count"], entry.data["head"]) == (before.seq, before.hash)
    assert (entry.actor, entry.data["format"], entry.data["filters"]) == (
        eva.pk,
        "jsonl",
        ["actor"],
    )


def test_it_is_recorded_even_when_nobody_reads_it_to_the_end(client, eva, history):
    client.force_login(eva)
    client.get(JSONL)
    assert AuditEntry.objects.filter(action=Action.AUDIT_EXPORTED).count() == 1


def test_entries_made_meanwhile_do_not_get_in(client, eva, history):
    client.force_login(eva)
    response = client.get(JSONL)
    with log.act():
        log.record(Action.AUDIT_SEARCHED, subject_type="audit", subject="main")
    got = lines(response)
    assert verify.verify_lines(got[:-1], got[-1]).seq == len(got) - 1


def test_an_earlier_export_is_a_head_the_later_one_passes_through(client, eva, history):
    client.force_login(eva)
    first = json.loads(lines(client.get(JSONL))[-1])["head"]
    got = lines(client.get(JSONL))
    verify.verify_lines(got[:-1], got[-1], published=first)


def test_many_entries_come_in_chunks_in_order(client, eva, monkeypatch):
    monkeypatch.setattr("kyc.audit.trail.CHUNK", 2)
    with log.act():
        for n in range(5):
            log.record(Action.AUDIT_SEARCHED, subject_type="audit", subject=f"s{n}")
    client.force_login(eva)
    got = lines(client.get(JSONL, {"subject": "s3"}))
    assert verify.verify_lines(got[:-1], got[-1]).seq >= 5


def test_the_table_is_inert_in_a_spreadsheet(client, eva):
    with log.act():
        for subject in ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain"):
            log.record(Action.AUDIT_SEARCHED, subject_type="audit", subject=subject)
    client.force_login(eva)
    rows = list(csv.DictReader(io.StringIO(b"".join(lines(client.get(CSV))).decode(), newline="")))
    cells = {row["subject"] for row in rows}
    assert {"'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "plain"} <= cells
    assert not [c for row in rows for c in row.values() if c.startswith(("=", "+", "-", "@"))]


def test_the_table_holds_only_what_was_asked_for(client, eva, history):
    client.force_login(eva)
    rows = csv.DictReader(
        io.StringIO(b"".join(lines(client.get(CSV, {"subject": "OTHER"}))).decode())
    )
    assert [row["subject"] for row in rows] == ["OTHER"]


@pytest.mark.parametrize("address", [JSONL, CSV])
@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterday"},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"actor": "x"},
        {"action": "made up"},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(client, eva, address, asked):
    client.force_login(eva)
    assert client.get(address, asked).status_code == 422
    assert not AuditEntry.objects.filter(action=Action.AUDIT_EXPORTED).exists()


@pytest.mark.parametrize("address", [JSONL, CSV])
def test_only_auditors_and_administrators_take_it_home(client, address, ana, rui, sofia, adam):
    assert client.get(address).status_code == 302
    for person in (ana, rui, sofia):
        client.force_login(person)
        assert client.get(address).status_code == 403
    client.force_login(adam)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405


def test_no_name_and_no_address_is_in_it(client, eva):
    applicant = factories.account("zoe@example.org", name="Zoe Unusual")
    client.force_login(applicant)
    client.force_login(eva)
    got = b"".join(lines(client.get(JSONL)))
    assert b"zoe" not in got.lower()
    assert b"eva@" not in got
