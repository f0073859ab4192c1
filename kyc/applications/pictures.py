"""Show pictures to whoever may see them. Each showing is recorded: no entry, no picture."""

import hashlib
import logging
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from kyc.accounts.http import SignedInRequest
from kyc.accounts.models import Role, User
from kyc.accounts.permissions import signed_in_required
from kyc.applications import attempts
from kyc.applications.models import Application, Document, Extraction
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.vault.files import FileLost
from kyc.vault.keys import KeyDamaged, KeyGone
from kyc.vault.sealing import SealBroken

SEE_PICTURES: Final = (Role.REVIEWER, Role.SENIOR, Role.AUDITOR)
SANDBOX: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"

logger = logging.getLogger(__name__)


@require_GET
@signed_in_required
def picture(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show one side to its owner, or to staff once it was submitted."""
    _refuse_other_sites(request)
    document = get_object_or_404(
        Document.objects.select_related("application__applicant"), uuid=uuid, removed_at=None
    )
    application = document.application
    if application.applicant_id != request.user.pk and not _may_see(request.user, application):
        raise Http404
    if application.applicant_id == request.user.pk and not attempts.may_see_own(request.user):
        return render(request, "429.html", status=429)
    jpeg = _opened(document, "stored_as", document.sha256)
    fetched = is_fetched_ahead(request, application)
    action = Action.DOCUMENT_FETCHED if fetched else Action.DOCUMENT_VIEWED
    _record(application, action, request.user, document)
    return _jpeg(jpeg, f"{document.sent_as}.jpg")


@require_GET
@signed_in_required
def portrait(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show the portrait that a reading cut out, to staff only."""
    _refuse_other_sites(request)
    extraction = get_object_or_404(
        Extraction.objects.exclude(portrait_stored_as="").select_related(
            "document__application__applicant"
        ),
        uuid=uuid,
    )
    application = extraction.document.application
    if not _may_see(request.user, application):
        raise Http404
    jpeg = _opened(extraction, "portrait_stored_as", extraction.portrait_sha256)
    fetched = is_fetched_ahead(request, application)
    action = Action.PORTRAIT_FETCHED if fetched else Action.PORTRAIT_VIEWED
    _record(application, action, request.user, extraction.document)
    return _jpeg(jpeg, "portrait.jpg")


def is_fetched_ahead(request: HttpRequest, application: Application) -> bool:
    """Whether this is asked for to be shown later: only of a case that is reserved for them."""
    return (
        request.headers.get("X-Fetched-Ahead") == "1" and application.reserved_for == request.user
    )


def _may_see(user: User, application: Application) -> bool:
    """Whether staff may look: a draft is nobody's business but its owner's."""
    proven = user.has_second_factor or not settings.STAFF_SECOND_FACTOR
    return user.has_role(*SEE_PICTURES) and proven and application.submitted_at is not None


def _refuse_other_sites(request: HttpRequest) -> None:
    """Answer no page of another site, though the browser brings our cookie along."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied


def _opened(row: Document | Extraction, field: str, sha256: str) -> bytes:
    """Open a stored picture and check that it is the one that was read and decided on."""
    try:
        jpeg = row.get_file(field)
    except (FileLost, SealBroken, KeyGone, KeyDamaged) as error:
        logger.error("%s %s cannot be shown: %s", field, row.uuid, type(error).__name__)
        raise Http404 from error
    if hashlib.sha256(jpeg).hexdigest() != sha256:
        logger.error("%s %s cannot be shown: another picture stands there", field, row.uuid)
        raise Http404
    return jpeg


def _record(application: Application, action: Action, user: User, document: Document) -> None:
    with log.act():
        application.record(
            action,
            actor=user,
            side=document.sent_as,
            document=str(document.uuid),
            sha256=document.sha256,
        )


def _jpeg(jpeg: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        jpeg,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            "Content-Security-Policy": SANDBOX,
            "Cache-Control": "private, no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
