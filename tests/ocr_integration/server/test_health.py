import base64
import json
import logging
import sys

import pytest
from werkzeug.test import Client

from ocr_integration.server.logs import JsonFormatter
from ocr_integration.server.metrics import Board
from ocr_integration.server.slot import ReadingSlot
from tests.ocr_integration.server.conftest import PROJECT

IMAGE = base64.b64encode(b"a picture").decode()


def test_it_lives(client):
    assert client.get("/health/live").status_code == 200


def test_it_is_ready_when_its_reader_has_read(app, client):
    assert client.get("/health/ready").json == {"status": "ready"}
    app.ready = False
    response = client.get("/health/ready")
    assert (response.status_code, response.json) == (503, {"status": "not ready"})


def test_metrics_count_requests_and_readings(ask, client):
    ask({"image": IMAGE})
    ask({"image": IMAGE}, path="/quality")
    ask({})
    client.get(f"/v2/{PROJECT}/x")
    said = client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).text

    assert 'ocr_requests_total{route="recognise",outcome="ok"} 1' in said
    assert 'ocr_requests_total{route="recognise",outcome="AIS.0101"} 1' in said
    assert 'ocr_requests_total{route="quality",outcome="ok"} 1' in said
    assert 'ocr_requests_total{route="token",outcome="ok"} 1' in said
    assert 'ocr_requests_total{route="other",outcome="APIG.0101"} 1' in said
    assert 'ocr_reading_seconds_bucket{le="+Inf"} 2' in said
    assert "ocr_reading_seconds_count 2" in said


@pytest.mark.parametrize("address", ["10.0.0.7", "", "2001:db8::1"])
def test_metrics_are_for_this_machine(client, address):
    response = client.get(
        "/metrics", environ_base={"REMOTE_ADDR": address}, headers={"X-Forwarded-For": "127.0.0.1"}
    )
    assert response.status_code == 404


def test_the_rows_of_two_workers_add_up():
    board = Board(2)
    for number in (0, 1):
        board.row(number).count("recognise", "ok")
        board.row(number).observe(0.3)
        board.row(number).set_ready(ready=True)
    board.row(1).observe(99.0)
    board.row(1).count("recognise", "a code of tomorrow")

    said = board.text()
    assert 'ocr_requests_total{route="recognise",outcome="ok"} 2' in said
    assert 'ocr_requests_total{route="recognise",outcome="other"} 1' in said
    assert 'ocr_reading_seconds_bucket{le="0.5"} 2' in said
    assert 'ocr_reading_seconds_bucket{le="16.0"} 2' in said
    assert 'ocr_reading_seconds_bucket{le="+Inf"} 3' in said
    assert "ocr_workers_ready 2" in said


def test_a_workers_end_leaves_its_counts_but_not_its_readiness():
    board = Board(1)
    board.row(0).count("recognise", "ok")
    board.row(0).set_ready(ready=True)
    board.row(0).begin_call()
    assert "ocr_calls 1" in board.text()
    board.row(0).set_ready(ready=False)
    assert 'outcome="ok"} 1' in board.text()
    assert "ocr_workers_ready 0" in board.text()
    assert "ocr_calls 0" in board.text()


def test_a_worker_knows_the_fewest_calls_that_any_worker_has_in_hand():
    board = Board(3)
    for number, calls in ((0, 2), (1, 1)):
        board.row(number).set_ready(ready=True)
        for _ in range(calls):
            board.row(number).begin_call()
    assert (board.row(0).calls, board.fewest_calls()) == (2, 1)
    board.row(1).begin_call()
    board.row(0).end_call()
    assert (board.row(1).calls, board.fewest_calls()) == (2, 1)
    assert Board(1).fewest_calls() == 0


def test_a_full_queue_asks_to_come_again(app, ask):
    app.slot = ReadingSlot(queue=0)
    with app.slot.taken():
        response = ask({"image": IMAGE})
    assert (response.status_code, response.json["error_code"]) == (429, "ModelArts.4401")
    assert response.headers["Retry-After"] == "2"


def test_a_queue_that_does_not_move_asks_to_come_again(app, ask):
    app.slot = ReadingSlot(patience=0.01)
    with app.slot.taken():
        assert ask({"image": IMAGE}).status_code == 429
    assert ask({"image": IMAGE}).status_code == 200


def test_a_log_line_is_one_json_object_without_the_text_of_an_error():
    try:
        raise ValueError("H12345678")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    record.facts = {"request_id": "r"}
    line = JsonFormatter().format(record)

    said = json.loads(line)
    assert (said["message"], said["level"], said["request_id"]) == ("failed", "error", "r")
    assert said["error"] == "ValueError"
    assert "test_health.py" in said["at"][0]
    assert "H12345678" not in line


def test_a_body_that_stalls_is_not_waited_for(app, token):
    class Stalled:
        def read(self, size=-1):
            raise TimeoutError

    response = Client(app).post(
        f"/v2/{PROJECT}/ocr/mainland-travel-permit",
        environ_overrides={"wsgi.input": Stalled(), "CONTENT_LENGTH": "10"},
        headers={"X-Auth-Token": token},
    )
    assert response.status_code == 408
