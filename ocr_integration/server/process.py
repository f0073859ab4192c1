"""The processes: a gunicorn master that loads the reader, and workers forked from it."""

from typing import TYPE_CHECKING, Any, Final

from gunicorn.app.base import BaseApplication

from ocr_integration.server import logs
from ocr_integration.server.app import Application
from ocr_integration.server.credentials import Credentials
from ocr_integration.server.fetching import Fetcher
from ocr_integration.server.gateway import Worker
from ocr_integration.server.metrics import Board
from ocr_integration.server.quotas import Quotas
from ocr_integration.server.slot import ReadingSlot

if TYPE_CHECKING:
    from ocr_integration.server.loading import Loaded

MAX_HEADER_LINE: Final = 33 * 1024
"""Tokens of up to 32 KB, and the name of their header."""
THREADS: Final = 128
"""In each worker: one reads, the queue waits, and the others take requests in or refuse. The
system gives most of a burst of connections to whichever worker wakes first, so one alone must
have threads to spare while many callers take their time."""
STOP_SECONDS: Final = 3
LOAD_SECONDS: Final = 120
"""A worker that has not come up by then is replaced."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """The whole server; `run()` returns when it was told to stop."""

    def __init__(self, credentials: Credentials, *, host: str, port: int, workers: int) -> None:
        self._credentials = credentials
        self._token_key = credentials.token_key()
        # While gunicorn reloads, the next workers run beside the last ones.
        self._rows = range(2 * workers)
        self._board = Board(len(self._rows))
        self._quotas = Quotas(credentials.calls_a_minute)
        self._row_number = 0
        self._loaded: Loaded | None = None
        self._options: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": Worker,
            "threads": THREADS,
            # A kept connection would bind a client to one worker, however busy that is.
            "keepalive": 0,
            "limit_request_field_size": MAX_HEADER_LINE,
            "graceful_timeout": STOP_SECONDS,
            "timeout": LOAD_SECONDS,
            "control_socket_disable": True,
            "logconfig_dict": logs.CONFIG,
            "proc_name": "permitdesk-ocr",
            "when_ready": self._load_reader,
            "pre_fork": self._give_row,
            "post_fork": self._keep_row,
            "child_exit": self._clear_row,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn: neither its command line nor its files are read."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Application:
        """Build a worker's application, after the fork."""
        assert self._loaded is not None
        row = self._board.row(self._row_number)
        row.set_ready(ready=self._loaded.ready)
        return Application(
            reader=self._loaded.reader,
            credentials=self._credentials,
            token_key=self._token_key,
            board=self._board,
            row=row,
            slot=ReadingSlot(),
            quotas=self._quotas,
            fetcher=Fetcher(self._credentials.url_hosts),
            ready=self._loaded.ready,
        )

    def _load_reader(self, arbiter: Any) -> None:
        """Load once for all workers, once the address is ours: callers wait rather than fail.

        The networks run on no thread but the caller's, so a fork loses none.
        """
        from ocr_integration.server import loading

        self._loaded = loading.load()

    def _give_row(self, arbiter: Any, worker: Any) -> None:
        taken = {each.metrics_row for each in arbiter.WORKERS.values()}
        worker.metrics_row = next(row for row in self._rows if row not in taken)

    def _keep_row(self, arbiter: Any, worker: Any) -> None:
        self._row_number = worker.metrics_row

    def _clear_row(self, arbiter: Any, worker: Any) -> None:
        self._board.row(worker.metrics_row).set_ready(ready=False)
