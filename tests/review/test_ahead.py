"""The case after this one: reserved, fetched ahead, shown, or let go."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kyc.applications.models import Application, Decision
from kyc.applications.status import Outcome
from kyc.audit.models import AuditEntry
from kyc.review import ahead, queue
from tests import factories
from tests.review import case_form

JSON = {"accept": "application/json"}
AHEAD = {"x-fetched-ahead": "1"}


@pytest.fixture
def three(ana):
    """Three clean cases, since three, two and one hours."""
    made = [factories.case(ana) for _ in range(3)]
    for hours, application in zip((3, 2, 1), made, strict=True):
        since = timezone.now() - timedelta(hours=hours)
        Application.objects.filter(pk=application.pk).update(queued_at=since)
    return made


@pytest.fixture
def opened(as_rui, three):
    """Rui has taken the first one; the second one is reserved."""
    as_rui.post("/review/next/")
    for one in three:
        one.refresh_from_db()
    return three


def _url(case, name="case"):
    return reverse(f"review:{name}", args=[case.reference])


def _approve(client, case, **extra):
    form = case_form.read(client.get(_url(case)))
    sent = {**form, **extra, "outcome": "approved"}
    return client.post(_url(case), sent, headers=JSON if extra.get("opens") else {})


def _actions(case):
    entries = AuditEntry.objects.filter(subject=case.reference).order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_taking_a_case_reserves_the_one_after_it_and_records_nothing_of_that(opened, rui):
    first, second, third = opened
    assert (first.holder, first.reserved_for) == (rui, None)
    assert (second.holder, second.reserved_for) == (None, rui)
    assert (third.holder, third.reserved_for) == (None, None)
    assert _actions(second) == []


def test_a_claim_by_name_reserves_as_well_and_says_which(as_rui, three):
    answer = as_rui.post(_url(three[1], "claim"), headers=JSON)
    assert answer.json()["ahead"] == _url(three[0])


def test_the_page_names_what_is_reserved(as_rui, opened):
    assert f'data-ahead="{_url(opened[1])}"' in as_rui.get(_url(opened[0])).content.decode()


def test_the_next_button_of_another_passes_it_by(opened, rita):
    assert queue.claim_next(by=rita) == opened[2]


def test_who_opens_it_by_its_name_takes_it(opened, rita, rui):
    assert queue.claim(opened[1], by=rita).holder == rita
    assert ahead.reserved(by=rui) is None


def test_a_reservation_ends_by_itself(opened, rita):
    Application.objects.filter(pk=opened[1].pk).update(held_until=timezone.now())
    assert queue.claim_next(by=rita) == opened[1]


def test_one_that_is_not_used_is_let_go(as_rui, opened, rita):
    assert as_rui.post("/review/let-go/").status_code == 204
    opened[0].refresh_from_db()
    assert opened[0].holder is not None
    assert queue.claim_next(by=rita) == opened[1]


def test_giving_the_case_back_lets_the_next_one_go(as_rui, opened, rui):
    as_rui.post(_url(opened[0], "release"))
    assert ahead.reserved(by=rui) is None


def test_fetching_it_ahead_is_recorded_as_that(as_rui, opened):
    as_rui.get(_url(opened[1]), headers=AHEAD)
    picture = opened[1].current_round.front
    as_rui.get(reverse("applications:picture", args=[picture.uuid]), headers=AHEAD)
    assert _actions(opened[1]) == ["application.fetched_ahead", "document.fetched_ahead"]


def test_what_is_not_reserved_is_seen_whatever_the_browser_says(as_rui, opened):
    as_rui.get(_url(opened[2]), headers=AHEAD)
    picture = opened[2].current_round.front
    as_rui.get(reverse("applications:picture", args=[picture.uuid]), headers=AHEAD)
    assert _actions(opened[2]) == ["application.viewed", "document.viewed"]


def test_a_decision_opens_what_was_fetched_and_reserves_the_one_after(as_rui, opened, rui):
    first, second, third = opened
    answer = _approve(as_rui, first, opens=second.reference)
    assert answer.json()["ahead"] == _url(third)
    assert answer.json()["said"] == f"{first.shown_reference}: Approved."
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.holder, third.reserved_for) == (rui, rui)
    seen = ["application.viewed", "document.viewed", "document.viewed", "application.claimed"]
    assert _actions(second) == seen


def test_a_refused_decision_leaves_the_next_one_reserved_and_says_that_it_was_seen(
    as_rui, opened, rita, rui
):
    first, second, _third = opened
    form = case_form.read(as_rui.get(_url(first)))
    factories.decide(first, Outcome.DECLINED, by=rita, reason="expired")
    sent = {**form, "opens": second.reference, "outcome": "approved"}
    assert as_rui.post(_url(first), sent).status_code == 409
    assert ahead.reserved(by=rui) == second
    assert "application.viewed" in _actions(second)


def test_a_decision_counts_though_the_next_case_was_taken_meanwhile(as_rui, opened, rita):
    first, second, third = opened
    queue.claim(second, by=rita)
    assert _approve(as_rui, first, opens=second.reference).json() == {"goes": _url(third)}
    assert Decision.objects.get().round.application == first
    second.refresh_from_db()
    assert second.holder == rita


def test_without_a_script_a_decision_goes_on_to_what_is_reserved(as_rui, opened):
    assert _approve(as_rui, opened[0])["Location"] == _url(opened[1])


def test_whoever_took_nothing_is_sent_back_to_the_queue(as_rui, three):
    assert _approve(as_rui, three[0])["Location"] == "/review/"
    assert ahead.reserved(by=Decision.objects.get().by) is None


def test_the_next_button_opens_what_was_fetched(as_rui, opened, rui):
    answer = as_rui.post("/review/next/", {"opens": opened[1].reference}, headers=JSON)
    assert answer.json()["ahead"] == _url(opened[2])
    opened[1].refresh_from_db()
    assert opened[1].holder == rui


def test_full_hands_open_no_other(as_rui, opened, rui):
    for _ in range(queue.HELD_AT_ONCE - 1):
        queue.claim(factories.case(), by=rui)
    answer = as_rui.post("/review/next/", {"opens": opened[1].reference}, headers=JSON)
    assert answer.json()["refused"].startswith("You hold several cases.")
