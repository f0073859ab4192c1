"""`python -m ocr_integration.client` as an operator's script sees it."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.ocr_integration.client.fakes import HK_FRONT, PICTURE, refusal, result, token

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]

ROOT = Path(__file__).parents[3]
AKSK = {"OCR_AUTH": "aksk", "OCR_AK": "AKHUSH", "OCR_SK": "HUSH"}
PASSWORD = {
    "OCR_AUTH": "token",
    "OCR_USERNAME": "desk",
    "OCR_PASSWORD": "HUSH",
    "OCR_DOMAIN": "domain",
}


@contextmanager
def provider(*said):
    """A server that gives these answers, one a request."""
    left, asked = list(said), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = left.pop(0)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(PICTURE)
    return str(path)


def call(*arguments, **environ):
    ended = subprocess.run(
        [sys.executable, "-m", "ocr_integration.client", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "HUSH" not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended


def test_it_prints_what_was_read_as_json(photo):
    with provider(result(), result(name="李四")) as (url, _):
        ended = call(photo, photo, OCR_ENDPOINT=url, **AKSK)
    first, second = (json.loads(line) for line in ended.stdout.splitlines())
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (first["number"], second["name"]) == (HK_FRONT["number"], "李四")
    assert first["confidence"]["name"] == 0.9


def test_a_stale_login_is_renewed_once(photo):
    said = [token("old"), refusal(401, "APIG.0307"), token("new"), result()]
    with provider(*said) as (url, asked):
        ended = call(photo, OCR_ENDPOINT=url, **PASSWORD)
    assert (ended.returncode, len(asked)) == (0, 4)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (refusal(400, "AIS.0104"), 65),
        (refusal(429, "APIG.0308"), 75),
        (refusal(503, "APIG.0613"), 75),
        (refusal(400, "AIS.0105"), 75),
        (refusal(418, "Tea.0001"), 76),
        (result(side="left"), 76),
        (refusal(404, "APIG.0101"), 78),
        (refusal(403, "ModelArts.4204"), 78),
        (refusal(401, "APIG.0301"), 78),
    ],
)
def test_the_status_says_whose_turn_it_is_after_one_attempt(photo, said, status):
    with provider(said) as (url, asked):
        ended = call(photo, OCR_ENDPOINT=url, **AKSK)
    assert (ended.returncode, len(asked)) == (status, 1)
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1


def test_nobody_there_is_worth_another_try(photo):
    with provider() as (url, _):
        pass
    assert call(photo, OCR_ENDPOINT=url, **AKSK).returncode == 75


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OCR_AK": "AKHUSH"},
        {**AKSK, "OCR_ENDPOINT": "http://ocr.example"},
        {**AKSK, "OCR_ENDPOINT": "HUSH"},
        {**AKSK, "OCR_PROJECT_ID": "../HUSH"},
        {**AKSK, "OCR_SK_FILE": "/nowhere"},
        {**AKSK, "OCR_QPS": "many"},
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_said_in_a_line(photo, environ):
    ended = call(photo, **environ)
    assert (ended.returncode, ended.stdout) == (78, "")
    assert len(ended.stderr.splitlines()) == 1


def test_a_file_that_is_no_picture_is_not_sent_and_the_others_are(photo, tmp_path):
    (tmp_path / "notes.txt").write_text("notes")
    with provider(result()) as (url, asked):
        ended = call(
            str(tmp_path / "notes.txt"),
            str(tmp_path / "missing.jpg"),
            photo,
            OCR_ENDPOINT=url,
            **AKSK,
        )
    assert (ended.returncode, len(asked)) == (65, 1)
    assert len(ended.stdout.splitlines()) == 1
    assert len(ended.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (refusal(400, "AIS.0104"), 0),
        (refusal(400, "AIS.0105"), 0),
        (result(), 0),
        (refusal(401, "APIG.0301"), 78),
        (refusal(503, ""), 75),
    ],
)
def test_a_check_needs_no_picture_of_anyone(said, status):
    with provider(said) as (url, asked):
        ended = call("--check", OCR_ENDPOINT=url, **AKSK)
    assert (ended.returncode, len(asked)) == (status, 1)


@pytest.mark.parametrize("arguments", [[], ["--check", "photo.jpg"]])
def test_photos_or_a_check_are_asked_for(arguments):
    assert call(*arguments, **AKSK).returncode == 2
