"""Finding a case by what stands on a permit."""

import pytest

from kyc.applications import tokens
from kyc.applications.models import Application
from kyc.applications.status import Status
from kyc.audit.models import AuditEntry
from kyc.review import queue
from tests import factories

URL = "/review/"
VALUES = {**factories.FRONT, **factories.BACK}


@pytest.fixture
def found(case):
    tokens.index(case, VALUES)
    return case


def _search(client, typed):
    return client.post(URL, {"q": typed})


@pytest.mark.parametrize(
    "typed",
    [
        "H12345678",
        "h1234 5678",
        "A123456(3)",
        "A1234563",
        "1990.01.01",
        "1990-01-01",
        "陈大文",
        "陳大文",
        "陈",
        "chan",
        "TAI",
    ],
)
def test_it_finds_by_what_stands_on_the_card(as_rui, found, typed):
    response = _search(as_rui, typed)
    assert response.status_code == 200
    assert found.shown_reference in response.content.decode()


def test_it_finds_by_the_reference_however_it_is_typed(as_rui, found):
    for typed in (found.reference, found.shown_reference, found.reference.lower()):
        assert found.shown_reference in _search(as_rui, typed).content.decode()


def test_it_finds_by_the_operators_own_number(as_rui, found):
    Application.objects.filter(pk=found.pk).update(external_reference="LOAN 2026/17")
    page = _search(as_rui, " LOAN 2026/17 ").content.decode()
    assert found.shown_reference in page
    assert found.shown_reference not in _search(as_rui, "LOAN 2026").content.decode()
    case = as_rui.get(f"/review/{found.reference}/").content.decode()
    assert "LOAN 2026/17" in case


def test_what_fits_no_case_is_kept_nowhere_as_it_was_typed(as_rui, found):
    _search(as_rui, "LOAN 2026/17")
    assert "LOAN" not in str(dict(as_rui.session))


@pytest.mark.parametrize("typed", ["1234567", "大文", "CHA", "1990", "nothing such"])
def test_there_is_no_contains(as_rui, found, typed):
    response = _search(as_rui, typed)
    assert found.shown_reference not in response.content.decode()
    assert "Nothing fits" in response.content.decode()


def test_a_draft_is_not_found(as_rui, ana):
    draft = factories.application(ana, Status.DRAFT)
    tokens.index(draft, VALUES)
    assert draft.shown_reference not in _search(as_rui, "H12345678").content.decode()


def test_it_is_recorded_without_the_value(as_rui, found, rui):
    _search(as_rui, "H12345678")
    entry = AuditEntry.objects.get(action="application.searched")
    assert (entry.actor, entry.data) == (rui.pk, {"found": 1})
    assert "H12345678" not in entry.canonical


def test_further_pages_are_named_by_a_word_and_not_by_what_was_typed(as_rui):
    made = [factories.case() for _ in range(queue.PAGE + 1)]
    for application in made:
        tokens.index(application, VALUES)
    page = _search(as_rui, "H12345678").content.decode()
    address = page.split('rel="next"')[0].rsplit('href="', 1)[-1].split('"')[0]
    assert "H12345678" not in page
    assert "search=" in address
    second = as_rui.get(address.replace("&amp;", "&")).content.decode()
    assert made[0].shown_reference in second
    assert AuditEntry.objects.filter(action="application.searched").count() == 1


def test_anothers_word_finds_nothing(as_rui, client, rita, found):
    _search(as_rui, "H12345678")
    word = AuditEntry.objects.get(action="application.searched").subject
    client.logout()
    client.force_login(rita)
    assert client.get(URL, {"search": word}).status_code == 302


def test_an_empty_search_shows_the_queue(as_rui):
    assert _search(as_rui, "  ").status_code == 302


def test_auditors_search_and_applicants_do_not(client, eva, ana, found):
    client.force_login(eva)
    assert found.shown_reference in _search(client, "chan").content.decode()
    client.force_login(ana)
    assert _search(client, "chan").status_code == 403
