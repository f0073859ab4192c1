"""What people say of fields, beside the readings they answer."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from django.utils import timezone

from kyc.accounts.models import User
from kyc.applications.case import PLACES, Answer, Case
from kyc.applications.models import FieldAnswer
from kyc.audit.actions import Action
from kyc.review.refusals import Emptied
from kyc.vault.keys import fingerprint
from ocr_integration.permit.finding import Place
from ocr_integration.permit.normal import normalise
from ocr_integration.permit.numbers import plain

Kind = FieldAnswer.Kind

SAYABLE: Final = (Kind.CONFIRMED, Kind.BLANK, Kind.ILLEGIBLE, Kind.NOT_THIS_DOCUMENT)
"""What a reviewer can say without typing; typing makes a correction."""

SCRIPT_COUNTS: Final = frozenset({"name", "id_name", "issuing_authority", "issue_place"})
"""Fields in Chinese: rules and searches fold their characters, a correction does not."""


class Posted(NamedTuple):
    """One field as the form came back; None where the form did not have it."""

    value: str | None
    answer: str | None


def answered(case: Case, posted: Mapping[Place, Posted]) -> Case:
    """The case as a posted form answers it, nothing stored yet.

    Raises Emptied for a value taken away without an answer.
    """
    nothing = Posted(None, None)
    answers: dict[Place, Answer] = {}
    emptied: set[Place] = set()
    for place in PLACES:
        said = posted.get(place, nothing)
        if said == nothing:
            answer = case.answers.get(place)
        else:
            answer = _answer(case, place, said)
            if answer is None and _is_emptied(case, place, said):
                emptied.add(place)
        if answer:
            answers[place] = answer
    after = case.with_answers(answers)
    if counting := [place for place in after.places if place in emptied]:
        raise Emptied(counting)
    return after


def store(before: Case, after: Case, *, by: User, held_since: datetime | None) -> int:
    """Write down every answer that changed and record it; count them."""
    seconds = (timezone.now() - held_since).total_seconds() if held_since else None
    changed = 0
    for place in after.places:
        if _said(before, place) != _said(after, place):
            answer = after.answers.get(place, Answer(Kind.UNTOUCHED))
            _write(after, place, answer, by=by, seconds=seconds)
            _record(after, place, answer, by=by)
            changed += 1
    return changed


def complete(before: Case, after: Case, *, by: User) -> None:
    """Give every field its answer in this round, as the decision is made.

    What was kept from an earlier round is now the decider's too; the rest was left untouched.
    """
    for place in after.places:
        answer = after.answers.get(place)
        kept = before.answers.get(place)
        if answer is None:
            _write(after, place, Answer(Kind.UNTOUCHED), by=by, seconds=None)
        elif kept and kept.kept and kept == answer:
            _write(after, place, answer, by=by, seconds=None)
            _record(after, place, answer, by=by)


def _answer(case: Case, place: Place, said: Posted) -> Answer | None:
    reading = case.field(place).read
    value = case.value(place) or reading if said.value is None else said.value.strip()
    if value and _differs(place[1], value, reading):
        return Answer(Kind.CORRECTED, value)
    if not said.answer:
        return None
    if not value and said.answer == Kind.CONFIRMED:
        return Answer(Kind.BLANK)
    return Answer(said.answer)


def _is_emptied(case: Case, place: Place, said: Posted) -> bool:
    return said.value is not None and not said.value.strip() and bool(case.field(place).read)


def _differs(name: str, value: str, reading: str) -> bool:
    """Whether it was typed otherwise than read: of a name, 傑 for 杰 is a correction too."""
    form = plain if name in SCRIPT_COUNTS else partial(normalise, name)
    return not reading or form(value) != form(reading)


def _said(case: Case, place: Place) -> Answer:
    return case.answers.get(place, Answer(Kind.UNTOUCHED))


def _write(case: Case, place: Place, answer: Answer, *, by: User, seconds: float | None) -> None:
    side, name = place
    row = FieldAnswer.objects.filter(round=case.round, side=side, field=name).first()
    row = row or FieldAnswer(round=case.round, side=side.value, field=name)
    reading = case.readings.get(place)
    row.round = case.round
    row.reading = reading.row if reading else None
    row.kind, row.by, row.at, row.seconds = answer.kind, by, timezone.now(), seconds
    if answer.kind == Kind.CORRECTED:
        row.put("value", answer.value)
    else:
        row.value = None
    row.save()


def _record(case: Case, place: Place, answer: Answer, *, by: User) -> None:
    """Fingerprints say whether two answers were the same, and nothing of what they were."""
    side, name = place
    application = case.application
    given = case.value(place) if answer.kind in (Kind.CONFIRMED, Kind.CORRECTED) else ""
    prints = {
        what: fingerprint(application.key_id, f"{side}.{name}", value)
        for what, value in (("reading", case.field(place).read), ("answer", given))
        if value
    }
    application.record(
        Action.FIELD_ANSWERED, actor=by, side=side.value, field=name, kind=answer.kind, **prints
    )
