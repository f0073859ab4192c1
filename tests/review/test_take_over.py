"""Taking a case out of a colleague's hands."""

import pytest
from django.urls import reverse

from kyc.applications.models import Application, Note
from kyc.applications.status import Outcome, Status
from kyc.audit.models import AuditEntry
from kyc.review import queue
from tests import factories

WHY = "Rita is at lunch, and it is due."


@pytest.fixture
def take_over_url(case):
    return reverse("review:take_over", args=[case.reference])


@pytest.fixture
def held(case, rita):
    return queue.claim(case, by=rita)


def test_it_changes_hands_and_leaves_the_reason(as_rui, take_over_url, url, held, rui, rita):
    response = as_rui.post(take_over_url, {"why": WHY})
    assert (response.status_code, response["Location"]) == (302, url)
    held.refresh_from_db()
    assert held.holder == rui
    note = Note.objects.get()
    assert (note.kind, note.by, note.get("text")) == (Note.Kind.TAKEN, rui, WHY)
    entry = AuditEntry.objects.get(action="application.hold_taken")
    assert entry.data == {"held_by": rita.pk, "note": str(note.uuid)}
    assert "lunch" not in str(entry.data)


def test_whoever_held_it_is_told(as_rui, take_over_url, url, held, rita):
    as_rui.post(take_over_url, {"why": WHY})
    response = factories.browser(rita).post(
        reverse("review:claim", args=[held.reference]), headers={"accept": "application/json"}
    )
    assert response.status_code == 409
    assert response.json() == {"error": "Rui Chan holds this case."}


def test_it_says_why(as_rui, take_over_url, held, rita):
    response = as_rui.post(take_over_url, {"why": " "})
    assert response.status_code == 422
    assert "Say why you take it over." in response.content.decode()
    held.refresh_from_db()
    assert held.holder == rita


def test_the_page_offers_it_only_where_another_holds_the_case(as_rui, url, case, rita):
    assert "Take over, say why" not in as_rui.get(url).content.decode()
    queue.claim(case, by=rita)
    assert "Take over, say why" in as_rui.get(url).content.decode()


def test_of_a_free_case_it_is_a_claim(as_rui, take_over_url, case, rui):
    as_rui.post(take_over_url, {"why": WHY})
    case.refresh_from_db()
    assert case.holder == rui
    assert not Note.objects.exists()


def test_the_second_click_changes_nothing(as_rui, take_over_url, held):
    as_rui.post(take_over_url, {"why": WHY})
    as_rui.post(take_over_url, {"why": WHY})
    assert Note.objects.count() == 1


def test_what_is_decided_is_not_taken(as_rui, take_over_url, case, rita):
    factories.decide(case, Outcome.APPROVED, by=rita)
    assert as_rui.post(take_over_url, {"why": WHY}).status_code == 409


def test_nobody_takes_their_own(client, rui, rita):
    own = queue.claim(factories.case(rui), by=rita)
    client.force_login(rui)
    url = reverse("review:take_over", args=[own.reference])
    assert client.post(url, {"why": WHY}).status_code == 403


def test_what_is_for_seniors_is_left_to_them(as_rui, take_over_url, held, sofia):
    Application.objects.update(escalated_at=held.queued_at)
    assert as_rui.post(take_over_url, {"why": WHY}).status_code == 403
    assert factories.browser(sofia).post(take_over_url, {"why": WHY}).status_code == 302


def test_a_stranger_finds_nothing(as_rui, ana):
    draft = factories.application(ana, Status.DRAFT)
    url = reverse("review:take_over", args=[draft.reference])
    assert as_rui.post(url, {"why": WHY}).status_code == 404
