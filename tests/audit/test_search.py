"""The auditor's search and one subject's history, with the state of the chain."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from kyc.audit import checking, log, trail, triggers, verify
from kyc.audit.actions import Action
from kyc.audit.models import AuditEntry, AuditHead, AuditLink

pytestmark = pytest.mark.usefixtures("clean_cache")
CASE = "7K4M2QX9AAAA"


def view_case(actor, reference=CASE, **data):
    with log.act():
        log.record(
            Action.APPLICATION_VIEWED,
            actor=actor,
            subject_type="application",
            subject=reference,
            **data,
        )


@pytest.fixture
def fetch(client, eva):
    """Fetch a page as the auditor."""
    client.force_login(eva)

    def get(address="/audit/", **asked):
        return client.get(address, asked)

    return get


def tamper(sql, *values):
    """Change what can never be changed, as somebody with the database's password could."""
    with triggers.lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_address_is_the_one_promised():
    assert reverse("audit:search") == "/audit/"
    assert reverse("audit:subject", args=[CASE]) == f"/audit/{CASE}/"


def test_it_shows_who_did_what_on_which_case(fetch, rui):
    view_case(rui, side="front")
    shown = fetch().content.decode()
    assert "Rui Chan" in shown
    assert "Case viewed" in shown
    assert "7K4M-2QX9-AAAA" in shown
    assert "side front" in shown


def test_long_digests_are_shortened_and_empty_words_left_out(fetch, rui):
    view_case(rui, sha256="ab" * 32, error="", seen=["front", "back"], more={"kept": True})
    shown = fetch().content.decode()
    assert "more (kept yes), seen front back, sha256 abababab…" in shown


def test_the_verifier_is_handed_out_as_it_is(fetch):
    response = fetch("/audit/verify.py")
    assert response.content == Path(verify.__file__).read_bytes()
    assert "attachment" in response["Content-Disposition"]


def test_an_applicants_name_is_not_shown(fetch, ana):
    ana.name = "Chan Tai Man"
    ana.save()
    view_case(ana)
    shown = fetch().content.decode()
    assert "Chan Tai Man" not in shown
    assert "ana@example.org" not in shown
    assert "Applicant" in shown


def test_the_newest_comes_first_and_pages_go_by_entry(fetch, rui, monkeypatch):
    monkeypatch.setattr("kyc.audit.views.ROWS", 2)
    for n in range(5):
        view_case(rui, reference=f"7K4M2QX9AAA{n}")
    first = fetch(action="application.viewed")
    subjects = [row.link.entry.subject[-1] for row in first.context["rows"]]
    second = fetch(action="application.viewed", before=first.context["older"])
    subjects += [row.link.entry.subject[-1] for row in second.context["rows"]]
    third = fetch(action="application.viewed", before=second.context["older"])
    subjects += [row.link.entry.subject[-1] for row in third.context["rows"]]
    assert subjects == ["4", "3", "2", "1", "0"]
    assert third.context["older"] is None


@pytest.mark.parametrize("typed", ["7k4m-2qx9-aaaa", "7K4M 2QX9 AAAA", CASE])
def test_a_reference_is_found_as_it_is_spoken(fetch, rui, typed):
    view_case(rui)
    view_case(rui, reference="000000000000")
    found = fetch(subject=typed).context["rows"]
    assert [row.link.entry.subject for row in found] == [CASE]


def test_days_are_days_of_the_desks_time_zone(fetch, rui, settings):
    settings.TIME_ZONE = "Asia/Hong_Kong"
    with time_machine.travel(dt.datetime(2026, 11, 21, 16, 30, tzinfo=dt.UTC), tick=False):
        view_case(rui)
    asked = {"subject": CASE, "to": "2026-11-22"}
    assert len(fetch(**asked, **{"from": "2026-11-22"}).context["rows"]) == 1
    assert fetch(subject=CASE, to="2026-11-21").context["rows"] == []


def test_a_search_is_recorded_without_what_was_typed(fetch, eva):
    fetch(subject="CHAN-TAI-MAN")
    entry = AuditEntry.objects.get(action=Action.AUDIT_SEARCHED)
    assert (entry.actor, entry.data) == (eva.pk, {"filters": ["subject"]})


@pytest.mark.parametrize(
    "asked",
    [
        {"subject": "陈大文"},
        {"from": "soon"},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"actor": "eva"},
    ],
)
def test_a_search_that_makes_no_sense_is_refused(fetch, asked):
    response = fetch(**asked)
    assert response.status_code == 422
    assert "陈大文" not in response.content.decode() or "subject" in asked


def test_a_search_that_finds_nothing_says_so(fetch):
    assert "Nothing found" in fetch(subject="NOBODY").content.decode()


def test_one_subjects_history_is_told_in_order(fetch, rui, rita, eva):
    view_case(rui)
    view_case(rui, reference="000000000000")
    view_case(rita)
    response = fetch(f"/audit/{CASE.lower()}/")
    assert [row.who for row in response.context["rows"]] == ["Rui Chan", "Rita Wong"]
    assert "All its 2 entries are in it" in response.content.decode()
    looked = AuditEntry.objects.get(action=Action.AUDIT_SEARCHED)
    assert (looked.actor, looked.subject, looked.data) == (eva.pk, "main", {"of": CASE})


def test_a_long_history_goes_on(fetch, rui, monkeypatch):
    monkeypatch.setattr("kyc.audit.views.ROWS", 2)
    for n in range(3):
        view_case(rui, turn=n)
    first = fetch(f"/audit/{CASE}/")
    rest = fetch(f"/audit/{CASE}/", after=first.context["newer"])
    rows = [*first.context["rows"], *rest.context["rows"]]
    assert [row.link.entry.data["turn"] for row in rows] == [0, 1, 2]


@pytest.mark.parametrize("subject", ["000000000000", "陈大文"])
def test_a_subject_that_was_never_recorded_is_not_found(fetch, subject):
    assert fetch(f"/audit/{subject}/").status_code == 404


@pytest.mark.parametrize("address", ["/audit/", f"/audit/{CASE}/"])
def test_only_auditors_and_administrators_come_in(client, address, ana, rui, sofia, adam):
    view_case(rui)
    assert client.get(address).status_code == 302
    for person in (ana, rui, sofia):
        client.force_login(person)
        assert client.get(address).status_code == 403
        assert client.post("/audit/verify/").status_code == 403
    client.force_login(adam)
    assert client.get(address).status_code == 200


def test_the_chain_is_said_to_hold_up_to_its_last_entry(fetch, rui):
    view_case(rui)
    last = AuditHead.objects.get().seq + 1  # the page's own sign-in is an entry as well
    response = fetch()
    check = response.context["check"]
    assert check.complete
    assert check.verified == AuditHead.objects.get().seq >= last - 1
    assert check.whole_at == check.at
    assert f"Chain verified, entries 1 to {check.verified}" in response.content.decode()
    assert check.head in response.content.decode()


def test_verifying_now_begins_at_the_first_entry(client, eva, rui):
    view_case(rui)
    client.force_login(eva)
    client.get("/audit/")
    tamper("UPDATE audit_auditentry SET canonical = canonical || ' ' WHERE id = (%s)", _id(1))
    view_case(rui, reference="000000000000")
    trusting = client.get("/audit/", {"subject": "000000000000"})
    assert trusting.context["check"].broken is None

    response = client.post("/audit/verify/", {"next": "/audit/?subject=000000000000"}, follow=True)
    assert response.redirect_chain == [("/audit/?subject=000000000000", 302)]
    assert response.context["check"].broken == 1
    assert [row.chain for row in response.context["rows"]] == ["after"]


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "audit:search"])
def test_verifying_never_leads_elsewhere(client, eva, elsewhere):
    client.force_login(eva)
    response = client.post("/audit/verify/", {"next": elsewhere})
    assert response.url == "/audit/"


def _id(seq):
    return AuditLink.objects.get(seq=seq).entry_id


def test_what_is_shown_is_always_checked_afresh(fetch, rui):
    view_case(rui)
    view_case(rui)
    view_case(rui)
    middle = AuditLink.objects.order_by("seq")[1]
    fetch()
    tamper("UPDATE audit_auditentry SET subject = 'X' WHERE id = %s", middle.entry_id)
    response = fetch()
    states = {row.link.seq: row.chain for row in response.context["rows"]}
    assert states[middle.seq] == "broken"
    assert states[middle.seq - 1] == "verified"
    assert states[middle.seq + 1] == "after"
    shown = response.content.decode()
    assert f"Chain broken at entry {middle.seq}" in shown
    assert 'role="alert"' in shown
    assert "What is shown is not what was recorded." in shown
    assert fetch(action="audit.exported").context["check"].broken == middle.seq


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditentry SET canonical = canonical || ' ' WHERE id = %s",
        "UPDATE audit_auditentry SET actor = 999 WHERE id = %s",
        "UPDATE audit_auditentry SET data = '{}' WHERE id = %s",
        "UPDATE audit_auditentry SET digest = 'zz' || substr(digest, 3) WHERE id = %s",
        "UPDATE audit_auditlink SET hash = 'zz' || substr(hash, 3) WHERE entry_id = %s",
        "UPDATE audit_auditlink SET prev = 'zz' || substr(prev, 3) WHERE entry_id = %s",
        "UPDATE audit_auditlink SET prev = hash WHERE entry_id = %s",
        "UPDATE audit_auditlink SET seq = seq + 100 WHERE entry_id = %s",
        "DELETE FROM audit_auditlink WHERE entry_id = %s",
    ],
)
def test_each_kind_of_change_is_found_where_it_is(rui, sql):
    for n in range(4):
        view_case(rui, turn=n)
    assert checking.verify_now().complete
    tamper(sql, _id(2))
    check = checking.verify_now()
    assert (check.broken, check.verified) == (2, 1)
    assert not check.complete
    assert check.why
    assert checking.carry_on() == check


def test_a_tail_that_was_cut_off_is_found(rui):
    for n in range(3):
        view_case(rui, turn=n)
    tamper("DELETE FROM audit_auditlink WHERE seq = %s", 3)
    assert checking.verify_now().broken == 3


def test_a_head_that_was_moved_back_is_found_by_the_page(fetch, rui):
    fetch()
    view_case(rui)
    fetch()
    first = AuditLink.objects.get(seq=1)
    tamper("UPDATE audit_audithead SET seq = 1, hash = %s", first.hash)
    check = checking.carry_on()
    assert check.broken == 2


def test_a_page_follows_a_bounded_part_and_carries_on(rui, monkeypatch):
    monkeypatch.setattr(checking, "MOST_ON_A_PAGE", 2)
    for n in range(5):
        view_case(rui, turn=n)
    assert [checking.carry_on().verified for _ in range(3)] == [2, 4, 5]
    assert checking.carry_on().complete
    assert checking.carry_on().whole_at is None
    assert checking.verify_now().whole_at is not None


def test_a_partly_followed_chain_says_how_far(fetch, rui, monkeypatch):
    monkeypatch.setattr(checking, "MOST_ON_A_PAGE", 1)
    for n in range(3):
        view_case(rui, turn=n)
    response = fetch()
    length = trail.head().seq
    assert f"Verified so far: entries 1 to 1 of {length}" in response.content.decode()
    assert [row.chain for row in response.context["rows"]][-1] == "verified"
    assert response.context["rows"][0].chain == "after"


def test_an_empty_trail_is_no_error(db):
    check = checking.verify_now()
    assert (check.complete, check.length) == (True, 0)
