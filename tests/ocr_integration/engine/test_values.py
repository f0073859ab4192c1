from types import SimpleNamespace

import numpy as np
import pytest

from ocr_integration.engine.front import Spot
from ocr_integration.engine.recognise import Posterior, Reading
from ocr_integration.engine.values import (
    FieldReader,
    Value,
    _compared,
    _confirmed,
    _date,
    _in_doubt_of_script,
)
from ocr_integration.protocol.fields import PermitType

BOX = np.array([(0, 0), (9, 0), (9, 3), (0, 3)], np.float32)


def reading(text, sure=0.95):
    return Reading(text, (sure,) * len(text))


def test_a_character_that_one_reader_dropped_is_taken_from_the_other():
    name = _confirmed(Value("上官静", 0.9, 0.9), reading("上官静垚"), simplified=True)
    assert (name.text, name.changed) == ("上官静垚", True)


def test_a_name_that_may_lack_a_character_is_doubted():
    value = Value("上官靜", 0.9, 0.9)
    for other in (reading("上官靜垚", 0.4), reading("上官靜垚")):
        name = _confirmed(value, other, simplified=False)
        assert (name.text, name.changed) == ("上官靜", False)
        assert name.weakest < 0.5


def test_the_surer_of_two_readers_of_a_front_is_believed_with_less_trust():
    value = Value("萧木", 0.7, 0.8)
    name = _confirmed(value, reading("萧杰", 0.97), simplified=True)
    assert (name.text, name.changed) == ("萧杰", True)


def test_two_readings_that_differ_leave_a_doubt_whichever_is_better():
    one, other = reading("SMTH,JOHN", 0.99), reading("SMITH,JOHN", 0.9)
    found = _compared(one, other, one)
    assert (found.text, found.weakest) == ("SMTH,JOHN", pytest.approx(0.55))


def test_what_one_reader_does_not_see_at_all_is_doubted():
    found = _compared(reading("男", 0.99), reading(""), reading("男", 0.99))
    assert (found.text, found.weakest) == ("男", pytest.approx(0.505))


def test_blanks_make_no_difference_between_two_readings():
    one, other = reading("CHAN,TAI MAN", 0.99), reading("CHAN,TAIMAN", 0.9)
    assert _compared(one, other, other) is one


def test_a_name_that_another_reader_reads_otherwise_is_doubted():
    value = Value("萧木", 0.99, 0.99)
    for sure in (0.6, 0.8):
        name = _confirmed(value, reading("萧杰", sure), simplified=True)
        assert (name.text, name.weakest) == ("萧木", 1 - sure / 2)


def test_readers_that_see_as_many_characters_confirm_each_other():
    value = Value("陳大文", 0.9, 0.9)
    assert _confirmed(value, reading("陈大文"), simplified=False) is value
    assert _confirmed(value, reading("大文"), simplified=False) is value


@pytest.mark.parametrize(
    ("read", "date"),
    [
        ("1969.03.18", "1969.03.18"),
        ("19690318", "1969.03.18"),
        ("21191969.03.18", "1969.03.18"),
        ("0819.1955.12.28", "1955.12.28"),
        ("1969.13.18", "1969.13.18"),
        ("19.03", ""),
    ],
)
def test_a_date_is_found_behind_a_label_that_was_read_as_digits(read, date):
    assert _date(reading(read), PermitType.HK_MACAO).text == date


def test_a_name_is_in_one_script():
    classes = ("", *"黄黃澤桂")
    steps = np.full((6, len(classes)), 0.001, np.float32)
    steps[1::2, 0] = 1
    # The first looks like the simplified form, and a clear character behind it is traditional.
    steps[0, 1:3] = 0.93, 0.07
    steps[2, 3], steps[4, 4] = 0.99, 0.99
    assert named(steps, classes) == "黃澤桂"


@pytest.mark.parametrize(
    ("second", "options", "name"),
    [
        ("桂", {}, "黃桂"),
        ("桂", {"any_script": True}, "黄桂"),
        ("义", {"any_script": True}, "黄义"),
        ("澤", {"any_script": True}, "黃澤"),
    ],
)
def test_a_form_that_looks_like_its_twin_is_the_usual_scripts(second, options, name):
    classes = ("", *"黄黃", second)
    steps = np.full((4, len(classes)), 0.0001, np.float32)
    steps[1::2, 0] = 1
    steps[0, 1:3] = 0.99, 0.01
    steps[2, 3] = 0.99
    assert named(steps, classes, **options) == name


def reader_of(steps, classes):
    return SimpleNamespace(look=lambda *_: Posterior(steps, classes))


@pytest.mark.parametrize(
    ("beside", "doubted"), [("荣辉", False), ("卢荣辉", True), ("姓名荣辉", False)]
)
def test_a_short_name_is_doubted_where_more_characters_stand_beside_it(beside, doubted):
    def steps(text):
        seen = np.full((2 * len(text), len(text) + 1), 0.001, np.float32)
        seen[1::2, 0] = seen[range(0, 2 * len(text), 2), range(1, len(text) + 1)] = 0.99
        return seen, ("", *text)

    name, wide = reader_of(*steps("荣辉")), reader_of(*steps(beside))
    value = FieldReader(name, name, wide).read(
        SimpleNamespace(card=None), "name", Spot(BOX), PermitType.HK_MACAO
    )
    assert value.text == "荣辉"
    assert (value.weakest < 0.5) is doubted


@pytest.mark.parametrize(
    ("name", "other", "doubted"),
    [("周鑫傑", "周鑫杰", True), ("周鑫傑", "周鑫傑", False), ("石強", "石強", True)],
)
def test_a_script_that_nothing_tells_is_doubted_where_readers_differ_or_forms_are_alike(
    name, other, doubted
):
    value = _in_doubt_of_script(Value(name, 0.9, 0.9), reading(other))
    assert (value.weakest < 0.5) is doubted


def named(steps, classes, **options):
    sheet, reader = SimpleNamespace(card=None), reader_of(steps, classes)
    fields = FieldReader(reader, reader, reader)
    return fields.read(sheet, "id_name", Spot(BOX), PermitType.HK_MACAO, **options).text
