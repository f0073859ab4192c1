"""A case as it stands: what was read, what people answered, what follows from both.

Derived, never stored: accepted values, what the rules say of them, which fields are open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Final

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
    second: rules.Opinion | None = field(default=None, repr=False, compare=False)
    flag: str | None = field(default=None, repr=False, compare=False)
    """What stands there as the applicant says, "" where they only say that it is wrong."""


@dataclass(frozen=True)
class Answer:
    """What a person said of a field; `value` only where it is a correction."""

    kind: str
    value: str = field(default="", repr=False)
    by: str = field(default="", compare=False)
    at: datetime | None = field(default=None, compare=False)
    seconds: float | None = field(default=None, compare=False)
    kept: bool = field(default=False, compare=False)
    """Given in an earlier round, of the same photo."""


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
    def flag(self) -> str | None:
        """What stands there as the applicant says; None where they do not say that it is wrong."""
        return self.reading.flag if self.reading else None

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
            (*self.judgement.at(place), *self._second_opinion(place)),
            self.judgement.offers.get(place, ""),
        )

    def _second_opinion(self, place: Place) -> tuple[Remark, ...]:
        reading = self.readings.get(place)
        if reading is None or reading.second is None:
            return ()
        return (rules.second_opinion(place, self.value(place), reading.second),)

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
