"""Read cases from their rows, in a number of queries that does not grow with their number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from kyc.applications.case import Answer, Case, Kind, Reading
from kyc.applications.models import (
    Application,
    Document,
    Extraction,
    FieldAnswer,
    FieldReading,
    Round,
)
from kyc.applications.rules import Opinion
from kyc.applications.status import Status
from ocr_integration.permit.finding import Place
from ocr_integration.protocol.fields import Side


def of(application: Application) -> Case:
    """The case as its current round has it."""
    return load([application])[0]


def load(applications: Sequence[Application]) -> list[Case]:
    """The current round of each, in a number of queries that does not grow with them."""
    latest: dict[int, Round] = {}
    rounds = Round.objects.filter(application__in=applications).select_related("front", "back")
    for one in rounds.order_by("number"):
        latest[one.application_id] = one
    for application in applications:
        latest[application.pk].application = application
    return of_rounds([latest[application.pk] for application in applications])


def every_round(application: Application) -> list[Case]:
    """All rounds of an application, first to last."""
    rounds = list(application.rounds.select_related("front", "back").order_by("number"))
    for one in rounds:
        one.application = application
    return of_rounds(rounds)


def of_rounds(rounds: Sequence[Round]) -> list[Case]:
    """Rounds with what belongs to them; `application` and documents must be there already."""
    # What was sealed for an erased application opens for nobody.
    legible = [one for one in rounds if one.application.status != Status.ERASED]
    readings = _readings(_extractions(legible))
    answers = _answers(legible)
    today = timezone.localdate()
    return [
        Case(
            one.application,
            one,
            {(s, r.field): _reading(r) for s, _, rows in _sides(one, readings) for r in rows},
            answers[one.pk],
            {side: found for side, found, _ in _sides(one, readings) if found},
            today,
        )
        for one in rounds
    ]


_Read = tuple[Extraction, list[FieldReading]]


def _sides(
    one: Round, readings: Mapping[int, _Read]
) -> Iterable[tuple[Side, Extraction | None, list[FieldReading]]]:
    for side in Side:
        document = one.document(side)
        found = readings.get(document.pk) if document else None
        yield (side, *found) if found else (side, None, [])


def _extractions(rounds: Sequence[Round]) -> list[Extraction]:
    documents: dict[int, Document] = {}
    for one in rounds:
        for side in Side:
            if document := one.document(side):
                document.application = one.application
                documents[document.pk] = document
    found = list(Extraction.objects.filter(document__in=documents, current=True))
    for extraction in found:
        extraction.document = documents[extraction.document_id]
    return found


def _readings(extractions: Sequence[Extraction]) -> dict[int, _Read]:
    """By document: its extraction with its readings."""
    by_pk = {extraction.pk: extraction for extraction in extractions}
    rows: dict[int, list[FieldReading]] = defaultdict(list)
    found = FieldReading.objects.filter(extraction__in=by_pk).select_related("second", "flag")
    for row in found.order_by("pk"):
        row.extraction = by_pk[row.extraction_id]
        rows[row.extraction_id].append(row)
    return {one.document_id: (one, rows[one.pk]) for one in extractions}


def _answers(rounds: Sequence[Round]) -> dict[int, dict[Place, Answer]]:
    """By round: its answers, and those of earlier rounds to photos that were kept since."""
    by_application: dict[int, list[Round]] = defaultdict(list)
    for one in rounds:
        by_application[one.application_id].append(one)
    answers: dict[int, dict[Place, Answer]] = defaultdict(dict)
    rows = FieldAnswer.objects.filter(round__application__in=by_application)
    for row in rows.select_related("by", "round").order_by("round__number"):
        for one in by_application[row.round.application_id]:
            kept = _kept_since(row, one)
            if row.round_id != one.pk and (not kept or row.kind == Kind.UNTOUCHED):
                continue
            row.round.application = one.application
            answers[one.pk][Side(row.side), row.field] = _answer(row, kept=kept)
    return answers


def _kept_since(row: FieldAnswer, one: Round) -> bool:
    same_photo = getattr(row.round, f"{row.side}_id") == getattr(one, f"{row.side}_id")
    return same_photo and row.round.number < one.number


def _answer(row: FieldAnswer, *, kept: bool) -> Answer:
    return Answer(row.kind, row.get("value"), row.by.shown_name, row.at, row.seconds, kept)


def _reading(row: FieldReading) -> Reading:
    flag = row.flag.get("says") if hasattr(row, "flag") else None
    return Reading(
        row.get("value"),
        row.confidence,
        row.threshold,
        row.highlighted,
        row,
        second=_second(row),
        flag=flag,
    )


def _second(row: FieldReading) -> Opinion | None:
    if not hasattr(row, "second"):
        return None
    row.second.reading = row
    return Opinion(row.second.provider, row.second.get("value"))
