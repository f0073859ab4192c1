"""The database's own refusal to change what was recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES: Final = ("audit_auditentry", "audit_auditlink")
REFUSAL: Final = "the audit trail only grows"


def install(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make every trigger anew. Harmless to call again."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in _statements(connection, [table for table in TABLES if table in present]):
            cursor.execute(statement)


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Name the triggers that should be there and are not."""
    connection = connections[using]
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {name for (name,) in cursor.fetchall()}
    return sorted(set(_names(connection)) - present)


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Take the triggers off around a test's flush; nothing else may."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in TABLES:
            for event in _events(connection):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")
    try:
        yield
    finally:
        install(using=using)


def _events(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    postgres = connection.vendor == "postgresql"
    return ("update", "delete", "truncate") if postgres else ("update", "delete")


def _names(connection: BaseDatabaseWrapper) -> Iterator[str]:
    for table in TABLES:
        for event in _events(connection):
            yield f"{table}_no_{event}"


def _statements(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[str]:
    if connection.vendor == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
    for table in tables:
        for event in _events(connection):
            name = f"{table}_no_{event}"
            if connection.vendor == "postgresql":
                each = "STATEMENT" if event == "truncate" else "ROW"
                yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
                yield (
                    f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION audit_refuse()"
                )
            else:
                yield (
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                )
