"""The transport over `requests`: pooled, bounded in time and size, and stubborn about TLS."""

import logging
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.client import BadStatusLine, HTTPException, ImproperConnectionState, IncompleteRead
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Any, Final, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

from ocr_integration.client.errors import Misconfigured, OcrError, ProviderAtFault, TryAgain
from ocr_integration.client.http import Deadline, HttpAnswer, HttpRequest
from ocr_integration.client.naming import NAMES

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 15.0
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
CONNECTIONS: Final = 32

_CHUNK: Final = 64 * 1024
_OK: Final = 200
_SUCCESSES: Final = range(200, 300)
_calls = threading.local()

# Headers that could not be parsed are warned of with a traceback that quotes them, tokens included.
logging.getLogger("urllib3.connection").addFilter(lambda record: record.exc_info is None)


class _Unreadable(Exception):
    """Why a body is not taken."""


class _Session(requests.Session):
    """Takes a redirect as the answer it is: the library reads its whole body to prepare for it."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class RequestsTransport:
    """Sends requests over kept connections; many threads may share one.

    The process's proxies, netrc and certificate variables are not looked at, redirects are not
    followed, cookies not kept, compressed answers not taken. Everything ends with the deadline,
    name resolution included.
    """

    def __init__(
        self,
        *,
        connect: float = CONNECT_SECONDS,
        read: float = READ_SECONDS,
        ca_file: str | None = None,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        self._timeouts = (connect, read)
        self._verify: str | bool = ca_file or True
        self._max_answer_bytes = max_answer_bytes
        self._session = _Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["User-Agent"] = "permitdesk"
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.mount("https://", _Adapter(pool_maxsize=CONNECTIONS))
        self._session.mount("http://", _Adapter(pool_maxsize=CONNECTIONS))

    def __call__(self, request: HttpRequest, deadline: Deadline) -> HttpAnswer:
        """Send and read the whole answer, by the deadline or not at all."""
        with _Watchdog(deadline) as watchdog:
            try:
                answer = self._exchange(request, deadline)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                # Of what cannot be sent, or is no HTTP, the library's words quote a part.
                quoted = isinstance(error, ValueError) or _is_no_http(error)
                raise _told(error, late=watchdog.barked) from (None if quoted else error)
            except ValueError:
                raise Misconfigured("the request cannot be sent") from None
        if watchdog.barked:
            # Where only the connection's end ends an answer, the cut looks like one.
            raise TryAgain("the call took too long")
        return answer

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def _exchange(self, request: HttpRequest, deadline: Deadline) -> HttpAnswer:
        connect, read = (min(limit, deadline.remaining()) for limit in self._timeouts)
        if not connect:
            raise TryAgain("the call took too long")
        with self._session.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            data=request.body,
            timeout=(connect, read),
            allow_redirects=False,
            verify=self._verify,
            stream=True,
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            try:
                body = self._read(response)
            except _Unreadable as error:
                if response.status_code in _SUCCESSES:
                    raise ProviderAtFault(str(error), status=response.status_code) from None
                # Whatever it says, its status says whose turn it is.
                return HttpAnswer(response.status_code, headers, b"")
            if not body and response.status_code == _OK and not _says_where_it_ends(headers):
                raise TryAgain("the connection failed")
            return HttpAnswer(response.status_code, headers, body)

    def _read(self, response: requests.Response) -> bytes:
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise _Unreadable("the answer is compressed")
        body = bytearray()
        while chunk := response.raw.read(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > self._max_answer_bytes:
                raise _Unreadable("the answer is too large")
        return bytes(body)


class _Watchdog:
    """Cuts a call's connection at its deadline: a server that drips passes every read timeout."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.barked = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(deadline.remaining(), self._bark)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _calls.watchdog = self
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._let_go()
        del _calls.watchdog

    def watch(self, connection: socket.socket) -> None:
        """Hold on to a connection by a descriptor of its own, which survives TLS wrapping it."""
        with self._lock:
            self._let_go()
            self._socket = socket.socket(fileno=os.dup(connection.fileno()))
            if self.barked:
                self._cut()

    def _let_go(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _bark(self) -> None:
        with self._lock:
            self.barked = True
            self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            # The other side may have closed it in the same moment.
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class _Watched(HTTPConnection):
    """Shows its socket to the call's watchdog, new or kept."""

    def _new_conn(self) -> socket.socket:
        watchdog: _Watchdog = _calls.watchdog
        failure: OSError = TimeoutError()
        for address in self._addresses(watchdog.deadline):
            seconds = self._seconds(watchdog.deadline)
            try:
                connection = create_connection(
                    (address, self.port), seconds, socket_options=self.socket_options
                )
            except OSError as error:
                failure = error
                continue
            watchdog.watch(connection)
            return connection
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, "no address answered in time") from failure
        raise NewConnectionError(self, "no address could be reached") from failure

    def _addresses(self, deadline: Deadline) -> list[str]:
        try:
            return NAMES.addresses(self._dns_host, self.port, self._seconds(deadline))
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "the name was not found in time") from error
        except OSError as error:
            raise NewConnectionError(self, "the name was not found") from error

    def _seconds(self, deadline: Deadline) -> float:
        """For one step of connecting: its own limit, or what the call has left."""
        limit = self.timeout if isinstance(self.timeout, int | float) else CONNECT_SECONDS
        # 0 would mean not to wait at all, which fails in another way.
        return max(min(limit, deadline.remaining()), 0.001)

    def request(self, *args: Any, **kwargs: Any) -> None:
        watchdog: _Watchdog = _calls.watchdog
        if self.sock is None:
            self.connect()
        watchdog.watch(self.sock)
        # Sending has the call's time, not the time to connect, which urllib3 leaves set here: a
        # large picture on a slow line needs longer.
        self.timeout = max(watchdog.deadline.remaining(), 0.001)
        super().request(*args, **kwargs)


class _WatchedTls(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def _was_cut_off(error: BaseException | None) -> bool:
    """Whether a TLS error is only a connection that ended: no fault of any certificate."""
    while error is not None:
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return True
        error = error.__context__
    return False


def _told(error: Exception, *, late: bool) -> OcrError:
    """Whose turn it is when no whole answer came; `late`: the watchdog cut the connection."""
    kinds = requests.exceptions
    match error:
        case kinds.SSLError() if not late and not _was_cut_off(error):
            return Misconfigured("the service's TLS certificate is not trusted")
        case kinds.Timeout() | TimeoutError():
            return TryAgain("the service did not answer in time")
        case kinds.InvalidHeader(request=request) if request is not None:
            return ProviderAtFault("the answer is no HTTP")
        case kinds.ConnectionError() | urllib3.exceptions.HTTPError() if not late:
            if _is_no_http(error):
                return ProviderAtFault("the answer is no HTTP")
            return TryAgain("the connection failed")
        case kinds.ConnectionError() | urllib3.exceptions.HTTPError():
            return TryAgain("the call took too long")
        case kinds.RequestException():
            return Misconfigured("the request cannot be sent")
    return Misconfigured("the certificate file cannot be used")


def _is_no_http(error: BaseException | None) -> bool:
    """Whether what came is no HTTP, or more of it than anybody needs; not if it only broke off."""
    while error is not None:
        match error:
            case BadStatusLine(args=(str(line), *_)):
                return line.endswith("\n")
            case IncompleteRead() | ImproperConnectionState():
                return False
            case HTTPException():
                return True
        error = error.__context__
    return False


def _says_where_it_ends(headers: Mapping[str, str]) -> bool:
    """Else an answer that broke off among its headers looks like an empty one."""
    return "content-length" in headers or "transfer-encoding" in headers
