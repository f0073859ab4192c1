"""The cast: ana applies, bruno is another applicant, rui and rita review, sofia is their senior,
eva audits, adam administers."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings
from playwright.sync_api import expect
from redis import Redis

from kyc.accounts.models import Role, User
from kyc.audit import triggers
from kyc.jobs import doorbell
from kyc.operations import health
from tests import factories
from tests.services import S3, Valkey

# A busy machine is no fault of what is tried.
settings.register_profile(
    "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")
expect.set_options(timeout=20_000)

SAMPLES = Path(__file__).parent / "samples"
LOOPBACK = ["127.0.0.1", "::1"]
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those talk to this machine, and to it alone, that are marked as doing so."""
    for item in items:
        if any(item.get_closest_marker(name) for name in ("loopback", "browser", "processes")):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Begin each test in English: a request leaves the language of its reader behind."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _own_stores(settings, tmp_path):
    """Give each test its own folders for pictures and keys."""
    settings.STORAGES = {
        **django_settings.STORAGES,
        "default": _folder(tmp_path / "media"),
        "keys": _folder(tmp_path / "keys"),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _doorbell_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ring that nobody heard in one test keeps none of the next from ringing."""
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)


@pytest.fixture(autouse=True)
def _health_unknown() -> None:
    """What one test found of the desk's health answers no other."""
    health.recent.forget()


def _folder(path: Path) -> dict[str, object]:
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(path)},
    }


@pytest.fixture(scope="session", autouse=True)
def _triggers_lifted_around_flush() -> Iterator[None]:
    """Let transactional tests end: their flush deletes rows that only grow. Nothing else may."""
    teardown = TransactionTestCase._fixture_teardown

    def lifted_teardown(case: TransactionTestCase) -> None:
        with triggers.lifted():
            teardown(case)

    TransactionTestCase._fixture_teardown = lifted_teardown
    yield
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture
def ana(db) -> User:
    return factories.account("ana@example.org")


@pytest.fixture
def bruno(db) -> User:
    return factories.account("bruno@example.org")


@pytest.fixture
def rui(db) -> User:
    return factories.account("rui@example.org", Role.REVIEWER, name="Rui Chan")


@pytest.fixture
def rita(db) -> User:
    return factories.account("rita@example.org", Role.REVIEWER, name="Rita Wong")


@pytest.fixture
def sofia(db) -> User:
    return factories.account("sofia@example.org", Role.SENIOR, name="Sofia Lam")


@pytest.fixture
def eva(db) -> User:
    return factories.account("eva@example.org", Role.AUDITOR, name="Eva Sousa")


@pytest.fixture
def adam(db) -> User:
    return factories.account("adam@example.org", Role.ADMINISTRATOR, name="Adam Ho")


@pytest.fixture
def clean_cache(db) -> None:
    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """End what threads of a live server still hold open: PostgreSQL drops no database in use."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def _valkey_server() -> Iterator[Valkey]:
    with Valkey() as server:
        yield server


@pytest.fixture
def valkey(_valkey_server: Valkey) -> Valkey:
    """A broker of the tests' own, with nothing in it; the test is marked `loopback`."""
    with Redis.from_url(_valkey_server.url) as redis:
        redis.flushall()
    return _valkey_server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """An object store of the tests' own; the test is marked `loopback`."""
    with S3() as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Drive the system's Chromium; a missing one fails."""
    chromium = shutil.which(os.environ.get("CHROMIUM", "chromium")) or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("There is no Chromium: apt-get install chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": [*CHROMIUM_FLAGS, *sandbox],
    }
