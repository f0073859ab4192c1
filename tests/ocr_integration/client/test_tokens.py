import threading
from datetime import UTC, datetime, timedelta

import pytest

from ocr_integration.client.auth import TokenAuth
from ocr_integration.client.errors import TryAgain
from ocr_integration.client.http import Deadline, HttpRequest
from ocr_integration.client.tokens import MemoryTokenStore
from tests.ocr_integration.client.fakes import Network, answer, token

REQUEST = HttpRequest("POST", "https://ocr.example/", {})


def in_time(**delta):
    return f"{datetime.now(UTC) + timedelta(**delta):%Y-%m-%dT%H:%M:%S.%fZ}"


def auth_of(store=None):
    return TokenAuth("https://iam.example", domain="D", username="N", password="P", store=store)


def value(auth, network, seconds=30.0):
    return auth.headers(REQUEST, "project", network, Deadline(seconds))["X-Auth-Token"]


def test_an_ended_token_is_replaced():
    auth, network = auth_of(), Network(token("old", in_time(seconds=-1)), token("new"))
    assert [value(auth, network), value(auth, network)] == ["old", "new"]


def test_a_token_near_its_end_is_replaced_early():
    auth, network = auth_of(), Network(token("old", in_time(minutes=30)), token("new"))
    assert [value(auth, network), value(auth, network)] == ["old", "new"]


def test_a_token_near_its_end_still_serves_when_iam_does_not_and_iam_is_left_alone():
    soon = in_time(minutes=30)
    auth, network = auth_of(), Network(token("old", soon), answer(b"", status=401))
    assert [value(auth, network) for _ in range(5)] == ["old"] * 5
    assert len(network.sent) == 2


@pytest.mark.parametrize("said", ["", "soon", None])
def test_a_token_that_does_not_say_when_it_ends_lasts_a_day(said):
    auth, network = auth_of(), Network(token("one", said))
    assert [value(auth, network), value(auth, network)] == ["one", "one"]


def test_another_process_token_is_used():
    store = MemoryTokenStore()
    network = Network(token("shared"))
    assert value(auth_of(store), network) == value(auth_of(store), network) == "shared"
    assert len(network.sent) == 1


def test_many_callers_sign_in_once():
    auth, begun = auth_of(), threading.Event()

    class Slow(Network):
        def __call__(self, request, deadline):
            begun.wait(1)
            return super().__call__(request, deadline)

    network, values = Slow(token("one")), []
    callers = [threading.Thread(target=lambda: values.append(value(auth, network))) for _ in "1234"]
    for caller in callers:
        caller.start()
    begun.set()
    for caller in callers:
        caller.join()

    assert values == ["one"] * 4
    assert len(network.sent) == 1


def test_who_waits_too_long_for_a_sign_in_tries_again_later():
    store = MemoryTokenStore()
    with store.refreshing("any", timeout=1), pytest.raises(TryAgain):
        value(auth_of(store), Network(), seconds=0.01)
