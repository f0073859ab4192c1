"""The walk: every address, asked by everybody.

Strangers are sent to sign in, the wrong role is refused, and what belongs to somebody else is not
there at all.
"""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from kyc.applications.references import new_reference
from tests.routes import ACCOUNTS, MACHINES, ROUTES, WHO, address, ask, make_world, names

every_route = pytest.mark.parametrize("name", sorted(ROUTES))
LOGIN = "/accounts/login/"
OBJECTS = {"reference", "subject", "uuid"}
"""What in an address names something of somebody's."""
ACTIVATE = "/accounts/2fa/totp/activate/"
OWN_PAGES = ("apply", "advice", "hand_over", "index", "phone", "privacy")
OWN = {f"applications:{name}" for name in OWN_PAGES}
"""What staff do for themselves, as applicants, or read as anybody may."""


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setattr("kyc.operations.probes.reader_answers", lambda: False)
    return make_world()


def test_every_route_has_an_entry():
    assert sorted(names()) == sorted(ROUTES)


@every_route
def test_a_get_is_answered_as_the_table_says(world, name):
    path = address(name, world)
    answered = {who: ask(world, who, "get", path).status_code for who in WHO}
    assert answered == ROUTES[name].expected("get")


@every_route
def test_a_post_is_answered_as_the_table_says(world, name):
    path, data = address(name, world), ROUTES[name].data(world)
    answered = {who: ask(world, who, "post", path, data).status_code for who in WHO}
    assert answered == ROUTES[name].expected("post")


@every_route
def test_a_post_without_its_token_is_refused(world, name):
    path = address(name, world)
    for who in WHO:
        client = Client(enforce_csrf_checks=True)
        if world.people[who]:
            client.force_login(world.people[who])
        assert client.post(path, ROUTES[name].data(world)).status_code == 403, who


@every_route
def test_strangers_are_sent_to_sign_in(world, name):
    if ROUTES[name].named(world):
        response = ask(world, "anonymous", "get", address(name, world))
        assert response.status_code in {302, 405}
        assert response.get("Location", LOGIN).startswith(LOGIN)


@every_route
def test_what_does_not_exist_is_not_told_from_what_is_somebody_elses(world, name):
    """Whoever may not see ana's gets the same answer for an object that is not there."""
    named = ROUTES[name].named(world)
    if not OBJECTS & named.keys():
        return
    nowhere = reverse(name, kwargs={key: _another(key, value) for key, value in named.items()})
    there = address(name, world)
    for who in WHO:
        may_read = ask(world, who, "get", there).status_code == 200
        for method in ("get", "post"):
            exists, missing = ask(world, who, method, there), ask(world, who, method, nowhere)
            refused = who == "anonymous" or exists.status_code in {403, 404, 405}
            if refused and not may_read:
                assert missing.status_code == exists.status_code, (who, method)
            else:
                assert missing.status_code in {404, 405}, (who, method)


@every_route
def test_no_role_opens_anything_without_a_second_factor(world, settings, name):
    settings.STAFF_SECOND_FACTOR = True
    if name in {*ACCOUNTS, *MACHINES, *OWN}:
        return
    for who in ("reviewer", "senior", "auditor", "administrator"):
        for method in ("get", "post"):
            response = ask(world, who, method, address(name, world), ROUTES[name].data(world))
            assert response.status_code in {302, 403, 404, 405}, (who, method)
            assert response.get("Location", ACTIVATE) == ACTIVATE


def _another(key, value):
    if key not in OBJECTS:
        return value
    return uuid4() if key == "uuid" else new_reference()
