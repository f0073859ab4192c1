"""Acts by which a case comes to somebody else: agree, send back, escalate, take over, note."""

from collections.abc import Mapping

from django.db.models import F
from django.utils import timezone

from kyc.accounts.models import User
from kyc.applications import traits
from kyc.applications.models import CLAIM, Application, Decision, Note, Recommendation
from kyc.applications.status import Outcome, Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.review import answers, decisions, queue, second_look
from kyc.review.answers import Posted
from kyc.review.refusals import HeldByAnother, NotWaiting
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
        after = answers.answered(before, posted)
        answers.store(before, after, by=by, held_since=held_since)
        traits.keep(after)
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
        after = answers.answered(before, posted)
        answers.store(before, after, by=by, held_since=held_since)
        traits.keep(after)
        noted = _note(before.application, Note.Kind.ESCALATED, why, by=by)
        before.application.record(
            Action.APPLICATION_ESCALATED, actor=by, note=str(noted.uuid), round=before.round.number
        )
        _pass_on(before.application, by=by, escalated_at=timezone.now(), meant_for=None)


def take_over(application: Application, *, by: User, why: str) -> None:
    """Take a case out of somebody's hands, with a reason. Raises Refused.

    What they had typed stays in their browser; their page learns of it with its next sign of life.
    """
    now = timezone.now()
    with log.act():
        locked = Application.objects.select_for_update().get(pk=application.pk)
        queue.ensure_open_to(locked, by=by, whoever_holds=True)
        holder = locked.holder
        if holder is None or holder == by:
            queue.claim(locked, by=by)
            return
        held = Application.objects.filter(pk=locked.pk, held_by=holder, status=locked.status)
        if held.update(held_by=by, held_until=now + CLAIM, held_since=now) != 1:
            raise HeldByAnother(holder, locked.held_since)
        noted = _note(locked, Note.Kind.TAKEN, why, by=by)
        locked.record(
            Action.APPLICATION_HOLD_TAKEN, actor=by, held_by=holder.pk, note=str(noted.uuid)
        )


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
