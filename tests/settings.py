"""Settings for tests: overrides only, on secrets that open nothing."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# In memory where there is such a folder: SQLite waits for the disk at each commit.
_fast = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
_var = Path(tempfile.mkdtemp(prefix="permitdesk-tests-", dir=_fast))
atexit.register(shutil.rmtree, _var, ignore_errors=True)
os.environ.setdefault("SECRET_KEY", "only-for-tests-and-long-enough-to-be-taken-for-a-secret-key")
os.environ.setdefault("MEDIA_KEY", "11" * 32)
os.environ.setdefault("INDEX_KEY", "22" * 32)
os.environ.setdefault("PERMITDESK_VAR", str(_var))
os.environ["EMAIL_URL"] = "memory://"

from kyc.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STAFF_SECOND_FACTOR = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # On disk, because an in-memory database has one connection and races need two.
    DATABASES["default"]["TEST"] = {"NAME": str(_var / "tests.sqlite3")}  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 whitenoise warns about a missing one
