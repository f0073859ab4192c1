import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_integration.permit import numbers
from ocr_integration.permit.numbers import NumberKind, Place
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import PermitType


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("H12345678", NumberKind.HK_MACAO),
        ("M12345678", NumberKind.HK_MACAO),
        ("HA1234567", NumberKind.HK_MACAO_NON_CHINESE),
        ("MA1234567", NumberKind.HK_MACAO_NON_CHINESE),
        ("H1234567801", NumberKind.HK_MACAO_1999),
        ("12345678", NumberKind.TAIWAN),
        ("1234567801", NumberKind.TAIWAN_BOOKLET),
        ("1234567801(B)", NumberKind.TAIWAN_BOOKLET),
        ("C12345678", NumberKind.EXIT_ENTRY),
        ("CA1234567", NumberKind.EXIT_ENTRY),
        ("T12345678", NumberKind.EXIT_ENTRY),
        ("810000199001010016", NumberKind.IDENTITY_CARD),
        ("11010119900101001X", NumberKind.IDENTITY_CARD),
        ("CI1234567", None),
        ("A12345678", None),
        ("H1234567", None),
        ("", None),
    ],
)
def test_the_pattern_tells_the_document(number, kind):
    assert numbers.kind_of(number) is kind


@pytest.mark.parametrize(
    ("number", "permit_type", "verdict"),
    [
        ("H12345678", PermitType.HK_MACAO, Verdict.AGREE),
        ("MA1234567", PermitType.HK_MACAO, Verdict.AGREE),
        ("12345678", PermitType.TAIWAN, Verdict.AGREE),
        ("12345678", None, Verdict.AGREE),
        ("12345678", PermitType.HK_MACAO, Verdict.DISAGREE),
        ("H12345678", PermitType.TAIWAN, Verdict.DISAGREE),
        ("H1234567801", PermitType.HK_MACAO, Verdict.DISAGREE),
        ("C12345678", None, Verdict.DISAGREE),
        ("", PermitType.TAIWAN, Verdict.CANNOT_TELL),
    ],
)
def test_a_number_fits_the_permit_that_bears_it(number, permit_type, verdict):
    assert numbers.fits(number, permit_type) is verdict


@pytest.mark.parametrize(
    ("number", "part"),
    [
        ("H1234567801", "H12345678"),
        ("H12345678", "H12345678"),
        ("1234567801(B)", "12345678"),
        ("1234567801", "12345678"),
        ("12345678", "12345678"),
        ("810000199001010016", "810000199001010016"),
    ],
)
def test_the_lifelong_part_has_no_count_of_renewals(number, part):
    assert numbers.lifelong(number) == part


@pytest.mark.parametrize(
    ("printed", "plain"),
    [("A123456(3)", "A1234563"), (" a123456（3） ", "A1234563"), ("1/234567/8", "12345678")],
)
def test_brackets_and_widths_do_not_matter(printed, plain):
    assert numbers.plain_id(printed) == plain


@pytest.mark.parametrize(
    ("id_number", "place", "verdict"),
    [
        ("A1234563", Place.HONG_KONG, Verdict.AGREE),
        ("AB9876543", Place.HONG_KONG, Verdict.AGREE),
        ("A1234564", Place.HONG_KONG, Verdict.DISAGREE),
        ("A123456789", Place.TAIWAN, Verdict.AGREE),
        ("A234567893", Place.TAIWAN, Verdict.AGREE),
        ("A123456788", Place.TAIWAN, Verdict.DISAGREE),
        ("12345678", Place.MACAO, Verdict.CANNOT_TELL),
        ("ABC", None, Verdict.DISAGREE),
        ("", None, Verdict.CANNOT_TELL),
    ],
)
def test_a_local_card_is_known_by_its_number_and_checked_where_the_rule_is_known(
    id_number, place, verdict
):
    assert numbers.place_of(id_number) is place
    assert numbers.check_id(id_number) is verdict


def test_a_hong_kong_check_digit_can_be_a_letter():
    assert numbers.hong_kong_check_digit("G123456") == "A"


@pytest.mark.parametrize(
    ("id_number", "sex"),
    [("A123456789", "M"), ("A234567893", "F"), ("A334567893", ""), ("A1234563", "")],
)
def test_a_taiwan_number_knows_the_sex(id_number, sex):
    assert numbers.sex_of_taiwan_id(id_number) == sex


@given(st.from_regex(r"[A-Z]{1,2}[0-9]{6}", fullmatch=True))
def test_every_hong_kong_body_has_one_good_check_digit(body):
    good = [d for d in "0123456789A" if numbers.check_id(body + d) is Verdict.AGREE]
    assert good == [numbers.hong_kong_check_digit(body)]


@given(st.from_regex(r"[A-Z][0-9]{8}", fullmatch=True))
def test_every_taiwan_body_has_one_good_check_digit(body):
    good = [d for d in "0123456789" if numbers.check_id(body + d) is Verdict.AGREE]
    assert good == [numbers.taiwan_check_digit(body)]


@given(st.text(max_size=30))
def test_no_text_breaks_it(text):
    numbers.lifelong(numbers.plain(text))
    numbers.check_id(numbers.plain_id(text))
