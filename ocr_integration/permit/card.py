"""Both sides of one permit, as the rules look at them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ocr_integration.permit import mrz
from ocr_integration.permit.dates import Period, parse_date, parse_period
from ocr_integration.permit.normal import normalise
from ocr_integration.permit.numbers import NumberKind, kind_of
from ocr_integration.protocol.fields import MACHINE_CODE, PermitType


@dataclass(frozen=True)
class Card:
    """The values as read; a side that is not there has none."""

    front: Mapping[str, str] = field(repr=False)
    back: Mapping[str, str] = field(repr=False)
    front_type: PermitType | None
    back_type: PermitType | None
    today: date

    def on_front(self, name: str) -> str:
        """Normal form of a field of the front; "" where it was not read."""
        return normalise(name, self.front.get(name, ""))

    def on_back(self, name: str) -> str:
        """Normal form of a field of the back; "" where it was not read."""
        return normalise(name, self.back.get(name, ""))

    @property
    def type(self) -> PermitType | None:
        """The type by the front, whose title says it, else by the back."""
        return self.front_type or self.back_type

    @cached_property
    def code_lines(self) -> tuple[str, ...]:
        """The three lines of the machine readable code, "" where not read."""
        return tuple(self.on_back(name) for name in MACHINE_CODE)

    @cached_property
    def code(self) -> mrz.Code:
        """The parts of the machine readable code."""
        return mrz.parse(self.code_lines, self.back_type or self.front_type)

    @cached_property
    def number_kind(self) -> NumberKind | None:
        """What the number on the front says about the document."""
        return kind_of(self.on_front("number"))

    @cached_property
    def birth(self) -> date | None:
        """Date of birth by the front."""
        return parse_date(self.front.get("birth_date", ""))

    @cached_property
    def period(self) -> Period | None:
        """First and last day by the front."""
        return parse_period(self.front.get("valid_period", ""))
