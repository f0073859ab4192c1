"""Who may call: the file that OCR_SERVER_CREDENTIALS names.

{"projects": {ID: REGION}, "keys": {AK: SK}, "users": [{"domain", "name", "password"}]}

It may hold two more members: "calls_a_minute", {ID: NUMBER}, limits a project; "url_hosts", a list
of "name" or "name:port", says from where pictures may be fetched, which is else from nowhere.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "OCR_SERVER_CREDENTIALS"

_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")
_FORM: Final = (
    '{"projects": {ID: REGION}, "keys": {AK: SK}, "users": [{"domain", "name", "password"}]}'
)


class BadCredentials(Exception):
    """The server cannot start; the text is one sentence that names the variable."""


@dataclass(frozen=True)
class User:
    """An IAM user."""

    domain: str
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Credentials:
    """Projects by ID with their region, secret keys by access key, users, and what they may."""

    projects: Mapping[str, str]
    keys: Mapping[str, str] = field(repr=False)
    users: tuple[User, ...]
    calls_a_minute: Mapping[str, int] = field(default_factory=dict)
    url_hosts: frozenset[str] = frozenset()

    def token_key(self) -> bytes:
        """A key that every worker and every restart derives alike, and a changed file does not.

        Slow on purpose: whoever holds a token could otherwise guess passwords against it.
        """
        users = sorted((user.domain, user.name, user.password) for user in self.users)
        said = json.dumps([dict(self.projects), dict(self.keys), users], sort_keys=True)
        return hashlib.scrypt(said.encode(), salt=b"permitdesk token", n=2**14, r=8, p=1, dklen=32)


def load(path: str | None) -> Credentials:
    """Read the file. Raises BadCredentials."""
    if not path:
        raise BadCredentials(f"{VARIABLE} is not set: it names a JSON file {_FORM}.")
    try:
        said = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadCredentials(
            f"{VARIABLE} names {path}, which cannot be read: {error.strerror}."
        ) from error
    except (ValueError, RecursionError):
        # The decoder's text could quote a secret.
        raise BadCredentials(f"{VARIABLE} names {path}, which is not JSON.") from None
    return _taken(path, said)


def _taken(path: str, said: object) -> Credentials:
    match said:
        case {"projects": dict(projects), "keys": dict(keys), "users": list(users), **rest} if (
            _texts(projects) and projects and _texts(keys) and (keys or users)
        ):
            found = tuple(_user(user) for user in users)
            if all(found):
                known = tuple(user for user in found if user)
                return Credentials(projects, keys, known, *_permissions(path, rest, projects))
    raise BadCredentials(
        f"{VARIABLE} names {path}, which must hold {_FORM} "
        "with at least one project and one key or user, every value a text that is not empty."
    )


def _permissions(
    path: str, said: Mapping[Any, object], projects: Mapping[str, str]
) -> tuple[Mapping[str, int], frozenset[str]]:
    calls, hosts = said.get("calls_a_minute", {}), said.get("url_hosts", [])
    if not isinstance(calls, dict) or not all(
        project in projects and type(number) is int and number > 0
        for project, number in calls.items()
    ):
        raise BadCredentials(
            f'{VARIABLE} names {path}, where "calls_a_minute" must give projects of the file '
            "a number over 0."
        )
    if not isinstance(hosts, list) or not all(
        isinstance(host, str) and _HOST.fullmatch(host) for host in hosts
    ):
        raise BadCredentials(
            f'{VARIABLE} names {path}, where "url_hosts" must be a list of "name" or "name:port".'
        )
    return calls, frozenset(map(str.lower, hosts))


def _user(said: object) -> User | None:
    match said:
        case {"domain": str(domain), "name": str(name), "password": str(password)} if (
            domain and name and password
        ):
            return User(domain, name, password)
    return None


def _texts(said: Mapping[object, object]) -> bool:
    return all(isinstance(value, str) and value for value in said.values()) and "" not in said
