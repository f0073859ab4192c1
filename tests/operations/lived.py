"""Applications that have lived: made by the product's own acts, so that every entry is there."""

import hashlib
import itertools
import json

from kyc.accounts.models import User
from kyc.applications import extraction, intake
from kyc.applications.images import Canonical
from kyc.applications.models import Application
from kyc.applications.status import Outcome
from kyc.jobs.models import Job
from kyc.review import decisions
from ocr_integration.client.client import Answer
from ocr_integration.protocol.fields import PermitType, Side
from ocr_integration.protocol.result import Result
from tests import factories

PICTURES = {Side.FRONT: factories.jpeg(color="#c8d8d2"), Side.BACK: factories.jpeg(color="#d8d2c8")}
CORNERS = ((60, 90), (220, 90), (220, 290), (60, 290))
_keys = itertools.count(1)


def canonical(side: Side) -> Canonical:
    """A picture as intake would have made it."""
    picture = PICTURES[side]
    return Canonical(picture, 640, 404, hashlib.sha256(picture).hexdigest())


def recognise(picture: bytes) -> Answer:
    """Read either picture without a doubt."""
    side = next(side for side, known in PICTURES.items() if known == picture)
    values = factories.FRONT if side is Side.FRONT else factories.BACK
    result = Result(
        type=PermitType.HK_MACAO,
        side=side,
        values=values,
        confidence=dict.fromkeys(values, 0.99),
        type_confidence=0.999,
        side_confidence=0.999,
        portrait_location=CORNERS if side is Side.FRONT else None,
    )
    raw = json.dumps({"result": result.to_json()}).encode()
    return Answer(result=result, raw=raw, request_id="r", engine="e", latency_seconds=0.1)


def draft(applicant: User) -> Application:
    """One side kept."""
    return intake.keep(
        applicant, pictures={Side.FRONT: canonical(Side.FRONT)}, submission_key=f"k{next(_keys)}"
    )


def sent(applicant: User) -> Application:
    """Both sides sent: jobs are open."""
    return intake.submit(
        applicant,
        pictures={side: canonical(side) for side in Side},
        submission_key=f"k{next(_keys)}",
        language="en",
    )


def read(applicant: User) -> Application:
    """Sent and read: it waits for a reviewer."""
    application = sent(applicant)
    for job in Job.objects.open():
        extraction.run(job.pk, recognise=recognise)
    application.refresh_from_db()
    return application


def decided(applicant: User, by: User, outcome: Outcome = Outcome.APPROVED) -> Application:
    """Read and decided."""
    application = read(applicant)
    decide(application, by, outcome)
    return application


def decide(application: Application, by: User, outcome: Outcome) -> None:
    """Decide what waits, with a reason and texts where the outcome needs one."""
    why = (
        {}
        if outcome is Outcome.APPROVED
        else {"reason": "unreadable", "message": "The photo is much too dark to be read."}
    )
    if outcome is Outcome.RESUBMISSION_REQUESTED:
        why["side"] = "back"
    decisions.decide(
        application, by=by, version=application.version, posted={}, outcome=outcome, **why
    )
    application.refresh_from_db()


def sent_again(application: Application) -> None:
    """Answer a request for the back, and have it read."""
    intake.resubmit(
        application,
        pictures={Side.BACK: canonical(Side.BACK)},
        submission_key=f"k{next(_keys)}",
    )
    for job in Job.objects.open():
        extraction.run(job.pk, recognise=recognise)
    application.refresh_from_db()
