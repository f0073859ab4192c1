"""Staff set up an authenticator and sign in with it."""

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache

from kyc.audit.models import AuditEntry
from tests.factories import PASSWORD

LOGIN = "/accounts/login/"
ACTIVATE = "/accounts/2fa/totp/activate/"

pytestmark = pytest.mark.usefixtures("clean_cache")


@pytest.fixture
def signed_in(client, rui):
    client.post(LOGIN, {"login": rui.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def activate(client):
    secret = client.get(ACTIVATE).context["form"].secret
    response = client.post(ACTIVATE, {"code": code_of(secret)})
    return secret, response


def test_setting_it_up_asks_for_the_password_again(client, rui):
    client.post(LOGIN, {"login": rui.email, "password": PASSWORD})
    response = client.get(ACTIVATE)
    assert response["Location"].startswith("/accounts/reauthenticate/")


def test_it_is_set_up_with_a_code_and_gives_recovery_codes(signed_in, rui):
    _, response = activate(signed_in)
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    assert len(signed_in.get(response["Location"]).context["unused_codes"]) == 10
    assert rui.authenticator_set.count() == 2


def test_the_page_shows_the_picture_without_inline_style(signed_in):
    page = signed_in.get(ACTIVATE).text
    assert "<svg" in page
    assert "style=" not in page
    assert "data:image" not in page


def test_signing_in_then_takes_both(signed_in, rui):
    secret, _ = activate(signed_in)
    signed_in.post("/accounts/logout/")
    cache.clear()

    response = signed_in.post(LOGIN, {"login": rui.email, "password": PASSWORD})
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in signed_in.session
    assert signed_in.get("/review/").status_code in {302, 404}

    assert signed_in.post(response["Location"], {"code": "000000"}).status_code == 200
    response = signed_in.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert response["Location"] == "/"
    assert signed_in.session["_auth_user_id"] == str(rui.pk)


def test_a_code_works_once(signed_in, rui):
    secret, _ = activate(signed_in)
    for expected in ["_auth_user_id", None]:
        signed_in.post("/accounts/logout/")
        signed_in.post(LOGIN, {"login": rui.email, "password": PASSWORD})
        signed_in.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
        assert ("_auth_user_id" in signed_in.session) == bool(expected)


def test_giving_it_up_asks_for_the_password_again(client, signed_in):
    activate(signed_in)
    session = signed_in.session
    session.pop("account_authentication_methods")
    session.save()
    response = signed_in.get("/accounts/2fa/totp/deactivate/")
    assert "reauthenticate" in response["Location"]


@pytest.mark.django_db(transaction=True)
def test_every_step_is_recorded_and_a_new_factor_is_told_to_its_owner(signed_in, rui):
    activate(signed_in)
    assert mail.outbox[0].to == [rui.email]
    signed_in.post("/accounts/logout/")
    signed_in.post(LOGIN, {"login": rui.email, "password": PASSWORD})
    signed_in.post("/accounts/2fa/authenticate/", {"code": "000000"})
    written = list(AuditEntry.objects.order_by("pk").values_list("action", "subject", "data"))
    assert written == [
        ("account.signed_in", str(rui.pk), {}),
        ("account.factor_added", str(rui.pk), {"kind": "totp"}),
        ("account.factor_added", str(rui.pk), {"kind": "recovery_codes"}),
        ("account.signed_out", str(rui.pk), {}),
        ("account.sign_in_failed", str(rui.pk), {"step": "second_factor"}),
    ]
