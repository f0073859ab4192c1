"""The database itself refuses to change what was recorded."""

import pytest
from django.db import DatabaseError, connection, transaction

from kyc.audit import log, triggers
from kyc.audit.actions import Action
from kyc.audit.models import AuditEntry, AuditLink


@pytest.fixture
def entry(db):
    with log.act():
        return log.record(Action.AUDIT_EXPORTED, subject_type="audit", subject="main")


@pytest.mark.parametrize("model", [AuditEntry, AuditLink])
def test_an_update_is_refused(entry, model):
    field = "subject" if model is AuditEntry else "prev"
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        model.objects.update(**{field: "other"})


@pytest.mark.parametrize("table", triggers.TABLES)
def test_a_delete_is_refused(entry, table):
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", triggers.TABLES)
def test_postgresql_refuses_to_truncate(entry, table):
    if connection.vendor != "postgresql":
        assert triggers.missing() == []
        return
    # Pending foreign keys would be refused before the trigger is asked.
    connection.check_constraints()
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_a_missing_trigger_is_named_and_put_back(db):
    with connection.cursor() as cursor:
        on = " ON audit_auditlink" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER audit_auditlink_no_delete{on}")
    assert triggers.missing() == ["audit_auditlink_no_delete"]
    triggers.install()
    assert triggers.missing() == []


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_can_end(entry):
    assert AuditLink.objects.get().entry == entry
