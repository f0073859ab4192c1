"""Servers of the API as an operator describes them: in the environment, or in a file in order.

Nothing is called here, and nothing but the standard library is loaded: settings are read at every
start. The file is TOML, a `[[provider]]` for each server, keys as the variables are called without
`OCR_`, in small letters; a secret may be named by a file of its own, as `sk_file`.
"""

import hashlib
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

FILE_VARIABLE: Final = "OCR_PROVIDERS_FILE"
DEFAULT_ENDPOINT: Final = "http://127.0.0.1:8001"
DEFAULT_PROJECT: Final = "permitdesk"
SECRETS: Final = ("ak", "sk", "security_token", "password")
MOST_CALLS_A_SECOND: Final = 1000.0

_REGION: Final = re.compile(r"ocr\.([a-z0-9-]+)\.myhuaweicloud\.(?:com|cn)")
_LABEL: Final = 64


class BadSetting(Exception):
    """A setting makes no sense; the text names it and shows no value of it."""


@dataclass(frozen=True)
class Provider:
    """One server of the API, with the credentials of one project.

    `qps` is how many calls a second it allows, 0 where that is not known. `billed_as` is the
    operator's word for what a successful call is charged to.
    """

    endpoint: str = DEFAULT_ENDPOINT
    project_id: str = DEFAULT_PROJECT
    auth: str = "aksk"
    ak: str = field(default="", repr=False)
    sk: str = field(default="", repr=False)
    security_token: str = field(default="", repr=False)
    iam_endpoint: str = ""
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    domain: str = field(default="", repr=False)
    enterprise_project_id: str = ""
    ca_file: str = ""
    plain_http_hosts: tuple[str, ...] = ()
    qps: float = 0.0
    name: str = ""
    region: str = ""
    billed_as: str = ""

    @property
    def label(self) -> str:
        """What people call it: its name, or its host."""
        return (self.name or urlsplit(self.endpoint).netloc)[:_LABEL]

    @property
    def served_in(self) -> str:
        """The region, which the vendor's hosts name themselves; "" where it is not known."""
        found = _REGION.fullmatch(urlsplit(self.endpoint).hostname or "")
        return (self.region or (found[1] if found else ""))[:_LABEL]

    @property
    def key(self) -> str:
        """Names this endpoint and credential without naming either."""
        who = self.ak if self.auth == "aksk" else f"{self.domain}/{self.username}"
        parts = (self.endpoint, self.project_id, self.auth, who)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def read(environ: Mapping[str, str]) -> tuple[Provider, ...]:
    """The servers, first choice first, one at least. Raises BadSetting."""
    path = environ.get(FILE_VARIABLE, "")
    if not path:
        return (_from_environment(environ),)
    try:
        document = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadSetting(f"{FILE_VARIABLE} names a file that is no readable TOML.") from None
    tables = document.pop("provider", [])
    if document or not isinstance(tables, list) or not tables:
        raise BadSetting(f"{FILE_VARIABLE}: the file holds nothing but one [[provider]] or more.")
    found = tuple(_from_table(table, number) for number, table in enumerate(tables, 1))
    if len({one.label for one in found}) < len(found):
        raise BadSetting(f"{FILE_VARIABLE}: two providers have the same name.")
    return found


def _from_environment(environ: Mapping[str, str]) -> Provider:
    given = {}
    for name in (one.name for one in fields(Provider)):
        variable = f"OCR_{name.upper()}"
        value = environ.get(variable, "").strip()
        if name in SECRETS and (path := environ.get(f"{variable}_FILE", "")):
            value = _secret(path, f"{variable}_FILE")
        if value:
            given[name] = value
    return _provider(given, lambda name: f"OCR_{name.upper()}")


def _from_table(table: Any, number: int) -> Provider:
    def named(name: str) -> str:
        return f"{FILE_VARIABLE}, provider {number}, {name}"

    if not isinstance(table, dict):
        raise BadSetting(f"{FILE_VARIABLE}: the file holds nothing but one [[provider]] or more.")
    given: dict[str, str] = {}
    for name, value in table.items():
        key = name.removesuffix("_file") if name.removesuffix("_file") in SECRETS else name
        if key not in Provider.__dataclass_fields__:
            raise BadSetting(f"{named(name)} is no setting.")
        given[key] = _as_text(value, named(name))
        if key != name:
            given[key] = _secret(given[key], named(name))
    return _provider(given, named)


def _as_text(value: object, name: str) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadSetting(f"{name} must be a text.")
    return str(value)


def _provider(given: Mapping[str, str], named: Callable[[str], str]) -> Provider:
    values: dict[str, Any] = dict(given)
    values.setdefault("endpoint", DEFAULT_ENDPOINT)
    values.setdefault("iam_endpoint", values["endpoint"])
    for name in ("endpoint", "iam_endpoint"):
        _check_address(values[name], named(name))
    if values.get("auth", "aksk") not in ("aksk", "token"):
        raise BadSetting(f"{named('auth')} must be aksk or token.")
    values["plain_http_hosts"] = tuple(values.get("plain_http_hosts", "").split())
    values["qps"] = _rate(values.get("qps", "0"), named("qps"))
    return Provider(**values)


def _check_address(value: str, name: str) -> None:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise BadSetting(f"{name} must be an address that begins with http:// or https://.")


def _rate(value: str, name: str) -> float:
    try:
        rate = float(value)
    except ValueError:
        rate = math.nan
    if not 0 <= rate <= MOST_CALLS_A_SECOND:
        raise BadSetting(f"{name} must be a number of calls a second, 0 for any.")
    return rate


def _secret(path: str, name: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise BadSetting(f"{name} names a file that cannot be read.") from None
