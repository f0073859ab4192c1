"""Acts by which a case goes on to somebody else: agree, send back, hand to a senior, note."""

from collections.abc import Mapping

from django.db.models import F
from django.utils import timezone

from kyc.accounts.models import User
from kyc.applications.models import Application, Decision, Note, Recommendation
from kyc.applications.status import Outcome, Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.review import answers, decisions, queue, second_look
from kyc.review.answers import Posted
from kyc.review.refusals import NotWaiting
from ocr_integration.permit.finding import Place


def agree(
    application: Application, *, by: User, version: int, posted: Mapping[Place, Posted]
) -> Decision | Recommendation:
    """Decide as the first reviewer recommends, in their words. Raises Refused."""
    with log.act():
        locked = Application.objects.select_for_update().get(pk=application.pk)
        decisions.ensure_current(locked, by=by, version=version)
        first = _standing(locked)
        return decisions.decide(
            application,
            by=by,
            version=version,
            posted=posted,
            outcome=Outcome(first.outcome),
            reason=first.reason,
            side=first.side,
            message=first.get("message"),
        )


def send_back(
    application: Application, *, by: User, version: int, posted: Mapping[Place, Posted], why: str
) -> None:
    """Give a case back to whoever recommended, with what they should look at. Raises Refused."""
    with log.act():
        before, held_since = decisions.taken(application, by=by, version=version)
        first = _standing(before.application)
        answers.store(before, answers.answered(before, posted), by=by, held_since=held_since)
        Recommendation.objects.filter(pk=first.pk).update(returned_at=timezone.now())
        noted = _note(before.application, Note.Kind.RETURNED, why, by=by)
        before.application.move(
            Status.IN_REVIEW,
            action=Action.APPLICATION_RETURNED,
            actor=by,
            round=before.round.number,
            back_to=first.by_id,
            note=str(noted.uuid),
        )
        _pass_on(before.application, by=by, escalated_at=None, meant_for=first.by)


def escalate(
    application: Application, *, by: User, version: int, posted: Mapping[Place, Posted], why: str
) -> None:
    """Leave a case to the seniors, with a reason. Raises Refused."""
    with log.act():
        before, held_since = decisions.taken(application, by=by, version=version)
        answers.store(before, answers.answered(before, posted), by=by, held_since=held_since)
        noted = _note(before.application, Note.Kind.ESCALATED, why, by=by)
        before.application.record(
            Action.APPLICATION_ESCALATED, actor=by, note=str(noted.uuid), round=before.round.number
        )
        _pass_on(before.application, by=by, escalated_at=timezone.now(), meant_for=None)


def note(application: Application, *, by: User, text: str) -> Note:
    """Write a note that colleagues read beside the case; the case's version stays."""
    with log.act():
        queue.ensure_not_own(application, by=by)
        made = _note(application, Note.Kind.NOTE, text, by=by)
        application.record(Action.APPLICATION_NOTED, actor=by, note=str(made.uuid))
    return made


def _note(application: Application, kind: Note.Kind, text: str, *, by: User) -> Note:
    made = Note(application=application, kind=kind, by=by)
    made.put("text", text)
    made.save(force_insert=True)
    return made


def _standing(application: Application) -> Recommendation:
    made = second_look.standing(application)
    if made is None:
        raise NotWaiting(str(Status(application.status).label))
    return made


def _pass_on(application: Application, *, by: User, **changes: object) -> None:
    """A page that shows the case as it was is stale now."""
    Application.objects.filter(pk=application.pk).update(version=F("version") + 1, **changes)
    queue.release(application, by=by)
