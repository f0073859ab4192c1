import base64
import json
from io import BytesIO

import pytest
from PIL import Image

from ocr_integration.client import OcrClient
from ocr_integration.client.auth import AkSkAuth, TokenAuth
from ocr_integration.client.errors import (
    BreakerOpen,
    Misconfigured,
    PictureAtFault,
    ProviderAtFault,
    QuotaUsedUp,
    TryAgain,
)
from ocr_integration.client.http import Deadline
from ocr_integration.protocol import signature
from ocr_integration.protocol.quality import Problem, ProblemCode
from tests.ocr_integration.client.fakes import (
    PICTURE,
    Network,
    answer,
    picture,
    refusal,
    result,
    token,
)

PROJECT = "0123456789abcdef0123456789abcdef"
ENDPOINT = "https://ocr.example"


def client_of(network, auth=None, **options):
    auth = auth or AkSkAuth("AK", "SECRET")
    return OcrClient(ENDPOINT, PROJECT, auth, transport=network, **options)


def token_auth(**options):
    return TokenAuth(
        "https://iam.example", domain="D", username="N", password="PASSWORD", **options
    )


def test_it_asks_as_the_api_page_says():
    network = Network(result())
    client_of(network, enterprise_project_id="ep-1").recognise(
        PICTURE, portrait_image=False, portrait_location=True
    )

    (sent,) = network.sent
    assert sent.method == "POST"
    assert sent.url == f"https://ocr.example/v2/{PROJECT}/ocr/mainland-travel-permit"
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["Enterprise-Project-Id"] == "ep-1"
    assert json.loads(sent.body) == {
        "image": base64.b64encode(PICTURE).decode(),
        "return_portrait_image": False,
        "return_portrait_location": True,
    }


def test_it_gives_the_result_and_what_is_needed_to_account_for_it():
    said = result()
    said.headers.update({"x-request-id": "req-1", "x-permitdesk-engine": "permitdesk/1"})
    given = client_of(Network(said)).recognise(PICTURE)

    assert given.result.values["number"] == "H12345678"
    assert (given.request_id, given.engine) == ("req-1", "permitdesk/1")
    assert given.raw == said.body
    assert given.latency_seconds >= 0
    assert "H12345678" not in repr(given)


def test_it_signs_what_it_sends():
    network = Network(result())
    client_of(network, AkSkAuth("AK", "SECRET", security_token="TEMPORARY")).recognise(PICTURE)

    (sent,) = network.sent
    authorization = signature.parse_authorization(sent.headers["Authorization"])
    headers = {k: v for k, v in sent.headers.items() if k != "Authorization"}
    message = signature.Message(
        "POST", f"/v2/{PROJECT}/ocr/mainland-travel-permit", headers, sent.body
    )
    assert signature.is_signed_by(message, authorization, secret="SECRET")
    assert authorization.access == "AK"
    assert {"host", "x-project-id", "x-security-token"} <= set(authorization.signed_headers)
    assert sent.headers["Host"] == "ocr.example"


def test_a_refused_signature_is_not_repeated():
    network = Network(refusal(401, "APIG.0301"))
    with pytest.raises(Misconfigured):
        client_of(network).recognise(PICTURE)
    assert len(network.sent) == 1


def test_it_signs_in_once_for_many_calls():
    network = Network(token(), result(), result())
    client = client_of(network, token_auth())
    client.recognise(PICTURE)
    client.recognise(PICTURE)

    assert [request.url.partition("?")[0] for request in network.sent][:2] == [
        "https://iam.example/v3/auth/tokens",
        f"https://ocr.example/v2/{PROJECT}/ocr/mainland-travel-permit",
    ]
    assert [request.headers.get("X-Auth-Token") for request in network.sent] == [
        None,
        "token-1",
        "token-1",
    ]
    asked = json.loads(network.sent[0].body)["auth"]
    assert asked["scope"] == {"project": {"id": PROJECT}}
    assert asked["identity"]["password"]["user"]["password"] == "PASSWORD"


def test_a_stale_token_is_renewed_and_the_call_repeated_once():
    network = Network(token("old"), refusal(401, "APIG.0307"), token("new"), result())
    client_of(network, token_auth()).recognise(PICTURE)
    assert network.sent[-1].headers["X-Auth-Token"] == "new"


def test_a_token_that_is_always_stale_is_the_operators_turn():
    network = Network(token("a"), refusal(401, "APIG.0307"), token("b"), refusal(401, "APIG.0307"))
    with pytest.raises(Misconfigured):
        client_of(network, token_auth()).recognise(PICTURE)
    assert len(network.sent) == 4


def test_another_refusal_does_not_renew_the_token():
    network = Network(token(), refusal(403, "APIG.0302"))
    with pytest.raises(Misconfigured):
        client_of(network, token_auth()).recognise(PICTURE)
    assert len(network.sent) == 2


@pytest.mark.parametrize(
    ("said", "turn"),
    [
        (answer({"error": {"code": 401, "message": "wrong"}}, status=401), Misconfigured),
        (answer({"error": {"code": 400, "message": "bad"}}, status=400), Misconfigured),
        (answer(b"", status=404), Misconfigured),
        (answer(b"", status=503), TryAgain),
        (answer(b"", status=429), TryAgain),
        (answer({}, status=201), ProviderAtFault),
        (answer({}, status=201, x_subject_token="a\nb"), ProviderAtFault),
    ],
)
def test_whose_turn_it_is_when_signing_in_fails(said, turn):
    with pytest.raises(turn) as caught:
        client_of(Network(said), token_auth()).recognise(PICTURE)
    assert "PASSWORD" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "turn"),
    [
        (refusal(400, "AIS.0104"), PictureAtFault),
        (refusal(429, "ModelArts.4401"), TryAgain),
        (refusal(404, "APIG.0101"), Misconfigured),
        (answer(b"", status=302, location="https://elsewhere.example"), Misconfigured),
        (answer(b"<html>", status=200), ProviderAtFault),
        (TryAgain("the connection failed"), TryAgain),
    ],
)
def test_an_answer_without_a_result_says_whose_turn_it_is(said, turn):
    with pytest.raises(turn):
        client_of(Network(said)).recognise(PICTURE)


def test_an_answer_without_sense_is_named_because_it_may_be_charged_for():
    said = result(side="left")
    said.headers["x-request-id"] = "req-1"
    with pytest.raises(ProviderAtFault) as caught:
        client_of(Network(said)).recognise(PICTURE)
    assert (caught.value.status, caught.value.request_id) == (200, "req-1")


@pytest.mark.parametrize(
    "said", [answer({}, status=201), ProviderAtFault("the answer is too large", status=201)]
)
def test_a_login_without_sense_is_not_charged_for(said):
    with pytest.raises(ProviderAtFault) as caught:
        client_of(Network(said), token_auth()).recognise(PICTURE)
    assert caught.value.status is None


@pytest.mark.parametrize("given", [b"", b"picture", b"x" * 8_000_000, picture(kind="GIF")])
def test_what_is_no_picture_of_the_apis_is_not_sent(given):
    network = Network()
    with pytest.raises(PictureAtFault) as caught:
        client_of(network).recognise(given)
    assert (network.sent, caught.value.code) == ([], "AIS.0102")


def test_a_picture_over_the_limits_is_sent_smaller_and_places_come_back_on_the_given_one():
    network = Network(result(portrait_location=[[0, 0], [4096, 0], [4096, 410], [0, 410]]))
    given = client_of(network).recognise(picture(16384, 1640))
    with Image.open(BytesIO(base64.b64decode(json.loads(network.sent[0].body)["image"]))) as image:
        assert image.size == (8192, 820)
    assert given.result.portrait_location == ((0, 0), (8192, 0), (8192, 820), (0, 820))


def test_flags_are_sent_as_booleans_whatever_was_given():
    network = Network(result())
    client_of(network).recognise(PICTURE, portrait_image=1, portrait_location=None)
    body = json.loads(network.sent[0].body)
    assert (body["return_portrait_image"], body["return_portrait_location"]) == (True, False)


def test_a_picture_may_be_fetched_by_the_server_from_listed_hosts():
    network = Network(result(portrait_location=[[1, 2], [3, 2], [3, 4], [1, 4]]))
    client = client_of(network, url_hosts=["store.example"])
    answered = client.recognise_url("https://store.example/a%20b.jpg?sign=1", portrait_image=False)
    assert json.loads(network.sent[0].body) == {
        "url": "https://store.example/a%20b.jpg?sign=1",
        "return_portrait_image": False,
        "return_portrait_location": True,
    }
    assert answered.result.portrait_location == ((1, 2), (3, 2), (3, 4), (1, 4))


@pytest.mark.parametrize(
    "url",
    [
        "http://store.example/a.jpg",
        "https://elsewhere.example/a.jpg",
        "https://store.example.evil/a.jpg",
        "https://store.example@evil.example/a.jpg",
        "https://user@store.example/a.jpg",
        "https://store.example:8443/a.jpg",
        "https://store.example:x/a.jpg",
        "https://store.example/a.jpg#b",
        "https://store.example/照片.jpg",
        "https://store.example/a b.jpg",
        "https://store.example/" + "a" * 2000,
        "file:///etc/passwd",
        "",
    ],
)
def test_no_other_address_is_given_to_the_server(url):
    network = Network()
    with pytest.raises(Misconfigured):
        client_of(network, url_hosts=["store.example"]).recognise_url(url)
    assert network.sent == []


class Quota:
    """A throttle that says what it was told."""

    def __init__(self, wait=0.0):
        self.wait, self.asked, self.pauses = wait, [], []

    def reserve(self, *, longest):
        self.asked.append(longest)
        if self.wait > longest:
            raise QuotaUsedUp("the quota is used up", after=self.wait)
        return self.wait

    def slow_down(self, seconds):
        self.pauses.append(seconds)


def test_each_call_takes_a_slot_and_signing_in_takes_none():
    quota, network = Quota(), Network(token(), result())
    client_of(network, token_auth(), throttle=quota).recognise(PICTURE)
    assert len(quota.asked) == 1


def test_a_call_whose_slot_comes_too_late_is_not_made():
    network = Network()
    with pytest.raises(QuotaUsedUp) as caught:
        client_of(network, throttle=Quota(wait=3.0), longest_wait=1.0).recognise(PICTURE)
    assert (network.sent, caught.value.after) == ([], 3.0)


def test_a_call_may_be_given_up_when_its_slot_has_come():
    def leave_it():
        raise BreakerOpen("the provider is left alone for a while", after=9.0)

    quota, network = Quota(), Network()
    with pytest.raises(BreakerOpen):
        client_of(network, throttle=quota, before_call=leave_it).recognise(PICTURE)
    assert (len(quota.asked), network.sent) == (1, [])


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        (refusal(429, "APIG.0308"), 2.0),
        (refusal(429, "ModelArts.4401", retry_after="7"), 7.0),
        (answer(b"", status=429), 2.0),
    ],
)
def test_a_refused_call_slows_everybody_down(said, pause):
    quota = Quota()
    with pytest.raises(TryAgain):
        client_of(Network(said), throttle=quota).recognise(PICTURE)
    assert quota.pauses == [pause]


def test_a_401_of_another_code_renews_no_token():
    network = Network(token(), refusal(401, "APIG.0305"))
    with pytest.raises(Misconfigured):
        client_of(network, token_auth()).recognise(PICTURE)
    assert len(network.sent) == 2


def test_several_calls_may_share_one_deadline():
    client = client_of(Network(token()), token_auth())
    with pytest.raises(TryAgain):
        client.recognise(PICTURE, deadline=Deadline(0.0))


def test_quality_gives_the_problems():
    network = Network(answer({"problems": [{"code": "dark", "field": None, "where": None}]}))
    assert client_of(network).quality(PICTURE) == (Problem(ProblemCode.DARK),)
    assert network.sent[0].url.endswith("/ocr/mainland-travel-permit/quality")


def test_a_server_without_quality_says_nothing():
    assert client_of(Network(refusal(404, "APIG.0101"))).quality(PICTURE) is None


def test_a_refused_quality_says_whose_turn_it_is():
    with pytest.raises(PictureAtFault):
        client_of(Network(refusal(400, "AIS.0102"))).quality(PICTURE)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://ocr.example",
        "ftp://ocr.example",
        "ocr.example",
        "https://user:pass@ocr.example",
        "https://ocr.example?x=1",
        "https://ocr.example:port",
        "https://",
        "",
    ],
)
def test_an_address_that_would_leak_or_make_no_sense_is_refused(endpoint):
    with pytest.raises(Misconfigured):
        OcrClient(endpoint, PROJECT, AkSkAuth("AK", "SECRET"), transport=Network())


@pytest.mark.parametrize(
    "endpoint",
    ["http://127.0.0.1:8001", "http://localhost:8001", "http://[::1]:8001", "http://ocr:8001"],
)
def test_plain_http_is_for_loopback_and_listed_hosts(endpoint):
    network = Network(result())
    client = OcrClient(
        endpoint,
        PROJECT,
        AkSkAuth("AK", "SECRET"),
        transport=network,
        plain_http_hosts=["ocr"],
    )
    client.recognise(PICTURE)
    assert network.sent[0].headers["Host"] == endpoint.removeprefix("http://")


def test_a_password_does_not_leave_over_plain_http():
    auth = TokenAuth("http://iam.example", domain="D", username="N", password="P")
    network = Network()
    with pytest.raises(Misconfigured):
        client_of(network, auth).recognise(PICTURE)
    assert network.sent == []


@pytest.mark.parametrize("project", ["", "a/b", "../x", "x" * 65])
def test_a_malformed_project_is_refused(project):
    with pytest.raises(Misconfigured):
        OcrClient(ENDPOINT, project, AkSkAuth("AK", "SECRET"), transport=Network())


def test_nothing_shows_a_secret():
    shown = repr([AkSkAuth("AK", "SECRET", security_token="TEMPORARY"), token_auth()])
    assert not any(secret in shown for secret in ("AK'", "SECRET", "TEMPORARY", "PASSWORD"))
    network = Network(token("VALUE"), result())
    client = client_of(network, token_auth())
    client.recognise(PICTURE)
    assert "VALUE" not in repr(network.sent) + repr(client)
