"""The real processes with the real engine, over the loopback interface."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from ocr_integration.client import OcrClient
from ocr_integration.client.auth import AkSkAuth, TokenAuth
from ocr_integration.client.errors import Misconfigured, PictureAtFault
from ocr_integration.protocol.fields import Side

ROOT = Path(__file__).parents[3]
PICTURE = (ROOT / "tests/samples/04_hk_front.jpg").read_bytes()

CREDENTIALS = {
    "projects": {"project": "local"},
    "keys": {"AK": "SECRET"},
    "users": [{"domain": "D", "name": "N", "password": "PASSWORD"}],
}
COMMAND = [sys.executable, "-m", "ocr_integration.server"]

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    file, log = folder / "credentials.json", folder / "log"
    file.write_text(json.dumps(CREDENTIALS))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, "--port", str(port), "--workers", "2"],
            cwd=ROOT,
            env={**os.environ, "OCR_SERVER_CREDENTIALS": str(file)},
            stderr=output,
        )
    url = f"http://127.0.0.1:{port}"
    _wait_for(process, url)
    yield url

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert any(line["message"] == "answered" for line in lines)
    assert not any(value in log.read_text() for value in ("SECRET", "PASSWORD", "H5557", "hush"))


def _wait_for(process, url):
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(f"{url}/health/ready", timeout=60).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail("the server did not become ready")


@pytest.fixture(params=["token", "signature"])
def client(request, endpoint):
    token = TokenAuth(endpoint, domain="D", username="N", password="PASSWORD")
    made = OcrClient(
        endpoint, "project", token if request.param == "token" else AkSkAuth("AK", "SECRET")
    )
    yield made
    made.close()


def test_it_reads_a_card_for_whoever_may_ask(client):
    answer = client.recognise(PICTURE)

    assert answer.result.side is Side.FRONT
    assert answer.result.values["number"].startswith("H")
    assert answer.result.portrait_image
    assert answer.result.portrait_location
    assert answer.engine
    assert len(answer.request_id) == 32


def test_it_refuses_what_is_no_picture(client):
    with pytest.raises(PictureAtFault) as caught:
        client.recognise(b"no picture")
    assert caught.value.code == "AIS.0102"


def test_it_has_the_quality_route(client):
    assert client.quality(PICTURE) is not None


def test_strangers_stay_outside(endpoint):
    client = OcrClient(endpoint, "project", AkSkAuth("AK", "guessed"))
    with pytest.raises(Misconfigured):
        client.recognise(PICTURE)
    client.close()


def test_a_header_line_of_a_long_token_is_taken(endpoint):
    path = "/v2/project/ocr/mainland-travel-permit"
    headers = {"X-Auth-Token": "x" * 32_000}
    response = requests.post(endpoint + path, data=b"{}", headers=headers, timeout=10)
    assert response.json()["error_code"] == "APIG.0301"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /health/live HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", 494),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX-Auth-Token\x00: hush\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_is_answered_in_the_apis_words(endpoint, sent, status):
    with _connected(endpoint) as connection:
        connection.sendall(sent)
        head, _, body = _received(connection).partition(b"\r\n\r\n")
    said = json.loads(body)
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert said["error_code"] == "APIG.0201"
    assert f"X-Request-Id: {said['request_id']}".encode() in head
    assert b"X-Permitdesk-Engine: " in head


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /health/live HTTP/1.1\r\nX-Slow: ",
        b"POST /v3/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n",
        b"POST /v3/auth/tokens HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nEA60\r\n",
    ],
    ids=["silent", "head", "body", "chunks"],
)
def test_callers_that_take_their_time_hold_nobody_up(endpoint, said):
    with ExitStack() as stack:
        slow = [stack.enter_context(_connected(endpoint)) for _ in range(40)]
        for connection in slow:
            connection.sendall(said)
        assert requests.get(f"{endpoint}/health/live", timeout=3).status_code == 200

        end = time.monotonic() + 15
        while slow and time.monotonic() < end:
            slow = [each for each in slow if _drips(each, b"x" if said else b"")]
            time.sleep(0.5)
        assert not slow


@pytest.mark.parametrize(
    "said",
    [
        b"G",
        b"GET /health/live HTTP/1.1\r\nX-Slow: ",
        b"POST /v3/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{",
        b"POST /v3/auth/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n{",
        b"POST /v2/project/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n",
    ],
    ids=["byte", "head", "small body", "large body", "chunks"],
)
def test_hundreds_that_dribble_keep_no_caller_from_an_answer(endpoint, said):
    """Far more of them than both workers have threads, and none has shown who it is."""
    with ExitStack() as stack:
        for _ in range(600):
            stack.enter_context(_connected(endpoint)).sendall(said)
        assert requests.get(f"{endpoint}/health/live", timeout=30).status_code == 200
        refused = requests.post(f"{endpoint}/v3/auth/tokens", json={}, timeout=30)
        assert refused.status_code == 400


def test_a_head_without_an_end_is_refused(endpoint):
    with _connected(endpoint) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 22_000)
        assert _received(connection).startswith(b"HTTP/1.1 494 ")


def test_a_request_that_arrives_in_pieces_is_answered(endpoint):
    body = b'{"auth": {}}'
    head = b"POST /v3/auth/tokens HTTP/1.1\r\nHost: x\r\ncontent-length:%d\r\n\r\n" % len(body)
    with _connected(endpoint) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in head + body:
            connection.sendall(bytes([byte]))
        assert _received(connection).startswith(b"HTTP/1.1 400 ")


def test_whoever_stays_on_the_line_holds_nobody_up(endpoint):
    with ExitStack() as stack:
        callers = [stack.enter_context(_connected(endpoint)) for _ in range(30)]
        for caller in callers:
            caller.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        began = time.monotonic()
        assert all(caller.recv(12) == b"HTTP/1.1 200" for caller in callers)
        assert time.monotonic() - began < 8


def _connected(endpoint):
    host, port = endpoint.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def _drips(connection, piece):
    """Whether the server takes one more piece of what somebody says slowly."""
    connection.setblocking(False)
    try:
        connection.send(piece)
        return bool(connection.recv(65536))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _received(connection):
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        return received
    return received


def test_counts_of_both_workers_add_up(endpoint):
    def live():
        said = requests.get(f"{endpoint}/metrics", timeout=10).text
        line = next(x for x in said.splitlines() if 'route="health",outcome="ok"' in x)
        return int(line.rpartition(" ")[2])

    before = live()
    for _ in range(20):
        requests.get(f"{endpoint}/health/live", timeout=10)
    assert live() == before + 20


def test_without_credentials_it_does_not_start():
    environment = {k: v for k, v in os.environ.items() if k != "OCR_SERVER_CREDENTIALS"}
    done = subprocess.run(
        [*COMMAND, "--port", "1"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("OCR_SERVER_CREDENTIALS is not set")
    assert len(done.stderr.splitlines()) == 1
