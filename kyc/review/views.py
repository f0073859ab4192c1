"""The page of a case and what is done there: claim, take over, answer, note, reopen."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kyc.accounts.http import StaffRequest
from kyc.accounts.models import Role
from kyc.accounts.permissions import (
    case_data_required,
    case_reader_required,
    reviewer_required,
    senior_required,
)
from kyc.applications import cases
from kyc.applications.case import Case
from kyc.applications.models import Application
from kyc.applications.pictures import is_fetched_ahead
from kyc.applications.status import Reason, Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.review import ahead, answers, decisions, forms, handing_on, onward, page, queue
from kyc.review.data import whole_case
from kyc.review.forms import SAVE, CaseForm, NoteForm, ReopenForm, TakeOverForm
from kyc.review.refusals import FieldsRefused, Forbidden, OwnApplication, Refused


@require_POST
@reviewer_required
def claim(request: StaffRequest, reference: str) -> HttpResponse:
    """Take a case, or hold it for longer."""
    application = _application(reference)
    try:
        application = queue.claim(application, by=request.user)
    except Refused as refusal:
        return _refused(request, application, refusal)
    upcoming = ahead.reserve(by=request.user)
    if _wants_json(request):
        return JsonResponse(
            {"held_until": application.held_until, "ahead": onward.address(upcoming)}
        )
    return redirect("review:case", reference)


@require_POST
@reviewer_required
def release(request: StaffRequest, reference: str) -> HttpResponse:
    """Give a case back to the queue."""
    application = _application(reference)
    try:
        queue.release(application, by=request.user)
    except Refused as refusal:
        return _refused(request, application, refusal)
    ahead.let_go(by=request.user)
    return redirect("review:queue")


@require_POST
@reviewer_required
def take_over(request: StaffRequest, reference: str) -> HttpResponse:
    """Take a case that a colleague holds."""
    application = _application(reference)
    form = TakeOverForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why you take it over."))
        return _show(request, application, status=422)
    try:
        handing_on.take_over(application, by=request.user, why=form.cleaned_data["why"])
    except Refused as refusal:
        return _refused(request, application, refusal)
    return redirect("review:case", reference)


@require_POST
@senior_required
def reopen(request: StaffRequest, reference: str) -> HttpResponse:
    """Look again at a case that was decided."""
    application = _application(reference)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the case is reopened."))
        return _show(request, application, status=422)
    try:
        decisions.reopen(application, by=request.user, reason=Reason(form.cleaned_data["reason"]))
    except Refused as refusal:
        return _refused(request, application, refusal)
    return redirect("review:case", reference)


@require_POST
@reviewer_required
def note(request: StaffRequest, reference: str) -> HttpResponse:
    """Write a note for colleagues, whoever holds the case, decided or not."""
    application = _application(reference)
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the note, then keep it."))
        return _show(request, application, status=422)
    try:
        handing_on.note(application, by=request.user, text=form.cleaned_data["text"])
    except Refused as refusal:
        return _refused(request, application, refusal)
    messages.success(request, _("Note kept."))
    return redirect("review:case", reference)


@require_http_methods(["GET", "HEAD", "POST"])
@case_reader_required
def case(request: StaffRequest, reference: str) -> HttpResponse:
    """One case: posting answers or decides it."""
    application = _application(reference)
    if request.method == "POST":
        return _answer(request, application)
    return _show(request, application)


@require_POST
@reviewer_required
def judge(request: StaffRequest, reference: str) -> HttpResponse:
    """Say what the rules make of values that are not saved yet, row by row. Stores nothing."""
    application = _application(reference)
    try:
        queue.ensure_open_to(application, by=request.user)
    except Refused as refusal:
        return JsonResponse({"error": refusal.sentence}, status=409)
    known = cases.of(application)
    typed = request.POST.copy()
    typed["action"] = SAVE
    form = CaseForm(known, typed)
    return JsonResponse(page.judged(_as_typed(known, form), form))


@require_GET
@case_data_required
def case_data(request: StaffRequest, reference: str) -> HttpResponse:
    """The whole case as JSON."""
    application = _application(reference)
    try:
        queue.ensure_not_own(application, by=request.user)
    except OwnApplication as refusal:
        return JsonResponse({"error": refusal.sentence}, status=403)
    data = whole_case(application)
    with log.act():
        application.record(
            Action.APPLICATION_DATA_TAKEN, actor=request.user, role=request.user.shown_role
        )
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


def _answer(request: StaffRequest, application: Application) -> HttpResponse:
    if not request.user.has_role(Role.REVIEWER, Role.SENIOR):
        raise PermissionDenied
    form = CaseForm(cases.of(application), request.POST)
    valid = form.is_valid()
    version = form.cleaned_data.get("version")
    shown = onward.fetched_ahead(request)
    try:
        decisions.ensure_current(application, by=request.user, version=version)
        if not valid:
            return _show(request, application, form=form, status=422)
        act: dict[str, Any] = {"by": request.user, "version": version, "posted": form.posted()}
        if form.asked == SAVE:
            decisions.save_answers(application, **act)
            return _after_saving(request, application, form)
        _do(application, form, act)
    except Refused as refusal:
        return _refused(request, application, refusal, form=form)
    if shown:
        said = {"said": onward.what_was_decided(application)}
        return JsonResponse({**said, **onward.open_shown(shown, by=request.user)})
    return onward.after_decision(request, application)


def _do(application: Application, form: CaseForm, act: dict[str, Any]) -> None:
    match form.asked:
        case forms.AGREE:
            handing_on.agree(application, **act)
        case forms.SEND_BACK:
            handing_on.send_back(application, **act, why=form.cleaned_data["why"])
        case forms.ESCALATE:
            if act["by"].has_role(Role.SENIOR):
                raise PermissionDenied
            handing_on.escalate(application, **act, why=form.cleaned_data["why"])
        case _:
            decisions.decide(application, **act, **form.decision())


def _after_saving(request: StaffRequest, application: Application, form: CaseForm) -> HttpResponse:
    """Texts belong to a decision, so they are not stored: the page comes back with them instead."""
    if not form.has_texts:
        messages.success(request, _("Answers saved."))
        return redirect("review:case", application.reference)
    messages.success(request, _("Answers saved. What you wrote is kept once you decide."))
    return _show(request, application, form=form)


def _refused(
    request: StaffRequest,
    application: Application,
    refusal: Refused,
    *,
    form: CaseForm | None = None,
) -> HttpResponse:
    """403 for who never may, 422 for what is missing, 409 for what has changed meanwhile."""
    status = 422 if isinstance(refusal, FieldsRefused) else 409
    if isinstance(refusal, Forbidden):
        status = 403
    if _wants_json(request):
        return JsonResponse({"error": refusal.sentence}, status=status)
    if status == 403:
        words = {"application": application, "refusal": refusal}
        return render(request, "review/refused.html", words, status=status)
    return _show(request, application, form=form, refusal=refusal, status=status)


def _show(
    request: StaffRequest,
    application: Application,
    *,
    form: CaseForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the case as it stands, and record that it was seen, whatever was asked for.

    What was typed and refused stands in its inputs again.
    """
    try:
        queue.ensure_not_own(application, by=request.user)
    except OwnApplication as own:
        return _refused(request, application, own)
    application.refresh_from_db()
    shown = cases.of(application)
    if form is None:
        form = CaseForm(shown)
    else:
        form = form.shown_again(shown)
        shown = _as_typed(shown, form)
    words = page.context(shown, form, request.user, refusal=refusal)
    response = render(request, "review/case.html", words, status=status)
    fetched = is_fetched_ahead(request, application)
    with log.act():
        application.record(
            Action.APPLICATION_FETCHED if fetched else Action.APPLICATION_VIEWED,
            actor=request.user,
            role=request.user.shown_role,
            round=shown.round.number,
        )
    return response


def _as_typed(shown: Case, form: CaseForm) -> Case:
    if not form.is_valid():
        return shown
    try:
        return answers.answered(shown, form.posted())
    except FieldsRefused:
        return shown


def _application(reference: str) -> Application:
    sent = Application.objects.exclude(status=Status.DRAFT).select_related("held_by")
    return get_object_or_404(sent, reference=reference)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
