"""What the container files promise, as far as it can be seen without an engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parent.parent
OURS = {"setup", "web", "worker", "sweeper", "ocr"}
ORDER_RULES = [
    "service-keys-order",
    "services-alphabetical-order",
    "service-dependencies-alphabetical-order",
    "top-level-properties-order",
]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((TOP / "docker-compose.yml").read_text())


@pytest.fixture
def secrets(tmp_path):
    """The folder of secrets, made by the script in an empty place."""
    shutil.copy(TOP / "deploy" / "make-secrets.sh", tmp_path)
    subprocess.run(["sh", str(tmp_path / "make-secrets.sh")], check=True, capture_output=True)
    return tmp_path / "secrets"


def _tool(name):
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    assert found, f"{name} is missing"
    return found


def test_hadolint_has_nothing_to_say():
    checked = subprocess.run(
        [_tool("hadolint"), TOP / "Dockerfile"], capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_dclint_has_nothing_to_say():
    rules = [part for rule in ORDER_RULES for part in ("--disable-rule", rule)]
    command = [_tool("npx"), "--yes", "dclint@3.1.0", "docker-compose.yml", "--max-warnings", "0"]
    checked = subprocess.run([*command, *rules], capture_output=True, text=True, cwd=TOP)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_service_that_stays_says_whether_it_is_well(compose):
    staying = {name: it for name, it in compose["services"].items() if name != "setup"}
    assert [name for name, it in staying.items() if "healthcheck" not in it] == []


def test_no_log_grows_for_ever(compose):
    options = [it["logging"]["options"] for it in compose["services"].values()]
    assert all(option["max-size"] and option["max-file"] for option in options)


def test_one_image_runs_what_is_ours_without_rights(compose):
    ours = [compose["services"][name] for name in OURS]
    assert len({service["image"] for service in ours}) == 1
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in ours)
    assert re.search(r"^USER 10001:10001$", (TOP / "Dockerfile").read_text(), re.MULTILINE)


def test_foreign_images_are_pinned(compose):
    foreign = [it["image"] for name, it in compose["services"].items() if name not in OURS]
    base = re.findall(r"^FROM (\S+)", (TOP / "Dockerfile").read_text(), re.MULTILINE)
    assert all(re.search(r":\d+\.\d+", image) for image in (*foreign, *base))


def test_what_holds_data_and_what_reads_pictures_reach_nothing_outside(compose):
    assert compose["networks"]["inner"]["internal"] is True
    for name in ("ocr", "postgres", "valkey", "s3"):
        assert compose["services"][name]["networks"] == ["inner"]
        assert "ports" not in compose["services"][name]


def test_processes_wait_for_the_migration(compose):
    for name in ("web", "worker", "sweeper"):
        waits = compose["services"][name]["depends_on"]
        assert waits["setup"]["condition"] == "service_completed_successfully"


def test_the_script_makes_every_secret_that_is_mounted(compose, secrets):
    mounted = {Path(secret["file"]).name for secret in compose["secrets"].values()}
    assert mounted == {path.name for path in secrets.iterdir()}
    assert all(path.stat().st_size >= 20 for path in secrets.iterdir())
    assert secrets.stat().st_mode & 0o077 == 0


def test_secrets_are_made_once(secrets):
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    script = secrets.parent / "make-secrets.sh"
    subprocess.run(["sh", str(script)], check=True, capture_output=True)
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before


def test_no_service_names_a_secret_that_it_is_not_given(compose):
    for service in compose["services"].values():
        values = [*service.get("environment", {}).values(), *service.get("command", [])]
        named = {name for value in values for name in re.findall(r"/run/secrets/(\w+)", str(value))}
        assert named <= set(service.get("secrets", []))


def test_the_settings_accept_what_web_is_given(compose, secrets):
    given = {
        "PUBLIC_URL": "https://desk.example.org",
        "EMAIL_URL": "smtp+tls://mail.example.org",
        "DEFAULT_FROM_EMAIL": "desk@example.org",
    }
    environment = {"PATH": os.environ["PATH"]}
    for name, value in compose["services"]["web"]["environment"].items():
        asked = re.fullmatch(r"\$\{(\w+):([?-])(.*)\}", str(value))
        if asked:
            value = given[asked[1]] if asked[2] == "?" else asked[3]
        environment[name] = str(value).replace("/run/secrets", str(secrets))
    shown = (
        "from django.conf import settings as s;"
        "print(s.HTTPS, s.DEMO, s.DATABASES['default']['HOST'], s.OCR_PROVIDERS[0].ak != '')"
    )
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", shown]
    checked = subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True)
    assert checked.stdout.split() == ["True", "False", "postgres", "True"], checked.stderr


def test_nothing_starts_without_being_told_where_it_is_reached(compose):
    environment = compose["services"]["web"]["environment"]
    assert environment["PUBLIC_URL"].startswith("${PUBLIC_URL:?")
    assert not [name for name in environment if re.search(r"(KEY|PASSWORD|SECRET|TOKEN)$", name)]
