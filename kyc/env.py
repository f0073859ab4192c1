"""Typed readers of the environment that fail at start, naming the variable.

A secret NAME may stand in a file instead, named by NAME_FILE, so that it shows in no process list.
"""

import base64
import binascii
import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """Read a setting; without a default it must be there and not be empty."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Give it a value, or put it into {name}_FILE."
        )
    return value


def secret(name: str, default: str | None = None) -> str:
    """Read a secret from NAME, or from the file that NAME_FILE names."""
    path = os.environ.get(f"{name}_FILE", "")
    if not path:
        return text(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read.") from error


def key(name: str) -> bytes:
    """Read a 256-bit key, written as Base64 or as 64 hexadecimal digits."""
    written = secret(name)
    try:
        raw = (
            bytes.fromhex(written)
            if len(written) == 64
            else base64.b64decode(written, validate=True)
        )
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in Base64 or in hexadecimal digits.")
    return raw


def flag(name: str, *, default: bool) -> bool:
    """Read yes or no."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int, *, least: int = 0) -> int:
    """Read a whole number not under `least`."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(
            f"{name} must be a whole number of {least} or more, not {value!r}."
        )
    return int(value)


def url(name: str, default: str | None = None, *, schemes: set[str]) -> SplitResult:
    """Read an address of one of the given schemes."""
    try:
        parts = urlsplit(secret(name, default))
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError:
        port_is_a_number = False
    if not port_is_a_number:
        raise ImproperlyConfigured(f"{name} is no address: its host or port cannot be read.")
    if parts.scheme not in schemes:
        expected = ", ".join(f"{scheme}://" for scheme in sorted(schemes))
        raise ImproperlyConfigured(f"{name} must begin with one of {expected}.")
    return parts


def address(name: str, default: str | None = None, *, schemes: set[str]) -> str:
    """Read an address as it was written: `geturl` drops slashes of schemes it does not know."""
    url(name, default, schemes=schemes)
    return secret(name, default)


def choice(name: str, default: str, *, among: set[str]) -> str:
    """Read one of a few words."""
    value = text(name, default)
    if value not in among:
        raise ImproperlyConfigured(
            f"{name} must be one of {', '.join(sorted(among))}, not {value!r}."
        )
    return value


def choices(name: str, *, among: set[str]) -> list[str]:
    """Read any number of a few words, with spaces between them; none at first."""
    values = text(name, "").split()
    if not among.issuperset(values):
        raise ImproperlyConfigured(f"{name} must be made of {', '.join(sorted(among))}.")
    return values


def listen(name: str, default: str) -> str:
    """Read where to listen: host:port."""
    value = text(name, default)
    try:
        parts = urlsplit(f"//{value}")
        complete = bool(parts.hostname and parts.port)
    except ValueError:
        complete = False
    if not complete:
        raise ImproperlyConfigured(f"{name} must be host:port, not {value!r}.")
    return value


def zone(name: str, default: str) -> str:
    """Read a time zone's name."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ImproperlyConfigured(f"{name} must name a time zone, not {value!r}.") from error
    return value
