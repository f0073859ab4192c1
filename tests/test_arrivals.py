"""The web process answers whoever sends a request, however many others dribble."""

import re
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from kyc import arrivals
from kyc.arrivals import Arrival
from tests.services import Server, free_port, listens

pytestmark = pytest.mark.loopback
TOP = Path(__file__).parent.parent
HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: desk\r\nX-Slow: "
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 500\r\n\r\na="
HALF_A_PHOTO = b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 900000\r\n\r\n" + b"a" * 70_000
GET = b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n"


class Web(Server):
    """The web process as it is deployed, around an application that only counts."""

    def __init__(self) -> None:
        self.port = free_port()

    def command(self) -> list[str]:
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(TOP / "deploy/gunicorn.conf.py")]
        return [*gunicorn, "--bind", f"127.0.0.1:{self.port}", "tests.echo:application"]

    def answers(self) -> bool:
        return listens(self.port)


@pytest.fixture(scope="module")
def web():
    with Web() as server:
        yield server


@pytest.fixture
def connect(web):
    with ExitStack() as stack:

        def one():
            connection = socket.create_connection(("127.0.0.1", web.port), timeout=5)
            return stack.enter_context(connection)

        yield one


def answer(connection, sent):
    """Send, and take one answer: its head, and its body where it has one."""
    connection.sendall(sent)
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(1)
    length = re.search(rb"Content-Length: (\d+)", got)
    for _ in range(int(length[1]) if length else 0):
        got += connection.recv(1)
    return got


@pytest.mark.parametrize("half", [b"", HALF_A_HEAD, HALF_A_BODY, GET + HALF_A_HEAD, HALF_A_PHOTO])
def test_many_that_dribble_keep_nobody_waiting(connect, half):
    slow = [connect() for _ in range(60)]
    for connection in slow:
        connection.sendall(half)
    time.sleep(0.5)
    began = time.monotonic()
    for _ in range(8):
        assert answer(connect(), GET).startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < 3


def test_a_request_in_pieces_is_put_together(connect):
    connection = connect()
    for piece in (b"POST / HT", b"TP/1.1\r\nHost: desk\r\nContent-Length: 5\r", b"\n\r\nab"):
        connection.sendall(piece)
        time.sleep(0.2)
    assert answer(connection, b"cde").endswith(b"5")


def test_a_connection_is_used_again(connect):
    connection = connect()
    for _ in range(3):
        assert answer(connection, GET).endswith(b"0")


def test_two_requests_at_once_get_two_answers(connect):
    connection = connect()
    assert answer(connection, GET + GET).endswith(b"0")
    assert answer(connection, b"").endswith(b"0")


def test_a_large_body_arrives_whole(connect):
    connection = connect()
    connection.sendall(HALF_A_PHOTO)
    assert answer(connection, b"a" * 830_000).endswith(b"900000")


def test_a_body_of_untold_length_arrives(connect):
    head = b"POST / HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert answer(connect(), head + b"3\r\nabc\r\n0\r\n\r\n").endswith(b"3")


def test_who_asks_whether_to_go_on_is_told(connect):
    connection = connect()
    head = b"POST / HTTP/1.1\r\nHost: desk\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    assert answer(connection, head).startswith(b"HTTP/1.1 100")
    assert answer(connection, b"abc").endswith(b"3")


def test_what_is_no_request_is_refused(connect):
    assert answer(connect(), b"HELLO\r\n\r\n").startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("came", "begins", "large"),
    [
        (b"GET / HTTP/1.1\r\n", False, True),
        (GET, True, False),
        (HALF_A_BODY, False, False),
        (HALF_A_PHOTO, True, True),
        (b"X" * (arrivals.SMALL + 1), True, True),
        (GET[:-2] + b"content-length : 4\r\n\r\n", True, False),
    ],
)
def test_a_thread_begins_when_all_is_there_or_the_loop_holds_enough(came, begins, large):
    arrival = Arrival(until=0.0, data=bytearray(came))
    assert (arrival.may_begin, arrival.is_large) == (begins, large)


def test_a_body_that_comes_too_slowly_is_given_up(monkeypatch):
    monkeypatch.setattr(arrivals, "GRACE_SECONDS", 0.2)
    here, there = socket.socketpair()
    with here, there:
        unreader = arrivals.PacedUnreader(here)
        unreader.begin()
        there.sendall(b"a")
        assert unreader.chunk() == b"a"
        with pytest.raises(TimeoutError):
            unreader.chunk()
