"""Child processes: one that is started again when it dies, and those that outlive their parent."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

SHORTEST_DELAY: Final = 0.2
LONGEST_DELAY: Final = 10.0
SETTLED_SECONDS: Final = 20.0
MOST_LOG_BYTES: Final = 5 * 1024 * 1024

_LINUX: Final = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_libc: Final = ctypes.CDLL(None, use_errno=True)


class Child:
    """One process: its command, its pid file, its log, and when to start it again."""

    def __init__(
        self, name: str, command: tuple[str, ...], *, pid_file: Path, log: Path | None
    ) -> None:
        self.name = name
        self.command = command
        self.pid_file = pid_file
        self.log = log
        self.delay = SHORTEST_DELAY
        self.started_at = 0.0
        self.due_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process, dead or alive; None before the first start."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it, in our process group; without a log it speaks where we speak."""
        self.started_at = time.monotonic()
        if self.log is None:
            self._process = self._popen(None)
        else:
            _make_room(self.log)
            with self.log.open("ab") as log:
                self._process = self._popen(log.fileno())
        _write(self.pid_file, f"{self._process.pid}\n")

    def status(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll() if self._process else None

    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def look_after(self) -> str:
        """Start it again when it is dead and its time has come; say what happened, if anything."""
        if self.alive():
            if self.log is not None:
                _make_room(self.log)
            return ""
        now = time.monotonic()
        if self.due_at > self.started_at:
            if now >= self.due_at:
                self.start()
            return ""
        settled = now - self.started_at > SETTLED_SECONDS
        self.delay = SHORTEST_DELAY if settled else min(self.delay * 2, LONGEST_DELAY)
        self.due_at = now + self.delay
        return f"{self.name} ended ({self.status()}); starting it again in {self.delay:.1f} s"

    def tell_to_end(self) -> None:
        """Ask it to end."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        """End it now, whatever it does, and forget it."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Remove the pid file."""
        self.pid_file.unlink(missing_ok=True)

    def _popen(self, output: int | None) -> subprocess.Popen[bytes]:
        # The supervisor has one thread: nothing can hold a lock at the fork.
        return subprocess.Popen(  # noqa: S603 our own commands
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_die_with_parent,  # noqa: PLW1509
        )


def adopt_orphans() -> None:
    """Become the parent of what our children leave behind, so that it can be ended too."""
    if _LINUX:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(known: set[int | None]) -> None:
    """Collect adopted processes that have ended; the known ones are collected by their Child."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid in known:
            return
        os.waitpid(ended.si_pid, 0)


def kill_orphans(known: set[int | None]) -> None:
    """End every process adopted from a dead child; our group cannot be: it may hold our caller."""
    while _LINUX and (left := _own_children() - known):
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _own_children() -> set[int]:
    mine = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            mine.add(int(stat.parent.name))
    return mine


def _die_with_parent() -> None:
    if _LINUX:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _make_room(log: Path) -> None:
    """Begin it anew, the old one beside it; whoever writes appends, and so goes on at the start."""
    if log.exists() and log.stat().st_size > MOST_LOG_BYTES:
        shutil.copyfile(log, log.with_suffix(".old.log"))
        os.truncate(log, 0)


def _write(path: Path, text: str) -> None:
    """Replace a file at once: whoever reads it sees the old pid or the new one."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)
