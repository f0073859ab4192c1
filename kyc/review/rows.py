"""One field of a case as its page shows it, with its two inputs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as column
from typing import Final

from django.forms import BoundField
from django.utils.translation import gettext as _

from kyc.applications.case import Field
from kyc.applications.labels import (
    FIELD_LABELS,
    PERMIT_LABELS,
    SIDE_LABELS,
    Text,
    language_of_value,
    listed,
)
from kyc.applications.rules import Remark
from kyc.review.forms import input_name
from ocr_integration.permit.finding import Place
from ocr_integration.permit.mrz import LINE_LENGTH
from ocr_integration.permit.repair import ZONES
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import MACHINE_CODE, PermitType, Side, permit_type_named

_CHECKED_AT: Final = {(MACHINE_CODE[row], end): part for part, (row, _start, end) in ZONES.items()}
"""Where the check digits stand in the lines of the code, and what each guards."""

_NAMING: Final = MACHINE_CODE[1]
_CODED: Final = {
    MACHINE_CODE[0]: [
        (Side.FRONT, name)
        for name in ("number", "issue_times", "valid_period", "sex", "birth_date")
    ],
    _NAMING: [(Side.FRONT, "name"), (Side.BACK, "id_number")],
    MACHINE_CODE[2]: [(Side.FRONT, "name_en")],
}
"""What each line of the code says of other fields."""

_SIGNS: Final = {
    Verdict.AGREE: "agrees",
    Verdict.DISAGREE: "disagrees",
    Verdict.CANNOT_TELL: "unknown",
}
_DIGIT_CLASSES: Final = {Verdict.AGREE: "holds", Verdict.DISAGREE: "fails"}


@dataclass(frozen=True)
class Row:
    """One field with its two inputs."""

    field: Field
    value: BoundField
    answer: BoundField
    counts: bool
    refused: bool
    accepted: str = column(repr=False)
    digits: dict[str, Verdict]
    offers: Mapping[Place, str] = column(repr=False)
    suspect: int | None
    """The place in a line of the code that was likely misread."""
    printed: int
    """Where it stands on the card."""

    @property
    def id(self) -> str:
        """Of the row's element."""
        return f"row-{self.value.html_name}"

    @property
    def label(self) -> str:
        """The field's name as people say it; both sides have a permit type."""
        label = str(FIELD_LABELS[self.field.name])
        if self.field.name != "type":
            return label
        return _("%(field)s, %(side)s") % {
            "field": label,
            "side": str(SIDE_LABELS[self.field.side]).lower(),
        }

    @property
    def lang(self) -> str:
        """The language of the value."""
        return language_of_value(self.field.name)

    @property
    def is_code(self) -> bool:
        """Whether it is a line of the machine readable code."""
        return self.field.name in MACHINE_CODE

    @property
    def decoded(self) -> list[tuple[Text, str, str]]:
        """What a line of the code says as the card prints it: label, value, its language."""
        places = _CODED.get(self.field.name, ())
        return [
            (FIELD_LABELS[name], self.offers[side, name], language_of_value(name))
            for side, name in places
            if (side, name) in self.offers
        ]

    @property
    def decoded_name(self) -> str:
        """The Chinese name that the second line spells in letters."""
        return self.offers.get((Side.FRONT, "name"), "") if self.field.name == _NAMING else ""

    @property
    def offered(self) -> str:
        """What one key takes instead, in words."""
        offer, name = self.field.offer, self.field.name
        if not offer or offer == self.field.read:
            return ""
        if self.is_code:
            return _("Read it as %(character)s") % {"character": offer[self.suspect or 0]}
        if name == "type":
            permit = PERMIT_LABELS[PermitType(offer)]
            return _("As the other side: %(permit)s") % {"permit": permit}
        return _("Use the code %(value)s") % {"value": offer}

    @property
    def shown(self) -> str:
        """The accepted value as people read it."""
        named = permit_type_named(self.accepted) if self.field.name == "type" else None
        return str(PERMIT_LABELS[named]) if named else self.accepted

    @property
    def permits(self) -> list[tuple[str, Text]]:
        """What can be chosen as the permit."""
        named = [(kind.value, label) for kind, label in PERMIT_LABELS.items()]
        return [("", ""), *named]

    @property
    def reasons(self) -> list[tuple[str, list[Remark]]]:
        """Remarks by their sign: each that disagrees, then all that agree, all that cannot tell."""
        by_verdict = {
            verdict: [one for one in self.field.remarks if one.verdict is verdict]
            for verdict in (Verdict.DISAGREE, Verdict.AGREE, Verdict.CANNOT_TELL)
        }
        wrong = [[one] for one in by_verdict.pop(Verdict.DISAGREE)]
        rest = [(_SIGNS[verdict], remarks) for verdict, remarks in by_verdict.items() if remarks]
        return [*((_SIGNS[Verdict.DISAGREE], remarks) for remarks in wrong), *rest]

    @property
    def rests_on(self) -> str:
        """The inputs of other fields that may be what is wrong where this one disagrees."""
        if self.field.highlighted:
            return ""
        here = (self.field.side, self.field.name)
        wrong = [one for one in self.field.remarks if one.verdict is Verdict.DISAGREE]
        others = {place for remark in wrong for place in remark.fields if place != here}
        return " ".join(sorted(input_name(place) for place in others))

    @property
    def agrees_with(self) -> str:
        """The sources that agree, once each."""
        return self._sources(Verdict.AGREE)

    @property
    def unsure_of(self) -> str:
        """The sources that cannot tell, where none agrees."""
        return "" if self.agrees_with else self._sources(Verdict.CANNOT_TELL)

    @property
    def changed(self) -> bool:
        """Whether a person wrote something else than the machine."""
        return self.field.state == "corrected"

    @property
    def characters(self) -> Iterator[tuple[str, str]]:
        """Each character of a line of the code; check digits that hold or fail, and the suspect."""
        line = self.accepted
        whole = len(line) == LINE_LENGTH
        for index, character in enumerate(line):
            part = _CHECKED_AT.get((self.field.name, index), "") if whole else ""
            verdict = self.digits.get(part)
            kind = _DIGIT_CLASSES.get(verdict, "") if verdict else ""
            yield character, kind or ("suspect" if index == self.suspect else "")

    def _sources(self, verdict: Verdict) -> str:
        """Leave out what a value says of itself, and a code's digits, which are marked in it."""
        found = (
            remark.source
            for remark in self.field.remarks
            if remark.verdict is verdict and remark.compares and not self.is_code
        )
        return listed(found)
