"""`/` leads everybody to where their day begins; the language stays with the account."""

import pytest

from kyc.accounts.models import Role, User
from tests import factories


def test_strangers_read_what_this_is(client, db):
    response = client.get("/")
    assert response.status_code == 200
    assert "/apply/" in response.text


@pytest.mark.parametrize(
    ("roles", "start"),
    [
        ([], "/apply/"),
        ([Role.REVIEWER], "/review/"),
        ([Role.SENIOR], "/review/"),
        ([Role.AUDITOR], "/audit/"),
        ([Role.ADMINISTRATOR], "/audit/"),
        ([Role.ADMINISTRATOR, Role.SENIOR], "/review/"),
    ],
)
def test_everybody_lands_where_their_day_begins(client, db, roles, start):
    client.force_login(factories.account("somebody@example.org", *roles))
    assert client.get("/")["Location"] == start


@pytest.mark.parametrize(
    ("cast_member", "labels", "role"),
    [
        ("ana", [], ""),
        ("rui", ["Review"], "Reviewer"),
        ("sofia", ["Review", "Quality"], "Senior reviewer"),
        ("eva", ["Review", "Audit"], "Auditor"),
        ("adam", ["Quality", "Audit", "Readers"], "Administrator"),
    ],
)
def test_the_header_offers_the_pages_of_ones_roles(client, request, cast_member, labels, role):
    client.force_login(request.getfixturevalue(cast_member))
    context = client.get("/accounts/sessions/").context
    assert [str(page.label) for page in context["staff_nav"]] == labels
    assert context["staff_role"] == role


def test_a_language_is_kept_in_the_browser_and_on_the_account(client, ana):
    client.force_login(ana)
    response = client.post("/language/", {"language": "zh-hant", "next": "/accounts/sessions/"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/sessions/")
    assert client.cookies["language"].value == "zh-hant"
    assert User.objects.get().language == "zh-hant"


def test_the_accounts_language_is_spoken_on_other_devices(client, ana):
    User.objects.update(language="zh-hans")
    client.force_login(ana)
    assert client.get("/accounts/sessions/")["Content-Language"] == "zh-hans"


def test_the_browsers_own_choice_wins(client, ana):
    client.force_login(ana)
    client.cookies["language"] = "zh-hant"
    assert client.get("/accounts/sessions/")["Content-Language"] == "zh-hant"


def test_an_unknown_language_changes_nothing(client, ana):
    client.force_login(ana)
    client.post("/language/", {"language": "xx"})
    assert User.objects.get().language == "en"


def test_it_never_leads_to_another_site(client, db):
    response = client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


def test_a_language_is_not_changed_by_a_link(client, db):
    assert client.get("/language/?language=zh-hans").status_code == 405
