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


def test_what_was_corrected_before_stays_corrected(as_rui, client, url, form, case, sofia, rui):
    told = {"front-issuing_authority": "公安部出入境管理局", "front-sex-answer": "confirmed"}
    answers = {"front-birth_date-answer": "confirmed"}
    as_rui.post(url, {**form, **told, **answers, "outcome": "approved"})
    client.force_login(sofia)
    client.post(reverse("review:reopen", args=[case.reference]), {"reason": "other"})
    again = case_form.read(client.get(url))
    assert again["front-issuing_authority"] == "公安部出入境管理局"
    assert case.current_round.answers.count() == 0

    assert client.post(url, {**again, "outcome": "approved"}).status_code == 302
    mine = case.current_round.answers.get(field="issuing_authority")
    assert (mine.by, mine.get("value")) == (sofia, "公安部出入境管理局")
    assert case.current_round.answers.get(field="sex").kind == "confirmed"
    assert case.current_round.answers.get(field="name").kind == "untouched"
    assert case.rounds.get(number=1).answers.get(field="issuing_authority").by == rui


def test_an_answer_kept_from_before_can_be_taken_back(as_rui, client, url, form, case, sofia):
    answers = {"front-birth_date-answer": "confirmed", "front-sex-answer": "illegible"}
    as_rui.post(url, {**form, **answers, "outcome": "approved"})
    client.force_login(sofia)
    client.post(reverse("review:reopen", args=[case.reference]), {"reason": "other"})
    again = case_form.read(client.get(url))
    assert again["front-sex-answer"] == "illegible"
    client.post(url, {**again, "front-sex-answer": "", "action": "save"})
    assert case_form.read(client.get(url))["front-sex-answer"] == ""


def test_a_new_photo_is_answered_anew(as_rui, url, form, case, rui):
    told = {"front-sex-answer": "illegible", "back-id_name-answer": "illegible"}
    as_rui.post(url, {**form, **told, "action": "save"})
    case.refresh_from_db()
    factories.decide(case, Outcome.RESUBMISSION_REQUESTED, by=rui, reason="cut_off", side="back")
    first = case.current_round
    second = Round.objects.create(application=case, number=2, front=first.front)
    factories.extraction(factories.document(case, "back"))
    type(case).objects.filter(pk=case.pk).update(status=Status.IN_REVIEW)
    assert case.current_round == second
    again = case_form.read(as_rui.get(url))
    assert again["front-sex-answer"] == "illegible"
    assert again["back-id_name-answer"] == ""


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
