"""What time does: drafts and requests that stay unanswered for too long close by themselves."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from kyc.applications import mails
from kyc.applications.models import Application, IllegalStep
from kyc.applications.status import Status
from kyc.audit import log
from kyc.audit.actions import Action

MOST_AT_ONCE: Final = 20
"""Each is told by mail, and a mail server that hangs must not hold up the sweeper for long."""


def expire_due(now: datetime) -> int:
    """Close drafts and requests that stayed unanswered for RESUBMISSION_DAYS, and count them."""
    unanswered = Application.objects.filter(
        status__in=[Status.DRAFT, Status.RESUBMISSION_REQUESTED],
        since__lt=now - timedelta(days=settings.RESUBMISSION_DAYS),
    ).order_by("since")
    return sum(_expire(application) for application in unanswered[:MOST_AT_ONCE])


def _expire(application: Application) -> bool:
    try:
        with log.act():
            now = _locked(application)
            if now.version == application.version:
                now.move(Status.EXPIRED, action=Action.APPLICATION_EXPIRED)
                mails.after_commit(now)
    except IllegalStep:
        return False
    return now.status == Status.EXPIRED


def _locked(application: Application) -> Application:
    return Application.objects.select_for_update().get(pk=application.pk)
