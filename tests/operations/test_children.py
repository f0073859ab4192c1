"""A child process is started again when it dies, a little later each time."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kyc.operations import children
from kyc.operations.children import Child, kill_orphans
from tests.services import wait_until

TOP = Path(__file__).parent.parent.parent
SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def make(tmp_path):
    made = []

    def make(*command):
        child = Child("part", command, pid_file=tmp_path / "part.pid", log=tmp_path / "part.log")
        made.append(child)
        return child

    yield make
    for child in made:
        child.kill()


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves when told to."""
    now = [1000.0]
    monkeypatch.setattr(children.time, "monotonic", lambda: now[0])
    return lambda seconds: now.__setitem__(0, now[0] + seconds)


def _die(child):
    os.kill(child.pid, signal.SIGKILL)
    child._process.wait()


def test_its_pid_stands_in_a_file_until_it_is_ended(make):
    child = make(*SLEEP)
    child.start()
    assert int(child.pid_file.read_text()) == child.pid
    child.kill()
    assert not child.pid_file.exists()
    assert not child.alive()


def test_a_running_one_is_let_alone(make):
    child = make(*SLEEP)
    child.start()
    assert child.look_after() == ""
    assert child.alive()


def test_a_dead_one_is_announced_once_and_started_again_under_another_pid(make, clock):
    child = make(*SLEEP)
    child.start()
    first = child.pid
    _die(child)
    clock(1)
    assert child.look_after().startswith("part ended (-9)")
    assert child.look_after() == ""
    clock(10)
    assert child.look_after() == ""
    assert child.alive()
    assert child.pid != first
    assert int(child.pid_file.read_text()) == child.pid


def test_one_that_dies_again_and_again_is_given_longer_and_longer(make, clock):
    child = make(*SLEEP)
    child.start()
    delays = []
    for _ in range(10):
        _die(child)
        clock(1)
        child.look_after()
        delays.append(child.delay)
        clock(child.delay)
        child.look_after()
    assert delays == sorted(delays)
    assert delays[-1] == children.LONGEST_DELAY


def test_one_that_ran_well_for_a_while_is_started_again_at_once(make, clock):
    child = make(*SLEEP)
    child.start()
    child.delay = children.LONGEST_DELAY
    clock(children.SETTLED_SECONDS + 1)
    _die(child)
    child.look_after()
    assert child.delay == children.SHORTEST_DELAY


def test_it_writes_to_its_log_and_an_overfull_log_makes_room(make, tmp_path, monkeypatch):
    monkeypatch.setattr(children, "MOST_LOG_BYTES", 3)
    child = make(sys.executable, "-c", "print('said')")
    for _ in range(2):
        child.start()
        child._process.wait()
    assert (tmp_path / "part.log").read_text() == "said\n"
    assert (tmp_path / "part.old.log").read_text() == "said\n"


def test_a_log_makes_room_while_it_is_written_to(make, tmp_path, monkeypatch):
    monkeypatch.setattr(children, "MOST_LOG_BYTES", 20)
    log, old = tmp_path / "part.log", tmp_path / "part.old.log"
    speak = "import time\nwhile True: print('x' * 9, flush=True); time.sleep(0.02)"
    child = make(sys.executable, "-c", speak)
    child.start()
    wait_until(lambda: log.stat().st_size > 20, 10, "much to be written")
    assert child.look_after() == ""
    assert old.read_text().startswith("xxxxxxxxx\n")
    wait_until(lambda: log.read_text().startswith("xxxxxxxxx\n"), 10, "the log to go on")


def test_what_a_dead_child_leaves_behind_is_ended():
    """In a process of its own: orphans are adopted by whole processes."""
    command = [sys.executable, "-m", "tests.operations.orphans"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=TOP)
    assert (ended.returncode, ended.stderr) == (0, "")
    orphan = int(ended.stdout)
    wait_until(lambda: not Path(f"/proc/{orphan}").exists(), 5, "the orphan to be gone")


def test_with_no_orphans_nothing_is_killed(make):
    child = make(*SLEEP)
    child.start()
    mine = {int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(path) == os.getpid()}
    kill_orphans(mine)
    assert child.alive()


def _parent(process):
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
