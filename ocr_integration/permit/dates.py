"""Dates and periods as permits print them: `YYYY.MM.DD`, `YYYY.MM.DD-YYYY.MM.DD`.

A permit runs from its first day through the day before the same date N years later. N is 10 for
Hong Kong and Macao cards issued from the age of 18, else 5; 5 for the non-Chinese card and for
Taiwan. Sources: public security ministry notices of 2012 and 2015, exit-entry administration
notice of 2024.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from ocr_integration.permit.numbers import NumberKind
from ocr_integration.permit.verdict import Verdict, settle

ADULT: Final = 18
OLDEST: Final = 125
SLACK: Final = timedelta(days=7)
"""How far the end may be from the rule's: the rule is confirmed by few samples."""
AROUND_MAJORITY: Final = timedelta(days=60)
"""Within this of the 18th birthday either length is right: who applied before it, got it after."""

_DATE = r"([0-9]{4})[./\-年]?([0-9]{2})[./\-月]?([0-9]{2})日?"
_ONE = re.compile(_DATE)
_TWO = re.compile(rf"{_DATE}[\-~至]+{_DATE}")
_DASHES: Final = {ord(c): "-" for c in "‐‑‒–—―−"}
_YEARS: Final = {
    NumberKind.HK_MACAO_NON_CHINESE: (5,),
    NumberKind.TAIWAN: (5,),
}


@dataclass(frozen=True)
class Period:
    """First and last day of a permit."""

    start: date = field(repr=False)
    end: date = field(repr=False)

    def __str__(self) -> str:
        return f"{self.start:%Y%m%d}-{self.end:%Y%m%d}"


def parse_date(text: str) -> date | None:
    """Read one date; None for what is none, 30 February included."""
    match = _ONE.fullmatch(_plain(text))
    return _date(match.groups()) if match else None


def parse_period(text: str) -> Period | None:
    """Read two dates with a dash between them; None where one is none."""
    match = _TWO.fullmatch(_plain(text))
    if not match:
        return None
    start, end = _date(match.groups()[:3]), _date(match.groups()[3:])
    return Period(start, end) if start and end else None


def age_on(birth: date, day: date) -> int:
    """Whole years; who was born on 29 February has their birthday on 1 March of other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def years_later(day: date, years: int) -> date:
    """The same date in another year; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def lengths(kind: NumberKind | None, birth: date | None, start: date) -> tuple[int, ...]:
    """Years for which a permit of this kind may be issued on that day; () where unknown."""
    if kind is not NumberKind.HK_MACAO:
        return _YEARS.get(kind, ()) if kind else ()
    if birth is None or abs(years_later(birth, ADULT) - start) <= AROUND_MAJORITY:
        return (5, 10)
    return (10,) if age_on(birth, start) >= ADULT else (5,)


def fits_length(period: Period, years: tuple[int, ...]) -> Verdict:
    """Say whether a period ends a day before one of so many years are over, give or take SLACK."""
    if not years:
        return Verdict.CANNOT_TELL
    ends = (years_later(period.start, count) - timedelta(days=1) for count in years)
    return settle(holds=any(abs(end - period.end) <= SLACK for end in ends))


def _date(parts: tuple[str | None, ...]) -> date | None:
    year, month, day = (int(part or 0) for part in parts)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
