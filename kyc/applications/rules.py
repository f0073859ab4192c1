"""What the permit's rules say of a case, each verdict at the field it is about.

A verdict stands at the first field its finding names, the doubtful one; only a machine readable
code of the wrong form stands at each line that is wrong.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kyc.applications.labels import PERMIT_LABELS
from kyc.applications.rule_words import (
    CODE_SAYS_BADLY,
    HOMES,
    NUMBER_KINDS,
    SECOND_READER,
    SOURCES,
    WORDS,
)
from ocr_integration.permit.card import Card
from ocr_integration.permit.consistency import check
from ocr_integration.permit.dates import parse_date
from ocr_integration.permit.finding import Finding, Place, Source
from ocr_integration.permit.normal import normalise
from ocr_integration.permit.numbers import Place as Home
from ocr_integration.permit.numbers import place_of
from ocr_integration.permit.repair import Repair, repair
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import (
    MACHINE_CODE,
    PermitType,
    Side,
    permit_type_named,
)

CODE_DIGITS: Final = {
    "front_number_is_code_number": "number",
    "birth_is_code_birth": "birth",
    "expiry_is_code_expiry": "expiry",
    "issue_times_is_code_renewals": "renewals",
    "id_number_is_code_id": "id_number",
}
"""The check digit of the code that guards what each rule compares with."""

_ONLY_TAIWAN: Final = ("sex_is_id_sex", "issue_place_only_taiwan")


@dataclass(frozen=True)
class Remark:
    """One rule's verdict at one field: its reason in a line, its source in a word."""

    rule: str
    verdict: Verdict
    reason: str = field(repr=False)
    source: str
    compares: bool
    """Whether two places of the card are compared, and not a value with what it should be."""
    fields: tuple[Place, ...] = ()
    """All that the rule looked at."""


@dataclass(frozen=True)
class Judgement:
    """All remarks by field, and what the machine readable code offers instead of a value."""

    remarks: Mapping[Place, tuple[Remark, ...]]
    offers: Mapping[Place, str] = field(repr=False)
    digits: Mapping[str, Verdict]
    """Each check digit of the code, by the part it guards."""
    suspect: tuple[Place, int] | None = None
    """The line of the code and the place in it that was likely misread."""

    def at(self, place: Place) -> tuple[Remark, ...]:
        """What the rules say at one field."""
        return self.remarks.get(place, ())


class Opinion(NamedTuple):
    """What another reader made of a field."""

    by: str
    value: str


def judge(
    front: Mapping[str, str],
    back: Mapping[str, str],
    *,
    front_type: PermitType | None,
    back_type: PermitType | None,
    today: date,
) -> Judgement:
    """Ask every rule about accepted values, and put its verdict where it can be acted on."""
    card = Card(front, back, front_type, back_type, today)
    mended = repair(card)
    offers = _offers(card, mended)
    remarks: dict[Place, list[Remark]] = defaultdict(list)
    for finding in check(front, back, front_type=front_type, back_type=back_type, today=today):
        if finding.rule in _ONLY_TAIWAN and card.type is not PermitType.TAIWAN:
            continue
        for place in _places(finding):
            remarks[place].append(_remark(finding, card, offers))
    return Judgement(
        {place: tuple(found) for place, found in remarks.items()},
        offers,
        card.code.checks,
        ((Side.BACK, MACHINE_CODE[mended.row]), mended.at) if mended else None,
    )


def second_opinion(place: Place, accepted: str, second: Opinion) -> Remark:
    """Compare an accepted value with what a second reader made of the same picture."""
    _side, name = place
    same = normalise(name, accepted) == normalise(name, second.value)
    template = SECOND_READER.agree if same else SECOND_READER.disagree
    said = {"reader": second.by, "found": _permit(second.value) or second.value}
    verdict = Verdict.AGREE if same else Verdict.DISAGREE
    source = pgettext("source", "second reader")
    return Remark("second_reader", verdict, str(template) % said, source, compares=True)


def _places(finding: Finding) -> tuple[Place, ...]:
    wrong_lines = finding.rule == "mrz_form" and finding.verdict is Verdict.DISAGREE
    return finding.fields if wrong_lines else finding.fields[:1]


def _remark(finding: Finding, card: Card, offers: Mapping[Place, str]) -> Remark:
    words = WORDS[finding.rule]
    template = {
        Verdict.AGREE: words.agree,
        Verdict.DISAGREE: words.disagree,
        Verdict.CANNOT_TELL: words.cannot_tell,
    }[finding.verdict]
    said = {"expected": _expected(finding, offers), "found": _found(finding)}
    digit = card.code.checks.get(CODE_DIGITS.get(finding.rule, ""))
    if finding.verdict is Verdict.DISAGREE and digit is Verdict.DISAGREE:
        template = CODE_SAYS_BADLY
    reason = str(template) % said
    compares = finding.source not in (Source.PATTERN, Source.CALENDAR, Source.LIST)
    source = str(SOURCES[finding.source])
    return Remark(finding.rule, finding.verdict, reason, source, compares, finding.fields)


def _expected(finding: Finding, offers: Mapping[Place, str]) -> str:
    if finding.rule == "expiry_is_code_expiry":
        return _dotted(finding.expected)
    if finding.rule == "valid_period_length":
        return finding.expected.replace(" ", _(" or "))
    if finding.source is Source.MACHINE_CODE and finding.fields[0] in offers:
        return offers[finding.fields[0]]
    return _permit(finding.expected) or finding.expected


def _found(finding: Finding) -> str:
    if finding.source is Source.CALENDAR:
        day = parse_date(finding.found)
        return day.isoformat() if day else finding.found
    if finding.rule == "number_pattern":
        return str(NUMBER_KINDS.get(finding.found, _("no form of number that we know")))
    if finding.rule == "id_place_is_permit_place":
        return str(HOMES.get(finding.found, finding.found))
    return _permit(finding.found) or finding.found


def _permit(value: str) -> str:
    named = permit_type_named(value)
    return str(PERMIT_LABELS[named]) if named else ""


def _offers(card: Card, mended: Repair | None) -> dict[Place, str]:
    """Write what the code says as the card would print it, and what the other side says."""
    code = card.code
    latin = ",".join(part for part in (code.surname, code.given_names) if part)
    offers = {
        (Side.FRONT, "name"): code.name,
        (Side.FRONT, "name_en"): latin,
        (Side.FRONT, "birth_date"): _dotted(code.birth_date),
        (Side.FRONT, "sex"): code.sex,
        (Side.FRONT, "valid_period"): _period(card),
        (Side.FRONT, "number"): code.number,
        (Side.FRONT, "issue_times"): code.renewals,
        (Side.BACK, "id_number"): _id_number(code.id_number),
        (Side.FRONT, "type"): card.back_type.value if card.back_type else "",
        (Side.BACK, "type"): card.front_type.value if card.front_type else "",
    }
    if mended:
        offers[Side.BACK, MACHINE_CODE[mended.row]] = mended.line
    return {place: value for place, value in offers.items() if value}


def _dotted(day: str) -> str:
    return f"{day[:4]}.{day[4:6]}.{day[6:]}" if len(day) == 8 else ""


def _period(card: Card) -> str:
    """The first day is not in the code: without the front's there is nothing to offer."""
    if not card.period or not card.code.expiry_date:
        return ""
    return f"{card.period.start:%Y.%m.%d}-{_dotted(card.code.expiry_date)}"


def _id_number(plain: str) -> str:
    return f"{plain[:-1]}({plain[-1]})" if place_of(plain) is Home.HONG_KONG else plain
