import pytest

from ocr_integration.engine.confidence import IMPOSSIBLE, Judge
from ocr_integration.engine.values import Value
from ocr_integration.protocol.fields import PermitType

FRONT = {
    "name": "陈大文",
    "name_en": "CHAN,TAI MAN",
    "birth_date": "1990.01.01",
    "sex": "M",
    "valid_period": "2024.06.15-2034.06.14",
    "issuing_authority": "中华人民共和国出入境管理局",
    "number": "H12345678",
    "issue_times": "01",
}
BACK = {
    "id_name": "陳大文",
    "id_number": "A123456(3)",
    "machine_code1": "CRH1234567830133406142M9001011",
    "machine_code2": "LDMCLEPDMOME<<<<00BA1234563<48",
    "machine_code3": "CHAN<<TAI<MAN<<<<<<<<<<<<<<<<<",
}


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


def confident(texts: dict[str, str], *, changed: bool = False) -> dict[str, Value]:
    return {field: Value(text, 0.9999, 0.9999, changed) for field, text in texts.items()}


@pytest.mark.parametrize("texts", [FRONT, BACK])
def test_it_trusts_values_that_were_read_well_and_agree(judge, texts):
    confidence = judge.confidence(confident(texts), PermitType.HK_MACAO)
    assert min(confidence.values()) > 0.8


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("birth_date", "1990.13.01"),
        ("birth_date", "1990.02.30"),
        ("valid_period", "2024.06.15-2034.06.44"),
        ("valid_period", "2034.06.15-2024.06.14"),
        ("number", "12345678"),
        ("number", "H1234567"),
        ("issue_times", "1"),
        ("name", "福建"),
        ("name", "银玲"),
    ],
)
def test_it_never_trusts_a_value_that_cannot_be(judge, field, value):
    confidence = judge.confidence(confident(FRONT | {field: value}), PermitType.HK_MACAO)
    assert confidence[field] <= IMPOSSIBLE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id_number", "A123456(4)"),
        ("machine_code1", "CRH1234567930133406142M9001011"),
        ("machine_code2", "LDMCLEPDMOME<<<<00BA1234563<49"),
    ],
)
def test_it_never_trusts_a_failed_check_digit(judge, field, value):
    confidence = judge.confidence(confident(BACK | {field: value}), PermitType.HK_MACAO)
    assert confidence[field] <= IMPOSSIBLE


def test_what_was_not_read_has_none(judge):
    confidence = judge.confidence(confident(FRONT | {"name": ""}), PermitType.HK_MACAO)
    assert confidence["name"] == 0


def test_it_trusts_a_changed_value_less_than_one_read_so(judge):
    plain = judge.confidence(confident(FRONT), PermitType.HK_MACAO)
    changed = judge.confidence(confident(FRONT, changed=True), PermitType.HK_MACAO)
    assert all(changed[field] < plain[field] for field in FRONT)
