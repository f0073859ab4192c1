import pytest

from ocr_integration.engine import scripts


@pytest.mark.parametrize("character", "陳黃吳關靜龍燁鎧")
def test_the_mainland_prints_another_character(character):
    assert scripts.is_traditional(character)
    assert not scripts.is_simplified(character)


@pytest.mark.parametrize("character", "陈黄吴关静龙烨铠")
def test_taiwan_and_hong_kong_print_another_character(character):
    assert scripts.is_simplified(character)
    assert not scripts.is_traditional(character)


@pytest.mark.parametrize("character", "李文喆堃垚淼犇珈洺燊")
def test_rare_characters_of_both_scripts_belong_to_neither_alone(character):
    assert not scripts.is_simplified(character)
    assert not scripts.is_traditional(character)


@pytest.mark.parametrize(("one", "other"), ["陈陳", "黄黃", "吴吳", "静靜", "文文", "垚垚"])
def test_it_writes_a_character_as_taiwan_and_hong_kong_do(one, other):
    assert scripts.traditional(one) == other
