import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_integration.permit.normal import normalise
from ocr_integration.protocol.fields import FIELDS, PermitType


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("name", "陳大文", "陈大文"),
        ("name_en", "ZHANG, SAN", "ZHANG,SAN"),
        ("birth_date", "1990.01.31", "1990-01-31"),
        ("sex", "男", "M"),
        ("valid_period", "2014.04.10-2019.04.09", "2014.04.10 — 2019.04.09"),
        ("issuing_authority", "公安部 出入境管理局", "公安部出入境管理局"),
        ("number", "h12345678", "H12345678"),
        ("issue_place", "臺北", "台北"),
        ("issue_times", "1", "01"),
        ("id_name", "陳大文", "陈大文"),
        ("id_number", "A123456(3)", "A1234563"),
        ("machine_code1", "CRH 1234", "crh1234"),
        ("type", "港澳居民来往内地通行证", PermitType.HK_MACAO),
        ("type", "台湾居民来往大陆通行证", PermitType.TAIWAN),
        ("side", "FRONT", "front"),
    ],
)
def test_two_spellings_of_one_value_are_equal(field, one, other):
    assert normalise(field, one) == normalise(field, other) != ""


def test_what_is_not_understood_is_still_comparable():
    assert normalise("birth_date", "1990.02.30") == "1990.02.30"
    assert normalise("sex", "X") == "X"
    assert normalise("valid_period", "长期") == "长期"
    assert normalise("name_en", "陈") == "陈"


def test_an_unknown_field_is_a_mistake():
    with pytest.raises(KeyError):
        normalise("nationality", "x")


@given(st.sampled_from(FIELDS), st.text(max_size=40))
def test_every_field_takes_every_text(field, text):
    once = normalise(field, text)
    assert normalise(field, once) == once


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_stays_nothing(field):
    assert normalise(field, "") == ""
