"""IAM and the API as one server that fails in every way that passes, as often as it was told to.

A token holds for a few calls and is then refused. What a picture's reading says depends on the
picture alone, so that whoever asks can be held to it.
"""

import base64
import hashlib
import json
import random
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.factories import FRONT

CALLS_A_TOKEN = 9
FAULTS = ("slow", "dripping", "truncated", "cut in its head", "reset", "500", "503", "429")
LOGIN_FAULTS = ("reset", "truncated")
FIRST_NUMBER = 10_000_000


def digest(picture):
    return hashlib.sha256(picture).hexdigest()


class Provider:
    """What the server knows, and what it saw."""

    def __init__(self, pictures, calls_a_second):
        self.numbers = {digest(picture): n for n, picture in enumerate(pictures, FIRST_NUMBER)}
        chance = random.Random(7)
        self.faults = {
            each: chance.sample(FAULTS, chance.choice((1, 2, 3))) for each in self.numbers
        }
        self.login_faults = ["dripping", *LOGIN_FAULTS]
        self.answered = dict.fromkeys(self.numbers, 0)
        self.logins = self.needless_logins = self.refused_tokens = self.over_quota = 0
        self._calls_a_second = calls_a_second
        self._tokens = {}
        self._recent = deque()
        self._lock = threading.Lock()

    def log_in(self):
        """A new token, and how its answer fails; one that does not arrive holds for nothing."""
        with self._lock:
            self.logins += 1
            self.needless_logins += any(self._tokens.values())
            fault = self.login_faults.pop() if self.login_faults else ""
            token = f"token-{self.logins}"
            self._tokens[token] = 0 if fault in LOGIN_FAULTS else CALLS_A_TOKEN
        return token, fault

    def is_within_quota(self):
        with self._lock:
            now = time.monotonic()
            while self._recent and now - self._recent[0] >= 1:
                self._recent.popleft()
            within = len(self._recent) < self._calls_a_second
            if within:
                self._recent.append(now)
            self.over_quota += not within
        return within

    def takes(self, token):
        with self._lock:
            holds = self._tokens.get(token, 0) > 0
            if holds:
                self._tokens[token] -= 1
            self.refused_tokens += not holds
        return holds

    def fault_of(self, picture):
        with self._lock:
            planned = self.faults[picture]
            return planned.pop() if planned else ""

    def count_answer(self, picture):
        with self._lock:
            self.answered[picture] += 1

    def result(self, picture):
        values = {**FRONT, "number": f"H{self.numbers[picture]}"}
        said = {**values, "type": "港澳居民来往内地通行证", "side": "front"}
        return {"result": {**said, "confidence": dict.fromkeys(said, 0.9)}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.startswith("/v3/auth/tokens"):
            self._log_in(asked)
        else:
            self._recognise(asked)

    def _log_in(self, asked):
        assert asked["auth"]["identity"]["password"]["user"]["password"] == "a password"
        token, fault = self.provider.log_in()
        self._answer({"token": {}}, 201, {"X-Subject-Token": token}, fault)

    def _recognise(self, asked):
        picture = digest(base64.b64decode(asked["image"], validate=True))
        if not self.provider.is_within_quota():
            self._answer({"error_code": "APIG.0308", "error_msg": "?"}, 429)
        elif not self.provider.takes(self.headers["X-Auth-Token"]):
            self._answer({"error_code": "APIG.0307", "error_msg": "?"}, 401)
        else:
            self._read(picture, self.provider.fault_of(picture))

    def _read(self, picture, fault):
        if fault.isdigit():
            self._answer({"error_code": "APIG.0201", "error_msg": "?"}, int(fault))
            return
        if fault in ("", "slow", "dripping"):
            self.provider.count_answer(picture)
        self._answer(self.provider.result(picture), 200, fault=fault)

    def _answer(self, said, status, headers: Mapping[str, str] = {}, fault=""):
        body = json.dumps(said).encode()
        lines = {"Content-Length": len(body), "Retry-After": 1, **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        raw = f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body
        if fault == "slow":
            time.sleep(0.3)
        step = 40 if fault == "dripping" else len(raw)
        end = {"reset": 0, "cut in its head": 30, "truncated": len(raw) - 5}.get(fault, len(raw))
        for start in range(0, end, step):
            self.wfile.write(raw[start : min(start + step, end)])
            time.sleep(0.002 if fault == "dripping" else 0)
        if end < len(raw):
            self.close_connection = True
        if fault == "reset":
            now = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
            self.connection.close()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Whoever was reset closes as they like."""


@contextmanager
def serving(provider):
    """The address of the server."""
    handler = type("Handler", (Handler,), {"provider": provider})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
