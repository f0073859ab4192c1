"""The WSGI application: routes, order of checks, error bodies, and what every answer carries."""

import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from werkzeug import Request, Response

from ocr_integration.engine.errors import PictureRefused
from ocr_integration.protocol.errors import ErrorBody
from ocr_integration.protocol.places import PLACES_HEADER, spelled
from ocr_integration.protocol.quality import Problem, ProblemCode
from ocr_integration.protocol.request import (
    CONTENT_TYPE,
    ENGINE_HEADER,
    MAX_BODY_BYTES,
    PATH,
    QUALITY_PATH,
    REQUEST_ID_HEADER,
)
from ocr_integration.protocol.result import Corners, Result
from ocr_integration.protocol.token import TOKEN_PATH
from ocr_integration.server import questions, refusal
from ocr_integration.server.authentication import authenticate
from ocr_integration.server.bodies import read_body
from ocr_integration.server.credentials import Credentials
from ocr_integration.server.fetching import Fetcher
from ocr_integration.server.guesses import Guesses
from ocr_integration.server.identity import grant_token
from ocr_integration.server.logs import LOGGER
from ocr_integration.server.metrics import Board, Row
from ocr_integration.server.questions import Question
from ocr_integration.server.quotas import Quotas
from ocr_integration.server.refusal import Refused
from ocr_integration.server.slot import ReadingSlot

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Said = TypeVar("Said")

BODY_SECONDS: Final = 30.0
"""For a picture on a slow line."""
MOST_BODIES: Final = 32
"""Read at the same time by one worker: each may hold twelve megabytes."""
_BAD_REQUEST: Final = 400
_UNAVAILABLE: Final = 503
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_log = logging.getLogger(LOGGER)


class Flaw(Protocol):
    """What an engine says is wrong with a picture; see `protocol.quality.Problem`."""

    @property
    def code(self) -> str: ...
    @property
    def field(self) -> str | None: ...
    @property
    def where(self) -> Corners | None: ...


class Reader(Protocol):
    """What the server needs of an engine; one thread at a time calls it."""

    version: str

    def read(self, picture: bytes, /) -> Result:
        """Read one side of one permit. Raises PictureRefused."""
        ...

    def problems(self, picture: bytes, /) -> Sequence[Flaw]:
        """Say what is wrong with a picture. Raises PictureRefused."""
        ...


@dataclass
class Application:
    """One worker's application; `ready` says whether its reader has proved itself."""

    reader: Reader
    credentials: Credentials
    token_key: bytes
    board: Board
    row: Row
    slot: ReadingSlot
    quotas: Quotas
    fetcher: Fetcher
    ready: bool = False
    guesses: Guesses = field(default_factory=Guesses)
    bodies: threading.Semaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(MOST_BODIES)
    )

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request = Request(environ)
        started = time.monotonic()
        route, outcome, response = self._answer(request, request_id := _request_id(request))
        response.headers[REQUEST_ID_HEADER] = request_id
        response.headers[ENGINE_HEADER] = self.reader.version
        response.headers["Cache-Control"] = "no-store"
        self.row.count(route, outcome)
        facts = {
            "request_id": request_id,
            "route": route,
            "status": response.status_code,
            "outcome": outcome,
            "milliseconds": round(1000 * (time.monotonic() - started)),
        }
        _log.info("answered", extra={"facts": facts})
        return response(environ, start_response)

    def _answer(self, request: Request, request_id: str) -> tuple[str, str, Response]:
        """Route, outcome and response of one request."""
        route, handle = self._route(request)
        try:
            response = handle()
        except Refused as refused:
            return route, refused.code, _refusal(refused, request_id)
        except Exception:  # noqa: BLE001  every request is answered in the API's words
            _log.error("failed", exc_info=True, extra={"facts": {"request_id": request_id}})
            failed = refusal.failed()
            return route, failed.code, _refusal(failed, request_id)
        return route, _outcome(response), response

    def _route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        method, path = request.method, request.path
        project_id = _project_id(path)
        if method == "POST" and path == TOKEN_PATH:
            return "token", lambda: self._token(request)
        if method == "POST" and project_id in self.credentials.projects:
            if path == PATH.format(project_id=project_id):
                return "recognise", lambda: self._recognise(request, project_id)
            if path == QUALITY_PATH.format(project_id=project_id):
                return "quality", lambda: self._quality(request, project_id)
        if method == "GET" and path == "/health/live":
            return "health", lambda: _json({"status": "live"}, 200)
        if method == "GET" and path == "/health/ready":
            return "health", self._readiness
        if method == "GET" and path == "/metrics" and _is_loopback(request.remote_addr):
            return "metrics", lambda: Response(self.board.text(), mimetype="text/plain")
        return "other", _nowhere

    def _token(self, request: Request) -> Response:
        return grant_token(request, self.credentials, self.token_key, self.guesses)

    def _recognise(self, request: Request, project_id: str) -> Response:
        question = self._question(request, project_id)
        result = self._read(self.reader.read, question)
        asked_for = replace(
            result,
            portrait_image=result.portrait_image if question.portrait_image else None,
            portrait_location=result.portrait_location if question.portrait_location else None,
        )
        response = _json({"result": asked_for.to_json()}, 200)
        if question.portrait_location and result.places:
            response.headers[PLACES_HEADER] = spelled(result.places)
        return response

    def _quality(self, request: Request, project_id: str) -> Response:
        question = self._question(request, project_id)
        flaws = self._read(self.reader.problems, question)
        problems = [Problem(ProblemCode(f.code), f.field, f.where).to_json() for f in flaws]
        return _json({"problems": problems}, 200)

    def _question(self, request: Request, project_id: str) -> Question:
        """Everything before the reading slot: any number of threads do it at the same time."""
        check_body = authenticate(request, project_id, self.credentials, self.token_key)
        self.quotas.look(project_id)
        if not self.bodies.acquire(blocking=False):
            raise refusal.too_busy()
        try:
            body = read_body(request, most=MAX_BODY_BYTES, seconds=BODY_SECONDS)
            check_body(body)
            self.quotas.take(project_id)
            return questions.parse(body, self.fetcher.fetch)
        finally:
            self.bodies.release()

    def _read(self, read: Callable[[bytes], Said], question: Question) -> Said:
        with self.slot.taken():
            started = time.monotonic()
            try:
                return read(question.picture)
            except PictureRefused as refused:
                raise Refused(_BAD_REQUEST, refused.code, refused.message) from refused
            except Exception as error:
                _log.error("reading failed", exc_info=True)
                raise refusal.not_recognised() from error
            finally:
                self.row.observe(time.monotonic() - started)

    def _readiness(self) -> Response:
        status = "ready" if self.ready else "not ready"
        return _json({"status": status}, 200 if self.ready else 503)


def _refusal(refused: Refused, request_id: str) -> Response:
    error = ErrorBody(refused.code, refused.message, request_id)
    response = _json(error.to_json(), refused.status)
    response.headers.update(refused.headers)
    return response


def _nowhere() -> Response:
    raise refusal.no_such_api()


def _project_id(path: str) -> str:
    """The second part of `/v2/{project_id}/…`; "" for another path."""
    version, _, rest = path.removeprefix("/").partition("/")
    return rest.partition("/")[0] if version == "v2" else ""


def _outcome(response: Response) -> str:
    if response.status_code == _UNAVAILABLE:
        return "not_ready"
    return "ok" if response.status_code < _BAD_REQUEST else "other"


def _request_id(request: Request) -> str:
    """The caller's own name for the request where it is one, else a new one."""
    given = request.headers.get(REQUEST_ID_HEADER, "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _is_loopback(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False


def _json(body: object, status: int) -> Response:
    return Response(json.dumps(body), status=status, content_type=CONTENT_TYPE)
