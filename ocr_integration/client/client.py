"""The client: one picture in, one answer or one error out."""

import re
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from ocr_integration.client import answers
from ocr_integration.client.auth import Auth
from ocr_integration.client.errors import (
    STALE_TOKEN,
    Misconfigured,
    PictureAtFault,
    known_code,
)
from ocr_integration.client.http import Deadline, HttpAnswer, HttpRequest, Transport, check_address
from ocr_integration.client.transport import CONNECT_SECONDS, READ_SECONDS, RequestsTransport
from ocr_integration.protocol.quality import Problem
from ocr_integration.protocol.request import (
    CONTENT_TYPE,
    ENTERPRISE_PROJECT_HEADER,
    MAX_IMAGE_CHARACTERS,
    PATH,
    QUALITY_PATH,
    quality_body,
    recognition_body,
)
from ocr_integration.protocol.result import Result

DEADLINE_SECONDS: Final = 30.0
MAX_PICTURE_BYTES: Final = MAX_IMAGE_CHARACTERS // 4 * 3

_OK: Final = 200
_NOT_FOUND: Final = 404
_PROJECT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Answer:
    """A result with what is needed to account for it.

    `raw` is the answer's JSON as it came, portrait included; `engine` and `request_id` are ""
    where the server does not say.
    """

    result: Result = field(repr=False)
    raw: bytes = field(repr=False)
    request_id: str
    engine: str
    latency_seconds: float


class OcrClient:
    """Calls one server of the API on behalf of one project; many threads may share one.

    A call ends within `deadline` seconds, signing in and one repetition after a stale token
    included; nothing else is repeated here. Errors: see `errors`.
    """

    def __init__(
        self,
        endpoint: str,
        project_id: str,
        auth: Auth,
        *,
        transport: Transport | None = None,
        deadline: float = DEADLINE_SECONDS,
        connect: float = CONNECT_SECONDS,
        read: float = READ_SECONDS,
        ca_file: str | None = None,
        plain_http_hosts: Collection[str] = (),
        enterprise_project_id: str | None = None,
    ) -> None:
        """Raises Misconfigured for an address or a project that can never be called.

        `connect`, `read` and `ca_file` are for the transport of its own, made where none is given.
        """
        check_address(endpoint, plain_http_hosts)
        if not _PROJECT_ID.fullmatch(project_id):
            raise Misconfigured("the project id is malformed")
        self._endpoint = endpoint.rstrip("/")
        self._project_id = project_id
        self._auth = auth
        self._transport = transport or RequestsTransport(
            connect=connect, read=read, ca_file=ca_file
        )
        self._deadline = deadline
        self._plain_http_hosts = frozenset(plain_http_hosts)
        self._headers = {"Content-Type": CONTENT_TYPE}
        if enterprise_project_id:
            self._headers[ENTERPRISE_PROJECT_HEADER] = enterprise_project_id

    def __repr__(self) -> str:
        return f"OcrClient({self._endpoint!r})"

    def recognise(
        self, picture: bytes, *, portrait_image: bool = True, portrait_location: bool = True
    ) -> Answer:
        """Read one side of one permit. Raises OcrError."""
        _check_size(picture)
        body = recognition_body(
            picture, portrait_image=portrait_image, portrait_location=portrait_location
        )
        started = time.monotonic()
        answer = self._call(PATH, body)
        latency = time.monotonic() - started
        if answer.status != _OK:
            raise answers.parse_error(answer)
        return Answer(
            result=answers.parse_result(answer, picture),
            raw=answer.body,
            request_id=answers.request_id(answer),
            engine=answers.engine(answer),
            latency_seconds=latency,
        )

    def quality(self, picture: bytes) -> tuple[Problem, ...] | None:
        """Ask what is wrong with a picture; None where the server has no such route.

        Raises OcrError.
        """
        _check_size(picture)
        answer = self._call(QUALITY_PATH, quality_body(picture))
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _OK:
            raise answers.parse_error(answer)
        return answers.parse_problems(answer, picture)

    def close(self) -> None:
        """Close the kept connections of a transport of its own."""
        if isinstance(self._transport, RequestsTransport):
            self._transport.close()

    def _call(self, path: str, body: bytes) -> HttpAnswer:
        deadline = Deadline(self._deadline)
        url = self._endpoint + path.format(project_id=self._project_id)
        request = HttpRequest("POST", url, self._headers, body)
        answer, proof = self._send(request, deadline)
        if _is_stale(answer) and self._auth.give_up(proof, self._project_id):
            answer, _ = self._send(request, deadline)
        return answer

    def _send(self, request: HttpRequest, deadline: Deadline) -> tuple[HttpAnswer, dict[str, str]]:
        proof = self._auth.headers(request, self._project_id, self._guarded, deadline)
        headers = {**request.headers, **proof}
        signed = HttpRequest(request.method, request.url, headers, request.body)
        return self._guarded(signed, deadline), proof

    def _guarded(self, request: HttpRequest, deadline: Deadline) -> HttpAnswer:
        address = urlsplit(request.url)
        check_address(f"{address.scheme}://{address.netloc}", self._plain_http_hosts)
        return self._transport(request, deadline)


def _check_size(picture: bytes) -> None:
    if len(picture) > MAX_PICTURE_BYTES:
        raise PictureAtFault("the picture is too large")


def _is_stale(answer: HttpAnswer) -> bool:
    return answer.status != _OK and known_code(answers.parse_error(answer).code) in STALE_TOKEN
