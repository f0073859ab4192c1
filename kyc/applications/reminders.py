"""Remind applicants of a request that they have not answered: half-way, and shortly before it ends.

How many were sent is a column of the round, so that a sweep may come twice, late or never.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from kyc.applications import mails
from kyc.applications.models import Round
from kyc.applications.status import Status
from kyc.audit import log
from kyc.audit.actions import Action

LAST: Final = timedelta(days=3)
"""How long before the end the last one is sent."""
MOST_AT_ONCE: Final = 20
"""A mail server that hangs must not keep the sweeper from ringing for long."""


def remind_due(now: datetime) -> int:
    """Send what is due and count it, the last one alone where both are overdue.

    A mail that no server takes is not sent again.
    """
    sent = 0
    for number, wait in reversed(list(enumerate(_waits(), start=1))):
        sent += sum(_remind(one, number) for one in _unanswered(now - wait, number))
    return sent


def _waits() -> list[timedelta]:
    """How long after the request each reminder is due; a short time has room for one only."""
    whole = timedelta(days=settings.RESUBMISSION_DAYS)
    return [whole / 2, *([whole - LAST] if whole - LAST > whole / 2 else [])]


def _unanswered(asked_before: datetime, number: int) -> list[Round]:
    later = Round.objects.filter(application=OuterRef("application"), number__gt=OuterRef("number"))
    rounds = Round.objects.filter(
        ~Exists(later),
        application__status=Status.RESUBMISSION_REQUESTED,
        application__since__lte=asked_before,
        reminded__lt=number,
    )
    return list(rounds.select_related("application").order_by("pk")[:MOST_AT_ONCE])


def _remind(asked: Round, number: int) -> bool:
    """Count it first: of two sweeps one sends, and one that is killed leaves no second mail."""
    application_id = asked.application_id
    waiting = Round.objects.filter(
        pk=asked.pk,
        reminded=asked.reminded,
        application__status=Status.RESUBMISSION_REQUESTED,
    )
    with log.act():
        if waiting.update(reminded=number) != 1:
            return False
        asked.application.record(Action.APPLICATION_REMINDED, reminder=number)
        transaction.on_commit(
            lambda: mails.announce(application_id, mails.Kind.REMINDER), robust=True
        )
    return True
