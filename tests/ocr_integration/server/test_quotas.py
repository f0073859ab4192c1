import base64
import multiprocessing

import pytest

from ocr_integration.server.quotas import Quotas
from ocr_integration.server.refusal import Refused
from tests.ocr_integration.server.conftest import PROJECT

IMAGE = {"image": base64.b64encode(b"a picture").decode()}


@pytest.fixture
def now():
    return [600.0]


@pytest.fixture
def quotas(now):
    return Quotas({PROJECT: 2, "other": 1}, clock=lambda: now[0])


def taken(quotas, project=PROJECT):
    try:
        quotas.take(project)
    except Refused:
        return False
    return True


def test_a_project_has_its_calls_each_minute(quotas, now):
    assert [taken(quotas) for _ in range(3)] == [True, True, False]
    assert taken(quotas, "other")
    assert all(taken(quotas, "a project without a quota") for _ in range(9))
    now[0] += 59
    assert not taken(quotas)
    now[0] += 1
    assert taken(quotas)


def test_all_workers_count_together(quotas):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=quotas.take, args=(PROJECT,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert not taken(quotas)


def test_a_call_too_many_is_answered_as_the_gateway_does(app, ask, quotas, now):
    app.quotas = quotas
    now[0] += 20
    assert [ask(IMAGE).status_code for _ in range(2)] == [200, 200]

    for refused in (ask(IMAGE), ask(IMAGE, path="/quality"), ask(b"{")):
        assert (refused.status_code, refused.json["error_code"]) == (429, "APIG.0308")
        assert "limit:2,time:1 minute" in refused.json["error_msg"]
        assert refused.headers["Retry-After"] == "41"


def test_a_wrong_credential_takes_no_call(app, client, ask, quotas):
    app.quotas = quotas
    path = f"/v2/{PROJECT}/ocr/mainland-travel-permit"
    for _ in range(5):
        assert client.post(path, json=IMAGE, headers={"X-Auth-Token": "x"}).status_code == 401
    assert ask(IMAGE).status_code == 200
