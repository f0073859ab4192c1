"""What stands at the head of every answer, and that reading changes nothing."""

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from kyc.audit.models import AuditEntry
from kyc.headers import SecurityHeadersMiddleware
from tests.routes import ROUTES, WHO, address, ask, make_world

every_route = pytest.mark.parametrize("name", sorted(ROUTES))

LOOKING = {
    "application.data_taken",
    "application.searched",
    "application.viewed",
    "audit.exported",
    "audit.searched",
    "document.viewed",
    "portrait.viewed",
}
"""What a GET may record: that somebody looked."""
GROWING = {"auditentry", "auditlink", "audithead", "session"}
"""Where these entries stand, and the session's own clock."""


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setattr("kyc.operations.probes.reader_answers", lambda: False)
    return make_world()


def assert_guarded(response):
    csp = response.headers["Content-Security-Policy"]
    assert "unsafe" not in csp
    assert "default-src 'self'" in csp or "default-src 'none'" in csp
    assert "frame-ancestors 'none'" in csp
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in response.headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Server" not in response.headers
    for cookie in response.cookies.values():
        assert cookie["httponly"] or not cookie.value
        assert cookie["samesite"] == "Lax"


@every_route
def test_every_answer_is_guarded(world, name):
    route = ROUTES[name]
    for who in WHO:
        for method in ("get", "post"):
            assert_guarded(ask(world, who, method, address(name, world), route.data(world)))


@every_route
def test_a_get_changes_nothing(world, name):
    """But for the entries that say who looked."""
    for who in WHO:
        cache.clear()
        client = Client()
        if person := world.people[who]:
            client.force_login(person)
        before, entries = rows(), set(AuditEntry.objects.values_list("pk", flat=True))
        with transaction.atomic():
            client.get(address(name, world)).getvalue()
            assert rows() == before, who
            written = AuditEntry.objects.exclude(pk__in=entries)
            assert set(written.values_list("action", flat=True)) <= LOOKING, who
            transaction.set_rollback(True)


def rows():
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models()
        if model._meta.model_name not in GROWING
    }


def broken(request):
    raise RuntimeError("CANARY of a value that nobody may see")


def quiet(request):
    return HttpResponse("a page")


class Broken:
    urlpatterns = [path("broken/", broken), path("", quiet)]


@pytest.fixture
def careless(client):
    client.raise_request_exception = False
    return client


def test_a_page_that_is_not_there(client, db):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert_guarded(response)


def test_a_page_that_fails(careless, db, settings, caplog):
    settings.ROOT_URLCONF = Broken
    response = careless.get("/broken/")
    assert response.status_code == 500
    assert_guarded(response)
    assert "CANARY" not in response.text


def test_a_host_that_is_not_ours(client, db):
    response = client.get("/", HTTP_HOST="elsewhere.example")
    assert response.status_code == 400
    assert_guarded(response)


def test_a_post_without_its_token(db):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/")
    assert response.status_code == 403
    assert_guarded(response)


def test_a_post_that_is_too_large(client, db, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    response = client.post("/language/", "language=zh-hans", "application/x-www-form-urlencoded")
    assert response.status_code in {400, 413}
    assert_guarded(response)


def test_too_many_tries(client, clean_cache, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client.post("/accounts/login/")
    response = client.post("/accounts/login/")
    assert response.status_code == 429
    assert_guarded(response)


def test_a_method_that_is_not_meant(client, db):
    for method in ("put", "patch", "delete", "trace"):
        response = getattr(client, method)("/")
        assert response.status_code == 405
        assert_guarded(response)


def test_static_files_may_be_kept(rf):
    middleware = SecurityHeadersMiddleware(quiet)
    response = middleware(rf.get("/static/css/permitdesk.css"))
    assert "Cache-Control" not in response.headers
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_static_file_that_is_not_there_is_asked_for_again(client, db):
    response = client.get("/static/css/elsewhere.css")
    assert response.status_code == 404
    assert_guarded(response)


def test_signing_out_clears_what_the_browser_holds(client, ana):
    client.force_login(ana)
    assert "Clear-Site-Data" not in client.get("/accounts/logout/").headers
    assert client.post("/accounts/logout/").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_https_is_told_to_stay(client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63_072_000
    response = Client().get("/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/")
    assert_guarded(response)
    response = Client().get("/accounts/login/", secure=True)
    assert response.headers["Strict-Transport-Security"].startswith("max-age=63072000")
