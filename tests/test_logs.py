"""Log lines are JSON, one a line, and say nothing of a person."""

import json
import logging
import sys

import pytest
from django.test import Client

from kyc.logs import JsonFormatter


def line(message, *args, error=None):
    record = logging.LogRecord(
        "kyc.test", logging.WARNING, __file__, 1, message, args, exc_info=error
    )
    return JsonFormatter().format(record)


def test_a_record_is_one_json_line():
    written = line("job %d\nwaits", 7)
    assert "\n" not in written
    said = json.loads(written)
    assert said.pop("at").endswith("+00:00")
    assert said == {"level": "warning", "logger": "kyc.test", "message": "job 7\nwaits"}


def test_an_errors_own_words_are_left_out():
    """An exception quotes what it choked on, and that may be a document's number."""
    try:
        int("H12345678")
    except ValueError:
        written = line("a reading failed", error=sys.exc_info())
    said = json.loads(written)
    assert said["error"] == "ValueError"
    assert "test_logs.py" in said["frames"][-1]
    assert "H12345678" not in written


def test_only_the_innermost_frames_are_kept():
    def deeper(depth):
        if depth:
            deeper(depth - 1)
        raise LookupError

    with pytest.raises(LookupError) as caught:
        deeper(30)
    error = (caught.type, caught.value, caught.tb)
    assert len(json.loads(line("deep", error=error))["frames"]) == 12


@pytest.mark.parametrize(
    ("address", "how"),
    [
        ("/applications/7K4M2QX9AAAA/", {"HTTP_HOST": "x" * 7000}),
        ("/nowhere/CANARY/", {}),
        ("/applications/7K4M2QX9AAAA/withdraw/", {}),
    ],
)
def test_what_a_stranger_asked_for_is_not_quoted(db, caplog, address, how):
    careful = Client(enforce_csrf_checks=True)
    assert careful.post(address, **how).status_code in {400, 403, 404}
    written = [JsonFormatter().format(record) for record in caplog.records]
    assert written
    assert not any("CANARY" in each or "7K4M" in each or len(each) > 300 for each in written)


def test_a_failing_page_writes_no_value(client, db, settings, caplog, monkeypatch):
    def choke(*_, **__):
        raise ValueError("H12345678 of ana@example.org")

    monkeypatch.setattr("kyc.accounts.views.render", choke)
    client.raise_request_exception = False
    assert client.get("/").status_code == 500
    written = [JsonFormatter().format(record) for record in caplog.records]
    assert any("ValueError" in each for each in written)
    assert not any("H12345678" in each or "ana@" in each for each in written)
