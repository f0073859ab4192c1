"""Deciding a case: all of it in one transaction, or none."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from kyc.applications.models import Application, Decision, FieldAnswer
from kyc.applications.status import Outcome, Status
from kyc.audit.models import AuditEntry
from kyc.review import queue
from tests import factories
from tests.review import case_form

Kind = FieldAnswer.Kind


def _decided(case):
    return AuditEntry.objects.filter(subject=case.reference, action="application.decided")


def test_it_approves_and_leaves_a_trace(as_rui, url, case, confirmed, rui):
    response = as_rui.post(url, {**confirmed, "outcome": "approved"})
    assert response.status_code == 302

    case.refresh_from_db()
    assert (case.status, case.held_by) == (Status.APPROVED, None)
    assert Decision.objects.get().by == rui
    entry = _decided(case).get()
    assert (entry.actor, entry.actor_role) == (rui.pk, "reviewer")
    documents = case.current_round.front, case.current_round.back
    assert entry.data == {
        "outcome": "approved",
        "reason": "",
        "side": "",
        "open": [],
        "round": 1,
        "pictures": {"front": documents[0].sha256, "back": documents[1].sha256},
        "status": {"from": "in_review", "to": "approved"},
    }


def test_it_says_so_to_the_applicant_after_commit(
    as_rui, url, confirmed, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        as_rui.post(url, {**confirmed, "outcome": "approved"})
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_it_declines_with_a_reason_a_message_and_a_note(as_rui, url, case, form):
    said = {"reason": "expired", "message": "Apply again with a new card.", "note": "ran out"}
    assert as_rui.post(url, {**form, **said, "outcome": "declined"}).status_code == 302

    decision = Decision.objects.get()
    assert (decision.outcome, decision.reason, decision.side) == ("declined", "expired", "")
    assert decision.get("message") == "Apply again with a new card."
    assert decision.get("note") == "ran out"
    assert "ran out" not in str(_decided(case).get().data)


def test_it_asks_for_one_side_again(as_rui, url, case, form):
    said = {"outcome": "resubmission_requested", "reason": "cut_off", "side": "back"}
    assert as_rui.post(url, {**form, **said}).status_code == 302
    case.refresh_from_db()
    assert case.status == Status.RESUBMISSION_REQUESTED
    assert Decision.objects.get().side == "back"


def test_an_approval_drops_a_reason_and_a_side_left_in_the_form(as_rui, url, confirmed):
    as_rui.post(url, {**confirmed, "outcome": "approved", "reason": "other", "side": "back"})
    decision = Decision.objects.get()
    assert (decision.reason, decision.side) == ("", "")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Choose an outcome."),
        ({"outcome": "declined"}, "Choose a reason."),
        ({"outcome": "declined", "reason": "ugly"}, "Select a valid choice."),
        ({"outcome": "resubmission_requested", "reason": "cut_off"}, "Choose which photo"),
        ({"outcome": "withdrawn"}, "Select a valid choice."),
    ],
)
def test_what_is_missing_is_said_at_its_field(as_rui, url, case, form, said, sentence):
    response = as_rui.post(url, {**form, **said, "message": "typed and kept"})
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    assert "typed and kept" in page
    assert "<title>Error: " in page
    case.refresh_from_db()
    assert (case.status, case.held_by) == (Status.IN_REVIEW, None)


def test_it_does_not_approve_while_a_field_is_open_and_names_it(as_rui, url, case, form):
    response = as_rui.post(url, {**form, "outcome": "approved"})
    assert response.status_code == 422
    page = response.content.decode()
    assert '<a href="#id_front-birth_date">Birth date</a>' in page
    assert "Answer this field." in page
    case.refresh_from_db()
    assert (case.status, case.version, case.held_by) == (Status.IN_REVIEW, 0, None)
    assert not FieldAnswer.objects.exists()


def test_it_declines_while_a_field_is_open(as_rui, url, form):
    response = as_rui.post(url, {**form, "outcome": "declined", "reason": "unreadable"})
    assert response.status_code == 302
    assert FieldAnswer.objects.get(field="birth_date").kind == Kind.UNTOUCHED


IDENTIFYING = ["front-number", "front-birth_date", "front-valid_period", "front-type", "back-type"]


def _said_of_all(form, answer):
    """The form with every field answered alike and its value left as it was read."""
    return {name: answer if name.endswith("-answer") else said for name, said in form.items()}


def test_it_does_not_approve_a_card_of_which_nothing_is_accepted(as_rui, url, case, form):
    nothing = _said_of_all(form, "not_this_document")
    response = as_rui.post(url, {**nothing, "outcome": "approved"})
    assert response.status_code == 422
    page = response.content.decode()
    for name in (*IDENTIFYING, "front-name"):
        assert f'<a href="#id_{name}">' in page
    assert page.count("This value is needed.") == len(IDENTIFYING) + 1
    case.refresh_from_db()
    assert (case.status, case.held_by) == (Status.IN_REVIEW, None)
    assert not FieldAnswer.objects.exists()


@pytest.mark.parametrize("name", IDENTIFYING)
def test_it_does_not_approve_without_a_value_that_identifies(as_rui, url, confirmed, name):
    said = {f"{name}-answer": "illegible", "front-sex-answer": "illegible"}
    everything = {**_said_of_all(confirmed, "confirmed"), **said, "outcome": "approved"}
    response = as_rui.post(url, everything)
    assert response.status_code == 422
    assert response.content.decode().count("This value is needed.") == 1


def test_one_of_two_names_is_enough_to_approve(as_rui, url, confirmed):
    named = {**_said_of_all(confirmed, "confirmed"), "front-name-answer": "illegible"}
    neither = {**named, "front-name_en-answer": "illegible", "outcome": "approved"}
    response = as_rui.post(url, neither)
    assert (response.status_code, "#id_front-name" in response.content.decode()) == (422, True)
    assert as_rui.post(url, {**named, "outcome": "approved"}).status_code == 302


def test_it_declines_a_card_of_which_nothing_is_accepted(as_rui, url, form):
    nothing = _said_of_all(form, "not_this_document")
    said = {"outcome": "declined", "reason": "unreadable"}
    assert as_rui.post(url, {**nothing, **said}).status_code == 302


def test_a_setting_lets_it_approve_what_identifies_nobody(as_rui, url, case, form, settings):
    settings.APPROVE_WITH_OPEN_DOUBTS = True
    nothing = _said_of_all(form, "not_this_document")
    assert as_rui.post(url, {**nothing, "outcome": "approved"}).status_code == 302
    case.refresh_from_db()
    assert case.status == Status.APPROVED


def test_a_setting_lets_it_approve_with_open_doubts_and_records_them(
    as_rui, url, case, form, settings
):
    settings.APPROVE_WITH_OPEN_DOUBTS = True
    assert as_rui.post(url, {**form, "outcome": "approved"}).status_code == 302
    assert _decided(case).get().data["open"] == ["front.birth_date"]
    assert FieldAnswer.objects.get(field="birth_date").kind == Kind.UNTOUCHED


def test_fields_that_were_not_open_are_recorded_as_untouched(as_rui, url, confirmed):
    as_rui.post(url, {**confirmed, "outcome": "approved"})
    kinds = dict(FieldAnswer.objects.filter(side="front").values_list("field", "kind"))
    assert kinds.pop("birth_date") == Kind.CONFIRMED
    assert set(kinds.values()) == {Kind.UNTOUCHED}
    assert set(kinds) == {*factories.FRONT, "type"} - {"birth_date"}


def test_a_disagreement_made_by_a_correction_is_open_too(as_rui, url, confirmed):
    """The code's line is changed so that it says another number than the front."""
    line = factories.BACK["machine_code1"].replace("CRH12345678", "CRH12345679")
    posted = {**confirmed, "back-machine_code1": line, "outcome": "approved"}
    response = as_rui.post(url, posted)
    assert response.status_code == 422
    assert '<a href="#id_front-number">Number</a>' in response.content.decode()


def test_a_stale_version_is_refused_and_what_was_typed_is_kept(as_rui, url, case, form):
    case.touch()
    response = as_rui.post(url, {**form, "front-name": "陈小文", "outcome": "approved"})
    assert response.status_code == 409
    assert "changed since you opened it" in response.content.decode()
    again = case_form.read(response)
    assert again["front-name"] == "陈小文"
    assert again["version"] == "1"


@pytest.mark.parametrize("version", ["", "new", "99", "-1"])
def test_a_version_that_was_never_shown_is_stale(as_rui, url, confirmed, version):
    response = as_rui.post(url, {**confirmed, "version": version, "outcome": "approved"})
    assert response.status_code == 409
    assert not Decision.objects.exists()


def test_a_refused_post_and_a_claim_leave_the_version_alone(as_rui, url, case, form):
    as_rui.post(url, {**form, "outcome": "approved"})
    as_rui.post(reverse("review:claim", args=[case.reference]))
    case.refresh_from_db()
    assert str(case.version) == form["version"]


def test_deciding_an_unheld_case_claims_it_first(as_rui, url, case, confirmed):
    as_rui.post(url, {**confirmed, "outcome": "approved"})
    actions = AuditEntry.objects.filter(subject=case.reference).order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "application.viewed",
        "application.claimed",
        "field.answered",
        "application.decided",
    ]


def test_a_case_held_by_another_is_refused_with_their_name(as_rui, url, case, confirmed, rita):
    queue.claim(case, by=rita)
    response = as_rui.post(url, {**confirmed, "front-sex": "F", "outcome": "approved"})
    assert response.status_code == 409
    assert "Rita Wong holds this case." in response.content.decode()
    assert case_form.read(response)["front-sex"] == "F"


def test_a_hold_that_ran_out_keeps_nobody_away(as_rui, url, case, confirmed, rita):
    queue.claim(case, by=rita)
    Application.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert as_rui.post(url, {**confirmed, "outcome": "approved"}).status_code == 302


def test_the_second_click_is_told_who_decided(as_rui, url, case, confirmed, rita):
    factories.decide(case, Outcome.DECLINED, by=rita, reason="other")
    response = as_rui.post(url, {**confirmed, "outcome": "approved"})
    assert response.status_code == 409
    assert "Rita Wong has decided this case: Declined." in response.content.decode()
    assert Decision.objects.get().by == rita


def test_nobody_decides_their_own(client, rui):
    own = factories.case(rui)
    url = reverse("review:case", args=[own.reference])
    client.force_login(rui)
    form = case_form.read(client.get(url)) if client.get(url).status_code == 200 else {}
    response = client.post(url, {**form, "version": "0", "outcome": "approved"})
    assert response.status_code == 403
    assert "your own" in response.content.decode()
    assert not Decision.objects.exists()


def test_a_case_that_is_still_read_is_refused(as_rui, ana):
    waiting = factories.application(ana, Status.READING)
    url = reverse("review:case", args=[waiting.reference])
    response = as_rui.post(url, {"version": "0", "outcome": "approved"})
    assert response.status_code == 409
    assert "Being read" in response.content.decode()


def test_applicants_are_refused(client, ana, url):
    client.force_login(ana)
    assert client.post(url, {"version": "0", "outcome": "approved"}).status_code == 403


def test_auditors_are_refused(client, eva, url):
    client.force_login(eva)
    assert client.post(url, {"version": "0", "outcome": "approved"}).status_code == 403


def test_a_failing_audit_entry_undoes_everything(as_rui, url, case, confirmed, monkeypatch):
    monkeypatch.setattr("kyc.audit.log._link", _fail)
    with pytest.raises(RuntimeError):
        as_rui.post(url, {**confirmed, "outcome": "approved"})
    case.refresh_from_db()
    assert (case.status, case.held_by) == (Status.IN_REVIEW, None)
    assert not Decision.objects.exists()
    assert not FieldAnswer.objects.exists()


def _fail(entries):
    raise RuntimeError
