import base64
import logging

import pytest

from tests.ocr_integration.server.conftest import PROJECT

PATH = f"/v2/{PROJECT}/ocr/mainland-travel-permit"


def image(picture=b"a picture"):
    return base64.b64encode(picture).decode()


def test_it_answers_with_the_result_without_the_portrait_nobody_asked_for(ask):
    response = ask({"image": image()})

    assert response.status_code == 200
    assert response.content_type == "application/json"
    assert response.json == {
        "result": {
            "name": "陈大文",
            "number": "H12345678",
            "type": "Mainland Travel Permit for Hong Kong and Macao Residents",
            "side": "front",
            "confidence": {"name": 0.9, "number": 1.0, "type": 0.9, "side": 0.8},
        }
    }


@pytest.mark.parametrize(
    ("flag", "name", "value"),
    [
        ("return_portrait_image", "portrait_image", image(b"jpeg")),
        ("return_portrait_location", "portrait_location", [[1, 2], [30, 2], [30, 40], [1, 40]]),
    ],
)
def test_each_part_of_the_portrait_comes_when_it_is_asked_for(ask, flag, name, value):
    result = ask({"image": image(), flag: True, "of tomorrow": 1}).json["result"]
    assert result[name] == value
    assert ("portrait_image" in result) + ("portrait_location" in result) == 1


def test_places_come_beside_the_answer_where_a_location_is_asked_for(ask):
    assert "X-Permitdesk-Places" not in ask({"image": image()}).headers
    asked = ask({"image": image(), "return_portrait_location": True})
    assert asked.headers["X-Permitdesk-Places"] == "card=1,2,30,2,30,40,1,40"
    assert "places" not in asked.json["result"]


def test_every_answer_names_the_request_and_the_engine(ask, client):
    for response in (ask({"image": image()}), ask({}), client.get("/nowhere")):
        assert len(response.headers["X-Request-Id"]) == 32
        assert response.headers["X-Permitdesk-Engine"] == "fake-1"
        assert response.headers["Cache-Control"] == "no-store"


def test_the_callers_name_for_the_request_is_kept_where_it_is_one(ask):
    assert ask({}, **{"X-Request-Id": "caller-0001"}).json["request_id"] == "caller-0001"
    assert ask({}, **{"X-Request-Id": "no name"}).json["request_id"] != "no name"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "ModelArts.4105"),
        (b"{", 400, "ModelArts.4105"),
        (b'{"image": "x" "return": True}', 400, "ModelArts.4105"),
        (b"[]", 400, "ModelArts.4105"),
        (b"\xff", 400, "ModelArts.4105"),
        (b"[" * 100_000, 400, "ModelArts.4105"),
        ({}, 400, "AIS.0101"),
        ({"image": None, "url": None}, 400, "AIS.0101"),
        ({"image": ""}, 400, "AIS.0101"),
        ({"image": 7}, 400, "AIS.0101"),
        ({"image": image(), "url": "https://x.example/"}, 400, "AIS.0101"),
        ({"url": ""}, 400, "AIS.0101"),
        ({"url": 7}, 400, "AIS.0101"),
        ({"url": "https://x.example/", "return_portrait_image": 1}, 400, "AIS.0101"),
        ({"url": "https://x.example/"}, 400, "ModelArts.4601"),
        ({"image": image(), "return_portrait_image": "true"}, 400, "AIS.0101"),
        ({"image": image(), "return_portrait_location": 1}, 400, "AIS.0101"),
        ({"image": "data:image/jpeg;base64," + image()}, 400, "AIS.0102"),
        ({"image": "no base64!"}, 400, "AIS.0102"),
        ({"image": "YWJ"}, 400, "AIS.0102"),
        ({"image": "中"}, 400, "AIS.0102"),
        ({"image": "A" * (10 * 1024 * 1024 + 4)}, 413, "ModelArts.4104"),
        (b" " * (11 * 1024 * 1024), 413, "ModelArts.4104"),
        (b" " * (12 * 1024 * 1024 + 1), 413, "APIG.0201"),
        ({"image": image(b"no permit")}, 400, "AIS.0104"),
        ({"image": image(b"crash")}, 400, "AIS.0105"),
    ],
)
def test_it_refuses_in_the_apis_words(ask, body, status, code):
    response = ask(body)

    assert response.status_code == status
    assert response.json["error_code"] == code
    assert set(response.json) == {"error_code", "error_msg", "request_id"}
    assert response.json["request_id"] == response.headers["X-Request-Id"]


def test_a_full_base64_text_of_ten_megabytes_is_taken(ask):
    assert ask({"image": "A" * (10 * 1024 * 1024)}).status_code == 200


def test_parameters_and_case_of_the_content_type_do_not_matter(ask):
    response = ask({"image": image()}, **{"Content-Type": "Application/JSON;charset=utf-8"})
    assert response.status_code == 200


def test_quality_lists_the_problems(ask):
    response = ask({"image": image()}, path="/quality")
    assert response.json == {
        "problems": [
            {"code": "glare", "field": "number", "where": [[1, 2], [30, 2], [30, 40], [1, 40]]},
            {"code": "dark", "field": None, "where": None},
        ]
    }


def test_quality_refuses_as_the_api_does(ask, client):
    assert ask({}, path="/quality").json["error_code"] == "AIS.0101"
    assert client.post(PATH + "/quality").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PATH),
        ("POST", "/v2/unknown/ocr/mainland-travel-permit"),
        ("POST", f"/v2/{PROJECT}/ocr/id-card"),
        ("POST", f"/v1/{PROJECT}/ocr/mainland-travel-permit"),
        ("POST", PATH + "/"),
        ("GET", "/"),
        ("GET", "/v3/auth/tokens"),
    ],
)
def test_any_other_address_is_no_api_before_anybody_is_asked_who_they_are(client, method, path):
    response = client.open(path, method=method)
    assert (response.status_code, response.json["error_code"]) == (404, "APIG.0101")


def test_the_log_has_no_value_of_a_card_and_no_secret(ask, caplog):
    with caplog.at_level(logging.INFO):
        ask({"image": image()})
        ask({"image": image(b"crash")})
    lines = [str(vars(record)) for record in caplog.records]
    assert len(lines) == 3
    assert not any("H12345678" in record.getMessage() for record in caplog.records)
    assert not any("陈" in line or image() in line for line in lines)


def test_a_mistake_of_ours_is_answered_in_the_apis_words(app, client, monkeypatch):
    monkeypatch.setattr(app, "_readiness", lambda: 1 / 0)
    response = client.get("/health/ready")
    assert (response.status_code, response.json["error_code"]) == (500, "APIG.0201")
