import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ocr_integration.server import fetching
from ocr_integration.server.fetching import MOST_BYTES, Fetcher, is_public
from ocr_integration.server.refusal import Refused


class Pictures(BaseHTTPRequestHandler):
    """Serves pictures, and much that is none."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        getattr(self, self.path.strip("/").partition("?")[0])()

    def picture(self):
        self._answer(200, b"a picture")

    def crash(self):
        self._answer(200, b"crash")

    def large(self):
        self._answer(200, bytes(MOST_BYTES + 1))

    def largest(self):
        self._answer(200, bytes(MOST_BYTES))

    def missing(self):
        self._answer(404, b"a picture")

    def moved(self):
        self._answer(302, b"", Location="/picture")

    def short(self):
        self._answer(200, b"a pic", **{"Content-Length": "9"})

    def nonsense(self):
        self.wfile.write(b"nonsense\r\n\r\n")

    def endless(self):
        self.send_response(200)
        self.end_headers()
        while not self.server.over.wait(0.02):
            self.wfile.write(b"x")

    def _answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *_):
        """The other side has hung up, as it should."""


@pytest.fixture
def site():
    server = Quiet(("127.0.0.1", 0), Pictures)
    server.asked, server.over = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def fetcher(site):
    return Fetcher(frozenset({f"localhost:{site.server_port}"}), is_allowed=lambda _: True)


def refused(fetcher, url):
    with pytest.raises(Refused) as caught:
        fetcher.fetch(url)
    return caught.value.code


@pytest.mark.parametrize("path", ["picture", "picture?size=full#there"])
@pytest.mark.loopback
@pytest.mark.enable_socket
def test_it_fetches_from_a_host_that_is_named(site, fetcher, path):
    host = f"localhost:{site.server_port}"
    assert fetcher.fetch(f"http://{host}/{path}") == b"a picture"
    assert site.asked == [("/" + path.partition("#")[0], host)]


@pytest.mark.loopback
@pytest.mark.enable_socket
def test_it_fetches_as_much_as_an_image_may_have(site, fetcher):
    assert len(fetcher.fetch(f"http://localhost:{site.server_port}/largest")) == MOST_BYTES


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("large", "ModelArts.4104"),
        ("missing", "ModelArts.4603"),
        ("moved", "ModelArts.4603"),
        ("short", "ModelArts.4603"),
        ("nonsense", "ModelArts.4603"),
        ("a b", "ModelArts.4603"),
    ],
)
@pytest.mark.loopback
@pytest.mark.enable_socket
def test_what_is_no_answer_with_a_picture_is_refused(site, fetcher, path, code):
    assert refused(fetcher, f"http://localhost:{site.server_port}/{path}") == code
    assert "/picture" not in [path for path, _ in site.asked]


@pytest.mark.loopback
@pytest.mark.enable_socket
def test_a_host_that_dribbles_is_not_waited_for(site):
    host = f"localhost:{site.server_port}"
    fetcher = Fetcher(frozenset({host}), is_allowed=lambda _: True, seconds=0.3)
    with pytest.raises(Refused):
        # Cut short, what came is no picture; read to its end it would never come.
        raise Refused(400, "", fetcher.fetch(f"http://{host}/endless").decode())


@pytest.mark.loopback
@pytest.mark.enable_socket
def test_an_inner_address_is_not_connected_to(site):
    fetcher = Fetcher(frozenset({f"localhost:{site.server_port}"}))
    assert refused(fetcher, f"http://localhost:{site.server_port}/picture") == "ModelArts.4603"
    assert site.asked == []


def test_one_inner_address_of_several_is_enough_to_refuse(monkeypatch):
    answers = [(0, 0, 0, "", (ip, 443)) for ip in ("93.184.215.14", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    assert refused(Fetcher(frozenset({"x.example"})), "https://x.example/") == "ModelArts.4603"


def test_it_goes_to_the_address_it_has_looked_at(monkeypatch):
    answers = iter([[(0, 0, 0, "", ("93.184.215.14", 80))]])
    gone_to = []

    def connect(address, timeout):
        gone_to.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))
    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    assert refused(Fetcher(frozenset({"x.example"})), "http://x.example/") == "ModelArts.4603"
    assert gone_to == [("93.184.215.14", 80)]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://other.example/", "ModelArts.4601"),
        ("https://x.example.other.example/", "ModelArts.4601"),
        ("https://x.example@other.example/", "ModelArts.4601"),
        ("https://user:word@x.example/", "ModelArts.4601"),
        ("https://x.example:8443/", "ModelArts.4601"),
        ("https://x.example:nine/", "ModelArts.4601"),
        ("https://169.254.169.254/", "ModelArts.4601"),
        ("file:///etc/passwd", "ModelArts.4601"),
        ("ftp://x.example/", "ModelArts.4601"),
        ("//x.example/", "ModelArts.4601"),
        ("x.example", "ModelArts.4601"),
        ("http://[::1/", "ModelArts.4601"),
        ("https://x.example/中.jpg", "AIS.0101"),
    ],
)
def test_any_other_url_is_refused_unseen(url, code):
    assert refused(Fetcher(frozenset({"x.example"})), url) == code


def test_none_is_named_unless_the_operator_does():
    assert refused(Fetcher(), "https://x.example/") == "ModelArts.4601"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "255.255.255.255", "224.0.0.1", "198.18.0.1", "::1", "::", "fe80::1%eth0",
        "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_inner_address_is_known_however_it_is_written(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1"])
def test_a_public_address_is_known(address):
    assert is_public(address)


@pytest.mark.loopback
@pytest.mark.enable_socket
def test_the_api_takes_a_url(app, ask, site, fetcher):
    app.fetcher = fetcher
    where = f"http://localhost:{site.server_port}"
    assert ask({"url": f"{where}/picture"}).json["result"]["number"] == "H12345678"
    assert ask({"url": f"{where}/picture"}, path="/quality").status_code == 200
    assert ask({"url": f"{where}/crash"}).json["error_code"] == "AIS.0105"
    answer = ask({"url": f"{where}/missing"})
    assert (answer.status_code, answer.json["error_code"]) == (400, "ModelArts.4603")
