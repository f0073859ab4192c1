"""What one misread character of the code is set right to."""

from datetime import date

import pytest

from ocr_integration.permit.card import Card
from ocr_integration.permit.repair import repair
from ocr_integration.protocol.fields import MACHINE_CODE, PermitType
from tests import factories

HK = PermitType.HK_MACAO
LINES = [factories.BACK[name] for name in MACHINE_CODE]


def card(first=LINES[0], second=LINES[1], **front):
    back = {**factories.BACK, "machine_code1": first, "machine_code2": second}
    return Card({**factories.FRONT, **front}, back, HK, HK, date(2026, 1, 1))


def changed(line, at, character):
    return line[:at] + character + line[at + 1 :]


def test_a_code_whose_digits_hold_needs_none():
    assert repair(card()) is None


@pytest.mark.parametrize(
    ("at", "character"), [(28, "7"), (5, "8"), (13, "7"), (20, "3"), (29, "7"), (14, "8")]
)
def test_a_misread_character_of_the_first_line_is_what_the_front_prints(at, character):
    found = repair(card(first=changed(LINES[0], at, character)))
    assert found is not None
    assert (found.row, found.at, found.line) == (0, at, LINES[0])


@pytest.mark.parametrize(("at", "character"), [(21, "8"), (28, "5"), (29, "1")])
def test_so_it_is_in_the_second_line(at, character):
    found = repair(card(second=changed(LINES[1], at, character)))
    assert found is not None
    assert (found.row, found.at, found.line) == (1, at, LINES[1])


def test_two_misread_characters_are_left_to_a_person():
    first = changed(changed(LINES[0], 28, "7"), 25, "8")
    assert repair(card(first=first)) is None


def test_nothing_is_proposed_where_the_front_says_something_else():
    assert repair(card(first=changed(LINES[0], 28, "7"), birth_date="1991.02.03")) is None


def test_nothing_is_proposed_where_the_front_was_not_read():
    assert repair(card(first=changed(LINES[0], 28, "7"), birth_date="")) is None
