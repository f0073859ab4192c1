import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_integration.permit import names


@pytest.mark.parametrize(
    "spelling",
    ["ZHANG,SAN", "ZHANG, SAN", "zhang ，san", "ZHANG<<SAN", "ZHANG<<SAN<<<<<<", "Zhāng, Sān"],
)
def test_every_spelling_of_a_latin_name_is_one(spelling):
    assert names.fold_latin(spelling) == "ZHANG,SAN"


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("O'BRIEN, MARY-ANNE", "OBRIEN,MARY ANNE"),
        ("DA SILVA,JOÃO", "DA SILVA,JOAO"),
        ("CHAN", "CHAN"),
        ("CHAN<<", "CHAN"),
        ("", ""),
    ],
)
def test_marks_accents_and_empty_parts_fold_away(name, folded):
    assert names.fold_latin(name) == folded


def test_letters_and_words_of_a_name():
    assert names.latin_letters("CHAN, TAI-MAN") == "CHANTAIMAN"
    assert names.latin_words("DA SILVA, TAI-MAN") == ("DA", "SILVA", "TAI", "MAN")


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("陳大文", "陈大文"), ("吳", "吴"), ("黃", "黄"), ("歐陽鋒", "欧阳锋"), ("衞", "卫")],
)
def test_traditional_and_variant_characters_are_one_with_simplified_ones(traditional, simplified):
    assert names.fold_chinese(traditional) == names.fold_chinese(simplified) == simplified


def test_spaces_and_dots_inside_a_name_do_not_matter():
    assert names.fold_chinese("陈 大文") == "陈大文"
    assert names.fold_chinese("阿卜杜·热合曼") == names.fold_chinese("阿卜杜热合曼")


@pytest.mark.parametrize(("name", "surname"), [("欧阳锋", "欧阳"), ("陈大文", "陈"), ("", "")])
def test_a_surname_may_have_two_characters(name, surname):
    assert names.chinese_surname(name) == surname


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("M", "M"),
        ("男", "M"),
        ("男/M", "M"),
        ("f", "F"),
        ("女", "F"),
        ("女 / F", "F"),
        ("Ｆ", "F"),
        ("X", ""),
        ("", ""),
    ],
)
def test_every_spelling_of_sex_is_known(text, sex):
    assert names.fold_sex(text) == sex


def test_latin_is_not_chinese():
    assert names.is_chinese("陈")
    assert not names.is_chinese("CHAN")


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text):
    latin, chinese = names.fold_latin(text), names.fold_chinese(text)
    assert names.fold_latin(latin) == latin
    assert names.fold_chinese(chinese) == chinese


@pytest.mark.parametrize("name", ["陈大文", "陳大文", "欧阳静", "歐陽靜", "萧文", "于文"])
def test_names_begin_with_a_surname(name):
    assert names.begins_with_surname(name)


@pytest.mark.parametrize("name", ["", "玲", "银玲", "辉"])
def test_what_lost_its_first_character_seldom_does(name):
    assert not names.begins_with_surname(name)
