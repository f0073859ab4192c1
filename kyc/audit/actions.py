"""Every verb that can be recorded."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """`subject.verb`, in the past tense. Once recorded a name stays for good."""

    ACCOUNT_SIGNED_IN = "account.signed_in", _("Signed in")
    ACCOUNT_SIGNED_OUT = "account.signed_out", _("Signed out")
    ACCOUNT_SIGN_IN_FAILED = "account.sign_in_failed", _("Sign-in failed")
    ACCOUNT_ROLES_CHANGED = "account.roles_changed", _("Roles changed")
    ACCOUNT_CLOSED = "account.closed", _("Account closed")
    ACCOUNT_PASSWORD_CHANGED = "account.password_changed", _("Password changed")
    ACCOUNT_FACTOR_ADDED = "account.factor_added", _("Second factor set up")
    ACCOUNT_FACTOR_REMOVED = "account.factor_removed", _("Second factor removed")
    APPLICATION_STARTED = "application.started", _("Draft started")
    APPLICATION_HANDED_OVER = "application.handed_over", _("Handed to a phone")
    APPLICATION_TAKEN_OVER = "application.taken_over", _("Taken up on a phone")
    APPLICATION_SUBMITTED = "application.submitted", _("Submitted")
    APPLICATION_RESUBMITTED = "application.resubmitted", _("Submitted again")
    APPLICATION_READ = "application.read", _("Reading finished")
    APPLICATION_WITHDRAWN = "application.withdrawn", _("Withdrawn")
    APPLICATION_EXPIRED = "application.expired", _("Expired")
    APPLICATION_ERASED = "application.erased", _("Erased")
    APPLICATION_CLAIMED = "application.claimed", _("Taken")
    APPLICATION_RELEASED = "application.released", _("Given back")
    APPLICATION_RECOMMENDED = "application.recommended", _("Recommended")
    APPLICATION_DECIDED = "application.decided", _("Decided")
    APPLICATION_REOPENED = "application.reopened", _("Reopened")
    APPLICATION_VIEWED = "application.viewed", _("Case viewed")
    APPLICATION_DATA_TAKEN = "application.data_taken", _("Case taken as data")
    APPLICATION_SIDES_SWAPPED = "application.sides_swapped", _("Sides swapped")
    APPLICATION_SEARCHED = "application.searched", _("Searched")
    DOCUMENT_ADDED = "document.added", _("Photo added")
    DOCUMENT_REPLACED = "document.replaced", _("Photo replaced")
    DOCUMENT_VIEWED = "document.viewed", _("Photo viewed")
    PORTRAIT_VIEWED = "portrait.viewed", _("Portrait viewed")
    EXTRACTION_RECORDED = "extraction.recorded", _("Reading recorded")
    EXTRACTION_SUPERSEDED = "extraction.superseded", _("Late reading put aside")
    EXTRACTION_FAILED = "extraction.failed", _("Reading failed")
    FIELD_ANSWERED = "field.answered", _("Field answered")
    THRESHOLD_CHANGED = "threshold.changed", _("Threshold changed")
    AUDIT_EXPORTED = "audit.exported", _("Audit exported")
    AUDIT_SEARCHED = "audit.searched", _("Audit searched")
