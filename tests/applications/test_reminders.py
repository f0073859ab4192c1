"""Who does not answer a request is reminded of it, twice at most."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from kyc.applications import expiry, reminders
from kyc.applications.models import Application, Round
from kyc.applications.status import Outcome, Reason, Status
from kyc.audit.models import AuditEntry
from tests import factories


@pytest.fixture(autouse=True)
def _thirty_days(settings, db):
    settings.RESUBMISSION_DAYS = 30


@pytest.fixture
def asked(ana, rui):
    made = factories.case(ana)
    return factories.decide(
        made, Outcome.RESUBMISSION_REQUESTED, by=rui, reason=Reason.CUT_OFF, side="back"
    )


@pytest.fixture
def sweep(asked, django_capture_on_commit_callbacks):
    def after(days: float) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return reminders.remind_due(asked.since + timedelta(days=days, minutes=1))

    return after


def test_one_comes_half_way_and_one_three_days_before_the_end(asked, sweep):
    found = [(days, sweep(days)) for days in (0, 14.9, 15, 16, 26.9, 27, 28, 29.9)]
    assert [days for days, sent in found if sent] == [15, 27]
    assert len(mail.outbox) == 2
    entries = AuditEntry.objects.filter(action="application.reminded").order_by("pk")
    assert [(one.actor_role, one.data) for one in entries] == [
        ("system", {"reminder": 1}),
        ("system", {"reminder": 2}),
    ]


def test_it_says_until_when_and_nothing_of_the_person(asked, sweep, settings):
    sweep(15)
    (told,) = mail.outbox
    assert told.subject == f"We still need one better photo · {asked.shown_reference}"
    assert f"/applications/{asked.reference}/" in told.body
    assert "CHAN" not in told.body


def test_a_sweep_that_comes_late_sends_the_last_one_alone(sweep):
    assert sweep(28) == 1
    assert sweep(28) == 0


def test_a_short_time_has_room_for_one(sweep, settings):
    settings.RESUBMISSION_DAYS = 5
    assert [sweep(days) for days in (1, 2.5, 4.9)] == [0, 1, 0]


def test_of_two_sweeps_at_once_one_sends(asked, sweep, django_capture_on_commit_callbacks):
    (late,) = reminders._unanswered(timezone.now(), 1)
    assert sweep(15) == 1
    assert reminders._remind(late, 1) is False


def test_who_answered_is_left_in_peace_and_a_new_request_starts_anew(asked, sweep, rui):
    sweep(15)
    Application.objects.filter(pk=asked.pk).update(status=Status.IN_REVIEW)
    assert sweep(27) == 0
    again = Round.objects.create(application=asked, number=2)
    Application.objects.filter(pk=asked.pk).update(status=Status.RESUBMISSION_REQUESTED)
    assert sweep(15) == 1
    again.refresh_from_db()
    assert again.reminded == 1


def test_a_draft_is_nobodys_request(ana):
    factories.application(ana, Status.DRAFT)
    assert reminders.remind_due(timezone.now() + timedelta(days=20)) == 0


def test_after_the_end_it_expires(asked, sweep):
    assert expiry.expire_due(asked.since + timedelta(days=31)) == 1
    assert sweep(31) == 0
