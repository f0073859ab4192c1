"""`./run` itself: what it makes, what it refuses, how it ends."""

import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.desk import TOP, Desk
from tests.services import free_port, listens, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

PARTS = {"web", "worker", "sweeper", "ocr", "valkey"}


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that a test may end by itself."""
    desk = Desk(tmp_path / "var")
    desk.start()
    yield desk
    desk.stop()


def _run(desk: Desk, *arguments: str, **changed: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(TOP / "run"), *arguments],
        env={**desk.environment(), **changed},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _processes_of(var: Path) -> list[int]:
    """Every process that works for this folder."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = environ.read_bytes().split(b"\0")
        except OSError:
            continue
        if f"PERMITDESK_VAR={var}".encode() in variables:
            found.append(int(environ.parent.name))
    return found


def test_it_says_where_to_sign_in_and_with_what(desk: Desk):
    wait_until(lambda: "Demo accounts" in desk.log.read_text(), 10, "the accounts to be named")
    said = desk.log.read_text()
    assert f"{desk.url}/accounts/login/" in said
    assert "reviewer@demo.example" in said
    assert "permitdesk-demo" in said


def test_each_part_has_a_pid_file(desk: Desk):
    named = {path.stem for path in (desk.var / "run").glob("*.pid")}
    assert named == PARTS
    for name in PARTS:
        os.kill(desk.pid(name), 0)


def test_its_folder_and_secrets_are_its_owners_alone(desk: Desk):
    secrets = desk.var / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    files = [path for path in secrets.iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"SECRET_KEY", "MEDIA_KEY", "INDEX_KEY"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    stored = [path for path in (desk.var / "media").rglob("*") if path.is_file()]
    assert stored
    assert {stat.S_IMODE(path.stat().st_mode) for path in stored} == {0o600}


def test_its_servers_listen_on_loopback_only(desk: Desk):
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    ours = {f"{port:04X}" for port in (desk.port, desk.ocr_port)}
    places = [line.split()[1] for line in listening if line.split()[3] == "0A"]
    assert {place.split(":")[0] for place in places if place.split(":")[1] in ours} == {"0100007F"}


def test_the_brokers_socket_has_a_short_path_in_a_private_folder(desk: Desk):
    path = Path((desk.var / "run" / "broker").read_text().strip().removeprefix("unix://"))
    assert path.is_socket()
    assert len(str(path)) <= 107
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_part_that_is_killed_is_started_again(desk: Desk):
    killed = {name: desk.send(name, signal.SIGKILL) for name in PARTS}
    for name, pid in killed.items():
        desk.wait_for_restart(name, pid)
    wait_until(desk.is_ready, 30, "the desk to be ready again")
    wait_until(lambda: listens(desk.ocr_port), 30, "the OCR server to listen again")


def test_a_second_one_on_the_same_folder_is_refused(desk: Desk):
    second = _run(desk, PORT=str(free_port()), OCR_PORT=str(free_port()))
    assert second.returncode == 1
    assert second.stderr == f"PermitDesk already runs on {desk.var}.\n"
    assert desk.is_ready()


@pytest.mark.parametrize("variable", ["PORT", "OCR_PORT"])
def test_a_busy_port_is_named(tmp_path: Path, variable: str):
    other = Desk(tmp_path / "var")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = _run(other, **{variable: port})
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} is in use")
    assert variable in refused.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgres://elsewhere/permitdesk"),
        ("STORAGE_URL", "file:///tmp/elsewhere"),
        ("BIND", "0.0.0.0:8000"),
        ("TIME_ZONE", "Atlantis/Capital"),
    ],
)
def test_a_setting_that_will_not_do_is_named(tmp_path: Path, variable: str, value: str):
    other = Desk(tmp_path / "var")
    refused = _run(other, **{variable: value})
    assert refused.returncode == 1
    assert variable in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_word_it_does_not_know_is_answered_with_those_it_does(desk: Desk):
    refused = _run(desk, "dance")
    assert refused.returncode == 1
    assert "./run manage" in refused.stderr


def test_manage_has_the_demos_settings(desk: Desk):
    shown = _run(
        desk,
        "manage",
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings as s; print(s.DEMO, s.DEBUG, s.VAR, s.BROKER_URL)",
    )
    broker = (desk.var / "run" / "broker").read_text().strip()
    assert shown.stdout == f"True False {desk.var} {broker}\n"


def test_manage_sets_up_what_is_not_there_yet(tmp_path: Path):
    other = Desk(tmp_path / "not" / "yet there")
    checked = other.manage("invariants")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_ctrl_c_ends_everything_within_ten_seconds(own_desk: Desk):
    assert len(_processes_of(own_desk.var)) > len(PARTS)
    assert own_desk.stop() < 10
    assert own_desk.process.returncode == 0
    assert _processes_of(own_desk.var) == []
    assert not (own_desk.var / "run" / "broker").exists()
    assert list((own_desk.var / "run").glob("*.pid")) == []


def test_one_that_was_killed_leaves_nothing_running_and_starts_again(own_desk: Desk):
    own_desk.process.send_signal(signal.SIGKILL)
    own_desk.process.wait()
    wait_until(lambda: not _processes_of(own_desk.var), 15, "its parts to end with it")
    own_desk.start()
    applications = own_desk.manage(
        "shell",
        "-c",
        "from kyc.applications.models import Application; print(Application.objects.count())",
    )
    assert applications.stdout.split()[-1] == "3"
