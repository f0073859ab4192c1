"""A document is read once, by whoever holds its job; errors say whose turn it is."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from kyc.applications import extraction
from kyc.applications.models import Application, Extraction, FieldReading, Threshold
from kyc.applications.status import Status
from kyc.audit.models import AuditEntry
from kyc.jobs.models import MOST_ATTEMPTS, Job, Kind, from_now
from kyc.vault import files
from ocr_integration.client.client import Answer
from ocr_integration.client.errors import (
    Misconfigured,
    PictureAtFault,
    ProviderAtFault,
    RequestAtFault,
    TryAgain,
)
from ocr_integration.protocol.fields import PermitType, Side
from ocr_integration.protocol.result import Result, Spot
from tests import factories

CORNERS = ((60, 90), (220, 90), (220, 290), (60, 290))


def answer(side, **confidence):
    values = factories.FRONT if side is Side.FRONT else factories.BACK
    result = Result(
        type=PermitType.HK_MACAO,
        side=side,
        values=values,
        confidence=dict.fromkeys(values, 0.99) | confidence,
        type_confidence=0.999,
        side_confidence=0.999,
        portrait_image=factories.jpeg(160, 200) if side is Side.FRONT else None,
        portrait_location=CORNERS if side is Side.FRONT else None,
        places={"card": Spot(CORNERS), "type": Spot(CORNERS, seen=False)},
    )
    raw = json.dumps({"result": result.to_json()}).encode()
    return Answer(
        result=result, raw=raw, request_id="r-1", engine="permitdesk-1", latency_seconds=0.1
    )


def answering(side, **confidence):
    return lambda _: answer(side, **confidence)


def failing(error):
    def recognise(picture):
        raise error

    return recognise


@pytest.fixture
def reading(ana) -> Application:
    made = factories.application(ana, Status.READING)
    for side in ("front", "back"):
        Job.objects.create(kind=Kind.EXTRACTION, subject=factories.document(made, side).uuid)
    return made


def job_of(application, side) -> Job:
    return Job.objects.get(subject=application.current_round.document(side).uuid)


def run(application, side, recognise):
    extraction.run(job_of(application, side).pk, recognise=recognise)
    application.refresh_from_db()


def test_the_last_side_hands_the_case_to_the_reviewers(reading):
    run(reading, "back", answering(Side.BACK))
    assert reading.status == Status.READING
    run(reading, "front", answering(Side.FRONT))
    assert reading.status == Status.IN_REVIEW

    moved = AuditEntry.objects.get(action="application.read")
    assert moved.data["status"] == {"from": "reading", "to": "in_review"}


def test_the_readings_are_stored_sealed_with_threshold_and_mark(reading):
    Threshold.objects.create(field="number", value=0.5)
    run(reading, "front", answering(Side.FRONT, number=0.6, name=0.6))

    readings = {row.field: row for row in FieldReading.objects.all()}
    assert readings["number"].get("value") == "H12345678"
    assert b"H12345678" not in bytes(readings["number"].value)
    assert (readings["number"].threshold, readings["number"].highlighted) == (0.5, False)
    assert (readings["name"].threshold, readings["name"].highlighted) == (0.95, True)
    assert readings["type"].get("value") == PermitType.HK_MACAO.value


def test_the_raw_answer_is_kept_without_the_portrait_and_the_crop_as_a_file(reading):
    run(reading, "front", answering(Side.FRONT))
    read = Extraction.objects.get()
    assert "portrait_image" not in json.loads(read.get("raw"))["result"]
    assert read.get_file("portrait_stored_as").startswith(b"\xff\xd8")
    assert read.portrait_location == [list(corner) for corner in CORNERS]


def test_where_things_stand_is_kept(reading):
    extraction.run(job_of(reading, "front").pk, recognise=answering(Side.FRONT))
    corners = [list(corner) for corner in CORNERS]
    assert Extraction.objects.get().places == {
        "card": {"at": corners, "seen": True},
        "type": {"at": corners, "seen": False},
    }


def test_an_unknown_member_that_no_text_can_hold_is_kept_as_it_was_spelled(reading):
    said = answer(Side.FRONT)
    odd = said.raw[:-1] + b', "note": "\\ud800"}'
    extraction.run(job_of(reading, "front").pk, recognise=lambda _: replace(said, raw=odd))
    assert json.loads(Extraction.objects.get().get("raw"))["note"] == "\ud800"


def test_it_can_be_found_by_what_is_on_the_card_afterwards(reading):
    run(reading, "front", answering(Side.FRONT))
    kinds = set(reading.search_tokens.values_list("kind", flat=True))
    assert kinds == {"number", "birth_date", "name", "surname", "word"}


def test_a_picture_at_fault_goes_to_a_person_with_its_reason(reading):
    run(reading, "front", failing(PictureAtFault("no permit", status=400, code="AIS.0104")))
    run(reading, "back", answering(Side.BACK))
    assert reading.status == Status.IN_REVIEW
    unread = Extraction.objects.get(outcome=Extraction.Outcome.UNREADABLE)
    assert unread.error_code == "AIS.0104"
    assert unread.readings.count() == 0


def test_a_passing_fault_is_tried_again_later(reading):
    run(reading, "front", failing(TryAgain("overloaded", status=503)))
    job = job_of(reading, "front")
    assert (job.attempts, job.ended_at, job.last_error) == (1, None, "TryAgain")
    assert reading.status == Status.READING


def test_after_the_last_attempt_a_person_types(reading):
    Job.objects.update(attempts=MOST_ATTEMPTS - 1)
    run(reading, "front", failing(TryAgain("overloaded", status=503)))
    Job.objects.filter(ended_at=None).update(attempts=0)
    run(reading, "back", answering(Side.BACK))
    assert reading.status == Status.IN_REVIEW
    assert Extraction.objects.filter(outcome=Extraction.Outcome.FAILED).count() == 1


def test_a_fault_of_the_operators_waits_and_counts_for_nothing(reading):
    Job.objects.update(attempts=MOST_ATTEMPTS - 1)
    run(reading, "front", failing(Misconfigured("gone", status=404, code="APIG.0101")))
    job = job_of(reading, "front")
    assert (job.attempts, job.ended_at) == (MOST_ATTEMPTS - 1, None)
    assert Extraction.objects.count() == 0


def test_a_request_that_is_refused_is_not_repeated_and_left_to_a_person(reading):
    refused = RequestAtFault("not taken", status=400, code="AIS.0101")
    run(reading, "front", failing(refused))
    assert job_of(reading, "front").outcome == "parked"
    assert Extraction.objects.get().error_code == "AIS.0101"


def test_a_useless_answer_is_asked_for_once_more_and_then_left_to_a_person(reading):
    run(reading, "front", failing(ProviderAtFault("HTML", status=200)))
    Job.objects.update(due_at=from_now(timedelta(0)))
    run(reading, "front", failing(ProviderAtFault("HTML", status=200)))
    assert job_of(reading, "front").outcome == "parked"


@pytest.mark.parametrize(
    ("last_error", "outcome"), [("", ""), ("TryAgain", ""), ("AIS.0105", "parked")]
)
def test_a_fault_worth_a_few_calls_ends_it_only_when_it_happens_again(reading, last_error, outcome):
    Job.objects.update(attempts=4, last_error=last_error)
    failed = TryAgain("the service failed", status=400, code="AIS.0105", at_most=3)
    run(reading, "front", failing(failed))
    assert job_of(reading, "front").outcome == outcome


def test_a_job_that_never_answered_is_given_to_a_person(reading):
    Job.objects.update(attempts=MOST_ATTEMPTS)
    run(reading, "front", answering(Side.FRONT))
    assert Extraction.objects.get().error_code == "no_answer"


def test_a_late_twin_is_written_down_and_never_shown(reading):
    def sleeps_past_its_lease(picture):
        Job.objects.update(lease_until=from_now(-timedelta(seconds=1)))
        run(reading, "front", answering(Side.FRONT, number=0.98))
        return answer(Side.FRONT, number=0.11)

    run(reading, "front", sleeps_past_its_lease)

    late = Extraction.objects.get(outcome=Extraction.Outcome.SUPERSEDED)
    assert not late.current
    assert late.readings.count() == 0
    shown = FieldReading.objects.get(field="number")
    assert shown.confidence == 0.98
    assert AuditEntry.objects.filter(action="extraction.superseded").count() == 1


def test_what_comes_after_a_withdrawal_leaves_no_portrait(reading, monkeypatch):
    removed = []
    monkeypatch.setattr(files, "remove", removed.append)

    def withdrawn_meanwhile(picture):
        Application.objects.update(status=Status.WITHDRAWN, closed_at=reading.since)
        return answer(Side.FRONT)

    run(reading, "front", withdrawn_meanwhile)
    assert len(removed) == 1
    assert Extraction.objects.get().outcome == Extraction.Outcome.SUPERSEDED


def test_a_second_delivery_does_nothing(reading):
    run(reading, "front", answering(Side.FRONT))
    run(reading, "front", failing(AssertionError("called twice")))
    assert Extraction.objects.count() == 1


def test_crossed_sides_are_put_right_and_it_is_recorded(reading):
    first, second = reading.current_round.front, reading.current_round.back
    run(reading, "front", answering(Side.BACK))
    run(reading, "back", answering(Side.FRONT))

    put_right = reading.current_round
    assert (put_right.front, put_right.back) == (second, first)
    assert AuditEntry.objects.filter(action="application.sides_swapped").count() == 1


def test_two_fronts_stay_as_they_were_sent(reading):
    first = reading.current_round.front
    run(reading, "front", answering(Side.FRONT))
    run(reading, "back", answering(Side.FRONT))
    assert reading.current_round.front == first


def test_nothing_of_the_card_stands_in_the_audit(reading):
    run(reading, "front", answering(Side.FRONT))
    run(reading, "back", answering(Side.BACK))
    spelled = " ".join(AuditEntry.objects.values_list("canonical", flat=True))
    for value in [*factories.FRONT.values(), *factories.BACK.values()]:
        if len(value) > 3:
            assert value not in spelled
