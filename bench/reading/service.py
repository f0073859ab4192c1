"""Measures the real OCR server over the loopback interface: answers, times, memory."""

import base64
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from bench.reading.samples import Answer, Sample
from ocr_integration.protocol.request import CONTENT_TYPE, PATH, recognition_body
from ocr_integration.protocol.token import (
    AUTH_TOKEN_HEADER,
    SUBJECT_TOKEN_HEADER,
    TOKEN_PATH,
    token_body,
)

TOP: Final = Path(__file__).parents[2]
PROJECT: Final = "bench"
CALLERS: Final = 4
_START_SECONDS: Final = 120
_OK: Final = 200
_CREATED: Final = 201


class Server:
    """A server of its own with so many workers; `seconds_to_ready` from its start."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._stack = ExitStack()
        self._token = ""
        self._process: subprocess.Popen[bytes]
        self._port = 0
        self.seconds_to_ready = 0.0

    def __enter__(self) -> Self:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        password = secrets.token_hex(8)
        user = {"domain": "bench", "name": "bench", "password": password}
        file = folder / "credentials.json"
        file.write_text(json.dumps({"projects": {PROJECT: "local"}, "keys": {}, "users": [user]}))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        command = [sys.executable, "-m", "ocr_integration.server", "--port", str(self._port)]
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [*command, "--workers", str(self._workers)],
            cwd=TOP,
            env={**os.environ, "OCR_SERVER_CREDENTIALS": str(file)},
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        self.seconds_to_ready = time.perf_counter() - started
        body = token_body(domain="bench", name="bench", password=password, project_id=PROJECT)
        status, headers, _ = self._call("POST", TOKEN_PATH, body)
        if status != _CREATED:
            raise RuntimeError(f"no token: {status}")
        self._token = headers[SUBJECT_TOKEN_HEADER]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._stack.close()

    def _wait(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                if self._call("GET", "/health/ready", None)[0] == _OK:
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the server did not become ready")

    def _call(
        self, method: str, path: str, body: bytes | None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            headers = {"Content-Type": CONTENT_TYPE, AUTH_TOKEN_HEADER: self._token}
            connection.request(method, path, body, headers if body else {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def read(self, picture: bytes) -> Answer:
        """Ask for everything; the time is that of the whole call, Base64 and JSON and all."""
        worked, started = self._cpu_seconds(), time.perf_counter()
        body = recognition_body(picture, portrait_image=True, portrait_location=True)
        status, _, raw = self._call("POST", PATH.format(project_id=PROJECT), body)
        said: dict[str, Any] = json.loads(raw)
        if status == _OK:
            base64.b64decode(said["result"].get("portrait_image", ""))
        seconds = time.perf_counter() - started
        cpu_seconds = self._cpu_seconds() - worked
        if status != _OK:
            return Answer(refused=said["error_code"], seconds=seconds, cpu_seconds=cpu_seconds)
        result = said["result"]
        result.pop("portrait_image", None)
        return Answer(
            confidence=result.pop("confidence"),
            portrait=result.pop("portrait_location", None),
            fields=result,
            seconds=seconds,
            cpu_seconds=cpu_seconds,
        )

    def _worker_pids(self) -> list[int]:
        pid = self._process.pid
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def _cpu_seconds(self) -> float:
        """What the workers' threads have had of the processor."""
        tasks = (
            task for pid in self._worker_pids() for task in Path(f"/proc/{pid}/task").iterdir()
        )
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory_mb(self) -> dict[str, float]:
        """Of the worker that holds most: what it holds now (RSS) and held at most (VmHWM)."""
        found = {"VmRSS": 0.0, "VmHWM": 0.0}
        for pid in self._worker_pids():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                name, _, rest = line.partition(":")
                if name in found:
                    found[name] = max(found[name], int(rest.split()[0]) / 1024)
        return found


def read_all(samples: Sequence[Sample]) -> tuple[list[Answer], dict[str, float]]:
    """One worker, one caller, warm: an answer for each picture; memory and time to start."""
    with Server(workers=1) as server:
        pictures = [sample.path.read_bytes() for sample in samples]
        for picture in pictures[:3]:
            server.read(picture)
        answers = [server.read(picture) for picture in pictures]
        memory = server.memory_mb()
        return answers, {
            "seconds_to_ready": server.seconds_to_ready,
            "rss_mb": memory["VmRSS"],
            "peak_mb": memory["VmHWM"],
        }


def sides_a_second(samples: Sequence[Sample]) -> float:
    """Two workers and several callers who each ask again as soon as they have an answer."""
    pictures = [sample.path.read_bytes() for sample in samples]
    with Server(workers=2) as server, ThreadPoolExecutor(CALLERS) as callers:
        list(callers.map(server.read, pictures[: 2 * CALLERS]))
        started = time.perf_counter()
        answers = list(callers.map(server.read, pictures))
        seconds = time.perf_counter() - started
    answered = sum(not answer.refused or answer.refused == "AIS.0104" for answer in answers)
    return answered / seconds
