"""A bad setting stops the start and is named, and no secret is shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GOOD = {
    "SECRET_KEY": "s" * 50,
    "MEDIA_KEY": "11" * 32,
    "INDEX_KEY": "IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI=",
}


@pytest.fixture
def start(tmp_path):
    """Load the settings in a process of their own and print expressions about them."""

    def start(expression="''", **environ):
        unset = [name for name, value in environ.items() if value is None]
        environ = {"PATH": os.environ["PATH"], "PERMITDESK_VAR": str(tmp_path), **GOOD, **environ}
        return subprocess.run(
            [sys.executable, "-c", f"import kyc.settings as s; print({expression})"],
            cwd=ROOT,
            env={name: value for name, value in environ.items() if name not in unset},
            capture_output=True,
            text=True,
            check=False,
        )

    return start


def test_three_secrets_are_all_it_needs(start):
    started = start("s.DEBUG, s.HTTPS, s.DEMO, s.DATABASES['default']['ENGINE']")
    assert started.stdout == "False False False django.db.backends.sqlite3\n", started.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", ""),
        ("MEDIA_KEY", None),
        ("MEDIA_KEY", "11" * 31),
        ("MEDIA_KEY", "not base64 at all!"),
        ("INDEX_KEY", "zz" * 32),
        ("PERMITDESK_DEMO", "maybe"),
        ("PUBLIC_URL", "desk.example.org"),
        ("PUBLIC_URL", "ftp://desk.example.org"),
        ("PUBLIC_URL", "http://desk.example.org"),
        ("PUBLIC_URL", "https://"),
        ("BIND", "8000"),
        ("BIND", "127.0.0.1:http"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "one"),
        ("DATABASE_URL", "mysql://desk:hush-hush@db/desk"),
        ("DATABASE_URL", "hush-hush"),
        ("DATABASE_URL", "postgres://desk:hush-hush@db:port/desk"),
        ("BROKER_URL", "amqp://desk:hush-hush@mq"),
        ("STORAGE_URL", "ftp://store"),
        ("STORAGE_URL", "/var/store"),
        ("STORAGE_URL", "s3://"),
        ("KEYS_URL", "https://keys.example.org"),
        ("EMAIL_URL", "pop3://mail.example.org"),
        ("TIME_ZONE", "Mars/Olympus_Mons"),
        ("RESUBMISSION_DAYS", "0"),
        ("APPLICATIONS_PER_DAY", "many"),
        ("APPROVE_WITH_OPEN_DOUBTS", "perhaps"),
        ("REVIEW_DEADLINE_HOURS", "0"),
        ("SECOND_LOOK_PERCENT", "some"),
        ("SECOND_LOOK_FAILED_CHECKS", "sometimes"),
        ("SECOND_LOOK_PERMIT_TYPES", "TAIWAN MARS"),
        ("OCR_ENDPOINT", "ocr.example.org"),
        ("OCR_AUTH", "basic"),
        ("OCR_QPS", "many"),
        ("OCR_PROVIDERS_FILE", "/nowhere/providers.toml"),
        ("OCR_SHADOW_PERCENT", "half"),
        ("OCR_SHADOW_PERCENT", "10"),
    ],
)
def test_a_bad_value_stops_the_start_and_is_named(start, name, value):
    refused = start(**{name: value})
    assert refused.returncode != 0
    last = refused.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured:")
    assert name in last
    assert "hush-hush" not in last


def test_places_on_this_machine_are_taken_as_written(start, tmp_path):
    started = start("s.DATABASES['default']['NAME'], s.CELERY_BROKER_URL")
    assert started.stdout == (
        f"{tmp_path}/permitdesk.sqlite3 redis+socket://{tmp_path}/run/valkey.sock\n"
    )
    started = start("s.CELERY_BROKER_URL", BROKER_URL="rediss://user:word@broker:6380/1")
    assert started.stdout == "rediss://user:word@broker:6380/1\n"


def test_an_s3_store_needs_its_keys(start):
    refused = start(STORAGE_URL="s3://pictures?endpoint=https://s3.example.org")
    assert "STORAGE_ACCESS_KEY" in refused.stderr.splitlines()[-1]

    started = start(
        "s.STORAGES['default']['OPTIONS']['endpoint_url']",
        STORAGE_URL="s3://pictures?endpoint=https://s3.example.org",
        STORAGE_ACCESS_KEY="id",
        STORAGE_SECRET_KEY="key",
    )
    assert started.stdout == "https://s3.example.org\n"


def test_a_secret_may_stand_in_a_file(start, tmp_path):
    file = tmp_path / "secret"
    file.write_text("from-a-file\n")
    started = start("s.SECRET_KEY", SECRET_KEY=None, SECRET_KEY_FILE=str(file))
    assert started.stdout == "from-a-file\n"


def test_a_file_that_is_not_there_is_named(start):
    refused = start(SECRET_KEY=None, SECRET_KEY_FILE="/nowhere/secret")
    assert "SECRET_KEY_FILE" in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_plain_http_is_for_loopback(start, host):
    started = start("s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE", PUBLIC_URL=f"http://{host}")
    assert started.stdout == "sessionid False\n"


def test_https_brings_host_cookies_and_hsts(start):
    started = start(
        "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME,"
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE,"
        "s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 31536000, s.ALLOWED_HOSTS[-1]",
        PUBLIC_URL="https://desk.example.org",
    )
    assert started.stdout == (
        "__Host-sessionid __Host-csrftoken __Host-language True True True True True "
        "desk.example.org\n"
    )


def test_forwarded_https_is_believed_from_a_proxy_only(start):
    assert start("hasattr(s, 'SECURE_PROXY_SSL_HEADER')").stdout == "False\n"
    started = start("hasattr(s, 'SECURE_PROXY_SSL_HEADER')", TRUSTED_PROXIES="1")
    assert started.stdout == "True\n"


def test_staff_need_a_second_factor_outside_the_demo(start):
    assert start("s.STAFF_SECOND_FACTOR").stdout == "True\n"
    assert start("s.STAFF_SECOND_FACTOR", PERMITDESK_DEMO="1").stdout == "False\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://desk:hush-hush@127.0.0.1/desk"),
        ("DATABASE_URL", "sqlite:////tmp/other.sqlite3"),
        ("STORAGE_URL", "file:///tmp/other"),
        ("STORAGE_URL", "s3://pictures"),
        ("BIND", "0.0.0.0:8000"),
        ("BIND", "[::]:8000"),
        ("BIND", "192.0.2.1:8000"),
    ],
)
def test_the_demo_keeps_to_its_own_folder_and_loopback(start, name, value):
    extra = {"STORAGE_ACCESS_KEY": "id", "STORAGE_SECRET_KEY": "key"}
    refused = start(PERMITDESK_DEMO="1", **extra, **{name: value})
    last = refused.stderr.strip().splitlines()[-1]
    assert "demo" in last
    assert name in last
    assert "hush-hush" not in last


def test_the_demo_takes_its_own_places_by_name(start, tmp_path):
    started = start(
        "s.DEMO, s.DEBUG",
        PERMITDESK_DEMO="1",
        DATABASE_URL=f"sqlite:///{tmp_path / 'permitdesk.sqlite3'}",
        STORAGE_URL=(tmp_path / "media").as_uri(),
        BIND="127.0.0.1:9000",
    )
    assert started.stdout == "True False\n", started.stderr


@pytest.mark.parametrize(
    ("address", "expression", "expected"),
    [
        ("smtp://mail.example.org", "s.EMAIL_PORT, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL", "587 False"),
        ("smtps://u:p@mail.example.org", "s.EMAIL_PORT, s.EMAIL_HOST_USER", "465 u"),
        ("smtp+tls://mail.example.org:25", "s.EMAIL_PORT, s.EMAIL_USE_TLS", "25 True"),
        ("file:///tmp/mail", "s.EMAIL_FILE_PATH", "/tmp/mail"),
    ],
)
def test_mail_goes_where_its_address_says(start, address, expression, expected):
    assert start(expression, EMAIL_URL=address).stdout.startswith(expected)


def test_a_folder_may_be_called_anything(start, tmp_path):
    odd = tmp_path / "a desk#1 50%20"
    started = start(
        "[s.DATABASES['default']['NAME'], s.EMAIL_FILE_PATH,"
        " *(s.STORAGES[one]['OPTIONS']['location'] for one in ('default', 'keys'))]",
        PERMITDESK_VAR=str(odd),
        PERMITDESK_DEMO="1",
    )
    names = ("permitdesk.sqlite3", "mail", "media", "keys")
    assert started.stdout == f"{[str(odd / name) for name in names]}\n", started.stderr
