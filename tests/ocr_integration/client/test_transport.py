"""Against real sockets on this machine: time, size and redirects are the wire's business."""

import ipaddress
import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ocr_integration.client.errors import Misconfigured, ProviderAtFault, TryAgain
from ocr_integration.client.http import Deadline, HttpAnswer, HttpRequest
from ocr_integration.client.transport import RequestsTransport

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]


@contextmanager
def serving(behave, tls=None):
    """A server that hands each connection to `behave` once a request's head has come."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    spoken = tls.wrap_socket(connection, server_side=True) if tls else connection
                    with spoken:
                        take_request(spoken)
                        behave(spoken, stopped)
                except OSError:
                    continue

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def take_request(connection):
    """Receive the head and a small body: closing before all was read would reset the connection.

    Of a TLS greeting only the first piece.
    """
    received = b""
    while not re.search(rb"\r\n\r\n|^\x16", received) and (piece := connection.recv(65536)):
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: ([0-9]{1,4})\r", head + b"\r")
    while length and len(body) < int(length[1]) and (piece := connection.recv(65536)):
        body += piece


def saying(text):
    return lambda connection, _: connection.sendall(text.replace("\n", "\r\n").encode())


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
    "text", ["", "nonsense\n\n", "HTTP/1.1 200 OK\nContent-Length: 50\n\nshort"]
)
def test_a_broken_answer_is_worth_another_try(transport, text):
    with serving(saying(text)) as url, pytest.raises(TryAgain):
        send(transport, url)


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
    """A file with the certificate of 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(pem)
    )
    return str(file)


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
