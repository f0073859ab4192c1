import base64
import json
import math
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr_integration.client import answers
from ocr_integration.client.errors import OcrError, ProviderAtFault, TryAgain
from ocr_integration.protocol.fields import PermitType, Side, fields_of
from ocr_integration.protocol.quality import Problem, ProblemCode
from tests.ocr_integration.client.fakes import HK_FRONT, answer, refusal, result

CORNERS = [[10, 20], [30, 20], [30, 40], [10, 40]]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def picture():
    file = BytesIO()
    Image.new("RGB", (60, 50)).save(file, "JPEG")
    return file.getvalue()


def test_it_takes_the_fields_of_the_side(picture):
    taken = answers.parse_result(result(id_name="not of this side", extra={"a": []}), picture)

    assert (taken.type, taken.side) == (PermitType.HK_MACAO, Side.FRONT)
    assert tuple(taken.values) == fields_of(PermitType.HK_MACAO, Side.FRONT)
    assert taken.values["name"] == "陈大文"
    assert (taken.confidence["name"], taken.confidence["number"]) == (0.9, 1.0)
    assert (taken.type_confidence, taken.side_confidence) == (0.99, 1.0)
    assert taken.confidence["sex"] == 0.0


@pytest.mark.parametrize("absent", [None, "", "  "])
def test_null_and_empty_are_not_read_and_have_no_confidence(absent, picture):
    taken = answers.parse_result(result(name=absent), picture)
    assert (taken.values["name"], taken.confidence["name"]) == ("", 0.0)


def test_a_missing_field_is_not_read(picture):
    said = {k: v for k, v in HK_FRONT.items() if k not in ("name", "confidence")}
    taken = answers.parse_result(answer({"result": said}), picture)
    assert taken.values["name"] == ""
    assert set(taken.confidence.values()) == {0.0}


@pytest.mark.parametrize(
    ("text", "permit_type"),
    [
        ("Mainland Travel Permit for Taiwan Residents", PermitType.TAIWAN),
        ("台湾居民来往大陆通行证", PermitType.TAIWAN),
        ("港澳居民来往内地通行证", PermitType.HK_MACAO),
    ],
)
def test_both_languages_of_type_are_known(text, permit_type, picture):
    assert answers.parse_result(result(type=text), picture).type is permit_type


@pytest.mark.parametrize("sex", ["M", "F", "男", "女", "男/M", "女/F"])
def test_every_spelling_of_sex_stays_as_it_was_read(sex, picture):
    assert answers.parse_result(result(sex=sex), picture).values["sex"] == sex


@pytest.mark.parametrize("value", [-0.1, 1.1, 1e400, math.nan, "0.9", None, True, [], 10**400])
def test_a_confidence_that_is_none_counts_nothing(value, picture):
    taken = answers.parse_result(result(confidence={"name": value}), picture)
    assert taken.confidence["name"] == 0.0


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Passport"},
        {"type": None},
        {"side": "left"},
        {"side": ""},
        {"name": 7},
        {"name": ["陈"]},
        {"name": "x" * 201},
        {"name": "a\u0000b"},
        {"name": "a\u202eb"},
        {"name": "\ud800"},
        {"confidence": [1]},
        {"portrait_image": 7},
        {"portrait_image": "no base64!"},
        {"portrait_image": "A" * (3 * 1024 * 1024)},
        {"portrait_location": "here"},
        {"portrait_location": CORNERS[:3]},
        {"portrait_location": [[1, 2, 3]] * 4},
        {"portrait_location": [[1.5, 2]] * 4},
        {"portrait_location": [[True, False]] * 4},
    ],
)
def test_what_contradicts_the_api_is_refused(changes, picture):
    with pytest.raises(ProviderAtFault):
        answers.parse_result(result(**changes), picture)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b'{"result": []}',
        b'{"result": {}} {}',
        b'{"result": {"type": NaN}}',
        b'{"result": {}, "result": {}}',
        b'{"result": {"a": "\xff"}}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        json.dumps({"result": HK_FRONT, "error_code": "AIS.0104"}).encode(),
    ],
)
def test_what_is_no_result_is_refused(body, picture):
    with pytest.raises(ProviderAtFault) as caught:
        answers.parse_result(answer(body), picture)
    assert "H12345678" not in str(caught.value)


def test_portrait_and_corners_are_taken(picture):
    portrait = base64.b64encode(b"jpeg").decode()
    taken = answers.parse_result(
        result(portrait_image=portrait, portrait_location=CORNERS), picture
    )
    assert taken.portrait_image == b"jpeg"
    assert taken.portrait_location == ((10, 20), (30, 20), (30, 40), (10, 40))


@pytest.mark.parametrize("corner", [[-1, 20], [61, 20], [10, 51], [10**30, 0]])
def test_corners_outside_the_picture_are_none(corner, picture):
    taken = answers.parse_result(result(portrait_location=[corner, *CORNERS[1:]]), picture)
    assert taken.portrait_location is None


def test_corners_of_what_is_no_picture_are_none():
    taken = answers.parse_result(result(portrait_location=CORNERS), b"no picture")
    assert taken.portrait_location is None


@settings(max_examples=300)
@given(st.sampled_from([*HK_FRONT, "portrait_image", "portrait_location"]), json_values)
def test_no_value_anywhere_breaks_it(name, value):
    try:
        taken = answers.parse_result(result(**{name: value}), b"")
    except OcrError:
        return
    assert all(0 <= c <= 1 and math.isfinite(c) for c in taken.confidence.values())


@given(json_values)
def test_no_document_breaks_it(value):
    for parse in (answers.parse_result, answers.parse_problems):
        with pytest.raises(ProviderAtFault):
            parse(answer(value), b"")
    assert isinstance(answers.parse_error(answer(value, status=400)), OcrError)


def test_an_error_body_becomes_our_error():
    error = answers.parse_error(refusal(429, "APIG.0308", retry_after="7", x_request_id="req-1"))
    assert isinstance(error, TryAgain)
    assert (error.status, error.code, error.request_id) == (429, "APIG.0308", "req-1")
    assert error.after == 7.0
    assert "secret words" not in str(error) + repr(error)


def test_problems_are_taken_and_unknown_ones_passed_over(picture):
    said = {
        "problems": [
            {"code": "glare", "field": "number", "where": CORNERS},
            {"code": "dark", "field": None, "where": None},
            {"code": "of tomorrow", "field": None, "where": None},
            {"code": "blurred", "field": "of tomorrow"},
        ]
    }
    assert answers.parse_problems(answer(said), picture) == (
        Problem(ProblemCode.GLARE, "number", ((10, 20), (30, 20), (30, 40), (10, 40))),
        Problem(ProblemCode.DARK),
        Problem(ProblemCode.BLURRED),
    )
    assert answers.parse_problems(answer({"problems": []}), picture) == ()


@pytest.mark.parametrize(
    "body", [{}, {"problems": {}}, {"problems": [7]}, {"problems": [{}] * 999}]
)
def test_what_lists_no_problems_is_refused(body, picture):
    with pytest.raises(ProviderAtFault):
        answers.parse_problems(answer(body), picture)
