"""Save answers, recommend, decide, reopen: each one transaction with its audit entries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from django.conf import settings
from django.utils import timezone

from kyc.accounts.models import User
from kyc.applications import cases, mails, tokens, traits
from kyc.applications.case import Case
from kyc.applications.models import Application, Decision, Recommendation, Round
from kyc.applications.status import Outcome, Reason, Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.review import answers, queue, second_look
from kyc.review.answers import Posted
from kyc.review.refusals import NotWaiting, Stale, StillOpen, Unidentified
from ocr_integration.permit.finding import Place
from ocr_integration.protocol.fields import Side

V = TypeVar("V", Decision, Recommendation)

IDENTITY: Final[tuple[tuple[Place, ...], ...]] = (
    ((Side.FRONT, "name"), (Side.FRONT, "name_en")),
    ((Side.FRONT, "birth_date"),),
    ((Side.FRONT, "valid_period"),),
    ((Side.FRONT, "number"),),
    ((Side.FRONT, "type"),),
    ((Side.BACK, "type"),),
)
"""Who holds which permit until when: of each line one value is needed to approve."""


def save_answers(
    application: Application, *, by: User, version: int, posted: Mapping[Place, Posted]
) -> Case:
    """Keep the answers of a case that is not decided yet. Raises Refused."""
    with log.act():
        before, held_since = taken(application, by=by, version=version)
        after = answers.answered(before, posted)
        if answers.store(before, after, by=by, held_since=held_since):
            before.application.touch()
            traits.keep(after)
    return after


def decide(
    application: Application,
    *,
    by: User,
    version: int,
    posted: Mapping[Place, Posted],
    outcome: Outcome,
    reason: str = "",
    side: str = "",
    message: str = "",
    note: str = "",
    ask_second: bool = False,
) -> Decision | Recommendation:
    """Store the answers and close the round; or recommend, where a second look is asked for.

    A rule asks for it, or whoever decides does. The row is locked and read again, so of two
    reviewers who press the button together one gets a Decision and the other Refused. Raises
    Refused.
    """
    with log.act():
        before, held_since = taken(application, by=by, version=version)
        after = answers.answered(before, posted)
        still_open = [(one.side, one.name) for one in after.open]
        if outcome is Outcome.APPROVED and not settings.APPROVE_WITH_OPEN_DOUBTS:
            _ensure_approvable(after, still_open)
        answers.store(before, after, by=by, held_since=held_since)
        why = {"reason": reason, "side": side}
        texts = {"message": message, "note": note}
        asked = second_look.asked_for(after, outcome, by_reviewer=ask_second)
        if asked:
            return _recommend(
                after, by=by, outcome=outcome, held_since=held_since, asked=asked, **why, **texts
            )
        answers.complete(before, after, by=by)
        decision = _verdict(
            Decision, after, by=by, outcome=outcome, held_since=held_since, **why, **texts
        )
        _index(after)
        after.application.move(
            Status(outcome.value),
            action=Action.APPLICATION_DECIDED,
            actor=by,
            outcome=outcome.value,
            open=[".".join(place) for place in still_open],
            **why,
            **_seen(after),
        )
        mails.after_commit(after.application)
    return decision


def reopen(application: Application, *, by: User, reason: Reason) -> Round:
    """Start a new round over the same pictures. Raises Refused."""
    with log.act():
        application = Application.objects.select_for_update().get(pk=application.pk)
        queue.ensure_not_own(application, by=by)
        if application.status not in Outcome.values:
            raise NotWaiting(str(Status(application.status).label))
        last = application.current_round
        made = Round.objects.create(
            application=application,
            number=last.number + 1,
            start=Round.Start.REOPENED,
            front=last.front,
            back=last.back,
        )
        application.move(
            Status.IN_REVIEW,
            action=Action.APPLICATION_REOPENED,
            actor=by,
            reason=reason.value,
            round=made.number,
        )
        traits.refresh(application)
    return made


def ensure_current(application: Application, *, by: User, version: int | None) -> None:
    """Raise the reason why a page that shows this version may not be acted on, if there is one."""
    queue.ensure_open_to(application, by=by)
    if application.version != version:
        raise Stale


def taken(application: Application, *, by: User, version: int) -> tuple[Case, datetime | None]:
    """Lock the application, read it again and hold it; also since when it was held before."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    ensure_current(locked, by=by, version=version)
    held_since = locked.held_since if locked.holder else None
    return cases.of(queue.claim(locked, by=by)), held_since


def _ensure_approvable(case: Case, still_open: list[Place]) -> None:
    """An answer settles a doubt, but a card that says nothing identifies nobody."""
    if still_open:
        raise StillOpen(still_open)
    missing = [places[0] for places in IDENTITY if not any(map(case.value, places))]
    if missing:
        raise Unidentified(missing)


def _recommend(
    case: Case,
    *,
    by: User,
    outcome: Outcome,
    held_since: datetime | None,
    asked: list[str],
    reason: str,
    side: str,
    message: str,
    note: str,
) -> Recommendation:
    """Leave the decision to a second person."""
    why = {"reason": reason, "side": side}
    made = _verdict(
        Recommendation,
        case,
        by=by,
        outcome=outcome,
        held_since=held_since,
        message=message,
        note=note,
        **why,
    )
    application = case.application
    application.move(
        Status.SECOND_REVIEW,
        action=Action.APPLICATION_RECOMMENDED,
        actor=by,
        outcome=outcome.value,
        asked=asked,
        **why,
        **_seen(case),
    )
    traits.keep(case)
    queue.release(application, by=by)
    return made


def _verdict(
    kind: type[V],
    case: Case,
    *,
    by: User,
    outcome: Outcome,
    held_since: datetime | None,
    message: str,
    note: str,
    **why: str,
) -> V:
    now = timezone.now()
    made = kind(round=case.round, by=by, outcome=outcome.value, at=now, **why)
    made.waited = (now - case.application.queued_at).total_seconds()
    made.worked = (now - held_since).total_seconds() if held_since else None
    if message:
        made.put("message", message)
    if note:
        made.put("note", note)
    made.save(force_insert=True)
    return made


def _seen(case: Case) -> dict[str, Any]:
    """What was decided on: the round, and the digests of its pictures."""
    pictures = {side.value: found.sha256 for side, found in case.documents.items() if found}
    return {"round": case.round.number, "pictures": pictures}


def _index(case: Case) -> None:
    values = {**case.accepted(Side.BACK), **case.accepted(Side.FRONT)}
    tokens.index(case.application, values)
