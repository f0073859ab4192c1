"""The cast: ana applies, bruno is another applicant, rui and rita review, sofia is their senior,
eva audits, adam administers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import TransactionTestCase

from kyc.accounts.models import Role, User
from kyc.audit import triggers
from tests import factories

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(autouse=True)
def _own_stores(settings, tmp_path):
    """Give each test its own folders for pictures and keys."""
    settings.STORAGES = {
        **django_settings.STORAGES,
        "default": _folder(tmp_path / "media"),
        "keys": _folder(tmp_path / "keys"),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


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
