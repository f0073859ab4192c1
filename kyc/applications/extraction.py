"""Read one document over the travel-permit API and store what was read.

A job is claimed, the call is made outside any transaction, and what came of it is recorded only
while the fence still holds. An error says whose turn it is.
"""

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError
from django.utils import timezone

from kyc.applications import (
    breakers,
    images,
    likeness,
    reader,
    recording,
    second_reader,
    traits,
)
from kyc.applications.models import Application, Document, Extraction, Round
from kyc.applications.reader import Recognise, Unread
from kyc.applications.second_reader import Second
from kyc.applications.status import Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.jobs.lease import renewed
from kyc.jobs.models import MOST_ATTEMPTS, Job, Outcome
from kyc.vault import files
from kyc.vault.files import FileLost
from kyc.vault.keys import KeyGone
from kyc.vault.sealing import SealBroken
from ocr_integration.client.backoff import backoff
from ocr_integration.client.errors import (
    Misconfigured,
    NotCalled,
    PictureAtFault,
    ProviderAtFault,
    RequestAtFault,
    TryAgain,
)
from ocr_integration.protocol.fields import Side
from ocr_integration.protocol.result import Result

OPERATOR_WAIT: Final = breakers.LONGEST_PAUSE
"""Between calls that fail until the operator changes something; they use no attempts up."""
BUSY_WAIT: Final = timedelta(seconds=5)
LATER_TRY: Final = timedelta(seconds=30)
PROVIDER_TRIES: Final = 2
SPREAD_SECONDS: Final = 0.5
"""So that not all who were sent away come back at once."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """A job in our hands, and the document it is about."""

    job: Job
    fence: int
    document: Document
    started_at: datetime


def run(job_id: int, *, recognise: Recognise | None = None) -> None:
    """Do the job if it is due and nobody holds it; else do nothing."""
    job = Job.objects.filter(pk=job_id).first()
    fence = job.claim() if job else None
    if job is None or fence is None:
        return
    document = Document.objects.select_related("application").get(uuid=job.subject)
    claim = Claim(job, fence, document, timezone.now())
    if job.attempts > MOST_ATTEMPTS:
        # Each attempt ended without a word: the picture may be what kills the worker.
        _give_up(claim, Extraction.Outcome.FAILED, "no_answer")
        return
    try:
        with renewed(job, fence):
            picture = document.get_file("stored_as")
            likeness.keep(document, picture)
            said = reader.read(picture, ask=_always(recognise) if recognise else reader.ask)
            second = second_reader.read_again(document, picture, said)
            extraction = recording.describe(_extraction(claim, Extraction.Outcome.READ), said)
    except Unread as unread:
        _handle(claim, unread)
    except images.Busy:
        job.retry_in(fence, BUSY_WAIT, "busy")
    except (FileLost, SealBroken, KeyGone):
        logger.exception("the picture of document %s cannot be opened", document.uuid)
        _give_up(claim, Extraction.Outcome.FAILED, "picture_lost")
    else:
        _record(claim, extraction, said.answer.result, second)


def _always(recognise: Recognise) -> reader.Ask:
    return lambda _provider, picture, _deadline: recognise(picture)


def _handle(claim: Claim, unread: Unread) -> None:
    """Act on whose turn it is: ours again later, the operator's, or a person's now."""
    error = unread.error
    code = error.code or type(error).__name__
    logger.warning("document %s was not read: %s", claim.document.uuid, error)
    match error:
        case RequestAtFault():
            _give_up(claim, Extraction.Outcome.FAILED, code, unread)
        case PictureAtFault():
            _give_up(claim, Extraction.Outcome.UNREADABLE, code, unread)
        case Misconfigured():
            claim.job.wait_uncounted(claim.fence, OPERATOR_WAIT, code)
        case NotCalled():
            seconds = (error.after or 0) + random.SystemRandom().uniform(0, SPREAD_SECONDS)
            claim.job.wait_uncounted(claim.fence, timedelta(seconds=seconds), code)
        case TryAgain() if _may_be_tried(claim.job, code, error.at_most or MOST_ATTEMPTS):
            seconds = backoff(claim.job.attempts, error, random.SystemRandom())
            claim.job.retry_in(claim.fence, timedelta(seconds=seconds), code)
        case ProviderAtFault() if _may_be_tried(claim.job, code, PROVIDER_TRIES):
            claim.job.retry_in(claim.fence, LATER_TRY, code)
        case _:
            _give_up(claim, Extraction.Outcome.FAILED, code, unread)


def _may_be_tried(job: Job, code: str, at_most: int) -> bool:
    """Whether one more call is worth it: what has not happened twice on end may pass."""
    return job.attempts < MOST_ATTEMPTS and (job.attempts < at_most or job.last_error != code)


def _give_up(
    claim: Claim, outcome: Extraction.Outcome, code: str, unread: Unread | None = None
) -> None:
    """Leave the document to a person, with empty readings and the reason."""
    extraction = _extraction(claim, outcome)
    extraction.error_code = code
    if unread:
        recording.describe_failure(extraction, unread)
    end = Outcome.DONE if outcome is Extraction.Outcome.UNREADABLE else Outcome.PARKED
    with log.act():
        application = _lock(claim)
        if not claim.job.end(claim.fence, end) or not _wanted(application, claim.document):
            _put_aside(claim, extraction)
            return
        extraction.save()
        _note(application, Action.EXTRACTION_FAILED, extraction)
        _finish(application)


def _record(claim: Claim, extraction: Extraction, result: Result, second: Second | None) -> None:
    """Store a result, unless the fence is stale or nobody waits for it any more.

    The portrait's file is there already; it is removed when its row is not written.
    """
    try:
        with log.act():
            application = _lock(claim)
            held = claim.job.end(claim.fence, Outcome.DONE)
            if held and _wanted(application, claim.document):
                extraction.save()
                recording.store_readings(extraction, result, second)
                _note(application, Action.EXTRACTION_RECORDED, extraction)
                _finish(application)
                return
            portrait, extraction.portrait_stored_as = extraction.portrait_stored_as, ""
            _put_aside(claim, extraction)
    except DatabaseError:
        _remove(extraction.portrait_stored_as)
        raise
    _remove(portrait)


def _extraction(claim: Claim, outcome: Extraction.Outcome) -> Extraction:
    return Extraction(
        document=claim.document,
        fence=claim.fence,
        attempt=claim.job.attempts,
        outcome=outcome,
        started_at=claim.started_at,
    )


def _lock(claim: Claim) -> Application:
    return Application.objects.select_for_update().get(pk=claim.document.application_id)


def _wanted(application: Application, document: Document) -> bool:
    """Whether the application still waits for this very photo."""
    latest = application.current_round
    shown = (latest.front_id, latest.back_id)
    return application.status == Status.READING and document.pk in shown


def _put_aside(claim: Claim, extraction: Extraction) -> None:
    """Write a late twin down; it is never shown."""
    extraction.outcome = Extraction.Outcome.SUPERSEDED
    extraction.current = False
    extraction.portrait_sha256 = ""
    extraction.save()
    _note(claim.document.application, Action.EXTRACTION_SUPERSEDED, extraction)


def _note(application: Application, action: Action, extraction: Extraction) -> None:
    application.record(
        action,
        document=str(extraction.document.uuid),
        fence=extraction.fence,
        outcome=extraction.outcome,
        error=extraction.error_code,
        engine=extraction.engine,
    )


def _finish(application: Application) -> None:
    """Hand the case to the reviewers once every side has come to an end."""
    latest = application.current_round
    uuids = [side.uuid for side in (latest.front, latest.back) if side]
    if Job.objects.open().filter(subject__in=uuids).exists():
        return
    _swap_if_crossed(application, latest)
    application.move(Status.IN_REVIEW, action=Action.APPLICATION_READ, round=latest.number)
    traits.refresh(application)


def _swap_if_crossed(application: Application, latest: Round) -> None:
    """Put the sides right when both were read as the other one."""
    if not (latest.front and latest.back):
        return
    read_as = {
        extraction.document_id: extraction.side
        for extraction in Extraction.objects.filter(
            document__in=[latest.front, latest.back], current=True
        )
    }
    crossed = (Side.BACK.value, Side.FRONT.value)
    if (read_as.get(latest.front.pk), read_as.get(latest.back.pk)) != crossed:
        return
    latest.front, latest.back = latest.back, latest.front
    latest.save(update_fields=["front", "back"])
    application.record(Action.APPLICATION_SIDES_SWAPPED, round=latest.number)


def _remove(stored_as: str) -> None:
    if stored_as:
        files.remove(stored_as)
