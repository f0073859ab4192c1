import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_integration.permit import mrz
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import PermitType

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

digits = st.text("0123456789", min_size=6, max_size=6)
latin_word = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=9)
chinese_name = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=4
)


@pytest.mark.parametrize(
    ("text", "digit"), [("H12345678", "3"), ("340614", "2"), ("A1234563<", "4"), ("<<<", "0")]
)
def test_check_digits_are_the_published_ones(text, digit):
    assert mrz.check_digit(text) == digit


def test_it_takes_the_code_of_a_hong_kong_card_apart():
    code = mrz.parse(HK)

    assert code.permit_type is PermitType.HK_MACAO
    assert (code.number, code.renewals, code.sex) == ("H12345678", "01", "M")
    assert (code.birth_date, code.expiry_date) == ("19900101", "20340614")
    assert (code.name, code.surname, code.given_names) == ("陈大文", "CHAN", "TAI MAN")
    assert (code.id_number, code.omitted, code.authority) == ("A1234563", "00", "")
    assert set(code.checks.values()) == {Verdict.AGREE}


def test_it_takes_the_code_of_a_taiwan_card_apart():
    code = mrz.parse(TAIWAN)

    assert code.permit_type is PermitType.TAIWAN
    assert (code.number, code.renewals, code.sex) == ("12345678", "01", "F")
    assert (code.birth_date, code.expiry_date) == ("20050220", "20290614")
    assert (code.name, code.surname, code.given_names) == ("林小美", "LIN", "HSIAO MEI")
    assert (code.id_number, code.authority) == ("A234567893", "0000")
    assert code.checks["id_number"] is Verdict.CANNOT_TELL
    assert code.checks["overall"] is Verdict.AGREE


@pytest.mark.parametrize("lines", [HK, TAIWAN])
def test_it_writes_the_worked_examples_as_they_are_printed(lines):
    assert mrz.compose(mrz.parse(lines)) == lines


@pytest.mark.parametrize(
    ("line", "position", "check"),
    [
        (0, 3, "number"),
        (0, 12, "renewals"),
        (0, 16, "expiry"),
        (0, 24, "birth"),
        (1, 20, "id_number"),
        (1, 29, "overall"),
    ],
)
def test_each_check_notices_a_changed_character(line, position, check):
    lines = list(HK)
    digit = "7" if lines[line][position] != "7" else "5"
    lines[line] = lines[line][:position] + digit + lines[line][position + 1 :]

    assert mrz.parse(lines).checks[check] is Verdict.DISAGREE


def test_a_line_that_was_not_read_leaves_its_own_parts_empty():
    code = mrz.parse([HK[0], "LDMC", HK[2]])

    assert (code.number, code.name, code.id_number, code.surname) == ("H12345678", "", "", "CHAN")
    assert code.checks["number"] is Verdict.AGREE
    assert code.checks["overall"] is Verdict.CANNOT_TELL
    assert code.birth_date == ""


def test_without_line_one_the_caller_may_say_which_layout_holds():
    assert mrz.parse(["", TAIWAN[1]], PermitType.TAIWAN).id_number == "A234567893"
    assert mrz.parse(["", HK[1]], PermitType.HK_MACAO).id_number == "A1234563"


def test_without_either_the_id_number_is_not_guessed():
    code = mrz.parse(["", HK[1]])
    assert (code.name, code.id_number) == ("陈大文", "")
    assert code.checks["id_number"] is Verdict.CANNOT_TELL


@pytest.mark.parametrize("document", ["C<", "CS", "CD", "P<"])
def test_of_another_document_only_its_code_is_known(document):
    code = mrz.parse([document + HK[0][2:], *HK[1:]])
    assert (code.document, code.permit_type, code.number) == (document, None, "")


def test_spaces_and_small_letters_do_not_matter():
    assert mrz.parse([" ".join(line.lower()) for line in HK]) == mrz.parse(HK)


@pytest.mark.parametrize("letters", ["NGK<", "NGKZ", "ECEC", "PPPP", "NGKEA<<<<"])
def test_letters_that_spell_no_chinese_are_no_name(letters):
    assert mrz.decode_name(letters) is None


def test_one_character_is_spelled_as_published():
    assert mrz.encode_name("证") == "NGKE<<<<<<<<<<<<"


@given(chinese_name)
def test_a_name_survives_being_spelled(name):
    assert mrz.decode_name(mrz.encode_name(name)) == name


@given(st.sampled_from(["CR", "CT"]), digits, digits, digits, chinese_name, latin_word, latin_word)
def test_a_code_survives_being_written(document, serial, expiry, birth, name, surname, given_name):
    taiwan = document == "CT"
    code = mrz.Code(
        document=document,
        number=f"{serial}00" if taiwan else f"H{serial}00",
        renewals="02",
        expiry=expiry,
        sex="F",
        birth=birth,
        name_letters=mrz.encode_name(name),
        omitted="00",
        century="B",
        id_number="A234567893" if taiwan else "A1234563",
        surname=surname,
        given_names=given_name,
        authority="0000" if taiwan else "",
    )
    lines = mrz.compose(code)
    again = mrz.parse(lines)

    assert [len(line) for line in lines] == [30, 30, 30]
    assert Verdict.DISAGREE not in again.checks.values()
    assert mrz.compose(again) == lines
    assert again.name == name


@given(st.lists(st.text(max_size=40), max_size=4))
def test_no_text_breaks_it(lines):
    mrz.parse(lines)


@given(st.lists(st.text(mrz.ALPHABET, min_size=30, max_size=30), min_size=3, max_size=3))
def test_no_code_breaks_it(lines):
    assert mrz.parse(lines).name_letters in (lines[1][:16], "")
