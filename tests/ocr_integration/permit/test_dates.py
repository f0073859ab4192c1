from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_integration.permit import dates
from ocr_integration.permit.dates import Period
from ocr_integration.permit.numbers import NumberKind
from ocr_integration.permit.verdict import Verdict

START = date(2014, 4, 10)


@pytest.mark.parametrize(
    "text", ["1990.01.31", "1990-01-31", "1990/01/31", "1990年01月31日", "19900131", "1990. 01.31"]
)
def test_it_reads_a_date_however_it_is_written(text):
    assert dates.parse_date(text) == date(1990, 1, 31)


@pytest.mark.parametrize("text", ["", "1990.02.30", "1990.1.31", "0000.01.01", "31.01.1990", "x"])
def test_what_is_no_date_is_none(text):
    assert dates.parse_date(text) is None


@pytest.mark.parametrize("dash", ["-", " - ", "–", "—", "至", "~", "－"])
def test_it_reads_a_period_with_any_dash(dash):
    period = dates.parse_period(f"2014.04.10{dash}2019.04.09")
    assert period == Period(START, date(2019, 4, 9))
    assert str(period) == "20140410-20190409"


@pytest.mark.parametrize("text", ["", "2014.04.10", "2014.04.10-2019.13.09", "2014.04.10-长期"])
def test_what_is_no_period_is_none(text):
    assert dates.parse_period(text) is None


def test_age_counts_birthdays():
    assert dates.age_on(date(2000, 6, 15), date(2018, 6, 14)) == 17
    assert dates.age_on(date(2000, 6, 15), date(2018, 6, 15)) == 18


def test_a_leap_day_becomes_the_first_of_march():
    assert dates.years_later(date(2020, 2, 29), 5) == date(2025, 3, 1)
    assert dates.years_later(date(2020, 2, 29), 4) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("kind", "birth", "years"),
    [
        (NumberKind.HK_MACAO, date(1980, 1, 1), (10,)),
        (NumberKind.HK_MACAO, date(2005, 1, 1), (5,)),
        (NumberKind.HK_MACAO, date(1996, 4, 20), (5, 10)),
        (NumberKind.HK_MACAO, None, (5, 10)),
        (NumberKind.HK_MACAO_NON_CHINESE, date(1980, 1, 1), (5,)),
        (NumberKind.TAIWAN, None, (5,)),
        (NumberKind.EXIT_ENTRY, None, ()),
        (None, None, ()),
    ],
)
def test_the_term_depends_on_the_permit_and_the_age_at_issue(kind, birth, years):
    assert dates.lengths(kind, birth, START) == years


@pytest.mark.parametrize(
    ("end", "years", "verdict"),
    [
        (date(2019, 4, 9), (5,), Verdict.AGREE),
        (date(2019, 4, 10), (5,), Verdict.AGREE),
        (date(2024, 4, 9), (5, 10), Verdict.AGREE),
        (date(2024, 4, 9), (5,), Verdict.DISAGREE),
        (date(2019, 6, 9), (5,), Verdict.DISAGREE),
        (date(2019, 4, 9), (), Verdict.CANNOT_TELL),
    ],
)
def test_a_period_has_one_of_its_lengths(end, years, verdict):
    assert dates.fits_length(Period(START, end), years) is verdict


@given(st.dates(min_value=date(1900, 1, 1)), st.dates(min_value=date(1900, 1, 1)))
def test_what_is_printed_is_read_back(start, end):
    assert dates.parse_date(f"{start:%Y.%m.%d}") == start
    assert dates.parse_period(f"{start:%Y.%m.%d}-{end:%Y.%m.%d}") == Period(start, end)


@given(st.text("0123456789.-年月日至 ", max_size=30))
def test_no_text_breaks_it(text):
    dates.parse_date(text)
    dates.parse_period(text)
