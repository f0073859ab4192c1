"""Where a rule asks for it, the first outcome is an opinion and a second person decides."""

import pytest
from django.urls import reverse

from kyc.applications.models import Decision, Recommendation
from kyc.applications.status import Status
from kyc.audit.models import AuditEntry
from tests import factories
from tests.review import case_form


@pytest.fixture
def rules(settings):
    """Switch single rules on."""

    def switch(**on):
        settings.SECOND_LOOK = {**settings.SECOND_LOOK, **on}

    return switch


def _approve(client, url, **changed):
    form = case_form.answered(case_form.read(client.get(url)), front_birth_date="confirmed")
    return client.post(url, {**form, **changed, "outcome": "approved"})


def test_it_is_off_in_a_new_installation(as_rui, url, case):
    _approve(as_rui, url, **{"front-number": "H12345679"})
    assert (Decision.objects.count(), Recommendation.objects.count()) == (1, 0)


def test_the_first_outcome_is_an_opinion(as_rui, url, case, rules, rui):
    rules(sampled_percent=100)
    assert _approve(as_rui, url).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.held_by) == (Status.SECOND_REVIEW, None)
    assert Recommendation.objects.get().by == rui
    assert not Decision.objects.exists()
    assert AuditEntry.objects.filter(action="application.recommended").count() == 1


def test_another_person_decides(as_rui, client, url, case, rules, sofia):
    rules(sampled_percent=100)
    _approve(as_rui, url)
    client.force_login(sofia)
    assert "Rui Chan recommends: Approve" in client.get(url).content.decode()
    assert _approve(client, url).status_code == 302
    case.refresh_from_db()
    assert case.status == Status.APPROVED
    assert Decision.objects.get().by == sofia


def test_the_same_person_does_not(as_rui, url, case, rules):
    rules(sampled_percent=100)
    _approve(as_rui, url)
    response = as_rui.post(url, {"version": "1", "outcome": "approved"})
    assert response.status_code == 403
    assert "You gave the first opinion" in response.content.decode()
    assert as_rui.post(reverse("review:claim", args=[case.reference])).status_code == 403


def test_the_applicant_sees_a_case_in_review(as_rui, client, url, case, rules, ana):
    rules(sampled_percent=100)
    _approve(as_rui, url)
    client.force_login(ana)
    said = client.get(f"/applications/{case.reference}/status.json").json()
    assert (said["status"], said["waiting_for"]) == ("in_review", "reviewer")


def test_the_entry_names_the_rules_that_asked(as_rui, url, rules):
    rules(sampled_percent=100, permit_types=["HK_MACAO"])
    _approve(as_rui, url)
    entry = AuditEntry.objects.get(action="application.recommended")
    assert entry.data["asked"] == ["sampled", "permit_types"]


def test_asking_for_a_photo_needs_no_second_look(as_rui, url, case, rules, form):
    rules(sampled_percent=100)
    said = {"outcome": "resubmission_requested", "reason": "cut_off", "side": "front"}
    as_rui.post(url, {**form, **said})
    case.refresh_from_db()
    assert case.status == Status.RESUBMISSION_REQUESTED


@pytest.mark.parametrize(
    ("rule", "changed", "asked"),
    [
        ({"changed_key_fields": True}, {"front-name": "陈小文", "back-id_name": "陈小文"}, True),
        ({"changed_key_fields": True}, {"front-issuing_authority": "公安部"}, False),
        ({"permit_types": ["HK_MACAO"]}, {}, True),
        ({"permit_types": ["TAIWAN"]}, {}, False),
        ({"failed_checks": True}, {}, False),
    ],
)
def test_each_rule_asks_for_what_it_names(as_rui, url, rules, rule, changed, asked):
    rules(**rule)
    line = {"back-machine_code2": "LDMCNAKBMDMA<<<<00BA1234563<48"}
    named = {**changed, **line, "back-machine_code2-answer": "confirmed"} if changed else changed
    _approve(as_rui, url, **named)
    assert Recommendation.objects.exists() is asked


def test_a_failed_check_digit_asks(as_rui, ana, rules):
    rules(failed_checks=True)
    case = factories.application(ana)
    factories.extraction(factories.document(case, "front"))
    wrong = {**factories.BACK, "machine_code1": "CRH1234567830133406142M9001012"}
    factories.extraction(factories.document(case, "back"), wrong)
    url = reverse("review:case", args=[case.reference])
    form = case_form.read(as_rui.get(url))
    answers = {f"back-machine_code{line}-answer": "confirmed" for line in (1, 2)}
    as_rui.post(url, {**form, **answers, "outcome": "approved"})
    assert Recommendation.objects.exists()
