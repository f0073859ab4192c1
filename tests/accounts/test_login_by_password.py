"""`/accounts/login/`: whoever has a password."""

import pytest
from django.db import connection
from django.urls import reverse

from kyc.audit.models import AuditEntry
from tests import factories
from tests.factories import PASSWORD

LOGIN = "/accounts/login/"

pytestmark = pytest.mark.usefixtures("clean_cache")


def signs_in(client, email, password=PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def test_it_is_one_plain_form(client):
    page = client.get(LOGIN)
    assert page.status_code == 200
    assert 'name="login"' in page.text
    assert page.text.count('type="submit"') == page.text.count('type="password"') == 1
    assert "remember" not in page.text


def test_staff_come_in(client, rui):
    response = signs_in(client, "rui@example.org")
    assert response.status_code == 302
    assert response["Location"] == reverse("home")
    assert client.session["_auth_user_id"] == str(rui.pk)


def test_it_leaves_an_audit_entry(client, rui):
    signs_in(client, "rui@example.org")
    entry = AuditEntry.objects.get(action="account.signed_in")
    assert (entry.actor, entry.data) == (rui.pk, {})


def test_an_address_is_taken_in_any_case(client, rui):
    assert signs_in(client, "Rui@Example.org").status_code == 302


def test_an_applicant_with_a_password_comes_in(client):
    factories.account("dora@example.org", password=PASSWORD)
    assert signs_in(client, "dora@example.org").status_code == 302


def test_it_leads_to_the_page_that_was_wanted(client, rui):
    response = client.post(
        f"{LOGIN}?next=/review/", {"login": "rui@example.org", "password": PASSWORD}
    )
    assert response["Location"] == "/review/"


def test_it_never_leads_to_another_site(client, rui):
    response = client.post(
        f"{LOGIN}?next=https://elsewhere.example/",
        {"login": "rui@example.org", "password": PASSWORD},
    )
    assert response["Location"] == reverse("home")


@pytest.mark.parametrize("email", ["rui@example.org", "ana@example.org", "nobody@example.org"])
def test_a_wrong_password_says_the_same_for_everybody(client, rui, ana, email):
    response = signs_in(client, email, "not the password")
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [
        "The email address and/or password you specified are not correct."
    ]
    assert "_auth_user_id" not in client.session


def test_a_failure_is_recorded_without_the_address(client, rui):
    signs_in(client, "rui@example.org", "not the password")
    entry = AuditEntry.objects.get(action="account.sign_in_failed")
    assert (entry.actor, entry.subject, entry.data) == (None, "unknown", {})


def test_guessing_is_slowed_down(client, rui):
    for _ in range(5):
        signs_in(client, "rui@example.org", "not the password")
    response = signs_in(client, "rui@example.org")
    assert response.status_code == 200
    assert "Too many failed login attempts" in str(response.context["form"].errors)


def test_nobody_is_locked_out_by_somebody_elses_guesses(client, rui):
    for _ in range(6):
        client.post(
            LOGIN,
            {"login": "rui@example.org", "password": "not the password"},
            REMOTE_ADDR="198.51.100.7",
        )
    assert signs_in(client, "rui@example.org").status_code == 302


def test_successes_do_not_count_as_guesses(client, rui):
    for _ in range(8):
        assert signs_in(client, "rui@example.org").status_code == 302
        client.logout()


def test_the_throttle_keeps_no_address(client, rui):
    signs_in(client, "rui@example.org", "not the password")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        rows = cursor.fetchall()
    assert rows
    assert "rui@" not in str(rows)


def test_a_closed_account_stays_out(client, rui):
    rui.is_active = False
    rui.save()
    response = signs_in(client, "rui@example.org")
    assert (response.status_code, response["Location"]) == (302, LOGIN)
    assert "_auth_user_id" not in client.session


def test_closing_an_account_ends_its_sessions_at_once(client, rui):
    client.force_login(rui)
    rui.is_active = False
    rui.save()
    assert client.get("/accounts/password/change/").status_code == 302


def test_the_session_gets_a_new_key(client, rui):
    client.get(LOGIN)
    client.post("/accounts/login/code/", {"email": "someone@example.org"})
    before = client.session.session_key
    signs_in(client, "rui@example.org")
    assert client.session.session_key != before


def test_signing_out_takes_a_post(client, rui):
    client.force_login(rui)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    response = client.post("/accounts/logout/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert "_auth_user_id" not in client.session
