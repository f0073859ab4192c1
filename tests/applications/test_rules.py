"""Each verdict of each rule, in the words that stand on the page and at the field it is about."""

from datetime import date

import pytest

from kyc.applications import rules
from kyc.applications.rule_words import WORDS
from ocr_integration.permit import consistency
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import PermitType, Side
from tests import factories

TODAY = date(2026, 11, 23)
AGREE, DISAGREE, CANNOT_TELL = Verdict.AGREE, Verdict.DISAGREE, Verdict.CANNOT_TELL
HK, TW = PermitType.HK_MACAO, PermitType.TAIWAN

TAIWAN_FRONT = {
    "name": "林小美",
    "name_en": "LIN,HSIAO MEI",
    "birth_date": "2005.02.20",
    "sex": "F",
    "valid_period": "2024.06.15-2029.06.14",
    "issuing_authority": "中华人民共和国出入境管理局",
    "number": "12345678",
    "issue_place": "福建",
    "issue_times": "01",
}
TAIWAN_BACK = {
    "id_name": "林小美",
    "id_number": "A234567893",
    "machine_code1": "CT12345678<80132906140F0502205",
    "machine_code2": "MBNGNAKBMDMA<<<<00CA2345678935",
    "machine_code3": "LIN<<HSIAO<MEI<<<<<<<<<<<<3501",
}
LINE_1 = factories.BACK["machine_code1"]


def _line(line, at, digit):
    return line[:at] + digit + line[at + 1 :]


def _remarks(changes, *, front_type=HK, back_type=HK):
    front, back = {**factories.FRONT}, {**factories.BACK}
    if TW in {front_type, back_type}:
        front, back = {**TAIWAN_FRONT}, {**TAIWAN_BACK}
    for name, value in changes.items():
        (front if name in front else back)[name] = value
    judged = rules.judge(front, back, front_type=front_type, back_type=back_type, today=TODAY)
    return {
        (remark.rule, side, name): remark
        for (side, name), found in judged.remarks.items()
        for remark in found
    }


BIRTH = "Machine code says 1990.01.01"
CASES = [
    ("types_agree", AGREE, {}, "back", "type", "Both sides are of the same permit."),
    ("number_pattern", AGREE, {}, "front", "number", "The number has this permit's form."),
    (
        "number_pattern",
        DISAGREE,
        {"number": "12345678"},
        "front",
        "number",
        "This is not a number of this permit: one of Taiwan residents.",
    ),
    (
        "number_pattern",
        DISAGREE,
        {"number": "C12345678"},
        "front",
        "number",
        "This is not a number of this permit: one of a mainland resident's exit-entry permit.",
    ),
    (
        "number_pattern",
        DISAGREE,
        {"number": "X1"},
        "front",
        "number",
        "This is not a number of this permit: no form of number that we know.",
    ),
    ("number_pattern", CANNOT_TELL, {"number": ""}, "front", "number", "Too little was read"),
    ("not_expired", AGREE, {}, "front", "valid_period", "Valid until 2034-06-14."),
    (
        "not_expired",
        DISAGREE,
        {"valid_period": "2012.06.08-2022.06.07"},
        "front",
        "valid_period",
        "Expired on 2022-06-07.",
    ),
    ("not_expired", CANNOT_TELL, {"valid_period": "2012"}, "front", "valid_period", "Too little"),
    ("already_valid", AGREE, {}, "front", "valid_period", "Valid since 2024-06-15."),
    (
        "already_valid",
        DISAGREE,
        {"valid_period": "2026.11.24-2036.11.23"},
        "front",
        "valid_period",
        "Valid only from 2026-11-24.",
    ),
    ("already_valid", CANNOT_TELL, {"valid_period": ""}, "front", "valid_period", "Too little"),
    ("valid_period_length", AGREE, {}, "front", "valid_period", "As long as such a permit"),
    (
        "valid_period_length",
        DISAGREE,
        {"valid_period": "2024.06.15-2029.06.14"},
        "front",
        "valid_period",
        "Such a permit is valid for 10 years, less a day.",
    ),
    (
        "valid_period_length",
        DISAGREE,
        {"valid_period": "2024.06.15-2027.06.14", "birth_date": ""},
        "front",
        "valid_period",
        "Such a permit is valid for 5 or 10 years, less a day.",
    ),
    (
        "valid_period_length",
        CANNOT_TELL,
        {"number": ""},
        "front",
        "valid_period",
        "How long such a permit is valid is not known.",
    ),
    ("age_at_issue", AGREE, {}, "front", "birth_date", "Issued at the age of 34."),
    (
        "age_at_issue",
        DISAGREE,
        {"birth_date": "2025.01.01"},
        "front",
        "birth_date",
        "Issued at the age of -1, which cannot be.",
    ),
    ("age_at_issue", CANNOT_TELL, {"birth_date": ""}, "front", "birth_date", "Too little"),
    ("authority_known", AGREE, {}, "front", "issuing_authority", "A known authority."),
    (
        "authority_known",
        CANNOT_TELL,
        {"issuing_authority": "某局"},
        "front",
        "issuing_authority",
        "Not one of the known authorities; others may be right.",
    ),
    ("id_name_is_name", AGREE, {}, "back", "id_name", "Same as the name on the front."),
    (
        "id_name_is_name",
        DISAGREE,
        {"id_name": "陳小文"},
        "back",
        "id_name",
        "The front says 陈大文.",
    ),
    (
        "id_name_is_name",
        CANNOT_TELL,
        {"id_name": "CHAN TAI MAN"},
        "back",
        "id_name",
        "The two names are not in the same script",
    ),
    ("id_number_check", AGREE, {}, "back", "id_number", "Its check digit holds."),
    (
        "id_number_check",
        DISAGREE,
        {"id_number": "A123456(4)"},
        "back",
        "id_number",
        "Its check digit fails, or it is no ID number.",
    ),
    (
        "id_number_check",
        CANNOT_TELL,
        {"id_number": "1234567(8)"},
        "back",
        "id_number",
        "Not read, or of a place whose check digits are not public.",
    ),
    (
        "id_place_is_permit_place",
        AGREE,
        {},
        "back",
        "id_number",
        "An ID number of Hong Kong, as expected.",
    ),
    (
        "id_place_is_permit_place",
        DISAGREE,
        {"id_number": "A234567893"},
        "back",
        "id_number",
        "An ID number of Taiwan does not belong to this permit.",
    ),
    (
        "id_place_is_permit_place",
        CANNOT_TELL,
        {"id_number": ""},
        "back",
        "id_number",
        "Where the ID number comes from is not known.",
    ),
    ("mrz_form", AGREE, {}, "back", "machine_code1", "Three lines of thirty characters."),
    (
        "mrz_form",
        DISAGREE,
        {"machine_code2": "TOO SHORT"},
        "back",
        "machine_code2",
        "A line has thirty capital letters, figures or fillers; this one has not.",
    ),
    (
        "mrz_form",
        CANNOT_TELL,
        {"machine_code3": ""},
        "back",
        "machine_code1",
        "Not all three lines were read.",
    ),
    (
        "type_is_code_type",
        AGREE,
        {},
        "back",
        "machine_code1",
        "Machine code names the same permit.",
    ),
    (
        "type_is_code_type",
        DISAGREE,
        {"machine_code1": "CT" + LINE_1[2:]},
        "back",
        "machine_code1",
        "Machine code says Taiwan.",
    ),
    (
        "type_is_code_type",
        DISAGREE,
        {"machine_code1": "CS" + LINE_1[2:]},
        "back",
        "machine_code1",
        "Machine code says CS.",
    ),
    (
        "type_is_code_type",
        CANNOT_TELL,
        {"machine_code1": ""},
        "back",
        "machine_code1",
        "Too little",
    ),
    (
        "birth_is_code_birth",
        DISAGREE,
        {"birth_date": "1990.01.07"},
        "front",
        "birth_date",
        f"{BIRTH}.",
    ),
    (
        "birth_is_code_birth",
        DISAGREE,
        {"birth_date": "1990.01.07", "machine_code1": _line(LINE_1, 29, "2")},
        "front",
        "birth_date",
        f"{BIRTH}, but its own check digit fails.",
    ),
    (
        "expiry_is_code_expiry",
        DISAGREE,
        {"valid_period": "2024.06.15-2034.06.13"},
        "front",
        "valid_period",
        "Machine code says 2034.06.14.",
    ),
    (
        "front_number_is_code_number",
        DISAGREE,
        {"number": "H12345679"},
        "front",
        "number",
        "Machine code says H12345678.",
    ),
    (
        "name_en_is_code_name",
        DISAGREE,
        {"name_en": "CHAN,SIU MAN"},
        "front",
        "name_en",
        "Machine code says CHAN,TAI MAN.",
    ),
    (
        "name_is_code_name",
        DISAGREE,
        {"name": "陈小文"},
        "front",
        "name",
        "Machine code says 陈大文.",
    ),
    ("sex_is_code_sex", DISAGREE, {"sex": "女"}, "front", "sex", "Machine code says M."),
    (
        "issue_times_is_code_renewals",
        DISAGREE,
        {"issue_times": "02"},
        "front",
        "issue_times",
        "Machine code says 01.",
    ),
    (
        "id_number_is_code_id",
        DISAGREE,
        {"id_number": "C668668(E)"},
        "back",
        "id_number",
        "Machine code says A123456(3).",
    ),
]

COMPARED_WITH_THE_CODE = {
    "birth_is_code_birth": ("front", "birth_date"),
    "expiry_is_code_expiry": ("front", "valid_period"),
    "front_number_is_code_number": ("front", "number"),
    "name_en_is_code_name": ("front", "name_en"),
    "name_is_code_name": ("front", "name"),
    "sex_is_code_sex": ("front", "sex"),
    "issue_times_is_code_renewals": ("front", "issue_times"),
    "id_number_is_code_id": ("back", "id_number"),
}
DIGITS = {
    "mrz_number_check": ("machine_code1", 11, "Number"),
    "mrz_renewals_check": ("machine_code1", 14, "Renewals"),
    "mrz_expiry_check": ("machine_code1", 21, "Expiry"),
    "mrz_birth_check": ("machine_code1", 29, "Birth"),
    "mrz_id_check": ("machine_code2", 28, "ID"),
    "mrz_overall_check": ("machine_code2", 29, "Overall"),
}


@pytest.mark.parametrize(("rule", "verdict", "changes", "side", "name", "reason"), CASES)
def test_a_rule_says_what_it_found_at_its_field(rule, verdict, changes, side, name, reason):
    remark = _remarks(changes)[rule, Side(side), name]
    assert remark.verdict is verdict
    assert remark.reason.startswith(reason)


@pytest.mark.parametrize("rule", COMPARED_WITH_THE_CODE)
def test_the_code_says_the_same(rule):
    side, name = COMPARED_WITH_THE_CODE[rule]
    remark = _remarks({})[rule, Side(side), name]
    assert remark.verdict is AGREE
    assert remark.reason.startswith("Machine code says the same")


@pytest.mark.parametrize("rule", COMPARED_WITH_THE_CODE)
def test_a_code_that_was_not_read_cannot_tell(rule):
    side, name = COMPARED_WITH_THE_CODE[rule]
    unread = dict.fromkeys(("machine_code1", "machine_code2", "machine_code3"), "")
    remark = _remarks(unread)[rule, Side(side), name]
    assert (remark.verdict, remark.reason) == (CANNOT_TELL, "Too little was read to compare.")


@pytest.mark.parametrize("rule", DIGITS)
def test_a_check_digit_holds_fails_or_was_not_read(rule):
    line, at, word = DIGITS[rule]
    whole = factories.BACK[line]
    right = whole[at]
    wrong = "1" if right != "1" else "2"

    holds = _remarks({})[rule, Side.BACK, line]
    fails = _remarks({line: _line(whole, at, wrong)})[rule, Side.BACK, line]
    unread = _remarks({line: ""})[rule, Side.BACK, line]

    assert (holds.verdict, holds.reason) == (AGREE, f"{word} digit holds.")
    assert (fails.verdict, fails.reason) == (
        DISAGREE,
        f"{word} digit: {wrong} read, {right} expected.",
    )
    assert unread.verdict is CANNOT_TELL
    assert unread.reason == "Too little of the code was read to check its digit."


@pytest.mark.parametrize(
    ("front_type", "back_type", "verdict", "reason"),
    [
        (HK, TW, DISAGREE, "The front says Hong Kong and Macao, the back Taiwan."),
        (HK, None, CANNOT_TELL, "Only one side says which permit it is."),
    ],
)
def test_the_two_sides_are_compared(front_type, back_type, verdict, reason):
    remark = _remarks({}, front_type=front_type, back_type=back_type)["types_agree", "back", "type"]
    assert (remark.verdict, remark.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("rule", "name", "changes", "verdict", "reason"),
    [
        ("sex_is_id_sex", "sex", {}, AGREE, "The ID number says the same."),
        ("sex_is_id_sex", "sex", {"sex": "M"}, DISAGREE, "The ID number says F."),
        ("sex_is_id_sex", "sex", {"id_number": ""}, CANNOT_TELL, "The ID number does not say."),
        (
            "issue_place_only_taiwan",
            "issue_place",
            {},
            AGREE,
            "This permit prints a place of issue.",
        ),
        (
            "issue_place_only_taiwan",
            "issue_place",
            {"issue_place": ""},
            CANNOT_TELL,
            "Too little was read to compare.",
        ),
    ],
)
def test_some_rules_are_about_taiwan_only(rule, name, changes, verdict, reason):
    remark = _remarks(changes, front_type=TW, back_type=TW)[rule, Side.FRONT, name]
    assert (remark.verdict, remark.reason) == (verdict, reason)
    assert all(said != rule for said, _side, _name in _remarks({}))


def test_every_rule_has_its_words_and_is_tested_here():
    asked = consistency.check({}, {}, front_type=HK, back_type=HK, today=TODAY)
    only_taiwan = {"sex_is_id_sex", "issue_place_only_taiwan"}
    tested = {case[0] for case in CASES} | set(COMPARED_WITH_THE_CODE) | set(DIGITS) | only_taiwan
    assert {finding.rule for finding in asked} == set(WORDS) == tested


def test_a_taiwan_permit_agrees_with_itself():
    verdicts = {r.verdict for r in _remarks({}, front_type=TW, back_type=TW).values()}
    assert DISAGREE not in verdicts


def test_the_code_offers_what_the_card_would_print():
    judged = rules.judge(factories.FRONT, factories.BACK, front_type=HK, back_type=HK, today=TODAY)
    printed = {
        (Side.FRONT, name): factories.FRONT[name]
        for name in ("name", "name_en", "birth_date", "sex", "valid_period", "number")
    }
    printed[Side.FRONT, "issue_times"] = "01"
    printed[Side.BACK, "id_number"] = "A123456(3)"
    printed[Side.FRONT, "type"] = printed[Side.BACK, "type"] = HK.value
    assert judged.offers == printed
    assert judged.suspect is None


def test_a_line_of_the_code_is_offered_with_its_one_misread_character_set_right():
    line = factories.BACK["machine_code1"]
    back = {**factories.BACK, "machine_code1": line[:28] + "7" + line[29:]}
    judged = rules.judge(factories.FRONT, back, front_type=HK, back_type=HK, today=TODAY)
    place = (Side.BACK, "machine_code1")
    assert (judged.offers[place], judged.suspect) == (line, (place, 28))


def test_without_the_front_there_is_no_first_day_to_offer():
    judged = rules.judge({}, factories.BACK, front_type=None, back_type=HK, today=TODAY)
    assert (Side.FRONT, "valid_period") not in judged.offers


def test_no_value_stands_in_a_repr():
    remark = _remarks({"name": "陈小文"})["name_is_code_name", Side.FRONT, "name"]
    assert "陈" not in repr(remark)
