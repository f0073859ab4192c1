"""What a side's values say of each other: which are impossible, which bear each other out.

AGREE is evidence that a value was read right, DISAGREE that something was not. A value with
DISAGREE from `impossible` cannot stand on any permit.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from ocr_integration.engine import words
from ocr_integration.permit import dates, mrz, names, numbers
from ocr_integration.permit.verdict import Verdict, judge
from ocr_integration.protocol.fields import MACHINE_CODE, PermitType

_OLDEST: Final = date(1900, 1, 1)
_FIRST_ISSUE: Final = date(2013, 1, 1)
_CODE_CHECKS: Final = (
    ("number", "renewals", "expiry", "birth"),
    ("id_number", "overall"),
    (),
)


def evidence(values: Mapping[str, str], permit_type: PermitType) -> dict[str, Verdict]:
    """A verdict for each value there is something to compare with."""
    found = _of_front(values, permit_type) if "number" in values else _of_back(values, permit_type)
    return {field: verdict for field, verdict in found.items() if values.get(field)}


def impossible(field: str, value: str, permit_type: PermitType) -> bool:
    """Whether no permit of this type can bear the value."""
    match field:
        case "birth_date":
            born = dates.parse_date(value)
            return born is None or born < _OLDEST
        case "valid_period":
            period = dates.parse_period(value)
            return period is None or not _FIRST_ISSUE <= period.start < period.end
        case "number":
            return numbers.fits(value, permit_type) is Verdict.DISAGREE
        case "issue_times":
            return len(value) != 2 or not value.isdigit()
        case "id_number":
            return numbers.check_id(numbers.plain_id(value)) is Verdict.DISAGREE
        case "name" | "id_name":
            return len(value) == 1 or value in words.PLACES
        case "name_en":
            return "," not in value.strip(",")
        case _:
            return False


def _of_front(values: Mapping[str, str], permit_type: PermitType) -> dict[str, Verdict]:
    period = dates.parse_period(values.get("valid_period", ""))
    birth = dates.parse_date(values.get("birth_date", ""))
    kind = numbers.kind_of(values.get("number", ""))
    found = {"issuing_authority": _known(values.get("issuing_authority", ""), words.AUTHORITIES)}
    if permit_type is PermitType.TAIWAN:
        found["issue_place"] = _known(values.get("issue_place", ""), words.PLACES)
    if not names.begins_with_surname(values.get("name", "")):
        found["name"] = Verdict.DISAGREE
    if period:
        lengths = dates.lengths(kind, birth, period.start)
        found["valid_period"] = dates.fits_length(period, lengths)
        if birth and birth >= period.start:
            found["birth_date"] = Verdict.DISAGREE
    return found


def _of_back(values: Mapping[str, str], permit_type: PermitType) -> dict[str, Verdict]:
    code = mrz.parse([values.get(field, "") for field in MACHINE_CODE], permit_type)
    found = {
        field: _together([code.checks[name] for name in checks])
        for field, checks in zip(MACHINE_CODE, _CODE_CHECKS, strict=True)
    }
    found["id_number"] = judge(code.id_number, numbers.plain_id(values.get("id_number", "")))
    name = names.fold_chinese(values.get("id_name", ""))[: mrz.NAME_CHARACTERS]
    found["id_name"] = judge(names.fold_chinese(code.name), name)
    return found


def _known(text: str, known: tuple[str, ...]) -> Verdict:
    return Verdict.AGREE if text in known else Verdict.DISAGREE


def _together(verdicts: list[Verdict]) -> Verdict:
    if Verdict.DISAGREE in verdicts:
        return Verdict.DISAGREE
    return Verdict.AGREE if Verdict.AGREE in verdicts else Verdict.CANNOT_TELL
