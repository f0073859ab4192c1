"""A senior looks again at what was decided."""

import pytest
from django.urls import reverse

from kyc.applications.models import Round
from kyc.applications.status import Outcome, Status
from kyc.audit.models import AuditEntry
from tests import factories
from tests.review import case_form


@pytest.fixture
def decided(case, rui):
    return factories.decide(case, Outcome.DECLINED, by=rui, reason="expired")


@pytest.fixture
def reopen_url(decided):
    return reverse("review:reopen", args=[decided.reference])


@pytest.fixture
def as_sofia(client, sofia):
    client.force_login(sofia)
    return client


def test_it_starts_a_new_round_over_the_same_pictures(as_sofia, reopen_url, decided):
    before = decided.current_round
    assert as_sofia.post(reopen_url, {"reason": "data_disagree"}).status_code == 302
    decided.refresh_from_db()
    after = decided.current_round
    assert decided.status == Status.IN_REVIEW
    assert decided.closed_at is None
    assert (after.number, after.start) == (2, Round.Start.REOPENED)
    assert (after.front, after.back) == (before.front, before.back)
    entry = AuditEntry.objects.get(action="application.reopened")
    assert entry.data["reason"] == "data_disagree"
    assert before.decision.outcome == "declined"


def test_the_new_round_is_decided_like_any_other(as_sofia, reopen_url, decided, url):
    as_sofia.post(reopen_url, {"reason": "other"})
    form = case_form.answered(case_form.read(as_sofia.get(url)), front_birth_date="confirmed")
    assert as_sofia.post(url, {**form, "outcome": "approved"}).status_code == 302
    assert decided.rounds.filter(decision__isnull=False).count() == 2


def test_it_says_why(as_sofia, reopen_url, decided):
    response = as_sofia.post(reopen_url, {"reason": ""})
    assert response.status_code == 422
    decided.refresh_from_db()
    assert decided.status == Status.DECLINED


def test_the_second_click_is_refused(as_sofia, reopen_url, decided):
    as_sofia.post(reopen_url, {"reason": "other"})
    assert as_sofia.post(reopen_url, {"reason": "other"}).status_code == 409
    assert decided.rounds.count() == 2


def test_nobody_reopens_their_own(as_sofia, sofia, rui):
    own = factories.decide(factories.case(sofia), Outcome.DECLINED, by=rui, reason="other")
    url = reverse("review:reopen", args=[own.reference])
    assert as_sofia.post(url, {"reason": "other"}).status_code == 403


def test_reviewers_and_auditors_do_not(client, reopen_url, rui, eva, ana):
    for person in (rui, eva, ana):
        client.force_login(person)
        assert client.post(reopen_url, {"reason": "other"}).status_code == 403


def test_the_page_offers_it_to_seniors_only(client, decided, url, sofia, rui):
    client.force_login(sofia)
    assert "Reopen" in client.get(url).content.decode()
    client.force_login(rui)
    assert "Reopen" not in client.get(url).content.decode()
