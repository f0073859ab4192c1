"""The page on which a permit is sent: both sides at once, or step by step, kept as a draft."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kyc.accounts.http import ApplicantRequest
from kyc.accounts.models import Language, User
from kyc.accounts.permissions import signed_in_required
from kyc.applications import advice, consent, handover, intake, progress, waiting
from kyc.applications.forms import ApplyForm, sent_key
from kyc.applications.models import Application, Decision, Document
from kyc.applications.status import Status
from kyc.applications.views import SeeOther, fresh_key, sides_of, status_url
from ocr_integration.protocol.fields import Side


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def apply(request: ApplicantRequest) -> HttpResponse:
    """One form for everything: both sides at once, or one now and one later."""
    if request.method != "POST":
        return _apply_page(request, None)
    if sent := intake.sent_with(request.user, sent_key(request.POST)):
        return SeeOther(status_url(sent))
    if not (intake.may_begin(request.user) and intake.may_send_photos(request.user)):
        return render(request, "applications/tomorrow.html", status=429)
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
    return SeeOther(status_url(application))


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


def _waits(applicant: User) -> dict[str, object] | None:
    """What was sent before and waits: the page looks as if nothing had been."""
    found = progress.still_open(applicant)
    if found is None:
        return None
    decision = Decision.objects.filter(round=found.current_round).first()
    return {
        "title": progress.title(found, decision),
        "lead": progress.lead(found, decision),
        "reference": found.reference,
        "sent": progress.moment(found.submitted_at or found.since),
        "is_mine": progress.waiting_for(found) == "applicant",
    }


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
        "sides": sides_of(form, kept),
        "step": (refused or missing or ["check"])[0],
        "submission_key": fresh_key(),
        "waiting_key": waiting.key(f"account {request.user.pk}"),
        "draft": draft,
        "photos": " ".join(str(one.uuid) for one in kept.values()),
        "is_followed": handover.is_on(request.user),
        "sent": sent,
        "waits": _waits(request.user) if draft is None and sent is None else None,
        "consent": consent.current(),
        "answer_by": progress.answer_by(draft) if draft else "",
    }
    return render(request, "applications/apply.html", context, status=code)
