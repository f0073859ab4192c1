"""Which worker takes a connection that several could take."""

import socket
from contextlib import ExitStack
from selectors import DefaultSelector
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from ocr_integration.server import gateway
from ocr_integration.server.gateway import YIELD_SECONDS, Worker
from ocr_integration.server.metrics import Board

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]


@pytest.fixture
def board():
    """Two workers that read, the first with one call in hand."""
    board = Board(2)
    for number in range(2):
        board.row(number).set_ready(ready=True)
    board.row(0).begin_call()
    return board


@pytest.fixture
def waiting():
    """A listener that does not block, and on which somebody calls."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        with socket.create_connection(listener.getsockname()):
            yield listener


@pytest.fixture
def worker(board):
    """A worker of that row, outside of gunicorn."""
    with ExitStack() as ending:

        def worker(row):
            worker = Worker.__new__(Worker)
            worker.wsgi = SimpleNamespace(row=board.row(row), board=board)
            worker.cfg = Config()
            worker.pending_conns = []
            worker.nr_conns = 0
            worker.poller = ending.enter_context(DefaultSelector())
            ending.callback(lambda: [call.sock.close() for call in worker.pending_conns])
            return worker

        yield worker


@pytest.fixture
def now(monkeypatch):
    """Seconds of the gateway's clock, which stands still while it looks again."""
    now = [100.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=lambda _: None)
    monkeypatch.setattr(gateway, "time", clock)
    return now


def test_the_worker_with_fewest_calls_takes_what_comes(board, waiting, worker):
    worker(1).accept(waiting)
    assert board.row(1).calls == 1


def test_the_worker_with_more_calls_leaves_it_for_the_other_but_not_for_ever(
    board, waiting, worker, now
):
    busy = worker(0)
    busy.accept(waiting)
    now[0] += YIELD_SECONDS * 0.9
    busy.accept(waiting)
    assert board.row(0).calls == 1
    now[0] += YIELD_SECONDS * 0.2
    busy.accept(waiting)
    assert board.row(0).calls == 2


def test_each_connection_is_left_for_as_long_as_the_one_before(board, waiting, worker, now):
    busy = worker(0)
    with socket.create_connection(waiting.getsockname()):
        busy.accept(waiting)
        now[0] += YIELD_SECONDS * 1.1
        busy.accept(waiting)
        busy.accept(waiting)
        assert board.row(0).calls == 2
        now[0] += YIELD_SECONDS * 1.1
        busy.accept(waiting)
        assert board.row(0).calls == 3


def test_workers_with_as_many_calls_take_what_comes(board, waiting, worker):
    board.row(1).begin_call()
    worker(0).accept(waiting)
    assert board.row(0).calls == 2
