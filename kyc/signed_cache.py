"""The cache in the database: JSON under a signature, where Django's own keeps pickles.

Whoever can write to the table could otherwise have the web process run what they wrote there.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.signing import BadSignature, Signer
from django.db import connection
from django.utils import timezone

_FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_SET: Final = """
INSERT INTO cache (cache_key, value, expires) VALUES (%s, %s, %s)
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
_ADD: Final = f"{_SET} WHERE cache.expires <= %s"
_TOUCH: Final = "UPDATE cache SET expires = %s WHERE cache_key = %s AND expires > %s"
_GET: Final = "SELECT value FROM cache WHERE cache_key = %s AND expires > %s"
_DELETE: Final = "DELETE FROM cache WHERE cache_key = %s"
_FORGET: Final = "DELETE FROM cache WHERE expires <= %s"
_FORGET_SOME: Final = """
DELETE FROM cache WHERE cache_key IN (SELECT cache_key FROM cache ORDER BY expires LIMIT %s)
"""


class SignedCache(BaseDatabaseCache):
    """Keeps what JSON can say, so a tuple comes back as a list.

    A row that was not signed here, under its own key, counts as absent.
    """

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        name = self.make_and_validate_key(key, version=version)
        with connection.cursor() as cursor:
            cursor.execute(_GET, [name, _column(timezone.now())])
            row = cursor.fetchone()
        try:
            return json.loads(_signer(name).unsign(row[0])) if row else default
        except BadSignature:
            return default

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        self._make_room()
        name = self.make_and_validate_key(key, version=version)
        _changed(_SET, [name, _signed(name, value), self._end(timeout)])

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        self._make_room()
        name = self.make_and_validate_key(key, version=version)
        now = _column(timezone.now())
        return _changed(_ADD, [name, _signed(name, value), self._end(timeout), now]) > 0

    def touch(
        self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        name = self.make_and_validate_key(key, version=version)
        return _changed(_TOUCH, [self._end(timeout), name, _column(timezone.now())]) > 0

    def delete(self, key: str, version: int | None = None) -> bool:
        return _changed(_DELETE, [self.make_and_validate_key(key, version=version)]) > 0

    def clear(self) -> None:
        _changed("DELETE FROM cache", [])

    def _end(self, timeout: float | None) -> Any:
        at = self.get_backend_timeout(timeout)
        return _column(_FOREVER if at is None else datetime.fromtimestamp(at, UTC))

    def _make_room(self) -> None:
        """Drop what is too old, and what soon will be where that was not enough."""
        if _count() <= self._max_entries:
            return
        _changed(_FORGET, [_column(timezone.now())])
        if (left := _count()) > self._max_entries:
            _changed(_FORGET_SOME, [left // self._cull_frequency])


def _signer(name: str) -> Signer:
    return Signer(salt=f"cache {name}")


def _signed(name: str, value: Any) -> str:
    # Not escaped, so that whoever searches the table for a value finds it.
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _signer(name).sign(said)


def _column(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM cache")
        counted: int = cursor.fetchone()[0]
    return counted


def _changed(statement: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        changed: int = cursor.rowcount
    return changed
