"""What is opened after an act: the case that the screen shows already, or the next page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kyc.accounts.http import StaffRequest
from kyc.accounts.models import User
from kyc.applications import cases
from kyc.applications.models import Application
from kyc.applications.references import parse_reference
from kyc.applications.status import Status
from kyc.review import ahead
from kyc.review.refusals import Refused


def after_decision(request: StaffRequest, application: Application) -> HttpResponse:
    """Go on to the case that is reserved; a page that is scripted has the next one reserved.

    It is told where to go: it could not tell a redirect from the one to the sign-in page.
    """
    messages.success(request, what_was_decided(application))
    scripted = "opens" in request.POST
    upcoming = (ahead.reserve if scripted else ahead.reserved)(by=request.user)
    if upcoming is None or upcoming.pk == application.pk:
        there = reverse("review:queue")
    else:
        there = address(upcoming)
    told = scripted and "application/json" in request.headers.get("Accept", "")
    return JsonResponse({"goes": there}) if told else redirect(there)


def what_was_decided(application: Application) -> str:
    """Say how a case stands now, for who acts on the next one meanwhile."""
    application.refresh_from_db()
    words = {
        "reference": application.shown_reference,
        "status": Status(application.status).label,
    }
    if application.escalated_at:
        words["status"] = _("with a senior")
    return _("%(reference)s: %(status)s.") % words


def fetched_ahead(request: StaffRequest) -> Application | None:
    """The case that the browser fetched ahead and shows with this post, which is recorded."""
    reference = parse_reference(request.POST.get("opens", ""))
    if not reference:
        return None
    shown = Application.objects.reserved().filter(reference=reference, held_by=request.user).first()
    if shown:
        ahead.record_shown(cases.of(shown), by=request.user)
    return shown


def open_shown(shown: Application, *, by: User) -> dict[str, Any]:
    """Hold what is on the screen, and reserve the one after it."""
    try:
        shown = ahead.open_reserved(shown, by=by)
    except Refused as refusal:
        return {"refused": refusal.sentence}
    return {"held_until": shown.held_until, "ahead": address(ahead.reserve(by=by))}


def address(application: Application | None) -> str:
    """Where a case is opened, "" where there is none."""
    return reverse("review:case", args=[application.reference]) if application else ""
