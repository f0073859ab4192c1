"""How an application stands: for its applicant's eyes, and for a program's."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from kyc.applications import expiry, flagging, pace
from kyc.applications.models import Application, Decision
from kyc.applications.status import Outcome, Reason, Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.jobs.models import Job, Kind
from ocr_integration.protocol.fields import Side
from tests import factories


def page(application) -> str:
    response = factories.browser(application.applicant).get(
        f"/applications/{application.reference}/"
    )
    assert response.status_code == 200
    return response.content.decode()


def state(application) -> dict[str, str | None]:
    url = f"/applications/{application.reference}/status.json"
    return factories.browser(application.applicant).get(url).json()


@pytest.mark.parametrize(
    ("status", "shown", "waiting_for", "title"),
    [
        (Status.READING, "reading", "reading", "We are reading your photos"),
        (Status.IN_REVIEW, "in_review", "reviewer", "A person is checking your permit"),
        (Status.SECOND_REVIEW, "in_review", "reviewer", "A person is checking your permit"),
        (Status.APPROVED, "approved", None, "Your permit is approved"),
        (Status.DECLINED, "declined", None, "We could not accept this permit"),
        (Status.WITHDRAWN, "withdrawn", None, "You withdrew this application"),
        (Status.EXPIRED, "expired", None, "This application has closed"),
        (Status.ERASED, "erased", None, "This application was erased"),
    ],
)
def test_each_state_is_said_in_the_title_and_to_programs(ana, status, shown, waiting_for, title):
    made = factories.application(ana, status)
    assert f"<title>{title} ·" in re.sub(r"\s+", " ", page(made))
    said = state(made)
    assert set(said) == {"reference", "status", "waiting_for", "since"}
    assert (said["reference"], said["status"]) == (made.reference, shown)
    assert said["waiting_for"] == waiting_for


def test_since_is_a_moment_in_utc(ana):
    with time_machine.travel(datetime(2026, 11, 22, 5, 28, tzinfo=UTC), tick=False):
        made = factories.application(ana)
        assert state(made)["since"] == "2026-11-22T05:28:00.000Z"
        assert "Since 13:28 today." in page(made)
    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC), tick=False):
        assert "Since Sunday 22 November, 13:28." in page(made)


def test_it_says_for_how_long_on_the_first_day(ana):
    with time_machine.travel(datetime(2026, 11, 22, 5, 28, tzinfo=UTC), tick=False) as clock:
        made = factories.application(ana)
        clock.shift(timedelta(minutes=6))
        assert "Since 13:28 today, 6\xa0minutes ago." in page(made)
        clock.shift(timedelta(days=1))
        assert "Since Sunday 22 November, 13:28." in page(made)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.2, "within an hour."),
        (2.5, "within 3 hours."),
        (23.9, "within a day."),
        (40, "within 2 days."),
    ],
)
def test_it_says_what_is_usual_once_there_is_enough_to_say(ana, rui, hours, words):
    made = factories.application(ana)
    for number in range(pace.FEWEST):
        assert "Most are decided" not in page(made)
        decided = factories.decide(factories.application(ana), Outcome.APPROVED, by=rui)
        waited = hours * 3600 if number < pace.FEWEST * pace.MOST else 1e6
        Decision.objects.filter(round__application=decided).update(waited=waited)
    assert f"Most are decided {words}" in page(made)


def test_the_timeline_says_what_was_flagged(ana):
    made = factories.case(ana)
    assert "you flagged" not in page(made)
    flagging.flag(made, says={(Side.FRONT, "name"): "", (Side.BACK, "id_name"): ""})
    assert "today, you flagged 2 values" in page(made)


def test_a_draft_is_continued_rather_than_watched(ana):
    draft = factories.application(ana, Status.DRAFT)
    response = factories.browser(ana).get(f"/applications/{draft.reference}/")
    assert (response.status_code, response.url) == (302, "/apply/")
    assert (state(draft)["status"], state(draft)["waiting_for"]) == ("draft", "applicant")


def test_it_says_when_the_reader_is_late(ana):
    made = factories.application(ana, Status.READING)
    Job.objects.create(
        kind=Kind.EXTRACTION,
        subject=factories.document(made).uuid,
        attempts=1,
        last_error="TryAgain",
    )
    assert state(made)["waiting_for"] == "provider"
    text = page(made)
    assert "Reading takes longer than usual. Your photos are safe" in text
    assert "Usually a few seconds" not in text


def test_an_application_closes_where_a_permit_expires(ana):
    made = factories.application(ana, Status.EXPIRED)
    assert "It stayed unanswered for 30 days" in page(made)
    left = factories.application(ana, Status.DRAFT)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        expiry.expire_due(timezone.now())
        text = page(left)
        listed = factories.browser(ana).get("/applications/").content.decode()
    assert "It was not sent within 30 days" in text
    assert listed.count("Closed · ") == 2
    assert "Expired" not in text + listed


def test_a_request_names_the_side_the_reason_and_the_message(ana, rui):
    made = factories.application(ana)
    for side in ("front", "back"):
        factories.document(made, side)
    factories.decide(
        made,
        Outcome.RESUBMISSION_REQUESTED,
        by=rui,
        reason=Reason.CUT_OFF,
        side="back",
        message="Hold it by its edges.\n<script>alert(1)</script>",
    )
    text = page(made)
    assert state(made)["waiting_for"] == "applicant"
    for said in ("Send the back again", "Part of the card is missing", "Hold it by its edges."):
        assert said in text
    assert "<script>alert" not in text
    assert 'name="back"' in text
    assert 'name="front"' not in text
    assert f"/applications/{made.reference}/resubmit/" in text


def test_a_decline_says_why_and_leads_on(ana, rui):
    made = factories.application(ana)
    factories.decide(made, Outcome.DECLINED, by=rui, reason=Reason.EXPIRED, message="")
    text = page(made)
    assert "The permit has expired" in text
    assert "You can apply again with a valid one." in text
    assert 'href="/apply/"' in text


def test_the_internal_note_and_the_reviewers_name_stay_inside(ana, rui):
    made = factories.application(ana)
    factories.decide(made, Outcome.DECLINED, by=rui, reason=Reason.OTHER, message="Sorry.")
    decision = made.current_round.decision
    decision.put("note", "CANARY looks like a copy")
    decision.save()
    text = page(made)
    assert "CANARY" not in text
    assert rui.name not in text


def test_the_reference_may_be_typed_with_dashes_and_in_lower_case(ana):
    made = factories.application(ana)
    typed = made.shown_reference.lower()
    assert factories.browser(ana).get(f"/applications/{typed}/").status_code == 200


@pytest.mark.parametrize("path", ["", "status.json"])
def test_it_is_nobodys_but_the_applicants(ana, bruno, rui, sofia, eva, adam, path):
    made = factories.application(ana)
    for stranger in (bruno, rui, sofia, eva, adam):
        response = factories.browser(stranger).get(f"/applications/{made.reference}/{path}")
        assert response.status_code == 404


def test_staff_see_their_own_application(rui):
    assert state(factories.application(rui))["status"] == "in_review"


def test_the_list_shows_ones_own_latest_first(ana, bruno):
    first, second = factories.application(ana), factories.application(ana, Status.SECOND_REVIEW)
    other = factories.application(bruno)
    text = factories.browser(ana).get("/applications/").content.decode()
    assert text.index(second.shown_reference) < text.index(first.shown_reference)
    assert other.shown_reference not in text
    assert "Second look" not in text


def test_looking_changes_nothing(ana):
    made = factories.application(ana)
    before = Application.objects.values().get(pk=made.pk)
    page(made)
    state(made)
    assert Application.objects.values().get(pk=made.pk) == before


def test_a_reopened_case_is_with_a_reviewer_again(ana, rui, sofia):
    made = factories.application(ana)
    factories.decide(made, Outcome.DECLINED, by=rui, reason=Reason.OTHER)
    made.rounds.create(number=2, start="reopened")
    with log.act():
        made.move(Status.IN_REVIEW, action=Action.APPLICATION_REOPENED, actor=sofia)
    assert "A person is checking your permit" in page(made)
