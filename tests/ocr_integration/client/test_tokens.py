import threading
from datetime import UTC, datetime, timedelta

import pytest

from ocr_integration.client.auth import TokenAuth
from ocr_integration.client.errors import Misconfigured, TryAgain
from ocr_integration.client.http import Deadline, HttpRequest
from ocr_integration.client.tokens import MemoryTokenStore, Token
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


def kept(**left):
    """Somebody who has a token of a day that ends soon."""
    now, store = datetime.now(UTC), MemoryTokenStore()
    auth = auth_of(store)
    value(auth, Network(token("old")))
    (key,) = store._tokens
    store.put(key, Token("old", now + timedelta(**left), now - timedelta(hours=23)))
    return auth


def test_a_token_near_its_end_is_replaced_early():
    auth, network = kept(minutes=30), Network(token("new"))
    assert value(auth, network) == "new"


def test_a_token_near_its_end_still_serves_when_iam_does_not_and_iam_is_left_alone():
    auth, network = kept(minutes=30), Network(answer(b"", status=401))
    assert [value(auth, network) for _ in range(5)] == ["old"] * 5
    assert len(network.sent) == 1


def test_a_short_lived_token_is_used_for_most_of_its_life():
    auth, network = auth_of(), Network(token("one", in_time(seconds=60)))
    assert [value(auth, network) for _ in range(5)] == ["one"] * 5


def test_the_end_is_told_by_how_long_it_lasts_whatever_iams_clock_says():
    said = {"issued_at": "2001-01-01T00:00:00.000000Z", "expires_at": "2001-01-01T00:10:00.000000Z"}
    network = Network(answer({"token": said}, status=201, x_subject_token="one"))
    auth = auth_of()
    assert [value(auth, network) for _ in range(3)] == ["one"] * 3


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
    with store.refreshing("any"), pytest.raises(TryAgain):
        value(auth_of(store), Network(), seconds=0.01)


def test_a_token_that_another_process_brings_meanwhile_is_taken():
    store = MemoryTokenStore()
    now = datetime.now(UTC)
    auth = auth_of(store)
    account = auth._account("project")
    with store.refreshing(account.key):
        bringing = threading.Timer(
            0.1, store.put, [account.key, Token("theirs", now + timedelta(days=1), now)]
        )
        bringing.start()
        assert value(auth, Network()) == "theirs"
    bringing.join()


def test_a_failed_sign_in_is_not_repeated_by_everybody_who_waited_for_it():
    auth, network = auth_of(), Network(answer(b"", status=401))
    for _ in range(5):
        with pytest.raises(Misconfigured):
            value(auth, network)
    assert len(network.sent) == 1


def test_an_account_that_iam_refuses_is_tried_ever_more_seldom():
    auth, refused = auth_of(), Misconfigured("IAM refused the account")
    assert [auth._patience(refused) for _ in range(6)] == [30, 60, 120, 240, 300, 300]
    assert auth._patience(TryAgain("unavailable")) == 1


def test_a_late_refusal_of_an_older_token_does_not_cost_the_newer_one():
    auth, network = auth_of(), Network(token("old"), token("new"))
    refused = {"X-Auth-Token": value(auth, network)}
    auth.give_up(refused, "project")
    assert value(auth, network) == "new"
    auth.give_up(refused, "project")
    assert value(auth, network) == "new"
    assert len(network.sent) == 2
