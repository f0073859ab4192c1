"""The first use of `./run`, with a Python and an apt-get that only pretend."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
TOOLS = (
    *("sh", "cat", "cmp", "cp", "dirname", "env", "flock", "id"),
    *("ln", "mkdir", "mv", "od", "rm", "touch", "tr"),
)
PYTHON = """#!/bin/sh
echo "$*" >>"$CALLS"
case $* in
*ensurepip*) [ -e "$PRETEND/has-venv" ] ;;
*"-m venv"*) mkdir -p .venv/bin && cp "$PRETEND/python3" .venv/bin/python ;;
*"-m pip"*) [ ! -e "$PRETEND/no-network" ] ;;
esac
"""
APT = """#!/bin/sh
echo "apt-get $*" >>"$CALLS"
case $* in *install*python3-venv*) touch "$PRETEND/has-venv" ;; esac
"""


class Machine:
    """A checkout on a machine where nothing is what it seems."""

    def __init__(self, folder: Path) -> None:
        self.top = folder / "a check out"
        self.pretend = folder / "bin"
        self.calls = folder / "calls"
        self.top.mkdir()
        self.pretend.mkdir()
        shutil.copy(TOP / "run", self.top)
        for lock in ("requirements.txt", "requirements-test.txt"):
            (self.top / lock).write_text("nothing==1\n")
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, tool
            (self.pretend / tool).symlink_to(found)

    def has(self, name: str, script: str) -> None:
        """Put a command on the machine."""
        path = self.pretend / name
        path.unlink(missing_ok=True)
        path.write_text(script)
        path.chmod(0o755)

    def is_used_by(self, uid: int) -> None:
        self.has("id", f"#!/bin/sh\necho {uid}\n")

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run it from elsewhere, with next to nothing in the environment."""
        environment = {
            "PATH": str(self.pretend),
            "CALLS": str(self.calls),
            "PRETEND": str(self.pretend),
            "PYENV_ROOT": "/nowhere",
        }
        return subprocess.run(
            [str(self.top / "run"), *arguments],
            env=environment,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self, word: str) -> list[str]:
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [line for line in lines if word in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.is_used_by(1000)
    return made


@pytest.fixture
def with_python(machine: Machine) -> Machine:
    machine.has("python3", PYTHON)
    (machine.pretend / "has-venv").touch()
    return machine


def test_without_a_python_it_says_which_one_it_needs(machine):
    refused = machine.run()
    assert refused.returncode == 1
    assert refused.stderr == "PermitDesk needs Python 3.11 or later, with ssl and sqlite3.\n"


def test_without_venv_a_user_is_told_the_one_line(machine):
    machine.has("python3", PYTHON)
    refused = machine.run()
    assert refused.returncode == 1
    assert refused.stderr == ("Python lacks venv. Install it first: apt-get install python3-venv\n")


def test_without_venv_root_has_it_installed(machine):
    machine.has("python3", PYTHON)
    machine.has("apt-get", APT)
    machine.is_used_by(0)
    assert machine.run("manage", "check").returncode == 0
    assert len(machine.called("install --no-install-recommends python3-venv")) == 1
    assert machine.called("manage.py check") == ["manage.py check"]


def test_packages_are_installed_once_with_their_hashes(with_python):
    for _ in range(2):
        assert with_python.run("manage", "check").returncode == 0
    installed = with_python.called("-m pip")
    assert len(installed) == 1
    assert installed[0].endswith("--no-deps --require-hashes -r requirements.txt")
    assert len(with_python.called("-m venv")) == 1


def test_a_changed_lock_is_installed_again(with_python):
    with_python.run("manage", "check")
    (with_python.top / "requirements.txt").write_text("something==2\n")
    with_python.run("manage", "check")
    assert len(with_python.called("-m pip")) == 2


def test_an_installation_that_failed_is_not_taken_for_done(with_python):
    broken = with_python.pretend / "no-network"
    broken.touch()
    assert with_python.run("manage", "check").returncode == 1
    assert with_python.called("manage.py") == []
    broken.unlink()
    assert with_python.run("manage", "check").returncode == 0


def test_a_python_that_went_away_has_its_environment_made_anew(with_python):
    with_python.run("manage", "check")
    (with_python.top / ".venv" / "bin" / "python").unlink()
    assert with_python.run("manage", "check").returncode == 0
    assert len(with_python.called("-m venv --clear")) == 2


def test_secrets_are_made_once_and_are_private(with_python):
    with_python.run("manage", "check")
    secrets = with_python.top / "var" / "secrets"
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    with_python.run("manage", "check")
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before
    assert len(set(before.values())) == len(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700


def test_what_the_tests_lack_is_named_to_a_user(with_python):
    refused = with_python.run("test")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Tests and benchmarks need more. As root: apt-get install ")
    assert "chromium" in refused.stderr
    assert "gettext" in refused.stderr
    assert with_python.called("-m tests") == []
