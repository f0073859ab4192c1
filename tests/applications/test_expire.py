"""What stays unanswered for too long closes by itself."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from kyc.accounts.models import Language
from kyc.applications import expiry, intake
from kyc.applications.status import Status
from kyc.audit.models import AuditEntry
from tests import factories


@pytest.fixture
def later(settings):
    settings.RESUBMISSION_DAYS = 7
    return timezone.now() + timedelta(days=7, minutes=1)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RESUBMISSION_REQUESTED])
def test_drafts_and_requests_expire(ana, later, status):
    made = factories.application(ana, status)
    assert expiry.expire_due(timezone.now()) == 0
    assert expiry.expire_due(later) == 1
    made.refresh_from_db()
    assert made.status == Status.EXPIRED
    entry = AuditEntry.objects.get(action="application.expired")
    assert (entry.actor, entry.actor_role) == (None, "system")
    assert expiry.expire_due(later) == 0


@pytest.mark.parametrize("status", [Status.READING, Status.IN_REVIEW, Status.APPROVED])
def test_what_waits_for_us_never_expires(ana, later, status):
    factories.application(ana, status)
    assert expiry.expire_due(later) == 0


def test_one_that_moved_on_meanwhile_is_left_alone(ana, later, monkeypatch):
    made = factories.application(ana, Status.DRAFT)
    locked = expiry._locked

    def withdrawn_meanwhile(application):
        monkeypatch.setattr(expiry, "_locked", locked)
        intake.withdraw(application)
        return locked(application)

    monkeypatch.setattr(expiry, "_locked", withdrawn_meanwhile)
    assert expiry.expire_due(later) == 0
    made.refresh_from_db()
    assert made.status == Status.WITHDRAWN


def test_after_that_a_new_draft_can_begin(ana, later):
    factories.application(ana, Status.DRAFT)
    expiry.expire_due(later)
    assert intake.draft_of(ana) is None
    factories.application(ana, Status.DRAFT)
    assert intake.draft_of(ana)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.DRAFT, "did not send it within 7 days"),
        (Status.RESUBMISSION_REQUESTED, "had no answer for 7 days"),
    ],
)
def test_whoever_it_belongs_to_is_told_once(
    ana, later, status, words, django_capture_on_commit_callbacks
):
    made = factories.application(ana, status)
    with django_capture_on_commit_callbacks(execute=True):
        expiry.expire_due(later)
        expiry.expire_due(later)
    (told,) = mail.outbox
    assert told.subject == f"Your application has closed · {made.shown_reference}"
    assert words in told.body


def test_a_draft_is_told_of_in_the_accounts_language(
    ana, later, django_capture_on_commit_callbacks
):
    ana.language = Language.TRADITIONAL
    ana.save()
    factories.application(ana, Status.DRAFT)
    with django_capture_on_commit_callbacks(execute=True):
        expiry.expire_due(later)
    assert mail.outbox[0].subject.startswith("您的申請已關閉")
