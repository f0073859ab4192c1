"""Fields are found wherever a card has them; lines stand in for a card's pixels here."""

import numpy as np
import pytest

from ocr_integration.engine.front import Front
from ocr_integration.engine.layout import Layout, near, way_of
from ocr_integration.engine.recognise import Posterior, Reading
from ocr_integration.engine.sheet import Line, Sheet
from ocr_integration.engine.views import PictureView
from ocr_integration.protocol.fields import PermitType


class Read(Posterior):
    """A line that was read before."""

    def __init__(self, text):
        self.plain = Reading(text, (0.99,) * len(text), places(text))

    def read(self, alphabet):
        return self.plain


def places(text):
    return tuple((i + 0.5) / len(text) for i in range(len(text)))


def box(x, y, text, height=40):
    wide = height * sum(1.0 if ord(c) > 0x2E80 else 0.55 for c in text)
    return np.array([(x, y), (x + wide, y), (x + wide, y + height), (x, y + height)], np.float32)


def sheet(*lines):
    made = Sheet.__new__(Sheet)
    made.card, made.reader = PictureView(np.zeros((808, 1280, 3), np.uint8)), None
    made.lines = [Line(box(x, y, text), Read(text)) for x, y, text in lines]
    return made


def found(*lines, kind=PermitType.HK_MACAO):
    return Front(sheet(*lines), kind).spots


def texts(spots):
    return {field: spot.piece.text for field, spot in spots.items() if spot.piece}


VALUES = {
    "name": ("姓名", "洪峰乔"),
    "birth_date": ("出生日期", "1955.12.28"),
    "sex": ("性别", "女"),
    "valid_period": ("有效期限", "2024.08.23-2029.08.22"),
    "issuing_authority": ("签发机关", "中华人民共和国出入境管理局"),
    "number": ("证件号码", "HA1025342"),
    "issue_times": ("换证次数", "05"),
}
STEPS = {"right": (200, 0), "below": (0, 45), "above": (0, -45), "left": (-600, 0)}


@pytest.mark.parametrize("way", ["right", "below", "above"])
def test_it_learns_from_a_card_where_values_stand(way):
    dx, dy = STEPS[way]
    lines = []
    for row, (label, value) in enumerate(VALUES.values()):
        lines += [(300, 100 + 100 * row, label), (300 + dx, 100 + 100 * row + dy, value)]
    assert texts(found(*lines)) == {field: value for field, (_, value) in VALUES.items()}


def test_values_may_stand_before_their_labels_in_one_line():
    lines = [
        (300, 100 + 100 * row, value + label) for row, (label, value) in enumerate(VALUES.values())
    ]
    assert texts(found(*lines)) == {field: value for field, (_, value) in VALUES.items()}


def test_the_nationality_is_not_the_name():
    lines = [(300, 100, "洪峰乔姓名"), (700, 100, "澳大利亚国籍")]
    lines += [(300, 300, "1955.12.28出生日期"), (300, 400, "HA1025342证件号码")]
    assert texts(found(*lines))["name"] == "洪峰乔"


def test_english_behind_a_label_belongs_to_it():
    lines = [(300, 100, "姓名/Name胡杰金"), (300, 300, "出生日期/DateofBirth1955.12.28")]
    lines += [(300, 400, "性别/Sex女"), (300, 500, "换证次数/TimesofIssue00")]
    assert texts(found(*lines)) == {
        "name": "胡杰金",
        "birth_date": "1955.12.28",
        "sex": "女",
        "issue_times": "00",
    }


def test_a_label_of_which_only_the_english_can_be_read_is_a_label():
    spots = found((300, 100, "运名/Name"), (300, 145, "胡杰金"), (300, 300, "Sex女"))
    assert texts(spots) == {"name": "胡杰金", "sex": "女"}


def test_a_number_whose_letter_is_lost_is_better_than_none():
    spots = found((60, 600, "证件号码 40563279"))
    assert spots["number"].piece.text == "40563279"


def test_two_digits_in_the_row_of_the_number_need_no_label():
    spots = found((300, 600, "证件号码"), (500, 600, "H12345678"), (900, 600, "07"))
    assert texts(spots)["issue_times"] == "07"


@pytest.mark.parametrize(
    ("first", "second"),
    [("FERNANDES DE OLIVEIRA,", "MARIA"), ("WICKRAMASINGHE", "ARACHCHI,NIMAL")],
)
def test_a_long_latin_name_runs_over_two_lines(first, second):
    spot = found((300, 200, first), (300, 245, second))["name_en"]
    assert (spot.piece.text, spot.more.piece.text) == (first, second)


@pytest.mark.parametrize("second", [310, 330])
def test_a_latin_name_with_a_wide_gap_is_one(second):
    spot = found((200, 200, "CHAN,"), (second, 200, "TAI"), (second + 86, 200, "MAN"))["name_en"]
    assert spot.piece.text == "CHAN, TAI MAN"
    assert spot.quad[:, 0].tolist() == [200, second + 152, second + 152, 200]


@pytest.mark.parametrize("parts", [("2012", ".02.17"), ("1985.08.", "16"), ("2012.", "02", ".17")])
def test_a_date_that_was_found_in_parts_is_one(parts):
    lines, x = [], 200
    for part in parts:
        lines.append((x, 200, part))
        x += round(22 * len(part)) + 12
    assert found(*lines)["birth_date"].piece.text == "".join(parts)


def test_digits_further_away_are_another_value():
    spots = found((200, 200, "1985.08.16"), (460, 200, "08"), (200, 300, "H12345678"))
    assert spots["birth_date"].piece.text == "1985.08.16"


def test_a_sliver_of_the_title_is_no_value():
    made = sheet((200, 40, "港澳居民来往内地通行证"), (700, 300, "性别"))
    sliver = np.array([(470, 42), (490, 42), (490, 78), (470, 78)], np.float32)
    made.lines.append(Line(sliver, Read("男")))
    spot = Front(made, PermitType.HK_MACAO).spots.get("sex")
    assert spot is None or spot.piece is None


def test_a_part_of_a_character_is_no_sex():
    made = sheet((700, 300, "H12345678"))
    made.lines.append(Line(box(200, 300, "男")[:, :] * (0.4, 1), Read("男")))
    made.lines[-1].quad[:, 0] += 300
    assert "sex" not in Front(made, PermitType.HK_MACAO).spots


def test_a_word_further_away_is_no_part_of_a_name():
    assert found((200, 200, "CHAN,TAI"), (500, 200, "MAN"))["name_en"].piece.text == "CHAN,TAI"


def test_a_whole_latin_name_does_not_take_the_next_line_in():
    assert found((300, 200, "CHAN,TAI MAN"), (300, 245, "HONG KONG"))["name_en"].more is None


def test_it_says_on_which_side_of_its_label_a_value_stands():
    label = box(300, 300, "性别")
    for way, (dx, dy) in {**STEPS, "left": (-100, 0)}.items():
        value = box(300 + dx, 300 + dy, "女")
        assert way_of(label, value) == way
        assert near(label, value, way) > 0.5
    assert way_of(label, box(900, 700, "女")) is None


def test_a_value_that_was_not_found_is_looked_for_where_it_should_be():
    made = sheet((300, 100, "出生日期"), (300, 145, "1955.12.28"), (700, 100, "性别"))
    birth, sex = made.labels["birth_date"], made.labels["sex"]
    place = Layout([(birth, made.lines[1].quad)]).place(sex, 1)
    left, top = place[0]
    assert 680 < left < 710
    assert 135 < top < 155
