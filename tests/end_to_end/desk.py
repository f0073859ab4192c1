"""A desk as `./run` starts it, in a folder and on ports of its own, and people who visit it."""

import os
import re
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import requests

from tests.services import free_port, wait_until

TOP = Path(__file__).resolve().parent.parent.parent
PASSWORD = "permitdesk-demo"
FIRST_START_SECONDS = 120
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'\b(name|value)="([^"]*)"')


class Desk:
    """The processes of one `./run`."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port, self.ocr_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = var / "run.log"

    def start(self) -> None:
        """Start it in a process group of its own and wait until it is ready."""
        self.var.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(TOP / "run")],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        wait_until(self.is_ready, FIRST_START_SECONDS, f"./run to be ready, see {self.log}")

    def stop(self) -> float:
        """Send its group SIGINT, as Ctrl-C does, and tell how long it took to end."""
        began = time.monotonic()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(20)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
        return time.monotonic() - began

    def environment(self) -> dict[str, str]:
        """What a user's shell would have, and nothing of the tests' own settings."""
        kept = ("PATH", "HOME", "LANG", "PYENV_ROOT")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PORT": str(self.port),
            "OCR_PORT": str(self.ocr_port),
            "PERMITDESK_VAR": str(self.var),
        }

    def is_ready(self) -> bool:
        """Whether `/health/ready` says so."""
        if self.process.poll() is not None:
            raise RuntimeError(f"./run ended with {self.process.returncode}, see {self.log}")
        return self.health("ready") == 200

    def health(self, which: str) -> int:
        """The status of a health page; 0 where nobody answers."""
        try:
            return requests.get(f"{self.url}/health/{which}", timeout=5).status_code
        except requests.RequestException:
            return 0

    def pid(self, name: str) -> int:
        """The process that plays a part now."""
        return int((self.var / "run" / f"{name}.pid").read_text())

    def send(self, name: str, number: signal.Signals) -> int:
        """Send one process a signal and tell which it was."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def freeze(self, name: str) -> int:
        """Stop a process, though not within a transaction: SQLite's one lock would stop us all."""
        while True:
            pid = self.send(name, signal.SIGSTOP)
            if self._database_is_free():
                return pid
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.05)

    def held_jobs(self) -> int:
        """How many sides a worker is at."""
        with closing(sqlite3.connect(self.var / "permitdesk.sqlite3", timeout=1)) as database:
            query = "SELECT count(*) FROM jobs_job WHERE ended_at IS NULL AND lease_until NOT NULL"
            return int(database.execute(query).fetchone()[0])

    def _database_is_free(self) -> bool:
        database = sqlite3.connect(self.var / "permitdesk.sqlite3", timeout=1)
        try:
            database.execute("BEGIN IMMEDIATE")
            database.rollback()
        except sqlite3.OperationalError:
            return False
        finally:
            database.close()
        return True

    def family(self, name: str) -> list[int]:
        """A part's process and those it started."""
        parent = self.pid(name)
        listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        return [parent, *map(int, listed.split())]

    def another(self, name: str) -> "subprocess.Popen[bytes]":
        """Start one more process of a part, exactly as the supervisor started the first."""
        running = Path(f"/proc/{self.pid(name)}")
        command = (running / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        variables = (running / "environ").read_bytes().rstrip(b"\0").split(b"\0")
        environment = dict(line.decode().split("=", 1) for line in variables)
        with (self.var / "log" / f"{name}-2.log").open("ab") as log:
            return subprocess.Popen(
                command, env=environment, cwd=TOP, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait_for_restart(self, name: str, old: int) -> None:
        """Wait until another process plays the part."""
        wait_until(lambda: self.pid(name) != old, 20, f"another {name}")

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `./run manage …` beside the running desk."""
        return subprocess.run(
            [str(TOP / "run"), "manage", *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def visitor(self, role: str) -> "Visitor":
        """Somebody signed in with a demo account."""
        visitor = Visitor(self.url)
        visitor.sign_in(f"{role}@demo.example")
        return visitor


class Visitor:
    """A browser without JavaScript."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def copy(self) -> "Visitor":
        """The same person in one more window: sessions are not for several threads."""
        other = Visitor(self.url)
        other.session.cookies.update(self.session.cookies)
        return other

    def get(self, path: str, **options: Any) -> requests.Response:
        """Fetch a page."""
        return self.session.get(self.url + path, timeout=60, allow_redirects=False, **options)

    def sign_in(self, email: str) -> None:
        """Sign in by the password of the demo."""
        answer = self.post("/accounts/login/", {"login": email, "password": PASSWORD})
        if answer.status_code != 302:
            raise RuntimeError(f"{email} could not sign in: {answer.status_code}")

    def post(
        self, path: str, data: dict[str, str], files: dict[str, Any] | None = None
    ) -> requests.Response:
        """Fill in the form that stands at a path, hidden fields as they come, and send it."""
        hidden = _hidden_values(self.get(path).text)
        return self.session.post(
            self.url + path,
            data={**hidden, **data},
            files=files,
            timeout=60,
            allow_redirects=False,
            headers={"Referer": self.url + path},
        )

    def apply(self, front: Path, back: Path) -> str:
        """Send both sides with consent and take the reference from the answer."""
        files = {
            "front": ("front.jpg", front.read_bytes(), "image/jpeg"),
            "back": ("back.jpg", back.read_bytes(), "image/jpeg"),
        }
        answer = self.post("/apply/", {"consent": "on"}, files)
        found = re.search(r"/applications/([0-9A-Z-]+)/", answer.headers.get("Location", ""))
        if answer.status_code != 303 or found is None:
            raise RuntimeError(f"the application was answered with {answer.status_code}")
        return found[1]

    def status(self, reference: str) -> dict[str, Any]:
        """What `status.json` says."""
        answer: dict[str, Any] = self.get(f"/applications/{reference}/status.json").json()
        return answer

    def wait_for_review(self, references: list[str], seconds: float = 90) -> None:
        """Wait until every application is with a reviewer."""
        left = list(references)

        def all_there() -> bool:
            left[:] = [one for one in left if self.status(one)["status"] != "in_review"]
            return not left

        wait_until(all_there, seconds, f"{left} to be with a reviewer")


def apply_at_once(visitor: Visitor, pairs: list[tuple[Path, Path]]) -> list[str]:
    """Send several applications one after another, each while the last is still being read."""
    return [visitor.apply(front, back) for front, back in pairs]


def _hidden_values(page: str) -> dict[str, str]:
    values = {}
    for found in HIDDEN.finditer(page):
        attributes = dict(ATTRIBUTE.findall(found[0]))
        if "name" in attributes:
            values[attributes["name"]] = attributes.get("value", "")
    return values
