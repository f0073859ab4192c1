"""The whole case as data."""

import pytest
from django.urls import reverse

from kyc.accounts.models import Role
from kyc.applications.status import Outcome, Status
from kyc.audit.models import AuditEntry
from kyc.vault import keys
from tests import factories


@pytest.fixture
def data_url(case):
    return reverse("review:case_data", args=[case.reference])


def test_it_has_the_whole_case(as_rui, client, url, data_url, case, confirmed, sofia):
    said = {"front-issuing_authority": "公安部出入境管理局", "outcome": "approved", "note": "fine"}
    as_rui.post(url, {**confirmed, **said})
    client.force_login(sofia)
    data = client.get(data_url).json()

    assert (data["reference"], data["status"], data["version"]) == (case.reference, "approved", 1)
    assert data["accepted"]["front"]["issuing_authority"] == "公安部出入境管理局"
    assert data["accepted"]["back"]["id_number"] == "A123456(3)"
    (round_,) = data["rounds"]
    front = case.current_round.front
    assert round_["pictures"]["front"]["sha256"] == front.sha256
    assert (round_["pictures"]["front"]["width"], round_["pictures"]["front"]["height"]) == (
        640,
        404,
    )
    assert round_["readings"]["front"]["birth_date"] == {
        "value": "1990.01.01",
        "confidence": 0.86,
        "threshold": 0.95,
        "highlighted": True,
    }
    assert round_["readings"]["front"]["name"]["value"] == "陈大文"
    answers = round_["answers"]["front"]
    corrected = answers["issuing_authority"]
    assert (corrected["kind"], corrected["value"]) == ("corrected", "公安部出入境管理局")
    assert (answers["birth_date"]["kind"], answers["birth_date"]["by"]) == ("confirmed", "Rui Chan")
    assert answers["sex"]["kind"] == "untouched"
    assert round_["recommendation"] is None
    decision = round_["decision"]
    assert (decision["outcome"], decision["by"], decision["note"]) == (
        "approved",
        "Rui Chan",
        "fine",
    )


def test_an_undecided_case_names_its_open_fields(client, data_url, sofia):
    client.force_login(sofia)
    (round_,) = client.get(data_url).json()["rounds"]
    assert round_["open"] == [{"side": "front", "field": "birth_date"}]
    assert round_["decision"] is None


def test_taking_it_is_recorded(client, data_url, case, adam):
    client.force_login(adam)
    client.get(data_url)
    entry = AuditEntry.objects.get(subject=case.reference)
    assert (entry.action, entry.subject, entry.actor_role) == (
        "application.data_taken",
        case.reference,
        "administrator",
    )


def test_no_key_of_the_database_is_in_it(client, data_url, sofia):
    client.force_login(sofia)
    assert '"id"' not in client.get(data_url).content.decode()


def test_reviewers_auditors_and_applicants_do_not_take_it(client, data_url, case, rui, eva, ana):
    for person in (rui, eva, ana):
        client.force_login(person)
        assert client.get(data_url).status_code == 403
    assert not AuditEntry.objects.filter(subject=case.reference).exists()


@pytest.mark.parametrize("role", [Role.SENIOR, Role.ADMINISTRATOR])
def test_nobody_takes_their_own_case_with_its_notes(client, db, role):
    own = factories.case(factories.account("", role))
    client.force_login(own.applicant)
    response = client.get(reverse("review:case_data", args=[own.reference]))
    assert response.status_code == 403
    assert list(response.json()) == ["error"]
    assert "your own" in response.json()["error"]
    assert not AuditEntry.objects.filter(subject=own.reference).exists()


def test_an_erased_case_has_no_value_left(client, data_url, case, sofia, rui):
    factories.decide(case, Outcome.DECLINED, by=rui, reason="other", message="Goodbye, ana.")
    type(case).objects.filter(pk=case.pk).update(status=Status.ERASED)
    keys.destroy(case.key_id)
    client.force_login(sofia)
    response = client.get(data_url)
    (round_,) = response.json()["rounds"]
    assert round_["readings"] == {"front": {}, "back": {}}
    assert (round_["decision"]["outcome"], round_["decision"]["message"]) == ("declined", "")
    assert "Goodbye" not in response.content.decode()


def test_a_draft_is_not_there(client, sofia, ana):
    draft = factories.application(ana, Status.DRAFT)
    client.force_login(sofia)
    assert client.get(reverse("review:case_data", args=[draft.reference])).status_code == 404
