"""The pages on both sides of a hand-over: the code on one screen, the camera on the other.

The secret stands behind the address's `#`, which no server and no log ever sees, and comes back
in the body of a POST.
"""

import secrets
from typing import Final

import qrcode
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kyc.accounts.http import ApplicantRequest
from kyc.accounts.permissions import signed_in_required
from kyc.applications import attempts, handover, intake, progress, waiting
from kyc.applications.forms import PhoneForm, sent_key
from kyc.applications.models import Application, HandOver
from kyc.applications.models.handovers import OFFERED, Stage
from kyc.applications.views import SeeOther
from ocr_integration.protocol.fields import Side

KEY: Final = "hand_over"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def hand_over(request: ApplicantRequest) -> HttpResponse:
    """Show a code that lets one phone add photos to this account's draft, then what it sends.

    The code is shown once; the page asks for itself again to follow the phone.
    """
    if request.method != "POST":
        followed = handover.current(request.user)
        return _hand_over_page(request, followed) if followed else redirect("applications:apply")
    if not (intake.may_begin(request.user) and attempts.may_hand_over(request.user)):
        return render(request, "applications/tomorrow.html", status=429)
    offered, secret = handover.offer(request.user)
    link = f"{settings.PUBLIC_URL}{reverse('applications:phone')}#{secret}"
    return _hand_over_page(request, offered, link=link, code=_drawn(link))


def _hand_over_page(
    request: ApplicantRequest, offered: HandOver, **shown_once: object
) -> HttpResponse:
    stage = offered.stage
    context = {
        "stage": stage.value,
        "lent": stage is Stage.LENT,
        "over": stage is Stage.OVER,
        "until": progress.moment(offered.offered_at + OFFERED),
        "kept": _arrived(offered.application),
        "photos": _photos(offered.application),
        **shown_once,
    }
    return render(request, "applications/hand_over.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Take a code's secret, then photos; nobody signs in, and nothing kept is shown."""
    if "secret" in request.POST:
        return _take(request) if "agreed" in request.POST else _ask(request)
    draft = handover.lent_draft(request.session.get(KEY))
    if draft is None:
        context = {"was_connected": KEY in request.session}
        return render(request, "applications/phone.html", context, status=_refused(request))
    if request.method != "POST":
        return _camera(request, draft, PhoneForm(sender=draft.applicant))
    if not intake.may_send_photos(draft.applicant):
        return render(request, "applications/tomorrow.html", status=429)
    form = PhoneForm(request.POST, request.FILES, sender=draft.applicant)
    valid = form.is_valid()
    if form.pictures:
        intake.keep(
            draft.applicant,
            pictures=form.pictures,
            submission_key=sent_key(request.POST),
            role=handover.PHONE,
        )
    if not valid:
        return _camera(request, draft, form, code=503 if form.is_busy else 422)
    return SeeOther(request.path)


def _ask(request: HttpRequest) -> HttpResponse:
    """Say whose application it is first: a link that somebody sent looks like one's own."""
    owner = handover.offered_by(request.POST["secret"])
    if owner is None:
        return _no_offer(request)
    context = {"secret": request.POST["secret"], "address": progress.masked(owner.email)}
    return render(request, "applications/phone.html", context)


def _take(request: HttpRequest) -> HttpResponse:
    taken = handover.take(request.POST["secret"])
    if taken is None:
        return _no_offer(request)
    request.session.cycle_key()
    request.session[KEY] = taken.pk
    return SeeOther(request.path)


def _no_offer(request: HttpRequest) -> HttpResponse:
    words = _("This code was used already, or is older than 10 minutes. Make a new one.")
    return render(request, "applications/phone.html", {"refusal": words}, status=422)


def _refused(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _camera(
    request: HttpRequest, draft: Application, form: PhoneForm, *, code: int = 200
) -> HttpResponse:
    kept = _arrived(draft)
    missing = [side for side, is_here in kept if not is_here]
    context = {
        "form": form,
        "sides": [{"side": side.value, "field": form[side.value]} for side in Side],
        "kept": kept,
        "photos": _photos(draft),
        "step": (missing or ["all"])[0],
        "submission_key": secrets.token_urlsafe(24),
        "waiting_key": waiting.key(f"hand-over {request.session[KEY]}"),
    }
    return render(request, "applications/camera.html", context, status=code)


def _arrived(draft: Application) -> list[tuple[str, bool]]:
    first = draft.current_round
    return [(side.value, first.document(side) is not None) for side in Side]


def _photos(draft: Application) -> str:
    """Name the photos that a draft has: another text once one is added or replaced."""
    first = draft.current_round
    return " ".join(str(one.uuid) for one in (first.front, first.back) if one)


def _drawn(link: str) -> dict[str, object]:
    """Draw a QR code as one path of squares."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(link)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return {"size": len(rows), "path": squares}
