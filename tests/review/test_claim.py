"""One case, one pair of hands."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kyc.accounts.models import Role
from kyc.applications.models import CLAIM, Application
from kyc.applications.status import Status
from kyc.audit.models import AuditEntry
from kyc.review import queue
from tests import factories


@pytest.fixture
def claim_url(case):
    return reverse("review:claim", args=[case.reference])


@pytest.fixture
def release_url(case):
    return reverse("review:release", args=[case.reference])


def _actions(case):
    entries = AuditEntry.objects.filter(subject=case.reference).order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_it_holds_the_case_and_opens_it(as_rui, claim_url, url, case, rui):
    response = as_rui.post(claim_url)
    assert (response.status_code, response["Location"]) == (302, url)
    case.refresh_from_db()
    assert case.held_by == rui
    assert timezone.now() < case.held_until <= timezone.now() + CLAIM
    assert _actions(case) == ["application.claimed"]


def test_the_second_click_holds_it_for_longer_and_is_not_recorded(as_rui, claim_url, case):
    as_rui.post(claim_url)
    Application.objects.update(held_until=timezone.now() + timedelta(seconds=30))
    as_rui.post(claim_url)
    case.refresh_from_db()
    assert case.held_until > timezone.now() + CLAIM / 2
    assert _actions(case) == ["application.claimed"]


def test_a_script_learns_until_when(as_rui, claim_url, case):
    response = as_rui.post(claim_url, headers={"accept": "application/json"})
    case.refresh_from_db()
    assert response.json()["held_until"][:19] == case.held_until.isoformat()[:19]


def test_anothers_hold_is_told_by_name(as_rui, claim_url, case, rita):
    queue.claim(case, by=rita)
    response = as_rui.post(claim_url)
    assert response.status_code == 409
    assert "Rita Wong holds this case." in response.content.decode()
    told = as_rui.post(claim_url, headers={"accept": "application/json"})
    assert (told.status_code, told.json()) == (409, {"error": "Rita Wong holds this case."})


def test_who_has_no_name_is_told_by_their_address(as_rui, claim_url, case):
    other = factories.account("desk2@example.org", Role.REVIEWER)
    queue.claim(case, by=other)
    page = as_rui.post(claim_url).content.decode()
    assert "desk2@example.org holds this case." in page
    assert f"account {other.pk}" not in page


def test_a_hold_that_ran_out_is_free(as_rui, claim_url, case, rita, rui):
    queue.claim(case, by=rita)
    Application.objects.update(held_until=timezone.now())
    as_rui.post(claim_url)
    case.refresh_from_db()
    assert case.held_by == rui


def test_nobody_takes_their_own(client, rui):
    own = factories.case(rui)
    client.force_login(rui)
    response = client.post(reverse("review:claim", args=[own.reference]))
    assert response.status_code == 403
    assert "your own" in response.content.decode()


def test_a_decided_case_is_not_taken(as_rui, ana):
    closed = factories.application(ana, Status.APPROVED)
    response = as_rui.post(reverse("review:claim", args=[closed.reference]))
    assert response.status_code == 409


def test_giving_it_back_frees_it(as_rui, claim_url, release_url, case):
    as_rui.post(claim_url)
    response = as_rui.post(release_url)
    assert (response.status_code, response["Location"]) == (302, "/review/")
    case.refresh_from_db()
    assert (case.held_by, case.held_until) == (None, None)
    assert _actions(case) == ["application.claimed", "application.released"]


def test_giving_it_back_twice_is_harmless(as_rui, claim_url, release_url, case):
    as_rui.post(claim_url)
    as_rui.post(release_url)
    assert as_rui.post(release_url).status_code == 302
    assert _actions(case) == ["application.claimed", "application.released"]


def test_nobody_gives_back_what_another_holds(as_rui, release_url, case, rita):
    queue.claim(case, by=rita)
    assert as_rui.post(release_url).status_code == 409
    case.refresh_from_db()
    assert case.held_by == rita


def test_auditors_and_applicants_hold_nothing(client, claim_url, release_url, eva, ana):
    for person in (eva, ana):
        client.force_login(person)
        assert client.post(claim_url).status_code == 403
        assert client.post(release_url).status_code == 403


def test_a_claim_is_a_post(as_rui, claim_url):
    assert as_rui.get(claim_url).status_code == 405
