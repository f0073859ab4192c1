import base64
import json

import pytest

from ocr_integration.protocol import errors, request, token
from ocr_integration.protocol.fields import (
    FIELDS,
    PermitType,
    Side,
    fields_of,
    permit_type_named,
)
from ocr_integration.protocol.quality import Problem, ProblemCode
from ocr_integration.protocol.result import Result

CORNERS = ((1, 2), (30, 2), (30, 40), (1, 40))


def test_the_api_has_sixteen_fields():
    assert len(FIELDS) == len(set(FIELDS)) == 16


@pytest.mark.parametrize(
    ("permit_type", "side", "count"),
    [
        (PermitType.HK_MACAO, Side.FRONT, 8),
        (PermitType.TAIWAN, Side.FRONT, 9),
        (PermitType.HK_MACAO, Side.BACK, 5),
        (PermitType.TAIWAN, Side.BACK, 5),
    ],
)
def test_each_side_has_its_fields(permit_type, side, count):
    names = fields_of(permit_type, side)
    assert len(names) == count
    assert set(names) <= set(FIELDS)


@pytest.mark.parametrize(
    ("text", "permit_type"),
    [
        ("Mainland Travel Permit for Hong Kong and Macao Residents", PermitType.HK_MACAO),
        ("mainland travel permit for  taiwan residents", PermitType.TAIWAN),
        ("港澳居民来往内地通行证", PermitType.HK_MACAO),
        ("港澳居民来往内地通行证（非中国籍）", PermitType.HK_MACAO),
        ("台湾居民来往大陆通行证", PermitType.TAIWAN),
        ("往来港澳通行证", None),
        ("", None),
    ],
)
def test_a_permit_is_known_in_both_languages(text, permit_type):
    assert permit_type_named(text) is permit_type


def test_a_request_asks_with_base64_and_flags():
    body = request.recognition_body(b"picture", portrait_image=True, portrait_location=False)
    assert json.loads(body) == {
        "image": base64.b64encode(b"picture").decode(),
        "return_portrait_image": True,
        "return_portrait_location": False,
    }
    assert json.loads(request.quality_body(b"picture")) == {"image": "cGljdHVyZQ=="}


def test_a_token_is_asked_for_one_project():
    body = token.token_body(domain="D", name="N", password="P", project_id="abc")
    assert json.loads(body) == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": "N", "password": "P", "domain": {"name": "D"}}},
            },
            "scope": {"project": {"id": "abc"}},
        }
    }


def test_an_error_names_its_request_when_it_has_one():
    assert errors.ErrorBody("AIS.0103", "too small").to_json() == {
        "error_code": "AIS.0103",
        "error_msg": "too small",
    }
    assert errors.ErrorBody("AIS.0103", "too small", "r1").to_json()["request_id"] == "r1"


def test_a_problem_says_where_it_is():
    assert Problem(ProblemCode.GLARE, "number", CORNERS).to_json() == {
        "code": "glare",
        "field": "number",
        "where": [[1, 2], [30, 2], [30, 40], [1, 40]],
    }
    assert Problem(ProblemCode.DARK).to_json() == {"code": "dark", "field": None, "where": None}


def test_a_result_is_spelled_as_the_page_does():
    result = Result(
        type=PermitType.TAIWAN,
        side=Side.FRONT,
        values={"name": "林小美"},
        confidence={"name": 0.9},
        type_confidence=0.8,
        side_confidence=1.0,
        portrait_image=b"jpeg",
        portrait_location=CORNERS,
    )
    assert result.to_json() == {
        "name": "林小美",
        "type": "Mainland Travel Permit for Taiwan Residents",
        "side": "front",
        "confidence": {"name": 0.9, "type": 0.8, "side": 1.0},
        "portrait_image": "anBlZw==",
        "portrait_location": [[1, 2], [30, 2], [30, 40], [1, 40]],
    }
    assert "林小美" not in repr(result)
