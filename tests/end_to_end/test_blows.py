"""Processes are killed, stopped and taken away; every application arrives at a reviewer."""

import json
import os
import signal
import time

import pytest

from kyc.jobs.models import LONGEST_CALL
from tests.end_to_end.conftest import PAIR, SAMPLES
from tests.end_to_end.desk import Desk, Visitor, apply_at_once
from tests.services import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300), pytest.mark.usefixtures("sound")]

PAIRS = [PAIR, (SAMPLES / "03_foreign_front.jpg", SAMPLES / "03_foreign_back.jpg")] * 2


def _is_reading(applicant: Visitor, reference: str) -> bool:
    return bool(applicant.status(reference)["status"] == "reading")


def _late_twins(desk: Desk, references: list[str]) -> list[str]:
    """Whose readings came too late, as the audit export knows them."""
    exported = desk.visitor("auditor").get("/audit/export.jsonl").text.splitlines()[:-1]
    entries = [json.loads(json.loads(line)["entry"]) for line in exported]
    late = [entry["subject"] for entry in entries if entry["action"] == "extraction.superseded"]
    return [reference for reference in late if reference in references]


def _frozen_at_work(desk: Desk, applicant: Visitor) -> tuple[list[str], int]:
    """Applications of which the worker holds a side, and the worker, which has fallen asleep."""
    for _ in range(5):
        references = apply_at_once(applicant, PAIRS)
        sleeper = desk.freeze("worker")
        if desk.held_jobs():
            return references, sleeper
        # It was done with all of them already.
        os.kill(sleeper, signal.SIGCONT)
    raise AssertionError("the worker was never caught at work")


def test_a_worker_killed_while_it_reads_loses_nothing(desk: Desk, applicant: Visitor):
    references = apply_at_once(applicant, PAIRS)
    assert _is_reading(applicant, references[-1])
    killed = desk.send("worker", signal.SIGKILL)
    desk.wait_for_restart("worker", killed)
    applicant.wait_for_review(references)


def test_a_worker_that_slept_past_its_lease_is_refused(desk: Desk, applicant: Visitor):
    references, sleeper = _frozen_at_work(desk, applicant)
    successor = desk.another("worker")
    try:
        applicant.wait_for_review(references)
        os.kill(sleeper, signal.SIGCONT)
        wait_until(lambda: _late_twins(desk, references), 30, "a late twin to be put aside")
    finally:
        os.kill(sleeper, signal.SIGCONT)
        successor.terminate()
        successor.wait(20)
    assert desk.pid("worker") == sleeper


def test_a_broker_that_hangs_does_not_keep_anybody_from_sending(desk: Desk, applicant: Visitor):
    desk.send("valkey", signal.SIGSTOP)
    try:
        began = time.monotonic()
        references = apply_at_once(applicant, PAIRS[:2])
        took = time.monotonic() - began
    finally:
        desk.send("valkey", signal.SIGCONT)
    assert took < 30
    applicant.wait_for_review(references)


def test_reading_goes_on_while_the_broker_hangs(desk: Desk, applicant: Visitor):
    desk.send("valkey", signal.SIGSTOP)
    try:
        applicant.wait_for_review(apply_at_once(applicant, PAIRS[:1]), 120)
    finally:
        desk.send("valkey", signal.SIGCONT)


def test_a_broker_killed_while_somebody_sends_loses_nothing(desk: Desk, applicant: Visitor):
    killed = desk.send("valkey", signal.SIGKILL)
    references = apply_at_once(applicant, PAIRS[:2])
    desk.wait_for_restart("valkey", killed)
    applicant.wait_for_review(references)


def test_an_ocr_server_that_hangs_is_waited_for_and_said_so(desk: Desk, applicant: Visitor):
    hanging = desk.family("ocr")
    for pid in hanging:
        os.kill(pid, signal.SIGSTOP)
    try:
        references = apply_at_once(applicant, PAIRS[:2])
        wait_until(
            lambda: applicant.status(references[0])["waiting_for"] == "provider",
            LONGEST_CALL.total_seconds() + 20,
            "the page to say that it waits for the reader",
        )
        assert _is_reading(applicant, references[0])
    finally:
        for pid in hanging:
            os.kill(pid, signal.SIGCONT)
    applicant.wait_for_review(references, 120)


def test_an_ocr_server_killed_while_it_reads_is_asked_again(desk: Desk, applicant: Visitor):
    references = apply_at_once(applicant, PAIRS)
    assert _is_reading(applicant, references[-1])
    killed = desk.send("ocr", signal.SIGKILL)
    desk.wait_for_restart("ocr", killed)
    applicant.wait_for_review(references, 120)


def test_a_web_process_killed_while_somebody_sends_keeps_what_it_answered(
    desk: Desk, applicant: Visitor
):
    references = apply_at_once(applicant, PAIRS[:1])
    killed = desk.send("web", signal.SIGKILL)
    desk.wait_for_restart("web", killed)
    wait_until(desk.is_ready, 30, "the web process to be ready again")
    applicant.wait_for_review(references)


def test_everything_killed_at_once_comes_back(desk: Desk, applicant: Visitor):
    references = apply_at_once(applicant, PAIRS)
    killed = {name: desk.send(name, signal.SIGKILL) for name in ("worker", "valkey", "ocr", "web")}
    for name, pid in killed.items():
        desk.wait_for_restart(name, pid)
    wait_until(desk.is_ready, 30, "the web process to be ready again")
    applicant.wait_for_review(references, 120)


def test_without_a_sweeper_the_doorbell_alone_is_enough(desk: Desk, applicant: Visitor):
    desk.send("sweeper", signal.SIGSTOP)
    try:
        references = apply_at_once(applicant, PAIRS[:1])
        applicant.wait_for_review(references)
    finally:
        desk.send("sweeper", signal.SIGCONT)
