import pytest

from bench.reading.causes import cause
from bench.reading.samples import Answer

EXPECTED = {
    "name": "陈大文",
    "name_en": "CHAN,TAI MAN",
    "number": "H12345678",
    "issue_times": "05",
    "side": "front",
}


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("name", "", "not found"),
        ("name_en", "CHAN,TAIMAN", "blank, comma or hyphen"),
        ("name", "陳大文", "twin of the other script"),
        ("name", "大文", "part of the value"),
        ("name", "陈大文人", "more than the value"),
        ("number", "05", "another field's value"),
        ("number", "H12345679", "one character"),
        ("number", "H12345999", "several characters"),
    ],
)
def test_it_says_how_a_value_is_wrong(field, value, why):
    answer = Answer(fields={**EXPECTED, field: value})
    assert cause(field, EXPECTED, answer) == why


def test_a_refused_picture_and_the_wrong_side_explain_every_value():
    assert cause("name", EXPECTED, Answer(refused="AIS.0104")) == "picture refused"
    answer = Answer(fields={"side": "back"})
    assert cause("name", EXPECTED, answer) == "taken for the other side"
