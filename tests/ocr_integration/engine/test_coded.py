from dataclasses import replace

import pytest

from ocr_integration.engine import coded
from ocr_integration.engine.codeline import CodeLine
from ocr_integration.engine.values import Value
from ocr_integration.permit import mrz
from ocr_integration.protocol.fields import PermitType

CODE = mrz.Code(
    document="CR",
    number="H12345678",
    renewals="01",
    expiry="340614",
    sex="M",
    birth="900101",
    name_letters=mrz.encode_name("陈静文"),
    omitted="00",
    century="B",
    id_number="A1234563",
    surname="CHAN",
    given_names="TAI MAN",
)


def lines(code=CODE, sure=0.99):
    return [CodeLine(text, (sure,) * 30) for text in mrz.compose(code)]


def settled(name, number="A123456(3)", *, weakest=0.5, sure=0.99, code=CODE):
    values = {"id_name": Value(name, weakest, 0.9), "id_number": Value(number, weakest, 0.9)}
    read = lines(code, sure)
    code_read = mrz.parse([line.text for line in read])
    return coded.settled(values, code_read, read, PermitType.HK_MACAO)


@pytest.mark.parametrize("read", ["陳淨文", "陳文"])
def test_a_character_that_was_hard_to_read_is_taken_from_the_code(read):
    assert settled(read)["id_name"] == Value("陳靜文", 0.5, 0.9, changed=True)


@pytest.mark.parametrize("options", [{"weakest": 0.99}, {"sure": 0.6}])
def test_clear_print_stays_and_a_code_hard_to_read_settles_nothing(options):
    assert not settled("陳淨文", **options)["id_name"].changed


def test_a_character_that_was_dropped_is_taken_from_the_code_however_clear_the_others_are():
    found = settled("陳文", weakest=0.99)["id_name"]
    assert (found.text, found.changed) == ("陳靜文", True)


@pytest.mark.parametrize("read", ["陳靜文", "陈静文", "王小明", "陳靜文文", ""])
def test_print_that_agrees_or_is_another_name_stays(read):
    assert settled(read)["id_name"].text == read


@pytest.mark.parametrize("read", ["", "共证入期"])
def test_what_the_code_says_stands_for_print_that_cannot_be_read(read):
    found = settled(read, "", weakest=0.1)
    assert found["id_name"] == Value("陳靜文", 0.1, 0.2, changed=True)
    assert found["id_number"] == Value("A123456(3)", 0.1, 0.2, changed=True)


def test_a_longer_name_than_the_code_has_room_for_stays():
    assert settled("陳文", code=replace(CODE, omitted="10"))["id_name"].text == "陳文"


def test_a_number_is_settled_by_the_code_whose_digits_are_right():
    found = settled("陳靜文", "A128456(3)")["id_number"]
    assert (found.text, found.changed) == ("A123456(3)", True)


def test_a_number_is_not_settled_by_a_code_whose_digits_are_wrong():
    values = {"id_name": Value("陳靜文", 0.5), "id_number": Value("A128456(3)", 0.5)}
    read = lines()
    bad = replace(read[1], text=read[1].text[:-1] + ("1" if read[1].text[-1] != "1" else "2"))
    texts = [read[0].text, bad.text, read[2].text]
    found = coded.settled(values, mrz.parse(texts), [read[0], bad, read[2]], PermitType.HK_MACAO)
    assert found["id_number"].text == "A128456(3)"
