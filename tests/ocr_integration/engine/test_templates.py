import numpy as np
import pytest

from ocr_integration.engine import templates
from ocr_integration.permit.mrz import ALPHABET

HK = (
    "CRH1234567830133406142M9001011",
    "LDMCLEPDMOME<<<<00BA1234563<48",
    "CHAN<<TAI<MAN<<<<<<<<<<<<<<<<<",
)
TAIWAN = (
    "CT12345678<80132906140F0502205",
    "MBNGNAKBMDMA<<<<00CA2345678935",
    "LIN<<HSIAO<MEI<<<<<<<<<<<<0000",
)


def glyphs(line: str, **doubts: float) -> np.ndarray:
    """Probabilities for a line; `doubts` gives a character a share of all glyphs alike."""
    found = np.full((len(line), len(ALPHABET)), 1e-5, np.float32)
    for place, character in enumerate(line):
        found[place, ALPHABET.index(character)] = 1
    return found / found.sum(axis=1, keepdims=True)


def swapped(line: str, place: int, character: str, share: float) -> np.ndarray:
    """The line's glyphs, one of which looks like another character by `share`."""
    found = glyphs(line)
    found[place] *= 1 - share
    found[place, ALPHABET.index(character)] = share
    return found


@pytest.mark.parametrize("lines", [HK, TAIWAN])
def test_it_keeps_what_is_clear(lines):
    settled = templates.settle([glyphs(line) for line in lines])
    assert tuple(line.text for line in settled) == lines
    assert not any(line.repaired for line in settled)


def test_the_place_decides_between_a_letter_and_its_twin_digit():
    looks = [glyphs(HK[0]), swapped(HK[1], 7, "0", 0.999), glyphs(HK[2])]
    assert templates.settle(looks)[1].text == HK[1]


def test_a_check_digit_settles_a_doubtful_glyph():
    settled = templates.settle([swapped(HK[0], 6, "8", 0.6), *map(glyphs, HK[1:])])
    assert settled[0].text == HK[0]
    assert settled[0].repaired
    assert min(settled[0].sure) <= 0.5


def test_a_check_digit_does_not_overrule_a_clear_glyph():
    wrong = HK[0][:6] + "9" + HK[0][7:]
    settled = templates.settle([glyphs(wrong), *map(glyphs, HK[1:])])
    assert settled[0].text == wrong


def test_letters_that_are_no_character_are_read_as_the_likeliest_that_are():
    # C5 2C is no character; C5 ED is.
    line = "MFONLDKMNBKH<<<<00BA1716236433"
    looks = swapped(line, 2, "C", 0.7)
    settled = templates.settle([glyphs(TAIWAN[0]), looks, glyphs(TAIWAN[2])])[1]
    assert settled.text.startswith("MFON")
    assert settled.repaired
    assert settled.sure[2] <= 0.5


def test_a_name_is_spelled_in_whole_groups():
    line = "MEKKNDKC<<<<<<<<00B72712738<72"
    settled = templates.settle([glyphs(HK[0]), swapped(line, 7, "<", 0.8), glyphs(HK[2])])[1]
    assert settled.text.startswith("MEKKNDKC<<")


def test_a_rare_character_is_believed_where_it_is_clear():
    line = "JFOC" + HK[1][4:]  # 95 E2 is in GBK alone
    assert templates.settle([glyphs(HK[0]), glyphs(line), glyphs(HK[2])])[1].text[:4] == "JFOC"


def test_nothing_stands_behind_the_fillers_of_a_name():
    looks = swapped(HK[2], 29, "T", 0.9)
    settled = templates.settle([glyphs(HK[0]), glyphs(HK[1]), looks])[2]
    assert settled.text == HK[2]
    assert settled.repaired
    assert settled.sure[29] <= 0.5


def test_a_gap_between_names_has_two_fillers():
    looks = swapped(HK[2], 5, "C", 0.9)
    assert templates.settle([glyphs(HK[0]), glyphs(HK[1]), looks])[2].text == HK[2]


@pytest.mark.parametrize(
    "name",
    [
        "DA<SILVA<ROSA<<JOAO<<<<<<<<<<<",
        "LI<<O<<<<<<<<<<<<<<<<<<<<<<<<<",
        "MADONNA<<<<<<<<<<<<<<<<<<<<<<<",
    ],
)
def test_names_of_every_shape_are_kept(name):
    settled = templates.settle([glyphs(HK[0]), glyphs(HK[1]), glyphs(name)])[2]
    assert settled.text == name
    assert not settled.repaired


def test_other_documents_fit_badly():
    fits = [templates.fit(row, glyphs(line)) for row, line in enumerate(HK)]
    other = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6")
    misfits = [templates.fit(row, glyphs(line)) for row, line in enumerate(other)]
    assert min(fits) > 0.99
    assert max(misfits) < 0.85
