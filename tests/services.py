"""Real servers for tests, each a process of its own in a private folder, gone when it is left."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from kyc.operations.supervise import valkey_binary

START_SECONDS = 30


class Missing(RuntimeError):
    """What must be installed first."""


class Server:
    """A process that is up when its block is entered."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.process = subprocess.Popen(
            self.command(), stdin=subprocess.DEVNULL, stdout=self.log(), stderr=subprocess.STDOUT
        )
        wait_until(self.answers, START_SECONDS, f"{type(self).__name__} to answer")

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log(self) -> int:
        """Where it writes."""
        return subprocess.DEVNULL

    def command(self) -> list[str]:
        """What to start."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether it is up."""
        raise NotImplementedError


class Valkey(Server):
    """The broker, on a socket in a folder of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="permitdesk-", dir="/tmp"))
        self.socket = self.folder / "valkey.sock"
        self.url = f"unix://{self.socket}"

    def command(self) -> list[str]:
        binary = str(valkey_binary())
        place = ["--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder)]
        return [binary, *place, "--appendonly", "yes", "--save", ""]

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class S3(Server):
    """moto's server; its port is ours alone for as long as it runs."""

    def __init__(self) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]

    def answers(self) -> bool:
        return listens(self.port)


class PostgreSQL(Server):
    """A private cluster of Debian's PostgreSQL, on a socket, forgetful and therefore fast."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        # The socket's folder is named as the host: libpq and psycopg read it from the query.
        self.url = f"postgres:///permitdesk?host={folder}&user=postgres"

    def start(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8")
        super().start()
        self._run("createdb", "-h", str(self.folder), "-U", "postgres", "permitdesk")

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return self._as_postgres("postgres", "-D", str(self.data), *options)

    def answers(self) -> bool:
        ready = self._as_postgres("pg_isready", "-q", "-h", str(self.folder))
        return subprocess.run(ready, check=False).returncode == 0

    def _run(self, tool: str, *arguments: str) -> None:
        subprocess.run(
            self._as_postgres(tool, *arguments), check=True, stdout=subprocess.DEVNULL, cwd="/"
        )

    def _as_postgres(self, tool: str, *arguments: str) -> list[str]:
        """PostgreSQL refuses to run as root."""
        drop = []
        if os.geteuid() == 0:
            drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        return [*drop, str(_postgres_tools() / tool), *arguments]


def _postgres_tools() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if not found:
        raise Missing("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(done: Callable[[], object], seconds: float, what: str) -> None:
    """Ask again and again; TimeoutError says what never came."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.1)
