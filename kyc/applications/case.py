"""A case as it stands: what was read, what people answered, what follows from both.

Derived, never stored: accepted values, what the rules say of them, which fields are open.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Final

from django.utils import timezone

from kyc.applications import rules
from kyc.applications.models import (
    Application,
    Document,
    Extraction,
    FieldAnswer,
    FieldReading,
    Round,
)
from kyc.applications.rules import Judgement, Remark
from kyc.applications.status import Status
from ocr_integration.permit.finding import Place
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import PermitType, Side, fields_of, permit_type_named

Kind = FieldAnswer.Kind

PLACES: Final[tuple[Place, ...]] = tuple(
    (side, name) for side in Side for name in (*fields_of(PermitType.TAIWAN, side), "type")
)
"""Every field a case can have, in the order of the card; a Taiwan permit has them all."""

DOUBTFUL_UNDER: Final = 0.60


@dataclass(frozen=True)
class Reading:
    """A field as the machine read it."""

    value: str = field(repr=False)
    confidence: float
    threshold: float
    highlighted: bool
    row: FieldReading = field(repr=False, compare=False)


@dataclass(frozen=True)
class Answer:
    """What a person said of a field; `value` only where it is a correction."""

    kind: str
    value: str = field(default="", repr=False)
    by: str = field(default="", compare=False)
    at: datetime | None = field(default=None, compare=False)
    seconds: float | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Field:
    """One field of one side."""

    side: Side
    name: str
    reading: Reading | None
    answer: Answer | None
    remarks: tuple[Remark, ...] = ()
    offer: str = field(default="", repr=False)
    """What the machine readable code says instead."""

    @property
    def read(self) -> str:
        """The machine's value, "" where it was not read."""
        return self.reading.value if self.reading else ""

    @property
    def confidence(self) -> float:
        """Of the reading; 0 where there is none."""
        return self.reading.confidence if self.reading else 0.0

    @property
    def answered(self) -> bool:
        """Whether a person said something of it."""
        return self.answer is not None and self.answer.kind != Kind.UNTOUCHED

    @property
    def highlighted(self) -> bool:
        """Whether the reading was under its threshold, or there is none."""
        return self.reading is None or self.reading.highlighted

    @property
    def disagrees(self) -> bool:
        """Whether a rule says that it cannot be."""
        return any(remark.verdict is Verdict.DISAGREE for remark in self.remarks)

    @property
    def doubtful(self) -> bool:
        """Whether somebody should look at it."""
        return self.highlighted or self.disagrees

    @property
    def open(self) -> bool:
        """Whether somebody should look at it and nobody has answered."""
        return self.doubtful and not self.answered

    @property
    def machine_state(self) -> str:
        """How sure the machine is, as the word of its mark."""
        if not self.read:
            return "unread"
        if not self.highlighted:
            return "sure"
        return "doubtful" if self.confidence < DOUBTFUL_UNDER else "check"

    @property
    def state(self) -> str:
        """The word of its mark: a person's answer, or how sure the machine is."""
        return self.answer.kind if self.answer and self.answered else self.machine_state

    @property
    def doubt(self) -> int:
        """Where it stands among others to look at: the worst is 0."""
        return ("doubtful", "check", "unread", "sure").index(self.machine_state)


@dataclass(frozen=True)
class Case:
    """One round of an application, with everything that belongs to it."""

    application: Application
    round: Round
    readings: Mapping[Place, Reading] = field(repr=False)
    answers: Mapping[Place, Answer] = field(repr=False)
    extractions: Mapping[Side, Extraction]
    today: date

    def with_answers(self, answers: Mapping[Place, Answer]) -> "Case":
        """The same case, were these its answers."""
        return Case(
            self.application, self.round, self.readings, answers, self.extractions, self.today
        )

    @property
    def documents(self) -> dict[Side, Document | None]:
        """The pictures of the round."""
        return {side: self.round.document(side) for side in Side}

    def value(self, place: Place) -> str:
        """The accepted value: the correction; none where a person saw none; else the reading."""
        answer, reading = self.answers.get(place), self.readings.get(place)
        if answer and answer.kind == Kind.CORRECTED:
            return answer.value
        if answer and answer.kind in (Kind.BLANK, Kind.ILLEGIBLE, Kind.NOT_THIS_DOCUMENT):
            return ""
        return reading.value if reading else ""

    def type_of(self, side: Side) -> PermitType | None:
        """The permit that a side is accepted to be of."""
        return permit_type_named(self.value((side, "type")))

    @property
    def permit_type(self) -> PermitType | None:
        """By the front, whose title says it, else by the back."""
        return self.type_of(Side.FRONT) or self.type_of(Side.BACK)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The fields that count: a place of issue only stands on Taiwan permits."""
        taiwan = self.permit_type is PermitType.TAIWAN
        return tuple(place for place in PLACES if taiwan or place[1] != "issue_place")

    def accepted(self, side: Side) -> dict[str, str]:
        """Accepted values of one side by field name; a field without one is left out."""
        values = {name: self.value((on, name)) for on, name in self.places if on is side}
        return {name: value for name, value in values.items() if value}

    @cached_property
    def judgement(self) -> Judgement:
        """What the rules say of the accepted values, today."""
        return rules.judge(
            self.accepted(Side.FRONT),
            self.accepted(Side.BACK),
            front_type=self.type_of(Side.FRONT),
            back_type=self.type_of(Side.BACK),
            today=self.today,
        )

    @cached_property
    def fields(self) -> dict[Place, Field]:
        """Every field that counts, in the order of the card."""
        return {place: self.field(place) for place in self.places}

    def field(self, place: Place) -> Field:
        """One field, counting or not."""
        side, name = place
        return Field(
            side,
            name,
            self.readings.get(place),
            self.answers.get(place),
            self.judgement.at(place),
            self.judgement.offers.get(place, ""),
        )

    @property
    def open(self) -> list[Field]:
        """The fields that keep the case from being approved, worst first."""
        return [found for found in self.doubtful if found.open]

    @property
    def doubtful(self) -> list[Field]:
        """The fields to look at, answered or not, worst first, so that none moves when answered."""
        found = [one for one in self.fields.values() if one.doubtful or one.answered]
        return sorted(found, key=lambda one: (not one.disagrees, one.doubt))

    @property
    def settled(self) -> list[Field]:
        """The fields that nobody needs to look at, in the order of the card."""
        return [one for one in self.fields.values() if not one.doubtful and not one.answered]


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
    for row in FieldReading.objects.filter(extraction__in=by_pk).order_by("pk"):
        row.extraction = by_pk[row.extraction_id]
        rows[row.extraction_id].append(row)
    return {one.document_id: (one, rows[one.pk]) for one in extractions}


def _answers(rounds: Sequence[Round]) -> dict[int, dict[Place, Answer]]:
    by_pk = {one.pk: one for one in rounds}
    answers: dict[int, dict[Place, Answer]] = defaultdict(dict)
    for row in FieldAnswer.objects.filter(round__in=by_pk).select_related("by"):
        row.round = by_pk[row.round_id]
        place = (Side(row.side), row.field)
        answers[row.round_id][place] = Answer(
            row.kind, row.get("value"), row.by.shown_name, row.at, row.seconds
        )
    return answers


def _reading(row: FieldReading) -> Reading:
    return Reading(row.get("value"), row.confidence, row.threshold, row.highlighted, row)
