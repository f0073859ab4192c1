"""`./run test`: the whole suite on PostgreSQL, then what is quick again on SQLite."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.services import PostgreSQL

QUICK = "not browser and not processes"
SLOW = "browser or processes"
NOTHING_COLLECTED = 5
OURS = {
    *("APPLICATIONS_PER_DAY", "APPROVE_WITH_OPEN_DOUBTS", "BIND", "BROKER_URL", "KEYS_URL"),
    *("DEFAULT_FROM_EMAIL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL", "INDEX_KEY", "MEDIA_KEY"),
    *("METRICS_TOKEN", "PUBLIC_URL", "RESUBMISSION_DAYS", "SECRET_KEY", "STORAGE_ACCESS_KEY"),
    *("STORAGE_SECRET_KEY", "STORAGE_URL", "TIME_ZONE", "TRUSTED_PROXIES"),
}
WITHOUT_DATABASE = (
    "tests/ocr_integration",
    "tests/storage",
    "tests/test_architecture.py",
    "tests/test_containers.py",
    "tests/test_first_use.py",
    "tests/test_settings.py",
)


def main(arguments: list[str]) -> int:
    """Run each pass, whatever became of the one before; the status says if all were well."""
    with (
        tempfile.TemporaryDirectory(prefix="permitdesk-pg-", dir="/tmp") as folder,
        PostgreSQL(Path(folder)) as postgres,
    ):
        results = [
            _pass("PostgreSQL", ["-n", "2", "-m", QUICK, *arguments], postgres.url),
            _pass("real processes, Chromium", ["-m", SLOW, *arguments], postgres.url),
        ]
    once = [f"--ignore={path}" for path in WITHOUT_DATABASE]
    results.append(_pass("SQLite", ["-n", "2", "-m", QUICK, *once, *arguments], ""))
    return _verdict(results)


def _pass(title: str, arguments: list[str], database: str) -> int:
    print(f"\n== {title}", flush=True)
    environment = {**_environment(), "DATABASE_URL": database}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def _environment() -> dict[str, str]:
    """Everything around us but settings of a desk, which would be those of the tests."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OCR_", "PERMITDESK_")) and name.removesuffix("_FILE") not in OURS
    }


def _verdict(results: list[int]) -> int:
    """A pass that had nothing to run is no failure, unless none had."""
    bad = [status for status in results if status not in {0, NOTHING_COLLECTED}]
    if bad:
        return bad[0]
    return 0 if 0 in results else NOTHING_COLLECTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
