"""A hundred callers at an ended token make one login, whichever process they are in."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from kyc.applications.models import ProviderToken
from kyc.applications.token_store import DatabaseTokenStore
from kyc.vault import keys
from kyc.vault.models import InstallationKey
from ocr_integration.client.auth import TokenAuth
from ocr_integration.client.http import Deadline, HttpAnswer, HttpRequest
from ocr_integration.client.tokens import Token

NOW = datetime(2030, 1, 1, tzinfo=UTC)
TOKEN = Token("hush-token", NOW + timedelta(days=1), NOW)


@pytest.mark.django_db
def test_a_token_is_kept_sealed_for_the_next_process():
    DatabaseTokenStore().put("account", TOKEN)
    assert DatabaseTokenStore().get("account") == TOKEN
    assert DatabaseTokenStore().get("another") is None
    assert b"hush-token" not in bytes(ProviderToken.objects.get().value)


@pytest.mark.django_db
def test_a_token_under_a_lost_key_is_none_and_can_be_replaced():
    store = DatabaseTokenStore()
    store.put("account", TOKEN)
    keys.destroy(InstallationKey.objects.get().key_id)
    assert store.get("account") is None
    store.put("account", TOKEN)
    assert store.get("account") == TOKEN


@pytest.mark.django_db
def test_one_signs_in_at_a_time_and_one_that_died_keeps_nobody():
    one, other = DatabaseTokenStore(), DatabaseTokenStore()
    with one.refreshing("account") as entered, other.refreshing("account") as refused:
        assert (entered, refused) == (True, False)
        with other.refreshing("another") as elsewhere:
            assert elsewhere
    with other.refreshing("account") as entered:
        assert entered
        ProviderToken.objects.filter(account="account").update(held_until=NOW - timedelta(9999))
        with one.refreshing("account") as entered:
            assert entered


@pytest.mark.django_db(transaction=True)
def test_many_callers_of_several_processes_make_one_login():
    logins, values = [], []

    def iam(request: HttpRequest, deadline: Deadline) -> HttpAnswer:
        logins.append(request)
        return HttpAnswer(201, {"x-subject-token": f"token-{len(logins)}"}, b"{}")

    def call(auth: TokenAuth) -> None:
        request = HttpRequest("POST", "https://ocr.example/", {})
        try:
            values.append(auth.headers(request, "project", iam, Deadline(30))["X-Auth-Token"])
        finally:
            connection.close()

    processes = [
        TokenAuth("https://iam.example", domain="D", username="N", password="P", store=store)
        for store in (DatabaseTokenStore(), DatabaseTokenStore(), DatabaseTokenStore())
    ]
    callers = [threading.Thread(target=call, args=[auth]) for auth in processes for _ in range(10)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert values == ["token-1"] * 30
    assert len(logins) == 1
