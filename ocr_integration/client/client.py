"""The client: one picture in, one answer or one error out."""

import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ocr_integration.client import answers
from ocr_integration.client.auth import Auth
from ocr_integration.client.errors import SHORT_WAIT, Misconfigured, TryAgain, is_stale_token
from ocr_integration.client.http import (
    Deadline,
    HttpAnswer,
    HttpRequest,
    Transport,
    check_address,
    check_picture_url,
)
from ocr_integration.client.sizing import SentPicture, sized
from ocr_integration.client.throttle import Throttle, Unthrottled
from ocr_integration.client.transport import CONNECT_SECONDS, READ_SECONDS, RequestsTransport
from ocr_integration.protocol.quality import Problem
from ocr_integration.protocol.request import (
    CONTENT_TYPE,
    ENTERPRISE_PROJECT_HEADER,
    LONGEST_SIDE,
    PATH,
    QUALITY_PATH,
    quality_body,
    recognition_body,
    url_body,
)
from ocr_integration.protocol.result import Result

DEADLINE_SECONDS: Final = 30.0
LONGEST_WAIT: Final = 1.0
"""Seconds that a call waits for its slot of the quota; a later one is left to others."""

_OK: Final = 200
_NOT_FOUND: Final = 404
_TOO_MANY: Final = 429
_TWICE: Final = 2
_LATEST: Final = 0.045
_ANY_SIZE: Final = (LONGEST_SIDE, LONGEST_SIDE)
_PROJECT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Answer:
    """A result with what is needed to account for it.

    `raw` is the answer's JSON as it came, portrait included; `engine` and `request_id` are ""
    where the server does not say. `notes` and `unknown`: see `answers.Parsed`.
    """

    result: Result = field(repr=False)
    raw: bytes = field(repr=False)
    request_id: str
    engine: str
    latency_seconds: float
    notes: tuple[str, ...] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)


def nothing() -> None:
    """Nothing stands against a call."""


class OcrClient:
    """Calls one server of the API on behalf of one project; many threads may share one.

    A call ends within `deadline` seconds, waiting for the quota, signing in and one repetition
    after a stale token included; nothing else is repeated here. Errors: see `errors`.
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
        throttle: Throttle | None = None,
        longest_wait: float = LONGEST_WAIT,
        url_hosts: Collection[str] = (),
        before_call: Callable[[], None] = nothing,
    ) -> None:
        """Raises Misconfigured for an address or a project that can never be called.

        `connect`, `read` and `ca_file` are for the transport of its own, made where none is given.
        `url_hosts` are where the server may be told to fetch pictures from; `before_call` is
        asked when a call's slot has come, and may raise NotCalled.
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
        self._throttle = throttle or Unthrottled()
        self._longest_wait = longest_wait
        self._url_hosts = frozenset(url_hosts)
        self._before_call = before_call
        self._headers = {"Content-Type": CONTENT_TYPE}
        if enterprise_project_id:
            self._headers[ENTERPRISE_PROJECT_HEADER] = enterprise_project_id

    def __repr__(self) -> str:
        return f"OcrClient({self._endpoint!r})"

    def recognise(
        self,
        picture: bytes,
        *,
        portrait_image: bool = True,
        portrait_location: bool = True,
        deadline: Deadline | None = None,
    ) -> Answer:
        """Read one side of one permit. Raises OcrError.

        A picture over the API's limits is made smaller; places come back in pixels of the given
        one. `deadline`: of several calls together, instead of the client's own.
        """
        sent = sized(picture)
        body = recognition_body(
            sent.data, portrait_image=portrait_image, portrait_location=portrait_location
        )
        return self._recognise(body, sent, deadline)

    def recognise_url(
        self, url: str, *, portrait_image: bool = True, portrait_location: bool = True
    ) -> Answer:
        """Read a picture that the server fetches, from one of `url_hosts`. Raises OcrError."""
        check_picture_url(url, self._url_hosts)
        body = url_body(url, portrait_image=portrait_image, portrait_location=portrait_location)
        return self._recognise(body, SentPicture(b"", _ANY_SIZE, _ANY_SIZE), None)

    def quality(self, picture: bytes) -> tuple[Problem, ...] | None:
        """Ask what is wrong with a picture; None where the server has no such route.

        Raises OcrError.
        """
        sent = sized(picture)
        answer = self._call(QUALITY_PATH, quality_body(sent.data), None)
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _OK:
            raise answers.parse_error(answer)
        return answers.parse_problems(answer, sent)

    def close(self) -> None:
        """Close the kept connections of a transport of its own."""
        if isinstance(self._transport, RequestsTransport):
            self._transport.close()

    def _recognise(self, body: bytes, sent: SentPicture, deadline: Deadline | None) -> Answer:
        started = time.monotonic()
        answer = self._call(PATH, body, deadline)
        latency = time.monotonic() - started
        if answer.status != _OK:
            raise answers.parse_error(answer)
        parsed = answers.parse_result(answer, sent)
        return Answer(
            result=parsed.result,
            raw=answer.body,
            request_id=answers.request_id(answer),
            engine=answers.engine(answer),
            latency_seconds=latency,
            notes=parsed.notes,
            unknown=parsed.unknown,
        )

    def _call(self, path: str, body: bytes, deadline: Deadline | None) -> HttpAnswer:
        deadline = deadline or Deadline(self._deadline)
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
        # The slot is taken last: signing in would let several calls start together after it.
        self._wait_for_a_slot(deadline)
        answer = self._guarded(signed, deadline)
        if answer.status == _TOO_MANY:
            error = answers.parse_error(answer)
            asked = error.after if isinstance(error, TryAgain) else None
            self._throttle.slow_down(asked or SHORT_WAIT)
        return answer, proof

    def _wait_for_a_slot(self, deadline: Deadline) -> None:
        """Wait for a slot; one that a busy machine let slip by is given up, once, for another.

        A late call comes so close to the ones after it that one of them would be refused.
        """
        for _ in range(_TWICE):
            asked = time.monotonic()
            longest = min(self._longest_wait, deadline.remaining())
            wait = self._throttle.reserve(longest=longest)
            time.sleep(wait)
            self._before_call()
            if not wait or time.monotonic() - asked - wait < _LATEST:
                return

    def _guarded(self, request: HttpRequest, deadline: Deadline) -> HttpAnswer:
        address = urlsplit(request.url)
        check_address(f"{address.scheme}://{address.netloc}", self._plain_http_hosts)
        return self._transport(request, deadline)


def _is_stale(answer: HttpAnswer) -> bool:
    if answer.status == _OK:
        return False
    return is_stale_token(answer.status, answers.parse_error(answer).code)
