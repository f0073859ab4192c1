import pytest

from ocr_integration.engine.recognise import Reading
from ocr_integration.engine.values import Value, _confirmed, _date
from ocr_integration.protocol.fields import PermitType


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
