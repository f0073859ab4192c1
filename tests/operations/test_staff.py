"""`manage.py staff`: who has which role, each change recorded."""

import io

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from kyc.accounts.models import Role, User
from kyc.audit.models import AuditEntry

PASSWORD = "a-long-enough-pass-phrase"


@pytest.fixture
def staff(db, monkeypatch):
    def staff(*words, password=PASSWORD):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        call_command("staff", *words)

    return staff


def entries():
    return [(entry.action, entry.data) for entry in AuditEntry.objects.order_by("pk")]


def test_it_hires_somebody_who_can_sign_in(staff, client, clean_cache):
    staff("Mei@example.org", "reviewer", "--name", "Mei Lo")
    mei = User.objects.get()
    assert (mei.email, mei.name, mei.roles) == ("mei@example.org", "Mei Lo", {Role.REVIEWER})
    response = client.post("/accounts/login/", {"login": mei.email, "password": PASSWORD})
    assert response.status_code == 302
    assert entries()[0] == (
        "account.roles_changed",
        {"roles": {"from": [], "to": ["reviewer"]}},
    )


def test_it_gives_exactly_the_roles_that_were_named(staff, rui):
    staff("rui@example.org", "senior", "auditor")
    assert User.objects.get().roles == {Role.SENIOR, Role.AUDITOR}
    assert entries() == [
        ("account.roles_changed", {"roles": {"from": ["reviewer"], "to": ["auditor", "senior"]}})
    ]


def test_it_takes_all_roles_from_who_is_named_without(staff, rui):
    staff("rui@example.org")
    assert not User.objects.get().roles


@pytest.mark.parametrize(
    ("words", "password"),
    [
        (["new@example.org", "emperor"], PASSWORD),
        (["new@example.org"], PASSWORD),
        (["new@example.org", "reviewer"], "short"),
        (["new@example.org", "reviewer"], ""),
        (["new at example", "reviewer"], PASSWORD),
        (["new@example.org", "--close"], PASSWORD),
    ],
)
def test_it_refuses_what_makes_no_sense(staff, words, password):
    with pytest.raises(CommandError):
        staff(*words, password=password)
    assert not User.objects.exists()
    assert entries() == []


def test_closing_an_account_ends_its_sessions(staff, client, rui):
    client.force_login(rui)
    staff("rui@example.org", "--close")
    assert client.get("/accounts/sessions/").status_code == 302
    assert entries()[-1] == ("account.closed", {})


def test_a_lost_factor_is_taken_off_and_recorded(staff, rui):
    Authenticator.objects.create(user=rui, type="totp", data={})
    staff("rui@example.org", "--remove-factor")
    staff("rui@example.org", "--remove-factor")
    assert not Authenticator.objects.exists()
    assert entries() == [("account.factor_removed", {})]
