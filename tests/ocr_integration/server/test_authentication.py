import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from werkzeug.test import Client, create_environ, run_wsgi_app

from ocr_integration.protocol import signature
from ocr_integration.server import tokens
from ocr_integration.server.guesses import MOST, SECONDS, Guesses
from tests.ocr_integration.server.conftest import OTHER_PROJECT, PROJECT, post_token

PATH = f"/v2/{PROJECT}/ocr/mainland-travel-permit"
BODY = b'{"image": "YWJj"}'
KEY = b"key of the tokens"


def signed(body=BODY, *, secret="SECRET", access="AK", at=None, **extra):
    headers = {
        "Content-Type": "application/json;charset=utf-8",
        "Host": "localhost",
        "X-Project-Id": PROJECT,
        "X-Sdk-Date": signature.stamp(at or datetime.now(UTC)),
        **extra,
    }
    message = signature.Message("POST", PATH, headers, body)
    authorization = signature.sign(message, access=access, secret=secret)
    return {**headers, "Authorization": str(authorization)}


def grant(**changes):
    said = {
        "domain": "D",
        "user": "N",
        "project_id": PROJECT,
        "expires_at": datetime.now(UTC) + timedelta(hours=1),
        **changes,
    }
    return tokens.issue(tokens.Grant(**said), KEY)


def test_a_token_of_this_server_is_accepted(client):
    response = client.post(PATH, data=BODY, headers={"X-Auth-Token": grant()})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        ("forged", 401, "APIG.0301"),
        ("a.b", 401, "APIG.0301"),
        ("é", 401, "APIG.0301"),
        (grant()[:-1] + "x", 401, "APIG.0301"),
        (grant(expires_at=datetime.now(UTC) - timedelta(seconds=1)), 401, "APIG.0307"),
        (grant(project_id=""), 401, "ModelArts.0212"),
        (grant(project_id=OTHER_PROJECT), 403, "APIG.0302"),
    ],
)
def test_other_tokens_are_refused(client, token, status, code):
    response = client.post(PATH, data=BODY, headers={"X-Auth-Token": token})
    assert (response.status_code, response.json["error_code"]) == (status, code)


def test_a_signature_is_accepted(client):
    assert client.post(PATH, data=BODY, headers=signed()).status_code == 200


def test_the_vendors_own_signer_is_understood(client):
    request = SdkRequest(
        method="POST",
        host="localhost",
        resource_path=PATH,
        query_params=[("b", "2"), ("a", "1 1")],
        header_params={
            "Content-Type": "application/json;charset=utf-8",
            "User-Agent": "huaweicloud-usdk-python/3.0",
            "X-Project-Id": PROJECT,
            "X-Sdk-Date": signature.stamp(datetime.now(UTC)),
        },
        body=BODY,
    )
    Signer(BasicCredentials("AK", "SECRET")).sign(request)
    response = client.post(request.uri, data=BODY, headers=request.header_params)
    assert response.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x"},
        signed(secret="other"),
        signed(access="unknown"),
        signed(body=b"{}"),
        signed(at=datetime.now(UTC) - timedelta(hours=1)),
        signed(at=datetime.now(UTC) + timedelta(hours=1)),
        {**signed(), "X-Sdk-Date": "yesterday"},
        {**signed(), "Content-Type": "text/plain"},
        signed(**{"X-Project-Id": OTHER_PROJECT}),
    ],
)
def test_nobody_else_gets_in(client, headers):
    response = client.post(PATH, data=BODY, headers=headers)
    assert (response.status_code, response.json["error_code"]) == (401, "APIG.0301")
    assert response.json["request_id"]


def test_who_asks_is_checked_before_what(client):
    response = client.post(PATH, data=b"{", headers={"X-Auth-Token": "forged"})
    assert response.json["error_code"] == "APIG.0301"


def test_an_unknown_key_is_refused_without_its_body(app):
    untouched = io.BytesIO(BODY)
    environ = create_environ(PATH, method="POST", headers=signed(access="unknown"))
    environ |= {"wsgi.input": untouched, "CONTENT_LENGTH": str(len(BODY))}
    _, status, _ = run_wsgi_app(app, environ)
    assert status.startswith("401 ")
    assert untouched.tell() == 0


def test_a_password_gets_a_token_for_a_day(client):
    response = post_token(client)

    assert response.status_code == 201
    said = response.json["token"]
    assert said["project"] == {
        "id": PROJECT,
        "name": "local-1",
        "domain": {"name": "D", "id": "D"},
    }
    assert said["methods"] == ["password"]
    expires_at = datetime.fromisoformat(said["expires_at"])
    assert timedelta(hours=23) < expires_at - datetime.now(UTC) <= timedelta(hours=24)
    assert tokens.read(response.headers["X-Subject-Token"], KEY).project_id == PROJECT


@pytest.mark.parametrize(
    "wrong", [{"password": "x"}, {"name": "x"}, {"domain": {"name": "x"}}, {"password": "\ud800"}]
)
def test_a_wrong_password_gets_iams_answer(client, wrong):
    response = post_token(client, **wrong)
    assert response.status_code == 401
    assert response.json == {
        "error": {
            "code": 401,
            "message": "The username or password is wrong.",
            "title": "Unauthorized",
        }
    }


@pytest.mark.parametrize(
    ("scope", "status", "project_id"),
    [
        ({"project": {"name": "local-2"}}, 201, OTHER_PROJECT),
        ({"project": {"id": OTHER_PROJECT}}, 201, OTHER_PROJECT),
        ({"project": {"id": "unknown"}}, 401, None),
        ({"project": {"name": "unknown"}}, 401, None),
        ({"project": {}}, 401, None),
        ({"domain": {"name": "D"}}, 201, ""),
        (None, 201, ""),
    ],
)
def test_a_token_is_for_the_project_of_its_scope(client, scope, status, project_id):
    user = {"name": "N", "password": "PASSWORD", "domain": {"name": "D"}}
    identity = {"methods": ["password"], "password": {"user": user}}
    response = client.post(
        "/v3/auth/tokens?nocatalog=true", json={"auth": {"identity": identity, "scope": scope}}
    )
    assert response.status_code == status
    if status == 201:
        assert tokens.read(response.headers["X-Subject-Token"], KEY).project_id == project_id


@pytest.mark.parametrize("body", [b"", b"[]", b'{"auth": {}}', b"[" * 60_000, b"\xff"])
def test_what_asks_for_no_token_gets_iams_answer(client, body):
    response = client.post("/v3/auth/tokens", data=body)
    assert response.status_code == 400
    assert json.loads(response.data)["error"]["title"] == "Bad Request"


def test_a_request_for_a_token_is_small(client):
    response = client.post("/v3/auth/tokens", data=b" " * (64 * 1024 + 1))
    assert (response.status_code, response.json["error_code"]) == (413, "APIG.0201")


def test_many_wrong_passwords_close_the_door_for_a_minute(client, app):
    now = [0.0]
    app.guesses = Guesses(clock=lambda: now[0])
    assert {post_token(client, password="x").status_code for _ in range(MOST)} == {401}

    closed = post_token(client)
    assert (closed.status_code, closed.json["error"]["code"]) == (429, 429)
    assert closed.headers["Retry-After"] == "60"
    elsewhere = Client(app).post(
        "/v3/auth/tokens", data=b"", environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 400
    now[0] = SECONDS
    assert post_token(client).status_code == 201
