"""The next case: the oldest that is free."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kyc.applications.models import Application, Recommendation
from kyc.applications.status import Status
from kyc.review import queue
from tests import factories

URL = "/review/next/"


@pytest.fixture
def three(db):
    """Cases since three, two and one hours."""
    made = [factories.case() for _ in range(3)]
    for hours, application in zip((3, 2, 1), made, strict=True):
        since = timezone.now() - timedelta(hours=hours)
        Application.objects.filter(pk=application.pk).update(queued_at=since)
    return made


def test_it_takes_the_oldest_and_opens_it(as_rui, three, rui):
    response = as_rui.post(URL)
    assert response["Location"] == f"/review/{three[0].reference}/"
    three[0].refresh_from_db()
    assert three[0].held_by == rui


def test_the_second_click_takes_the_one_after(as_rui, three):
    as_rui.post(URL)
    assert as_rui.post(URL)["Location"] == f"/review/{three[1].reference}/"


@pytest.fixture
def full(as_rui, three):
    """Rui's hands: all that they can hold, while one more waits."""
    factories.case()
    for _ in range(queue.HELD_AT_ONCE):
        as_rui.post(URL)
    return three


def _held(rui):
    return Application.objects.held().filter(held_by=rui).count()


def test_who_holds_enough_takes_no_other_and_is_shown_what_they_hold(as_rui, full, rui):
    response = as_rui.post(URL, follow=True)
    assert response.redirect_chain == [("/review/?view=mine", 302)]
    page = response.content.decode()
    assert "You hold several cases." in page
    assert all(case.shown_reference in page for case in full)
    assert _held(rui) == queue.HELD_AT_ONCE


def test_giving_one_back_makes_room_for_the_next(as_rui, full, rui):
    queue.release(full[0], by=rui)
    assert as_rui.post(URL)["Location"] == f"/review/{full[0].reference}/"


def test_a_hold_that_ran_out_makes_room_for_the_next(as_rui, full, rui):
    Application.objects.filter(pk=full[0].pk).update(held_until=timezone.now())
    assert as_rui.post(URL)["Location"] == f"/review/{full[0].reference}/"
    assert _held(rui) == queue.HELD_AT_ONCE


def test_it_passes_what_another_holds(as_rui, three, rita):
    queue.claim(three[0], by=rita)
    assert as_rui.post(URL)["Location"] == f"/review/{three[1].reference}/"


def test_it_passes_ones_own(as_rui, three, rui):
    Application.objects.filter(pk=three[0].pk).update(applicant=rui)
    assert as_rui.post(URL)["Location"] == f"/review/{three[1].reference}/"


def test_it_passes_second_looks_at_ones_own_opinion(as_rui, three, rui):
    Application.objects.filter(pk=three[0].pk).update(status=Status.SECOND_REVIEW)
    Recommendation.objects.create(round=three[0].current_round, by=rui, outcome="approved")
    assert as_rui.post(URL)["Location"] == f"/review/{three[1].reference}/"


def test_it_goes_back_to_the_queue_when_nothing_is_free(as_rui):
    response = as_rui.post(URL, follow=True)
    assert response.redirect_chain == [("/review/", 302)]
    assert "Nothing waits that is free for you." in response.content.decode()


def test_auditors_take_nothing(client, eva):
    client.force_login(eva)
    assert client.post(URL).status_code == 403
