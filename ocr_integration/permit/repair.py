"""A line of the machine readable code with one character set right, where that explains all.

A check digit says that something was misread, and not what. Where the code and the same thing
printed elsewhere on the card differ in one character, and with that character every check digit
holds, it was this one. So it was a check digit that is computed from what the card prints too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ocr_integration.permit import mrz
from ocr_integration.permit.card import Card
from ocr_integration.permit.verdict import Verdict

ZONES: Final = {
    "number": (0, 2, 11),
    "renewals": (0, 12, 14),
    "expiry": (0, 15, 21),
    "birth": (0, 23, 29),
    "id_number": (1, 19, 28),
    "overall": (1, 29, 29),
}
"""Line, start and end of what each check digit guards, which stands at the end; what the overall
one guards is all over both lines."""


@dataclass(frozen=True)
class Repair:
    """One character of one line, and the line with it."""

    row: int
    at: int
    line: str = field(repr=False)


def repair(card: Card) -> Repair | None:
    """The one change that makes every check digit hold, None where there is none or another."""
    failing = [part for part, verdict in card.code.checks.items() if verdict is Verdict.DISAGREE]
    if not failing:
        return None
    found = {one for part in failing for one in _candidates(card, part) if _settles(card, one)}
    return found.pop() if len(found) == 1 else None


def _candidates(card: Card, part: str) -> Iterator[Repair]:
    expected = card.code.digits[part][0]
    row, start, end = ZONES[part]
    if part == "overall":
        yield _with(card, row, end, expected)
        return
    printed = _printed(card, part).ljust(end - start, mrz.FILLER)
    read = card.code_lines[row][start:end]
    if not printed.strip(mrz.FILLER) or len(printed) != end - start:
        return
    different = [place for place in range(end - start) if printed[place] != read[place]]
    if len(different) == 1:
        yield _with(card, row, start + different[0], printed[different[0]])
    elif not different:
        yield _with(card, row, end, expected)


def _printed(card: Card, part: str) -> str:
    match part:
        case "number":
            return card.on_front("number")
        case "renewals":
            return card.on_front("issue_times")
        case "expiry":
            return f"{card.period.end:%y%m%d}" if card.period else ""
        case "birth":
            return card.on_front("birth_date")[2:]
        case _:
            return card.on_back("id_number")


def _with(card: Card, row: int, at: int, character: str) -> Repair:
    line = card.code_lines[row]
    return Repair(row, at, line[:at] + character + line[at + 1 :])


def _settles(card: Card, found: Repair) -> bool:
    lines = list(card.code_lines)
    lines[found.row] = found.line
    checks = mrz.parse(lines, card.back_type or card.front_type).checks
    return Verdict.DISAGREE not in checks.values()
