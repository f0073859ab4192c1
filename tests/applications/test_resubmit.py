"""Sending again exactly what was asked for."""

import pytest

from kyc.applications.models import Round
from kyc.applications.status import Outcome, Reason, Status
from kyc.audit.models import AuditEntry
from kyc.jobs.models import Job, Kind
from tests import factories

KEY = "a-key-of-sixteen-or-more"


def asked(ana, rui, side: str = "back"):
    made = factories.application(ana)
    for one in ("front", "back"):
        document = factories.document(made, one)
        Job.objects.create(kind=Kind.EXTRACTION, subject=document.uuid)
    return factories.decide(
        made, Outcome.RESUBMISSION_REQUESTED, by=rui, reason=Reason.UNREADABLE, side=side
    )


def post(application, by=None, **data):
    browser = factories.browser(by or application.applicant)
    url = f"/applications/{application.reference}/resubmit/"
    return browser.post(url, {"submission_key": KEY, **data})


def test_a_new_round_takes_the_new_side_and_keeps_the_other(ana, rui):
    made = asked(ana, rui)
    first = made.current_round
    response = post(made, back=factories.photo(factories.jpeg(color="navy")))
    made.refresh_from_db()
    latest = made.current_round
    assert (response.status_code, response.url) == (303, f"/applications/{made.reference}/")
    assert (made.status, latest.number, latest.start) == (
        Status.READING,
        2,
        Round.Start.RESUBMITTED,
    )
    assert latest.front == first.front
    assert latest.back != first.back
    assert Job.objects.get(subject=latest.back.uuid).ended_at is None
    assert Job.objects.count() == 3
    entry = AuditEntry.objects.get(action="application.resubmitted")
    assert (entry.actor, entry.data["documents"]) == (ana.pk, {"back": latest.back.sha256})


def test_the_same_post_again_is_the_same_round(ana, rui):
    made = asked(ana, rui)
    answers = [post(made, back=factories.photo()) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert made.rounds.count() == 2


def test_a_second_browser_that_comes_late_is_told(ana, rui):
    made = asked(ana, rui)
    post(made, back=factories.photo())
    assert post(made, back=factories.photo(), submission_key=KEY + "2").status_code == 409
    assert made.rounds.count() == 2


@pytest.mark.parametrize(
    ("side", "sent", "refused"),
    [
        ("back", {}, {"back": "Choose a photo of the back."}),
        ("back", {"front": 1}, {"back": "Choose", "front": "This side is kept as it is."}),
        ("back", {"front": 1, "back": 1}, {"front": "This side is kept as it is."}),
        ("both", {"front": 1}, {"back": "Choose a photo of the back."}),
    ],
)
def test_exactly_what_was_asked_for_is_taken(ana, rui, side, sent, refused):
    made = asked(ana, rui, side)
    response = post(made, **{one: factories.photo() for one in sent})
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == set(refused)
    assert all(refused[field] in errors[field][0] for field in refused)
    made.refresh_from_db()
    assert made.status == Status.RESUBMISSION_REQUESTED


def test_both_sides_may_be_asked_for(ana, rui):
    made = asked(ana, rui, "both")
    response = post(made, front=factories.photo(), back=factories.photo())
    assert response.status_code == 303
    assert Job.objects.count() == 4


def test_a_picture_that_will_not_do_is_told_at_its_field(ana, rui):
    response = post(asked(ana, rui), back=factories.photo(b"%PDF-1.7"))
    assert response.status_code == 422
    assert "This is a PDF" in response.content.decode()


def test_nobody_sends_where_nothing_is_asked(ana):
    made = factories.application(ana)
    assert post(made, back=factories.photo()).status_code == 409


def test_a_stranger_finds_nothing(ana, rui, bruno):
    made = asked(ana, rui)
    for stranger in (bruno, rui):
        assert post(made, by=stranger, back=factories.photo()).status_code == 404
    assert made.rounds.count() == 1
