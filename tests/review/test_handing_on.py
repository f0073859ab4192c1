"""A case goes on to somebody else: a second look, agreed to or sent back, a senior, a note."""

import pytest
from django.urls import reverse

from kyc.applications.models import Application, Decision, Note, Recommendation
from kyc.applications.status import Outcome, Status
from kyc.audit.models import AuditEntry
from kyc.operations.invariants import run
from kyc.review import decisions, queue
from kyc.review.refusals import ForSeniors, SameEyes
from tests import factories
from tests.review import case_form


def _post(client, url, **said):
    form = case_form.answered(case_form.read(client.get(url)), front_birth_date="confirmed")
    return client.post(url, {**form, **said})


def _broken(*names):
    """What the invariants named find."""
    return [one for report in run.reports() if report.invariant in names for one in report.broken]


@pytest.fixture
def recommended(as_rui, url, case):
    """Rui would approve, and asked for a second look."""
    assert _post(as_rui, url, outcome="approved", second_look="1").status_code == 302
    case.refresh_from_db()
    return case


@pytest.fixture
def as_rita(client, rita, recommended):
    client.force_login(rita)
    return client


def _entry(action):
    return AuditEntry.objects.get(action=f"application.{action}")


def test_whoever_decides_may_ask_for_a_second_look(recommended, rui):
    assert (recommended.status, recommended.held_by) == (Status.SECOND_REVIEW, None)
    assert (Recommendation.objects.get().by, Decision.objects.count()) == (rui, 0)
    assert _entry("recommended").data["asked"] == ["reviewer"]


def test_a_photo_may_be_asked_for_after_a_second_look(as_rui, url, case):
    said = {"outcome": "resubmission_requested", "reason": "cut_off", "side": "front"}
    _post(as_rui, url, **said, second_look="1")
    case.refresh_from_db()
    assert case.status == Status.RESUBMISSION_REQUESTED


def test_a_second_person_agrees_with_one_button(as_rita, url, recommended, rita):
    assert "Rui Chan recommends: Approve" in as_rita.get(url).content.decode()
    assert _post(as_rita, url, action="agree").status_code == 302
    recommended.refresh_from_db()
    assert recommended.status == Status.APPROVED
    assert Decision.objects.get().by == rita
    assert not _broken("I4")


def test_agreeing_takes_reason_and_words_over(as_rui, client, url, case, rita):
    said = {"outcome": "declined", "reason": "expired", "message": "It ended in May."}
    _post(as_rui, url, **said, second_look="1")
    client.force_login(rita)
    _post(client, url, action="agree")
    made = Decision.objects.get()
    assert (made.outcome, made.reason, made.get("message")) == (
        "declined",
        "expired",
        "It ended in May.",
    )


def test_a_second_person_decides_otherwise(as_rita, url, recommended):
    _post(as_rita, url, outcome="declined", reason="data_disagree")
    assert Decision.objects.get().outcome == Outcome.DECLINED


def test_the_first_person_does_not_agree_with_themselves(as_rui, url, recommended):
    said = {"version": recommended.version, "action": "agree"}
    assert as_rui.post(url, said).status_code == 403
    assert not Decision.objects.exists()


def test_there_is_nothing_to_agree_with_before(as_rui, url, case):
    assert _post(as_rui, url, action="agree").status_code == 409


def test_it_is_sent_back_with_what_to_look_at(as_rita, url, recommended, rui):
    answer = _post(as_rita, url, action="send_back", why="The birth date, once more.")
    assert answer.status_code == 302
    recommended.refresh_from_db()
    assert (recommended.status, recommended.meant_for) == (Status.IN_REVIEW, rui)
    assert (recommended.holder, Decision.objects.exists()) == (None, False)
    assert Recommendation.objects.get().returned_at
    note = Note.objects.get()
    assert note.get("text") == "The birth date, once more."
    assert _entry("returned").data["note"] == str(note.uuid)
    assert "The birth date" not in str(_entry("returned").data)


def test_sending_back_takes_a_reason(as_rita, url, recommended):
    answer = _post(as_rita, url, action="send_back")
    assert answer.status_code == 422
    assert "Say what they should look at." in answer.content.decode()
    recommended.refresh_from_db()
    assert recommended.status == Status.SECOND_REVIEW


def test_what_was_sent_back_takes_two_people_again(client, as_rita, url, recommended, rui, rita):
    _post(as_rita, url, action="send_back", why="The birth date.")
    client.force_login(rui)
    page = client.get(url).content.decode()
    assert "Sent back to Rui Chan" in page
    assert "The birth date." in page
    _post(client, url, outcome="approved")
    recommended.refresh_from_db()
    assert (recommended.status, recommended.meant_for) == (Status.SECOND_REVIEW, None)
    assert Recommendation.objects.count() == 2
    client.force_login(rita)
    _post(client, url, action="agree")
    assert Decision.objects.get().by == rita
    assert not _broken("I4")
    assert not [one for one in _broken("I5") if "note" in one.what]


def test_whose_opinion_was_sent_back_may_be_the_second_person(
    client, as_rita, url, recommended, rui, sofia
):
    _post(as_rita, url, action="send_back", why="Look again.")
    client.force_login(sofia)
    _post(client, url, outcome="approved")
    client.force_login(rui)
    assert _post(client, url, action="agree").status_code == 302
    assert Decision.objects.get().by == rui


@pytest.fixture
def escalated(as_rui, url, case):
    """Rui does not know and leaves it to a senior."""
    _post(as_rui, url, action="escalate", why="I cannot tell whether it was altered.")
    case.refresh_from_db()
    return case


def test_a_case_is_handed_to_the_seniors_with_a_reason(escalated, as_rui, url, rui):
    assert (escalated.status, escalated.held_by) == (Status.IN_REVIEW, None)
    assert escalated.escalated_at
    assert _entry("escalated").data["note"] == str(Note.objects.get().uuid)
    assert (
        as_rui.post(url, {"version": escalated.version, "outcome": "approved"}).status_code == 403
    )
    with pytest.raises(ForSeniors):
        queue.claim(escalated, by=rui)
    assert queue.claim_next(by=rui) is None


def test_what_was_answered_before_goes_with_it(escalated, client, url, sofia):
    client.force_login(sofia)
    assert case_form.read(client.get(url))["front-birth_date-answer"] == "confirmed"


def test_a_senior_takes_it_and_decides(escalated, client, url, sofia):
    client.force_login(sofia)
    assert queue.claim_next(by=sofia) == escalated
    assert "I cannot tell whether it was altered." in client.get(url).content.decode()
    _post(client, url, outcome="declined", reason="suspected_alteration")
    escalated.refresh_from_db()
    assert (escalated.status, escalated.escalated_at) == (Status.DECLINED, None)


def test_handing_on_takes_a_reason_and_no_senior(as_rui, client, url, case, sofia):
    assert _post(as_rui, url, action="escalate").status_code == 422
    client.force_login(sofia)
    assert _post(client, url, action="escalate", why="To whom?").status_code == 403
    case.refresh_from_db()
    assert case.escalated_at is None


def test_a_stale_page_hands_nothing_on(as_rui, url, case):
    form = case_form.read(as_rui.get(url))
    Application.objects.update(version=7)
    assert as_rui.post(url, {**form, "action": "escalate", "why": "Look."}).status_code == 409
    assert not Note.objects.exists()


def test_a_note_is_kept_whoever_holds_the_case(as_rui, case, url, rita):
    queue.claim(case, by=rita)
    version = case.version
    noted = reverse("review:note", args=[case.reference])
    assert as_rui.post(noted, {"text": "Her sister applied last week."}).status_code == 302
    case.refresh_from_db()
    assert case.version == version
    assert "Her sister applied last week." in as_rui.get(url).content.decode()
    assert _entry("noted").data == {"note": str(Note.objects.get().uuid)}


def test_a_note_is_read_by_auditors_and_written_by_none(client, as_rui, case, url, eva, ana):
    noted = reverse("review:note", args=[case.reference])
    as_rui.post(noted, {"text": "Her sister applied last week."})
    client.force_login(eva)
    assert "Her sister applied last week." in client.get(url).content.decode()
    assert client.post(noted, {"text": "No."}).status_code == 403
    client.force_login(ana)
    assert "sister" not in client.get(f"/applications/{case.reference}/").content.decode()


def test_nobody_notes_anything_of_their_own(as_rui, rui):
    own = factories.case(rui)
    noted = reverse("review:note", args=[own.reference])
    assert as_rui.post(noted, {"text": "Fine."}).status_code == 403


def test_the_time_a_case_took_is_kept_with_the_decision(as_rui, case, url, rui):
    queue.claim(case, by=rui)
    queue.claim(case, by=rui)
    _post(as_rui, url, outcome="approved")
    made = Decision.objects.get()
    assert 0 < made.worked <= made.waited


def test_two_people_means_two(as_rui, rui, recommended):
    with pytest.raises(SameEyes):
        decisions.ensure_current(recommended, by=rui, version=recommended.version)
