"""What always holds is seen to hold, and each way of breaking it is named."""

import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from kyc.applications import intake
from kyc.applications.models import (
    Application,
    Decision,
    Document,
    Extraction,
    FieldReading,
    Round,
    Threshold,
)
from kyc.applications.status import Outcome, Reason, Status
from kyc.audit import export, log, trail, triggers
from kyc.audit.actions import Action
from kyc.audit.models import AuditEntry, AuditHead, AuditLink
from kyc.jobs.models import Job
from kyc.operations import broker, invariants
from kyc.operations.invariants import run
from kyc.review import decisions
from kyc.vault import keys
from tests.operations import lived

pytestmark = pytest.mark.usefixtures("clean_cache")


@pytest.fixture(autouse=True)
def _quiet_broker(monkeypatch):
    monkeypatch.setattr(broker, "waiting", list)


@pytest.fixture
def case(ana, rui) -> Application:
    """One application in review, with another decided beside it."""
    lived.decided(ana, rui)
    return lived.read(ana)


def broken(**options):
    return {(one.invariant, one.what) for one in invariants.check(**options)}


def names():
    return {one.invariant for one in invariants.check()}


@contextmanager
def unchecked(model):
    """Lift a table's checks and partial indexes, as a database without them would be."""
    if connection.vendor == "sqlite":
        drop, pragma = "DROP INDEX IF EXISTS {name}", "PRAGMA ignore_check_constraints = {on}"
    else:
        drop = "ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"
        pragma = "SET CONSTRAINTS ALL IMMEDIATE"
    with connection.cursor() as cursor:
        cursor.execute(pragma.format(on="ON"))
        for constraint in model._meta.constraints:
            cursor.execute(drop.format(table=model._meta.db_table, name=constraint.name))
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP INDEX IF EXISTS {constraint.name}")
        yield
        cursor.execute(pragma.format(on="OFF"))


def tamper(sql, *values):
    with triggers.lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_all_ten_hold_over_a_desk_that_has_worked(ana, bruno, rui, sofia, client):
    lived.draft(bruno)
    lived.decided(ana, rui)
    declined = lived.decided(ana, rui, Outcome.DECLINED)
    decisions.reopen(declined, by=sofia, reason=Reason.OTHER)
    asked = lived.decided(ana, rui, Outcome.RESUBMISSION_REQUESTED)
    lived.sent_again(asked)
    lived.decide(asked, rui, Outcome.APPROVED)
    intake.withdraw(lived.read(ana))
    lived.read(bruno)
    lived.sent(bruno)
    export.begin(trail.Query(), by=sofia, kind="jsonl")
    assert invariants.check() == []
    assert [one.invariant for one in invariants.reports()] == [f"I{n}" for n in range(1, 11)]


def test_an_empty_desk_is_whole(db):
    assert invariants.check() == []


def test_the_command_prints_a_line_for_each_and_succeeds(case):
    out = io.StringIO()
    call_command("invariants", stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split()[:2] for line in lines] == [[f"I{n}", "ok"] for n in range(1, 11)]
    assert "2 accepted" in lines[0]


def test_the_command_fails_and_names_what_is_broken(case):
    Job.objects.update(fence=0)
    out = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("invariants", stdout=out)
    assert stopped.value.code == 1
    assert "I3   BROKEN 4" in out.getvalue()


class TestI1:
    def test_an_accepted_application_that_is_gone(self, ana):
        with log.act():
            log.record(
                Action.APPLICATION_SUBMITTED, subject_type="application", subject="GONE00000000"
            )
        assert ("I1", "was accepted and is gone") in broken()

    def test_a_reading_that_nobody_will_ever_do(self, ana):
        lived.sent(ana)
        Job.objects.update(ended_at=timezone.now(), outcome="done")
        found = broken()
        assert ("I1", "is being read, and no job is open for it") in found
        assert ("I1", "its job ended, and nothing was recorded") in found

    def test_a_case_that_shows_a_reviewer_nothing(self, case):
        Extraction.objects.filter(document__application=case).update(current=False)
        assert ("I1", "waits for a reviewer without a reading or a reason") in broken()

    def test_a_case_without_its_photos(self, case):
        Round.objects.filter(application=case).update(front=None)
        assert ("I1", "waits without both photos") in broken()

    def test_an_accepted_one_that_became_a_draft(self, case):
        Application.objects.filter(pk=case.pk).update(status=Status.DRAFT)
        assert ("I1", "was accepted and is a draft again") in broken()


class TestI2:
    @pytest.mark.django_db(transaction=True)
    def test_a_key_used_twice(self, case, monkeypatch):
        name = "application_submission_key_is_used_once"
        constraints = Application._meta.constraints
        lifted = next(one for one in constraints if one.name == name)
        with monkeypatch.context() as without, connection.schema_editor() as editor:
            without.setattr(
                Application._meta, "constraints", [one for one in constraints if one != lifted]
            )
            editor.remove_constraint(Application, lifted)
        Application.objects.update(submission_key="same")
        found = broken()
        for application in Application.objects.all():
            Application.objects.filter(pk=application.pk).update(submission_key=application.pk)
        with connection.schema_editor() as editor:
            editor.add_constraint(Application, lifted)
        assert ("I2", "one key has made 2 applications") in found

    def test_a_key_that_was_lost(self, case):
        Application.objects.filter(pk=case.pk).update(submission_key=None)
        assert ("I2", "was accepted without a key") in broken()

    def test_an_application_accepted_twice(self, case):
        with log.act():
            case.record(Action.APPLICATION_SUBMITTED)
        assert ("I2", "was accepted, and 2 entries say so") in broken()


class TestI3:
    def test_two_current_readings(self, case):
        with unchecked(Extraction):
            first = Extraction.objects.filter(document__application=case).first()
            Extraction.objects.create(
                document=first.document,
                fence=0,
                attempt=1,
                outcome="read",
                started_at=timezone.now(),
            )
        assert ("I3", "has 2 current readings") in broken()

    def test_a_late_reading_that_is_shown(self, case):
        with unchecked(Extraction):
            Extraction.objects.filter(document__application=case).update(outcome="superseded")
        assert ("I3", "a late reading is the one shown") in broken()

    def test_a_fence_from_nowhere(self, case):
        Extraction.objects.filter(document__application=case).update(fence=7)
        assert ("I3", "was read under a fence that no job has reached") in broken()


class TestI4:
    def test_a_decision_that_was_lost(self, case):
        Decision.objects.all().delete()
        assert ("I4", "is approved, and its last round says nothing") in broken()

    def test_a_decision_the_status_does_not_know(self, case, rui):
        Decision.objects.create(round=case.current_round, by=rui, outcome=Outcome.APPROVED)
        assert ("I4", "is in_review, and its last round says approved") in broken()

    def test_another_outcome_than_the_status(self, case):
        Decision.objects.update(outcome=Outcome.DECLINED, reason=Reason.OTHER)
        assert ("I4", "is approved, and its last round says declined") in broken()

    def test_a_decision_by_the_applicant(self, case, ana):
        Decision.objects.update(by=ana)
        assert ("I4", "its decision is the applicant's own") in broken()

    def test_two_eyes_where_four_were_asked_for(self, case, rui):
        decided = Decision.objects.get()
        decided.round.recommendations.create(by=rui, outcome=Outcome.APPROVED)
        assert ("I4", "was recommended and decided by the same person") in broken()

    def test_a_case_that_was_sent_back_and_seen_by_two_eyes(self, case, sofia):
        decided = Decision.objects.get()
        decided.round.recommendations.create(
            by=sofia, outcome=Outcome.APPROVED, returned_at=timezone.now()
        )
        assert ("I4", "was sent back and decided without a second person") in broken()

    def test_a_second_look_at_nothing(self, case):
        Application.objects.filter(pk=case.pk).update(status=Status.SECOND_REVIEW)
        assert ("I4", "waits for a second look at nothing") in broken()

    def test_an_application_without_a_round(self, case):
        Application.objects.create(applicant=case.applicant, key_id=keys.create())
        assert ("I4", "applications, and those that have a round: 3 against 2") in broken()


class TestI5:
    def test_a_status_set_behind_the_trails_back(self, case):
        Application.objects.filter(pk=case.pk).update(
            status=Status.WITHDRAWN, closed_at=timezone.now()
        )
        assert ("I5", "is withdrawn, and its entries lead to in_review") in broken()

    def test_an_entry_without_its_change(self, case):
        with log.act():
            case.record(
                Action.APPLICATION_WITHDRAWN, status={"from": "in_review", "to": "withdrawn"}
            )
        assert ("I5", "is in_review, and its entries lead to withdrawn") in broken()

    def test_a_step_that_is_none(self, case):
        with log.act():
            case.record(Action.APPLICATION_READ, status={"from": "in_review", "to": "draft"})
        found = broken()
        assert ("I5", "an entry leads from in_review to draft, which is no step") in found

    def test_a_step_from_where_it_was_not(self, case):
        with log.act():
            case.record(Action.APPLICATION_READ, status={"from": "reading", "to": "in_review"})
        assert ("I5", "an entry leads on from reading, where it was not") in broken()

    def test_an_application_nobody_recorded(self, case):
        made = Application.objects.create(applicant=case.applicant, key_id=keys.create())
        Round.objects.create(application=made)
        assert ("I5", "exists, and no entry says that it was started") in broken()

    def test_a_decision_without_an_entry(self, case, rui):
        Decision.objects.create(round=case.current_round, by=rui, outcome=Outcome.APPROVED)
        assert ("I5", "a decision has no entry") in broken()

    def test_an_entry_of_a_decision_by_somebody_else(self, case, rita):
        Decision.objects.update(by=rita)
        found = broken()
        assert ("I5", "a decision has no entry") in found
        assert ("I5", "an entry speaks of a decision that is not there") in found

    def test_a_reading_nobody_recorded(self, case):
        first = Extraction.objects.filter(document__application=case).first()
        Extraction.objects.create(
            document=first.document,
            current=False,
            fence=0,
            attempt=1,
            outcome="failed",
            started_at=timezone.now(),
        )
        assert ("I5", "a reading has no entry") in broken()


class TestI6:
    def test_a_changed_entry(self, case):
        tamper("UPDATE audit_auditentry SET canonical = canonical || ' ' WHERE id = %s", _id(3))
        assert ("I6", "The entry does not match its digest.") in broken()

    def test_a_changed_column(self, case):
        tamper("UPDATE audit_auditentry SET actor = 12345 WHERE id = %s", _id(3))
        assert ("I6", "What is shown is not what was recorded.") in broken()

    def test_a_missing_link(self, case):
        tamper("DELETE FROM audit_auditlink WHERE seq = 3")
        found = broken()
        assert ("I6", "An entry is missing, or out of its place.") in found
        assert ("I6", "is an entry without a link") in found

    def test_a_head_that_lags(self, case):
        first = AuditLink.objects.get(seq=1)
        AuditHead.objects.update(seq=1, hash=first.hash)
        assert ("I6", "is linked after the head") in broken()

    def test_a_trigger_that_is_gone(self, case):
        on = " ON audit_auditentry" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER audit_auditentry_no_delete{on}")
        assert ("I6", "this trigger is not there") in broken()
        triggers.install()

    def test_a_published_head_that_is_not_passed(self, case, sofia):
        with log.act():
            log.record(
                Action.AUDIT_EXPORTED, subject_type="audit", subject="main", count=2, head="0" * 64
            )
        assert ("I6", "exported a head that the chain does not pass through") in broken()

    def test_a_head_given_by_hand(self, case):
        assert broken(head=trail.head().hash) == set()
        assert ("I6", "does not pass through the head that was given") in broken(head="0" * 64)


def _id(seq):
    return AuditLink.objects.get(seq=seq).entry_id


class TestI7:
    def test_a_confidence_that_is_none(self, case):
        with unchecked(FieldReading):
            FieldReading.objects.filter(field="name").update(confidence=1.5)
        assert ("I7", "confidence is none") in broken()

    def test_a_field_the_api_does_not_know(self, case):
        with unchecked(FieldReading):
            FieldReading.objects.filter(field="name").update(field="nickname")
        assert ("I7", "no such field") in broken()

    def test_a_field_of_the_other_side(self, case):
        FieldReading.objects.filter(field="id_name").update(field="name")
        assert ("I7", "stands on no back of such a permit") in broken()

    def test_a_permit_there_is_none_of(self, case):
        Extraction.objects.update(permit_type="Passport")
        assert ("I7", "no such permit or side") in broken()

    def test_a_threshold_that_is_none(self, case):
        with unchecked(Threshold):
            Threshold.objects.create(field="name", value=2)
        assert ("I7", "the threshold is none") in broken()

    @pytest.mark.parametrize(
        "corners",
        [
            [[0, 0], [641, 0], [641, 9], [0, 9]],
            [[0, 0], [9, 0], [9, 9], [0, 405]],
            [[-1, 0], [9, 0], [9, 9], [0, 9]],
            [[0, 0], [9, 0], [9, 9]],
            [[0, 0], [9, 0], [9, 9], [0, True]],
            "everywhere",
        ],
    )
    def test_a_portrait_outside_its_picture(self, case, corners):
        Extraction.objects.filter(side="front").update(portrait_location=corners)
        assert ("I7", "the portrait lies outside the picture") in broken()

    @pytest.mark.parametrize(
        "places",
        [
            {"hologram": {"at": [[0, 0], [9, 0], [9, 9], [0, 9]], "seen": True}},
            {"card": {"at": [[0, 0], [9999, 0], [9, 9], [0, 9]], "seen": True}},
            {"card": {"at": "everywhere", "seen": True}},
            {"card": "here"},
        ],
    )
    def test_a_place_that_is_none(self, case, places):
        Extraction.objects.filter(side="front").update(places=places)
        assert ("I7", "a place is none, or nowhere near the picture") in broken()

    def test_a_card_that_is_cut_off_may_reach_beyond_its_picture(self, case):
        corners = [[-40, 0], [640, 0], [640, 400], [-40, 400]]
        Extraction.objects.filter(side="front").update(places={"card": {"at": corners, "seen": 1}})
        assert broken() == set()


class TestI8:
    def test_a_lost_file(self, case):
        default_storage.delete(case.current_round.front.stored_as)
        assert ("I8", "its file is not in the store") in broken()

    def test_a_flipped_byte(self, case):
        name = case.current_round.front.stored_as
        with default_storage.open(name) as file:
            raw = bytearray(file.read())
        raw[-1] ^= 1
        default_storage.delete(name)
        default_storage.save(name, ContentFile(bytes(raw)))
        assert ("I8", "its file is damaged, or is another's") in broken()

    def test_two_pictures_in_each_others_place(self, case):
        front, back = case.current_round.front, case.current_round.back
        Document.objects.filter(pk=front.pk).update(stored_as=back.stored_as)
        assert ("I8", "its file is damaged, or is another's") in broken()

    def test_another_picture_than_the_digest_says(self, case):
        Document.objects.filter(pk=case.current_round.front.pk).update(sha256="0" * 64)
        assert ("I8", "its file has another digest") in broken()

    def test_a_portrait_that_is_gone(self, case):
        read = Extraction.objects.filter(side="front", document__application=case).get()
        read.put_file("portrait_stored_as", b"portrait")
        read.portrait_sha256 = "0" * 64
        read.save()
        assert ("I8", "its file has another digest") in broken()

    def test_a_key_that_is_gone(self, case):
        keys.destroy(case.key_id)
        found = broken()
        assert ("I8", "its key does not open") in found
        assert ("I9", "its value does not open") in found

    def test_a_file_nobody_knows(self, case):
        name = default_storage.save("ab/abandoned.sealed", ContentFile(b"x"))
        assert broken() == set()
        long_ago = time.time() - 2 * 3600
        os.utime(default_storage.path(name), (long_ago, long_ago))
        assert ("I8", "is in the store, and no row knows it") in broken()

    def test_a_decision_on_other_pictures(self, case):
        decided = Decision.objects.get().round
        Round.objects.filter(pk=decided.pk).update(front=case.current_round.front)
        Document.objects.filter(pk=case.current_round.front.pk).update(sha256="0" * 64)
        assert ("I8", "was decided on other pictures than its round holds") in broken()

    def test_only_the_newest_when_asked(self, case):
        oldest = Application.objects.earliest("pk")
        default_storage.delete(oldest.current_round.front.stored_as)
        assert broken(newest=1) == set()


class TestI9:
    LEAK = ("I9", "holds a personal value")

    @pytest.mark.parametrize("value", ["H12345678", "陈大文", "CHAN,TAI MAN", "1990.01.01"])
    def test_a_value_in_the_trail(self, case, value):
        with log.act():
            case.record(Action.FIELD_ANSWERED, value=f"it was {value}.")
        assert self.LEAK in broken()

    def test_a_value_in_a_jobs_error(self, case):
        Job.objects.update(last_error="bad number H12345678")
        assert self.LEAK in broken()

    def test_a_value_in_a_plain_column(self, case):
        Extraction.objects.update(request_id="A123456(3)")
        assert self.LEAK in broken()

    def test_a_value_in_a_session(self, case, client, rui):
        client.force_login(rui)
        session = client.session
        session["q"] = {"typed": "H12345678"}
        session.save()
        assert self.LEAK in broken()

    def test_a_value_in_the_cache(self, case):
        cache.set("found", ["陈大文"])
        assert self.LEAK in broken()

    def test_a_value_or_anything_else_in_the_broker(self, case, monkeypatch):
        rings = [broker.Ring("[12]", is_one_number=True)]
        monkeypatch.setattr(broker, "waiting", lambda: rings)
        assert broken() == set()
        rings.append(broker.Ring('["H12345678"]', is_one_number=False))
        assert {self.LEAK, ("I9", "holds more than a job's number")} <= broken()

    def test_a_message_that_was_sent(self, ana, rui):
        lived.decided(ana, rui, Outcome.DECLINED)
        Job.objects.update(last_error="The photo is much too dark to be read.")
        assert self.LEAK in broken()

    def test_part_of_a_longer_word_is_chance(self, case):
        Job.objects.update(last_error="XH12345678X0")
        assert broken() == set()

    def test_an_accounts_own_columns_are_its_own(self, case, ana):
        ana.name = "陈大文"
        ana.save()
        assert broken() == set()


class TestI10:
    def test_a_round_too_many(self, case):
        Round.objects.create(
            application=case,
            number=2,
            front=case.current_round.front,
            back=case.current_round.back,
        )
        assert ("I10", "has 2 rounds, and entries for 1") in broken()

    def test_a_photo_nobody_recorded(self, case):
        front = case.current_round.front
        front.pk, front.uuid = None, uuid4()
        front.put_file("stored_as", lived.PICTURES["front"])
        front.save(force_insert=True)
        assert ("I10", "has 3 photos, and entries for 2") in broken()

    def test_a_job_that_is_gone(self, case):
        Job.objects.filter(subject=case.current_round.front.uuid).delete()
        assert ("I10", "has 1 jobs, and entries for 2") in broken()

    def test_an_acceptance_nobody_knows_of(self, ana):
        draft = lived.draft(ana)
        now = timezone.now()
        Application.objects.filter(pk=draft.pk).update(submitted_at=now, consented_at=now)
        assert ("I10", "accepted, by entries and by status: 0 against 1") in broken()


@pytest.mark.django_db(transaction=True)
def test_it_reads_everything_as_it_stood_at_one_moment(ana, rui, monkeypatch):
    """Between two of its questions an application is decided; it is seen before or after, whole."""
    application = lived.read(ana)
    title, first = run.CHECKS["I1"]

    def then_somebody_decides(findings):
        said = first(findings)
        _in_another_connection(lambda: lived.decide(application, rui, Outcome.APPROVED))
        return said

    monkeypatch.setitem(run.CHECKS, "I1", (title, then_somebody_decides))
    assert [one for one in invariants.check() if one.invariant != "I8"] == []
    assert AuditEntry.objects.filter(action=Action.APPLICATION_DECIDED).exists()


def _in_another_connection(act):
    def then_close():
        act()
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(then_close).result()
