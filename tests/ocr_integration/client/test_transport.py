"""Against real sockets on this machine: time, size and redirects are the wire's business."""

import socket
import ssl
import threading
import time

import pytest

from ocr_integration.client import transport as transport_module
from ocr_integration.client.errors import Misconfigured, ProviderAtFault, TryAgain
from ocr_integration.client.http import Deadline, HttpAnswer, HttpRequest
from ocr_integration.client.transport import RequestsTransport
from tests.ocr_integration.client.wire import a_certificate, saying, serving

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]


@pytest.fixture
def transport():
    made = RequestsTransport(connect=0.5, read=0.5, max_answer_bytes=1000)
    yield made
    made.close()


def send(transport, url, seconds=5.0):
    return transport(HttpRequest("POST", url, {"X-Secret": "hush"}, b"{}"), Deadline(seconds))


def test_it_brings_back_status_headers_and_body(transport):
    with serving(saying("HTTP/1.1 404 No\nX-A: b\nContent-Length: 2\n\nhi")) as url:
        assert send(transport, url) == HttpAnswer(404, {"x-a": "b", "content-length": "2"}, b"hi")


def test_it_follows_no_redirect(transport):
    with serving(saying("HTTP/1.1 302 Go\nLocation: http://x/\nContent-Length: 0\n\n")) as url:
        assert send(transport, url).status == 302


def test_it_keeps_no_cookie(transport):
    with serving(saying("HTTP/1.1 200 OK\nSet-Cookie: a=b\nContent-Length: 0\n\n")) as url:
        send(transport, url)
        assert len(transport._session.cookies) == 0


@pytest.mark.parametrize(
    "text",
    [
        "HTTP/1.1 200 OK\nContent-Length: 2000\n\n" + "x" * 2000,
        "HTTP/1.1 200 OK\n\n" + "x" * 2000,
        "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 2\n\nxx",
    ],
)
def test_an_answer_too_large_or_compressed_is_the_providers_fault(transport, text):
    with serving(saying(text)) as url, pytest.raises(ProviderAtFault):
        send(transport, url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HTTP/1.",
        "HTTP/1.1 200 OK\nContent-Ty",
        "HTTP/1.1 200 OK\nContent-Length: 50\n\nshort",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nsho",
    ],
)
def test_an_answer_that_breaks_off_is_worth_another_try(transport, text):
    with serving(saying(text)) as url, pytest.raises(TryAgain):
        send(transport, url)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense\n\n",
        "HTTP/1.1 200 OK\nContent-Length: 1, 2\n\nhi",
        "HTTP/1.1 200 OK\n" + "A: b\n" * 200 + "\n",
        "HTTP/1.1 200 OK\nA: " + "b" * 70_000 + "\n\n",
    ],
)
def test_what_is_no_http_is_the_providers_fault_and_not_quoted(transport, text):
    with (
        serving(saying(text)) as url,
        pytest.raises(ProviderAtFault, check=lambda error: error.__cause__ is None),
    ):
        send(transport, url)


def test_headers_that_make_no_sense_are_not_logged(transport, caplog):
    said = saying("HTTP/1.1 201 OK\n\x01 no header\nX-Subject-Token: hush\n\n")
    with serving(said) as url:
        assert send(transport, url).status == 201
    assert caplog.records == []


def test_a_redirects_body_is_bounded_too(transport):
    head = "HTTP/1.1 302 Go\nLocation: http://[\nContent-Length: 2000\n\n"
    with serving(saying(head + "x" * 2000)) as url:
        assert (send(transport, url).status, send(transport, url).body) == (302, b"")


def test_a_name_that_nobody_resolves_costs_no_more_than_the_deadline(transport, monkeypatch):
    answered, asked = threading.Event(), []

    def slowly(*place, **_):
        asked.append(place)
        answered.wait(30)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    for _ in range(3):
        with pytest.raises(TryAgain):
            send(transport, "http://slow.example/", seconds=0.2)
    answered.set()
    assert asked == [("slow.example", 80)]


def test_each_address_of_a_name_is_tried(transport, monkeypatch):
    with serving(saying("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi")) as url:
        port = int(url.rstrip("/").rpartition(":")[2])
        found = [(0, 0, 0, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        create = transport_module.create_connection
        tried = []

        def connect(address, *how, **options):
            tried.append(address[0])
            if address[0] == "127.0.0.2":
                raise ConnectionRefusedError
            monkeypatch.undo()
            return create(address, *how, **options)

        monkeypatch.setattr(transport_module, "create_connection", connect)
        assert send(transport, f"http://two.example:{port}/").body == b"hi"
    assert tried == ["127.0.0.2", "127.0.0.1"]


def test_silence_ends_with_the_read_timeout(transport):
    with serving(lambda _, stopped: stopped.wait(5)) as url:
        started = time.monotonic()
        with pytest.raises(TryAgain):
            send(transport, url)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("start", ["", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"])
def test_a_server_that_drips_is_cut_off_at_the_deadline(transport, start):
    def drip(connection, stopped):
        connection.sendall(start.encode())
        while not stopped.wait(0.1):
            connection.sendall(b"x")

    with serving(drip) as url:
        started = time.monotonic()
        with pytest.raises(TryAgain):
            send(transport, url, seconds=1.0)
    assert 0.9 < time.monotonic() - started < 3


def test_nothing_is_sent_after_the_deadline(transport):
    with pytest.raises(TryAgain):
        send(transport, "http://127.0.0.1:9/", seconds=0)


def test_a_refused_connection_is_worth_another_try(transport):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TryAgain):
        send(transport, f"http://127.0.0.1:{port}/")


def test_what_cannot_be_sent_is_the_operators_turn_and_not_shown(transport):
    request = HttpRequest("POST", "http://127.0.0.1:9/", {"X-Secret": "hu\nsh"})
    with pytest.raises(Misconfigured) as caught:
        transport(request, Deadline(5))
    assert "sh" not in str(caught.value.__cause__)


def test_a_server_that_speaks_no_tls_is_not_trusted(transport):
    said = saying("HTTP/1.1 200 OK\nContent-Length: 0\n\n")
    with serving(said) as url, pytest.raises(Misconfigured):
        send(transport, url.replace("http:", "https:"))


def test_a_missing_certificate_file_is_the_operators_turn():
    transport = RequestsTransport(ca_file="/nowhere/ca.pem")
    with pytest.raises(Misconfigured):
        send(transport, "https://127.0.0.1:9/")
    transport.close()


def test_many_calls_share_a_transport(transport):
    # Without the word, the next call could take the connection before its end has been heard of.
    body = "HTTP/1.1 200 OK\nConnection: close\nContent-Length: 2\n\nhi"
    with serving(saying(body)) as url:
        assert [send(transport, url).body for _ in range(5)] == [b"hi"] * 5


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return a_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_the_operators_certificate_file_is_trusted_and_nothing_else(transport, certificate, tls):
    trusting = RequestsTransport(ca_file=certificate)
    with serving(saying("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"), tls) as url:
        assert send(trusting, url).body == b"hi"
        with pytest.raises(Misconfigured):
            send(transport, url)
    trusting.close()


def test_a_drip_inside_tls_is_cut_off_too(certificate, tls):
    def drip(connection, stopped):
        while not stopped.wait(0.1):
            connection.sendall(b"x")

    trusting = RequestsTransport(ca_file=certificate)
    with serving(drip, tls) as url:
        started = time.monotonic()
        with pytest.raises(TryAgain):
            send(trusting, url, seconds=1.0)
    assert 0.9 < time.monotonic() - started < 3
    trusting.close()


def test_a_handshake_that_drips_is_cut_off_too(transport):
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"\x16\x03\x03\x20\x00")
            while not stopped.wait(0.1):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    with pytest.raises(TryAgain):
        send(transport, f"https://127.0.0.1:{listener.getsockname()[1]}/", seconds=1.0)
    assert time.monotonic() - started < 3
    stopped.set()
    thread.join()
    listener.close()


def test_a_body_that_takes_longer_than_connecting_is_still_sent():
    def slowly(connection, _):
        received = 0
        while received < 8_000_000 and (piece := connection.recv(1_000_000)):
            received += len(piece)
            time.sleep(0.02)
        saying("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi")(connection, None)

    hurried = RequestsTransport(connect=0.05, read=5)
    with serving(slowly) as url:
        request = HttpRequest("POST", url, {}, b"x" * 8_100_000)
        assert hurried(request, Deadline(10)).body == b"hi"
    hurried.close()
