"""The applicant's pages once a permit is sent: how it stands, send a side again, withdraw."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kyc.accounts.http import ApplicantRequest
from kyc.accounts.permissions import signed_in_required
from kyc.applications import (
    intake,
    onlookers,
    own_data,
    progress,
    waiting,
)
from kyc.applications.forms import PicturesForm, ResubmitForm, WithdrawForm, sent_key
from kyc.applications.models import Application, Decision, Document, IllegalStep
from kyc.applications.status import Status
from ocr_integration.protocol.fields import Side


class SeeOther(HttpResponseRedirect):
    """The answer to a post stands elsewhere, and is fetched by GET."""

    status_code = 303


@require_safe
@signed_in_required
def index(request: ApplicantRequest) -> HttpResponse:
    """List one's own applications, the latest first."""
    applications = request.user.applications.order_by("-created_at")
    rows = [(one, progress.state_words(one), progress.moment(one.since)) for one in applications]
    return render(request, "applications/index.html", {"rows": rows})


@require_safe
@signed_in_required
def status(request: ApplicantRequest, reference: str) -> HttpResponse:
    """Say how it stands, since when, and what for it waits."""
    application = own(request, reference)
    if application.status == Status.DRAFT:
        return redirect("applications:apply")
    return _status_page(request, application)


@require_safe
@signed_in_required
def status_json(request: ApplicantRequest, reference: str) -> HttpResponse:
    """The same in four words, for the page's own script and other programs."""
    return JsonResponse(progress.as_json(own(request, reference)))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def resubmit(request: ApplicantRequest, reference: str) -> HttpResponse:
    """Take the sides that were asked for again; the same post twice is one round."""
    application = own(request, reference)
    if request.method != "POST":
        return redirect("applications:status", application.reference)
    key = sent_key(request.POST)
    if application.rounds.filter(submission_key=key).exists():
        return SeeOther(status_url(application))
    if application.status != Status.RESUBMISSION_REQUESTED:
        return render(request, "409.html", status=409)
    if not intake.may_send_photos(request.user):
        return render(request, "applications/tomorrow.html", status=429)
    asked = intake.asked_sides(application)
    form = ResubmitForm(request.POST, request.FILES, asked=asked, sender=request.user)
    if not form.is_valid():
        code = 503 if form.is_busy else 422
        return _status_page(request, application, resubmission=form, code=code)
    try:
        intake.resubmit(application, pictures=form.pictures, submission_key=key)
    except IllegalStep:
        return render(request, "409.html", status=409)
    return SeeOther(status_url(application))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def withdraw(request: ApplicantRequest, reference: str) -> HttpResponse:
    """Take an application back; ticked, because it cannot be undone."""
    application = own(request, reference)
    if request.method != "POST":
        return redirect("applications:status", application.reference)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _status_page(request, application, withdrawal=form, code=422)
    try:
        intake.withdraw(application)
    except IllegalStep:
        return render(request, "409.html", status=409)
    return SeeOther(status_url(application))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def take_own_data(request: ApplicantRequest, reference: str) -> HttpResponse:
    """Hand an applicant everything that is kept of their application, as one file."""
    application = own(request, reference)
    if request.method != "POST":
        return redirect("applications:status", application.reference)
    if application.status == Status.ERASED:
        return render(request, "409.html", status=409)
    name = f"permitdesk-{application.shown_reference}.zip"
    return HttpResponse(
        own_data.take(application),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def own(request: ApplicantRequest, reference: str) -> Application:
    """Fetch one's own application; to anybody else, staff included, there is none."""
    return get_object_or_404(Application, reference=reference, applicant=request.user)


def status_url(application: Application) -> str:
    """The address of an application's page."""
    return redirect("applications:status", application.reference).url


def _status_page(
    request: HttpRequest,
    application: Application,
    *,
    resubmission: ResubmitForm | None = None,
    withdrawal: WithdrawForm | None = None,
    code: int = 200,
) -> HttpResponse:
    latest = application.current_round
    readable = application.status != Status.ERASED
    decision = Decision.objects.filter(round=latest).first() if readable else None
    context: dict[str, Any] = {
        "application": application,
        "title": progress.title(application, decision),
        "lead": progress.lead(application, decision),
        "timeline": progress.timeline(application, decision),
        "waiting_for": progress.waiting_for(application),
        "state": progress.as_json(application),
        "sent": [(side.value, latest.document(side)) for side in Side if readable],
        "decision": decision,
        "onlookers": onlookers.staff_who_looked(application),
        "readable": readable,
        "can_withdraw": progress.is_open(application),
        "withdrawal": withdrawal or WithdrawForm(),
    }
    if decision:
        context |= _told(decision)
    if application.status == Status.RESUBMISSION_REQUESTED:
        asked = intake.asked_sides(application)
        form = resubmission or ResubmitForm(asked=asked, sender=application.applicant)
        shown = {side.value: latest.document(side) for side in asked}
        context |= {
            "form": form,
            "sides": [row for row in sides_of(form, shown) if row["side"] in asked],
            "asked": asked,
            "alone": len(asked) == 1,
            "submission_key": fresh_key(),
            "waiting_key": waiting.key(f"application {application.reference}"),
            "answer_by": progress.answer_by(application),
        }
    return render(request, "applications/status.html", context, status=code)


def _told(decision: Decision) -> dict[str, str]:
    """Open what a decision says to the applicant."""
    heading, text = progress.advice(decision.reason) if decision.reason else ("", "")
    return {
        "reason": heading,
        "advice": text,
        "message": decision.get("message"),
        "decided": progress.moment(decision.at),
    }


def sides_of(form: PicturesForm, documents: Mapping[str, Document | None]) -> list[dict[str, Any]]:
    """What the page needs of each side: its field, and the photo it has."""
    return [
        {"side": side.value, "field": form[side], "document": documents.get(side)} for side in Side
    ]


def fresh_key() -> str:
    """A submission key for a page: what is posted with it twice happens once."""
    return secrets.token_urlsafe(24)
