"""The applicant's pages: send a permit, see how it stands, send a side again, withdraw."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kyc.accounts.http import ApplicantRequest
from kyc.accounts.models import Language
from kyc.accounts.permissions import signed_in_required
from kyc.applications import advice, consent, intake, onlookers, own_data, progress, waiting
from kyc.applications.forms import ApplyForm, PicturesForm, ResubmitForm, WithdrawForm, sent_key
from kyc.applications.models import Application, Decision, Document, IllegalStep
from kyc.applications.status import Status
from ocr_integration.protocol.fields import Side


class SeeOther(HttpResponseRedirect):
    """The answer to a post stands elsewhere, and is fetched by GET."""

    status_code = 303


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def apply(request: ApplicantRequest) -> HttpResponse:
    """One form for everything: both sides at once, or one now and one later."""
    if request.method != "POST":
        return _apply_page(request, None)
    if sent := intake.sent_with(request.user, sent_key(request.POST)):
        return SeeOther(_status_url(sent))
    if not (intake.may_begin(request.user) and intake.may_send_photos(request.user)):
        return render(request, "429.html", status=429)
    kept = _kept(intake.draft_of(request.user))
    form = ApplyForm(request.POST, request.FILES, kept=kept, sender=request.user)
    if not form.is_valid():
        return _refuse_apply(request, form)
    if not form.is_whole:
        _keep(request, form)
        return SeeOther(request.path)
    try:
        application = intake.submit(
            request.user,
            pictures=form.pictures,
            submission_key=form.cleaned_data["submission_key"],
            language=_language(),
        )
    except intake.TooManyToday:
        form.add_error(
            None, _("You have sent as many applications as a day allows. Your photos are kept.")
        )
        return _refuse_apply(request, form)
    return SeeOther(_status_url(application))


@require_safe
@signed_in_required
def advise(request: ApplicantRequest, uuid: UUID) -> HttpResponse:
    """Say what could be better about a draft's photo; 204 where there is nothing to say."""
    document = get_object_or_404(
        Document,
        uuid=uuid,
        removed_at=None,
        application__applicant=request.user,
        application__status=Status.DRAFT,
    )
    found = advice.problems(document)
    if not found:
        return HttpResponse(status=204)
    retaken = advice.retakes(document)
    context = {
        "document": document,
        "findings": advice.findings(found),
        "marks": advice.marks(found, document),
        "fine": advice.fine(found),
        "retake": advice.retake_words(retaken),
        "may_retake": retaken < advice.MOST_RETAKES,
    }
    return render(request, "applications/advice.html", context)


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


@require_POST
@signed_in_required
def resubmit(request: ApplicantRequest, reference: str) -> HttpResponse:
    """Take the sides that were asked for again; the same post twice is one round."""
    application = own(request, reference)
    key = sent_key(request.POST)
    if application.rounds.filter(submission_key=key).exists():
        return SeeOther(_status_url(application))
    if application.status != Status.RESUBMISSION_REQUESTED:
        return render(request, "409.html", status=409)
    if not intake.may_send_photos(request.user):
        return render(request, "429.html", status=429)
    asked = intake.asked_sides(application)
    form = ResubmitForm(request.POST, request.FILES, asked=asked, sender=request.user)
    if not form.is_valid():
        code = 503 if form.is_busy else 422
        return _status_page(request, application, resubmission=form, code=code)
    try:
        intake.resubmit(application, pictures=form.pictures, submission_key=key)
    except IllegalStep:
        return render(request, "409.html", status=409)
    return SeeOther(_status_url(application))


@require_POST
@signed_in_required
def withdraw(request: ApplicantRequest, reference: str) -> HttpResponse:
    """Take an application back; ticked, because it cannot be undone."""
    application = own(request, reference)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _status_page(request, application, withdrawal=form, code=422)
    try:
        intake.withdraw(application)
    except IllegalStep:
        return render(request, "409.html", status=409)
    return SeeOther(_status_url(application))


@require_POST
@signed_in_required
def take_own_data(request: ApplicantRequest, reference: str) -> HttpResponse:
    """Hand an applicant everything that is kept of their application, as one file."""
    application = own(request, reference)
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


def _status_url(application: Application) -> str:
    return redirect("applications:status", application.reference).url


def _language() -> str:
    spoken = get_language() or ""
    return spoken if spoken in Language.values else Language.ENGLISH


def _kept(draft: Application | None) -> dict[str, Document]:
    """The photos that a draft holds, by side."""
    if draft is None:
        return {}
    first = draft.current_round
    return {side.value: kept for side in Side if (kept := first.document(side)) is not None}


def _keep(request: ApplicantRequest, form: ApplyForm) -> None:
    if form.pictures:
        key = sent_key(request.POST)
        intake.keep(request.user, pictures=form.pictures, submission_key=key)


def _refuse_apply(request: ApplicantRequest, form: ApplyForm) -> HttpResponse:
    """Say what is wrong at its field; what is right in the same post is kept."""
    _keep(request, form)
    sent = None if request.FILES else progress.sent_meanwhile(request.user)
    return _apply_page(request, form, code=503 if form.is_busy else 422, sent=sent)


def _apply_page(
    request: ApplicantRequest,
    form: ApplyForm | None,
    *,
    code: int = 200,
    sent: Application | None = None,
) -> HttpResponse:
    draft = intake.draft_of(request.user)
    kept = _kept(draft)
    form = form or ApplyForm(kept=kept, sender=request.user)
    missing = [side.value for side in Side if side.value not in kept]
    refused = [side for side in missing if form.is_bound and form.has_error(side)]
    context = {
        "form": form,
        "sides": _sides(form, kept),
        "step": (refused or missing or ["check"])[0],
        "submission_key": _fresh_key(),
        "waiting_key": waiting.key(f"account {request.user.pk}"),
        "draft": draft,
        "sent": sent,
        "consent": consent.current(),
        "answer_by": progress.answer_by(draft) if draft else "",
    }
    return render(request, "applications/apply.html", context, status=code)


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
            "sides": [row for row in _sides(form, shown) if row["side"] in asked],
            "asked": asked,
            "alone": len(asked) == 1,
            "submission_key": _fresh_key(),
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


def _sides(form: PicturesForm, documents: Mapping[str, Document | None]) -> list[dict[str, Any]]:
    """What the page needs of each side: its field, and the photo it has."""
    return [
        {"side": side.value, "field": form[side], "document": documents.get(side)} for side in Side
    ]


def _fresh_key() -> str:
    return secrets.token_urlsafe(24)
