from dataclasses import replace
from datetime import date

import pytest

from ocr_integration.permit import card_rules, code_rules, mrz
from ocr_integration.permit.consistency import check
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import FIELDS, PermitType, Side

TODAY = date(2026, 5, 1)
AGREE, DISAGREE, CANNOT_TELL = Verdict.AGREE, Verdict.DISAGREE, Verdict.CANNOT_TELL

HK_FRONT = {
    "name": "陈大文",
    "name_en": "CHAN, TAI MAN",
    "birth_date": "1990.01.01",
    "sex": "M",
    "valid_period": "2024.06.15-2034.06.14",
    "issuing_authority": "公安部出入境管理局",
    "number": "H12345678",
    "issue_times": "01",
}
HK_BACK = {
    "id_name": "陳大文",
    "id_number": "A123456(3)",
    "machine_code1": "CRH1234567830133406142M9001011",
    "machine_code2": "LDMCLEPDMOME<<<<00BA1234563<48",
    "machine_code3": "CHAN<<TAI<MAN<<<<<<<<<<<<<<<<<",
}
TAIWAN_FRONT = {
    "name": "林小美",
    "name_en": "LIN,HSIAO-MEI",
    "birth_date": "2005.02.20",
    "sex": "女",
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
    "machine_code3": "LIN<<HSIAO<MEI<<<<<<<<<<<<0000",
}


def findings(front, back, front_type=PermitType.HK_MACAO, back_type=None, today=TODAY):
    """What each rule says, by its code."""
    said = check(front, back, front_type=front_type, back_type=back_type or front_type, today=today)
    assert len({finding.rule for finding in said}) == len(said)
    return {finding.rule: finding for finding in said}


def of_hk(rule, **changes):
    """The finding of one rule on the Hong Kong card with some values changed."""
    front = {**HK_FRONT, **{k: v for k, v in changes.items() if k in HK_FRONT}}
    front |= {"issue_place": changes["issue_place"]} if "issue_place" in changes else {}
    back = {**HK_BACK, **{k: v for k, v in changes.items() if k in HK_BACK}}
    return findings(front, back)[rule]


def of_taiwan(rule, **changes):
    """The finding of one rule on the Taiwan card with some values changed."""
    front = {**TAIWAN_FRONT, **{k: v for k, v in changes.items() if k in TAIWAN_FRONT}}
    back = {**TAIWAN_BACK, **{k: v for k, v in changes.items() if k in TAIWAN_BACK}}
    return findings(front, back, PermitType.TAIWAN)[rule]


def test_nothing_disagrees_on_a_good_hong_kong_card():
    said = findings(HK_FRONT, HK_BACK)
    assert {rule for rule, finding in said.items() if finding.verdict is not AGREE} == {
        "sex_is_id_sex"
    }


def test_nothing_disagrees_on_a_good_taiwan_card():
    said = findings(TAIWAN_FRONT, TAIWAN_BACK, PermitType.TAIWAN)
    assert {rule for rule, finding in said.items() if finding.verdict is not AGREE} == {
        "mrz_id_check"
    }


@pytest.mark.parametrize(
    ("front", "back"),
    [(None, None), ({}, {}), (dict.fromkeys(HK_FRONT, ""), dict.fromkeys(HK_BACK, ""))],
)
def test_what_was_not_read_is_no_reason_to_doubt(front, back):
    said = check(front, back, front_type=None, back_type=None, today=TODAY)
    assert {finding.verdict for finding in said} == {CANNOT_TELL}


@pytest.mark.parametrize("missing", [*HK_FRONT, *HK_BACK])
def test_no_single_missing_value_makes_a_rule_disagree(missing):
    front = {k: v for k, v in HK_FRONT.items() if k != missing}
    back = {k: v for k, v in HK_BACK.items() if k != missing}
    assert DISAGREE not in {finding.verdict for finding in findings(front, back).values()}


def test_rules_that_need_both_sides_cannot_tell_from_one():
    alone = findings(HK_FRONT, None)
    assert alone["front_number_is_code_number"].verdict is CANNOT_TELL
    assert alone["number_pattern"].verdict is AGREE


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("number_pattern", {"number": "C12345678"}),
        ("number_pattern", {"number": "12345678"}),
        ("number_pattern", {"number": "H1234567801"}),
        ("not_expired", {"valid_period": "2015.06.15-2025.06.14"}),
        ("already_valid", {"valid_period": "2026.06.15-2036.06.14"}),
        ("valid_period_length", {"valid_period": "2024.06.15-2029.06.14"}),
        ("age_at_issue", {"birth_date": "2025.01.01"}),
        ("age_at_issue", {"birth_date": "1890.01.01"}),
        ("issue_place_only_taiwan", {"issue_place": "香港"}),
        ("id_name_is_name", {"id_name": "陳小文"}),
        ("id_number_check", {"id_number": "A123456(4)"}),
        ("id_number_check", {"id_number": "A12"}),
        ("id_place_is_permit_place", {"id_number": "A234567893"}),
        ("mrz_form", {"machine_code1": "CRH1234567830133406142M900101"}),
        ("mrz_number_check", {"machine_code1": "CRH1234567730133406142M9001011"}),
        ("mrz_renewals_check", {"machine_code1": "CRH1234567830233406142M9001011"}),
        ("mrz_expiry_check", {"machine_code1": "CRH1234567830133406152M9001011"}),
        ("mrz_birth_check", {"machine_code1": "CRH1234567830133406142M9001021"}),
        ("mrz_id_check", {"machine_code2": "LDMCLEPDMOME<<<<00BA1234573<48"}),
        ("mrz_overall_check", {"machine_code2": "LDMCLEPDMOME<<<<00BA1234563<47"}),
        ("type_is_code_type", {"machine_code1": "CTH1234567830133406142M9001011"}),
        ("type_is_code_type", {"machine_code1": "CSH1234567830133406142M9001011"}),
        ("front_number_is_code_number", {"number": "H12345679"}),
        ("birth_is_code_birth", {"birth_date": "1990.01.02"}),
        ("birth_is_code_birth", {"birth_date": "1990.01.02", "machine_code2": ""}),
        ("expiry_is_code_expiry", {"valid_period": "2024.06.15-2034.06.15"}),
        ("sex_is_code_sex", {"sex": "女"}),
        ("issue_times_is_code_renewals", {"issue_times": "02"}),
        ("name_is_code_name", {"name": "陈小文"}),
        ("name_en_is_code_name", {"name_en": "CHAN, TAI WAN"}),
        ("id_number_is_code_id", {"id_number": "A123457(1)"}),
    ],
)
def test_it_disagrees(rule, changes):
    assert of_hk(rule, **changes).verdict is DISAGREE


def test_types_of_two_permits_disagree():
    said = findings(HK_FRONT, HK_BACK, PermitType.HK_MACAO, PermitType.TAIWAN)
    assert said["types_agree"].verdict is DISAGREE


def test_a_taiwan_number_that_says_another_sex_disagrees():
    assert of_taiwan("sex_is_id_sex", sex="男").verdict is DISAGREE
    assert of_taiwan("sex_is_id_sex").verdict is AGREE


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("authority_known", {"issuing_authority": "广东省公安厅"}),
        ("id_number_check", {"id_number": "1234567(8)"}),
        ("id_name_is_name", {"id_name": "CHAN TAI MAN"}),
        ("name_is_code_name", {"name": "CHAN"}),
        ("name_is_code_name", {"machine_code2": "ZZZZLEPDMOME<<<<00BA1234563<48"}),
        ("valid_period_length", {"number": "X"}),
        ("valid_period_length", {"valid_period": "2024.06.15"}),
        ("sex_is_id_sex", {}),
    ],
)
def test_it_cannot_tell_from_what_nobody_knows(rule, changes):
    assert of_hk(rule, **changes).verdict is CANNOT_TELL


def test_a_macao_card_on_a_hong_kong_number_is_no_contradiction():
    assert of_hk("id_place_is_permit_place", id_number="1234567(8)").verdict is AGREE


@pytest.mark.parametrize(
    ("day", "verdict"), [(date(2034, 6, 14), AGREE), (date(2034, 6, 15), DISAGREE)]
)
def test_the_last_day_is_still_valid(day, verdict):
    assert findings(HK_FRONT, HK_BACK, today=day)["not_expired"].verdict is verdict


def test_a_latin_name_cut_by_the_code_agrees():
    code = replace(mrz.parse(list(HK_BACK.values())[2:]), given_names="TAI MAN ALEXANDER BENEDICT")
    lines = dict(zip(list(HK_BACK)[2:], mrz.compose(code), strict=True))
    whole = "CHAN, TAI MAN ALEXANDER BENEDICT"

    assert of_hk("name_en_is_code_name", name_en=whole, **lines).verdict is AGREE
    assert of_hk("name_en_is_code_name", **lines).verdict is DISAGREE


def test_a_long_chinese_name_is_compared_by_the_four_characters_that_fit():
    code = replace(
        mrz.parse(list(HK_BACK.values())[2:]),
        name_letters=mrz.encode_name("司徒大文"),
        omitted="10",
    )
    lines = dict(zip(list(HK_BACK)[2:], mrz.compose(code), strict=True))
    assert of_hk("name_is_code_name", name="司徒大文明", **lines).verdict is AGREE


def test_a_finding_says_where_to_look_and_what_was_expected():
    finding = of_hk("front_number_is_code_number", number="H12345679")

    assert finding.fields == ((Side.FRONT, "number"), (Side.BACK, "machine_code1"))
    assert (finding.expected, finding.found) == ("H12345678", "H12345679")
    assert finding.source == "machine_code"
    assert "H1234567" not in repr(finding)


def test_a_bad_line_is_the_one_that_is_pointed_at():
    assert of_hk("mrz_form", machine_code3="CHAN<<TAI").fields == ((Side.BACK, "machine_code3"),)


def test_every_finding_names_the_rule_it_comes_from_and_known_fields():
    said = check(HK_FRONT, HK_BACK, front_type=None, back_type=None, today=TODAY)
    rules = [rule.__name__ for rule in (*card_rules.RULES, *code_rules.RULES)]

    assert [finding.rule for finding in said] == rules
    assert {name for finding in said for _, name in finding.fields} <= set(FIELDS)
