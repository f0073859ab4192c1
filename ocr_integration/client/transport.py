"""The transport over `requests`: pooled, bounded in time and size, and stubborn about TLS."""

import os
import socket
import ssl
import threading
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Any, Final, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ocr_integration.client.errors import Misconfigured, ProviderAtFault, TryAgain
from ocr_integration.client.http import Deadline, HttpAnswer, HttpRequest

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 15.0
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
CONNECTIONS: Final = 32

_CHUNK: Final = 64 * 1024
_calls = threading.local()


class RequestsTransport:
    """Sends requests over kept connections; many threads may share one.

    The process's proxies, netrc and certificate variables are not looked at, redirects are not
    followed, cookies not kept, compressed answers not taken. Name resolution takes what the
    system gives it; everything after it ends with the deadline.
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
        self._session = requests.Session()
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
            except requests.exceptions.SSLError as error:
                if watchdog.barked or _was_cut_off(error):
                    raise TryAgain("the connection failed") from error
                raise Misconfigured("the service's TLS certificate is not trusted") from error
            except (requests.exceptions.Timeout, TimeoutError) as error:
                raise TryAgain("the service did not answer in time") from error
            except (requests.exceptions.ConnectionError, urllib3.exceptions.HTTPError) as error:
                late = watchdog.barked
                reason = "the call took too long" if late else "the connection failed"
                raise TryAgain(reason) from error
            except (requests.exceptions.RequestException, ValueError):
                # Its text can quote a header's value.
                raise Misconfigured("the request cannot be sent") from None
            except OSError as error:
                raise Misconfigured("the certificate file cannot be used") from error
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
            if headers.get("content-encoding", "identity").lower() != "identity":
                raise ProviderAtFault("the answer is compressed", status=response.status_code)
            return HttpAnswer(response.status_code, headers, self._read(response))

    def _read(self, response: requests.Response) -> bytes:
        body = bytearray()
        while chunk := response.raw.read(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > self._max_answer_bytes:
                raise ProviderAtFault("the answer is too large", status=response.status_code)
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
        connection = super()._new_conn()
        _calls.watchdog.watch(connection)
        return connection

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
