"""The only settings module: every value that varies is read from the environment by `kyc.env`."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kyc import env
from ocr_integration import providers

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.text("PERMITDESK_VAR", str(ROOT / "var"))).resolve()
DEMO = env.flag("PERMITDESK_DEMO", default=False)
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY")
MEDIA_KEY = env.key("MEDIA_KEY")
INDEX_KEY = env.key("INDEX_KEY")

# Where we are reached
_public = env.url("PUBLIC_URL", "http://127.0.0.1:8000", schemes={"http", "https"})
if not _public.hostname:
    raise ImproperlyConfigured("PUBLIC_URL must name a host.")
HTTPS = _public.scheme == "https"
if not HTTPS and _public.hostname not in {"127.0.0.1", "localhost", "::1"}:
    raise ImproperlyConfigured("PUBLIC_URL must be https://; plain http is for loopback only.")
PUBLIC_URL = _public.geturl().rstrip("/")
ALLOWED_HOSTS = [*LOOPBACK_HOSTS, _public.hostname]
BIND = env.listen("BIND", "127.0.0.1:8000")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Parts, lowest last
INSTALLED_APPS = [
    "kyc.operations",
    "kyc.review",
    "kyc.applications",
    "kyc.jobs",
    "kyc.audit",
    "kyc.vault",
    "kyc.accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "template_partials",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "kyc.headers.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kyc.accounts.session_rules.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kyc.accounts.session_rules.SessionRulesMiddleware",
    "kyc.accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
ROOT_URLCONF = "kyc.urls"
WSGI_APPLICATION = "kyc.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kyc.accounts.context.staff_nav",
                "kyc.operations.alarms.reader_alarm",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# State
_OWN_DATABASE = "sqlite:///" + quote(str(VAR / "permitdesk.sqlite3"))
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        "PRAGMA busy_timeout=20000;"
    ),
}


def _database() -> dict[str, Any]:
    schemes = {"postgres", "postgresql", "sqlite"}
    address = env.address("DATABASE_URL", _OWN_DATABASE, schemes=schemes)
    database: dict[str, Any] = dict(dj_database_url.parse(address, conn_max_age=60))
    if address.startswith("sqlite:"):
        database["OPTIONS"] = {**database.get("OPTIONS", {}), **_SQLITE_OPTIONS}
    database["CONN_HEALTH_CHECKS"] = True
    return database


DATABASES = {"default": _database()}
CACHES = {
    # Shared by all processes, and there when the broker is not: throttles live here.
    "default": {
        "BACKEND": "kyc.signed_cache.SignedCache",
        "LOCATION": "cache",
        # With Django's 300 a flood of addresses would push the throttles' counts out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}


def _store(variable: str, folder: Path) -> dict[str, Any]:
    """Describe where files go, from `file:///folder` or `s3://bucket/prefix?endpoint=…`."""
    place = env.url(variable, folder.as_uri(), schemes={"file", "s3"})
    if place.scheme == "file":
        options: dict[str, Any] = {
            "location": unquote(place.path),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        }
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    if not place.netloc:
        raise ImproperlyConfigured(f"{variable} must name a bucket.")
    endpoint = parse_qs(place.query).get("endpoint", [None])[0]
    region = parse_qs(place.query).get("region", [None])[0]
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": place.netloc,
            "location": place.path.strip("/"),
            "endpoint_url": endpoint,
            "region_name": region,
            "access_key": env.secret("STORAGE_ACCESS_KEY"),
            "secret_key": env.secret("STORAGE_SECRET_KEY"),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }


STORAGES = {
    "default": _store("STORAGE_URL", VAR / "media"),
    "keys": _store("KEYS_URL", VAR / "keys"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"

if DEMO:
    own = {"DATABASE_URL": _OWN_DATABASE, "STORAGE_URL": (VAR / "media").as_uri()}
    for name, allowed in own.items():
        if env.secret(name, allowed) != allowed:
            raise ImproperlyConfigured(f"The demo keeps to its own folder: unset {name}.")
    if urlsplit(f"//{BIND}").hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ImproperlyConfigured("The demo listens on loopback only: unset BIND.")

# The doorbell
BROKER_URL = env.address(
    "BROKER_URL", f"unix://{VAR / 'run' / 'valkey.sock'}", schemes={"redis", "rediss", "unix"}
)
CELERY_BROKER_URL = BROKER_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = 16
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    # Without these a publish blocks a request for seconds while the broker is down.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 10,
}

# Who somebody is
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "kyc.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
# There is no sign-up page; without a password here the sign-in form would lose its own.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# A code proves its address by itself; an account with a password is made by an administrator.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Many people share one address of a school or an office; a single account is guessed at slowly.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    # By client and address, and far higher by address alone: nobody keeps somebody else out.
    "request_login_code": "120/m/ip,3/m/key,30/d/key",
    "send_login_code": "30/5m/key,300/d/key",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
STAFF_SECOND_FACTOR = not DEMO
MFA_ADAPTER = "kyc.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "PermitDesk"
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Answers
_prefix = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}sessionid"
CSRF_COOKIE_NAME = f"{_prefix}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Preloading binds a whole domain, which is for its owner to ask for.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 2
FILE_UPLOAD_HANDLERS = ["kyc.applications.uploads.MemoryUploadHandler"]
"""Pictures stay in memory: a temporary file would keep an identity document outside the vault."""

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
]
LOCALE_PATHS = [ROOT / "kyc" / "locale"]
FORMAT_MODULE_PATH = ["kyc.formats"]
USE_TZ = True
TIME_ZONE = env.zone("TIME_ZONE", "Asia/Hong_Kong")

# Mail
_email = env.url(
    "EMAIL_URL", (VAR / "mail").as_uri(), schemes={"file", "smtp", "smtps", "smtp+tls", "memory"}
)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "PermitDesk <desk@localhost>")
if _email.scheme == "file":
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = unquote(_email.path)
elif _email.scheme == "memory":
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
else:
    EMAIL_HOST = _email.hostname or "localhost"
    EMAIL_PORT = _email.port or (465 if _email.scheme == "smtps" else 587)
    EMAIL_HOST_USER = _email.username or ""
    EMAIL_HOST_PASSWORD = _email.password or ""
    EMAIL_USE_SSL = _email.scheme == "smtps"
    EMAIL_USE_TLS = _email.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10

# The desk's own rules
RESUBMISSION_DAYS = env.number("RESUBMISSION_DAYS", 30, least=1)
APPLICATIONS_PER_DAY = env.number("APPLICATIONS_PER_DAY", 200 if DEMO else 5, least=1)
REVIEW_DEADLINE_HOURS = env.number("REVIEW_DEADLINE_HOURS", 24, least=1)
"""Within how long of its arrival a case should be decided."""
APPROVE_WITH_OPEN_DOUBTS = env.flag("APPROVE_WITH_OPEN_DOUBTS", default=False)
SECOND_LOOK: dict[str, Any] = {
    "sampled_percent": env.number("SECOND_LOOK_PERCENT", 0),
    "changed_key_fields": env.flag("SECOND_LOOK_CHANGED_KEY_FIELDS", default=False),
    "failed_checks": env.flag("SECOND_LOOK_FAILED_CHECKS", default=False),
    "permit_types": env.choices("SECOND_LOOK_PERMIT_TYPES", among={"HK_MACAO", "TAIWAN"}),
}
"""When a second person decides: a share of all cases, and what single rules name."""
METRICS_TOKEN = env.secret("METRICS_TOKEN", "")

# The readers: first choice first
try:
    OCR_PROVIDERS = providers.read(os.environ)
except providers.BadSetting as bad:
    raise ImproperlyConfigured(str(bad)) from None
OCR_SHADOW_PERCENT = env.number("OCR_SHADOW_PERCENT", 0)
if OCR_SHADOW_PERCENT > 100 or (OCR_SHADOW_PERCENT and len(OCR_PROVIDERS) < 2):
    raise ImproperlyConfigured("OCR_SHADOW_PERCENT is 100 at most and needs two providers.")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kyc.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}},
}
