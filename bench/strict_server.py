"""A server of the API that reads nothing and keeps its quota to the letter.

Of the calls that come within any one second it answers so many and refuses the next with a 429.
"""

import asyncio
import base64
import io
import json
import multiprocessing
import time
from collections import deque
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Final, Self

from PIL import Image

WINDOW_SECONDS: Final = 1.0
REFUSAL: Final = b'{"error_code": "APIG.0308", "error_msg": "The throttling threshold is reached."}'


class StrictServer:
    """The server in a process of its own, `calls` a second allowed, 0 for any."""

    def __init__(self, calls: int = 0, *, latency: float = 0.0) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(calls, latency, theirs), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self.url = f"http://127.0.0.1:{self._ours.recv()}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.join()

    def counted(self, seconds: float) -> tuple[int, int]:
        """How many calls were answered, and refused, in so long from the first one on."""
        self._ours.send(seconds)
        answered, refused = self._ours.recv()
        return answered, refused


def answer() -> bytes:
    """A front with every field, its portrait included."""
    portrait = io.BytesIO()
    Image.effect_noise((240, 300), 30).convert("RGB").save(portrait, "JPEG")
    values = {
        "name": "陈大文",
        "name_en": "CHAN,TAI MAN",
        "birth_date": "1990.01.01",
        "sex": "M",
        "valid_period": "2024.06.15-2034.06.14",
        "issuing_authority": "中华人民共和国出入境管理局",
        "number": "H12345678",
        "issue_times": "01",
        "type": "Mainland Travel Permit for Hong Kong and Macao Residents",
        "side": "front",
    }
    result: dict[str, Any] = {
        **values,
        "confidence": dict.fromkeys(values, 0.97),
        "portrait_image": base64.b64encode(portrait.getvalue()).decode(),
        "portrait_location": [[60, 90], [220, 90], [220, 290], [60, 290]],
    }
    return json.dumps({"result": result}).encode()


def _serve(calls: int, latency: float, pipe: Connection) -> None:
    asyncio.run(_Listener(calls, latency, pipe).run())


class _Listener:
    def __init__(self, calls: int, latency: float, pipe: Connection) -> None:
        self._calls, self._latency, self._pipe = calls, latency, pipe
        self._recent: deque[float] = deque()
        self._arrivals: list[tuple[float, bool]] = []
        self._answer = answer()

    async def run(self) -> None:
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, limit=2**24)
        self._pipe.send(server.sockets[0].getsockname()[1])
        asyncio.get_running_loop().add_reader(self._pipe.fileno(), self._tell)
        await server.serve_forever()

    def _tell(self) -> None:
        try:
            end = self._arrivals[0][0] + self._pipe.recv()
            within = [allowed for moment, allowed in self._arrivals if moment < end]
            self._pipe.send((sum(within), len(within) - sum(within)))
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                allowed = self._is_allowed()
                self._arrivals.append((time.monotonic(), allowed))
                await reader.readexactly(length)
                await asyncio.sleep(self._latency if allowed else 0)
                self._write(writer, allowed=allowed)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _is_allowed(self) -> bool:
        now = time.monotonic()
        while self._recent and now - self._recent[0] >= WINDOW_SECONDS:
            self._recent.popleft()
        if self._calls and len(self._recent) >= self._calls:
            return False
        self._recent.append(now)
        return True

    def _write(self, writer: asyncio.StreamWriter, *, allowed: bool) -> None:
        body, status = (self._answer, b"200 OK") if allowed else (REFUSAL, b"429 Too Many")
        head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % (status, len(body)) + body)
