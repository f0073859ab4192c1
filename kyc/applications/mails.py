"""What applicants are told by mail: that something happened, and where to read it.

No value of a person but the address it goes to, and no reason: those stand on the status page.
"""

import logging
from smtplib import SMTPException
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kyc.applications import progress
from kyc.applications.models import Application
from kyc.applications.status import Status

logger = logging.getLogger(__name__)


class Kind(models.TextChoices):
    """What is told; the label is the subject line."""

    SUBMITTED = "submitted", _("We have your photos")
    ASKED_AGAIN = "asked_again", _("We need one better photo")
    REMINDER = "reminder", _("We still need one better photo")
    APPROVED = "approved", _("Your permit is approved")
    DECLINED = "declined", _("We could not accept your permit")
    EXPIRED = "expired", _("Your application has closed")


TOLD: Final[dict[str, Kind]] = {
    Status.READING: Kind.SUBMITTED,
    Status.RESUBMISSION_REQUESTED: Kind.ASKED_AGAIN,
    Status.APPROVED: Kind.APPROVED,
    Status.DECLINED: Kind.DECLINED,
    Status.EXPIRED: Kind.EXPIRED,
}


def after_commit(application: Application) -> None:
    """Tell the applicant what the open transaction makes of their application, once it has."""
    application_id, kind = application.pk, TOLD.get(application.status)
    if kind is not None:
        transaction.on_commit(lambda: announce(application_id, kind), robust=True)


def announce(application_id: int, kind: Kind) -> bool:
    """Send one mail in its applicant's language; False when no mail server took it."""
    application = Application.objects.select_related("applicant").get(pk=application_id)
    with translation.override(_language(application)):
        message = EmailMessage(
            subject=f"{kind.label} · {application.shown_reference}",
            body=render_to_string(f"applications/mail/{kind.value}.txt", _context(application)),
            to=[application.applicant.email],
        )
    try:
        message.send()
    except (SMTPException, OSError):
        logger.warning("no mail server took %s for %s", kind.value, application.reference)
        return False
    return True


def _language(application: Application) -> str:
    """The one it was sent in; a draft has none yet, its account has."""
    sent = application.submitted_at is not None
    return application.language if sent else application.applicant.language


def _context(application: Application) -> dict[str, object]:
    path = reverse("applications:status", args=[application.reference])
    return {
        "application": application,
        "link": f"{settings.PUBLIC_URL}{path}",
        "answer_by": progress.answer_by(application),
        "days": settings.RESUBMISSION_DAYS,
    }
