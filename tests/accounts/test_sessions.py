"""How long a session lives, and where one sees and ends them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from kyc.audit.models import AuditEntry
from kyc.operations.management.commands import sweep
from tests.factories import PASSWORD

OWN = "/accounts/sessions/"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.mark.parametrize("made_up", ["", "short", "a" * 31 + "\0", "A" * 32, "a" * 4000])
def test_a_session_that_cannot_be_ours_is_not_looked_up(
    client, db, made_up, django_assert_num_queries
):
    client.cookies["sessionid"] = made_up
    with django_assert_num_queries(0):
        assert client.get("/accounts/login/").status_code == 200


def test_sessions_that_are_over_are_forgotten(client, ana, bruno, clock):
    client.force_login(ana)
    clock.shift(timedelta(hours=13))
    Client().force_login(bruno)
    sweep.forget_sessions()
    assert Session.objects.count() == 1


def test_it_ends_without_a_sign_of_life(client, ana, clock):
    client.force_login(ana)
    assert client.get(OWN).status_code == 200
    clock.shift(timedelta(hours=2, seconds=1))
    assert client.get(OWN).status_code == 302


def test_a_sign_of_life_keeps_it(client, ana, clock):
    client.force_login(ana)
    for _ in range(4):
        assert client.get(OWN).status_code == 200
        clock.shift(timedelta(hours=1, minutes=55))


def test_it_ends_after_half_a_day_whatever_happens(client, ana, clock):
    client.force_login(ana)
    for _ in range(12):
        assert client.get(OWN).status_code == 200
        clock.shift(timedelta(hours=1))
    clock.shift(timedelta(seconds=1))
    assert client.get(OWN).status_code == 302


def test_a_page_writes_no_session_more_often_than_needed(client, ana, clock):
    client.force_login(ana)
    client.get(OWN)
    before = client.session["seen_at"]
    clock.shift(timedelta(minutes=4))
    client.get(OWN)
    assert client.session["seen_at"] == before


def test_one_sees_ones_sessions_and_ends_the_others(client, rui, clean_cache):
    other = Client()
    for browser in (client, other):
        browser.post("/accounts/login/", {"login": rui.email, "password": PASSWORD})
    assert len(client.get(OWN).context["sessions"]) == 2
    assert client.post(OWN).status_code == 302
    assert other.get(OWN).status_code == 302
    assert client.get(OWN).status_code == 200


def test_a_new_password_ends_the_other_sessions(client, rui, clean_cache):
    other = Client()
    for browser in (client, other):
        browser.post("/accounts/login/", {"login": rui.email, "password": PASSWORD})
    response = change_password(client)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get(OWN).status_code == 200
    assert other.get(OWN).status_code == 302


def change_password(client):
    new = "another-long-pass-phrase"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", data)


def test_a_new_password_is_told_to_its_owner_and_recorded(client, rui):
    client.force_login(rui)
    change_password(client)
    assert [message.to for message in mail.outbox] == [["rui@example.org"]]
    assert "another-long" not in mail.outbox[0].body
    assert AuditEntry.objects.filter(action="account.password_changed", actor=rui.pk).exists()


def test_a_mail_server_that_is_down_undoes_no_new_password(client, rui, monkeypatch):
    def refuse(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", refuse)
    client.force_login(rui)
    assert change_password(client).status_code == 302
    rui.refresh_from_db()
    assert not rui.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wrong", "another-long-pass-phrase"),
        (PASSWORD, "short"),
        (PASSWORD, "password12345"),
        (PASSWORD, "rui@example.org"),
    ],
)
def test_a_password_is_changed_only_with_the_old_one_for_a_good_one(client, rui, old, new):
    client.force_login(rui)
    data = {"oldpassword": old, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", data).status_code == 200
    rui.refresh_from_db()
    assert rui.check_password(PASSWORD)


def test_who_has_no_password_has_none_to_change(client, ana):
    client.force_login(ana)
    assert client.get("/accounts/password/change/")["Location"] == "/"
