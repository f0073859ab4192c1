"""No entry, no act; and the chain has no gaps, however many write at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from kyc.accounts.models import User
from kyc.applications.models import Application, IllegalStep
from kyc.applications.status import Status
from kyc.audit import export, log, trail
from kyc.audit.actions import Action
from kyc.audit.models import AuditEntry, AuditHead, AuditLink
from kyc.audit.trail import Query
from kyc.audit.verify import genesis, linked, verify_lines
from tests import factories


def say(subject="main", **data):
    return log.record(Action.AUDIT_SEARCHED, subject_type="audit", subject=subject, **data)


def fail_after(*steps):
    """Run steps inside an act, and then fail."""
    with log.act():
        for step in steps:
            step()
        raise ZeroDivisionError


def chain():
    return list(AuditLink.objects.order_by("seq"))


def test_nothing_is_recorded_outside_an_act(db):
    with pytest.raises(log.OutsideAct):
        say()
    assert not AuditEntry.objects.exists()


def test_an_error_inside_an_act_leaves_neither_change_nor_entry(ana):
    people = User.objects.filter(pk=ana.pk)
    with pytest.raises(ZeroDivisionError):
        fail_after(lambda: people.update(name="changed"), say)
    assert people.get().name == ""
    assert not AuditEntry.objects.exists()
    assert not AuditHead.objects.filter(seq__gt=0).exists()


def test_an_entry_that_cannot_be_written_undoes_the_act(ana):
    people = User.objects.filter(pk=ana.pk)
    with pytest.raises(TypeError):
        fail_after(lambda: people.update(name="changed"), lambda: say(wrong=object()))
    assert people.get().name == ""


def test_after_an_error_the_next_act_starts_clean(db):
    with pytest.raises(ZeroDivisionError):
        fail_after(say)
    with log.act():
        say()
    assert [link.seq for link in chain()] == [1]


def test_an_act_inside_an_act_joins_it(db):
    def inner():
        with log.act():
            say()

    with pytest.raises(ZeroDivisionError):
        fail_after(inner)
    assert not AuditEntry.objects.exists()


def test_entries_are_linked_in_the_order_in_which_they_were_recorded(db):
    with log.act():
        say("one")
        say("two")
    with log.act():
        say("three")
    assert [link.entry.subject for link in chain()] == ["one", "two", "three"]
    prev = genesis("main")
    for seq, link in enumerate(chain(), start=1):
        assert (link.seq, link.prev) == (seq, prev)
        prev = linked(prev, link.entry.digest)
        assert link.hash == prev
    assert trail.head() == (3, prev)


def test_a_refused_step_leaves_no_entry(db):
    application = factories.application(status=Status.APPROVED)
    with pytest.raises(IllegalStep), log.act():
        application.move(Status.READING, action=Action.APPLICATION_SUBMITTED)
    assert not AuditEntry.objects.exists()
    assert Application.objects.get().status == Status.APPROVED


@pytest.mark.django_db(transaction=True)
def test_two_connections_leave_no_gap_and_no_fork():
    each, writers = 6, 4
    start = threading.Barrier(writers)

    def write(name):
        start.wait()
        for turn in range(each):
            with log.act():
                say(f"{name}-{turn}", first=True)
                say(f"{name}-{turn}", first=False)
        connections.close_all()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, [f"w{n}" for n in range(writers)]))

    links = chain()
    assert [link.seq for link in links] == list(range(1, each * writers * 2 + 1))
    whole = b"".join(export.json_lines(Query(), trail.head())).splitlines(keepends=True)
    assert verify_lines(whole[:-1], whole[-1]).seq == len(links)
    pairs = zip(links[::2], links[1::2], strict=True)
    assert all(one.entry.subject == two.entry.subject for one, two in pairs)


@pytest.mark.django_db(transaction=True)
def test_what_another_connection_has_not_committed_is_not_in_the_chain():
    inside, leave = threading.Event(), threading.Event()

    def write():
        with log.act():
            say("late")
            inside.set()
            leave.wait(5)
        connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    inside.wait(5)
    seen = AuditEntry.objects.count()
    leave.set()
    thread.join()
    assert (seen, AuditEntry.objects.count()) == (0, 1)


def test_linking_waits_for_the_end_of_the_act(db):
    with log.act():
        say()
        assert not AuditLink.objects.exists()
        assert transaction.get_connection().in_atomic_block
    assert AuditLink.objects.count() == 1
    assert connection.needs_rollback is False
