import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_integration.client.errors import (
    Misconfigured,
    OcrError,
    PictureAtFault,
    ProviderAtFault,
    RequestAtFault,
    TryAgain,
    error_for,
)


@pytest.mark.parametrize(
    ("status", "code", "turn"),
    [
        (400, "AIS.0101", RequestAtFault),
        (400, "AIS.0102", PictureAtFault),
        (400, "AIS.0103", PictureAtFault),
        (400, "AIS.0104", PictureAtFault),
        (400, "AIS.0105", TryAgain),
        (400, "AIS.0117", ProviderAtFault),
        (400, "ModelArts.0203", Misconfigured),
        (403, "ModelArts.4203", Misconfigured),
        (403, "ModelArts.4204", Misconfigured),
        (400, "ModelArts.4104", PictureAtFault),
        (400, "ModelArts.4105", RequestAtFault),
        (429, "ModelArts.4401", TryAgain),
        (500, "ModelArts.4403", TryAgain),
        (404, "APIG.0101", Misconfigured),
        (400, "APIG.0106", RequestAtFault),
        (400, "APIG.0201", RequestAtFault),
        (413, "APIG.0201", RequestAtFault),
        (494, "APIG.0201", RequestAtFault),
        (502, "APIG.0201", TryAgain),
        (504, "APIG.0201", TryAgain),
        (401, "APIG.0301", Misconfigured),
        (401, "APIG.0307", Misconfigured),
        (429, "APIG.0308", TryAgain),
        (429, "APIGW.0308", TryAgain),
        (405, "APIG.0501", Misconfigured),
        (503, "APIG.0613", TryAgain),
        (300, "", Misconfigured),
        (302, "", Misconfigured),
        (401, "", Misconfigured),
        (403, "", Misconfigured),
        (404, "", Misconfigured),
        (408, "", TryAgain),
        (413, "", PictureAtFault),
        (429, "", TryAgain),
        (500, "", TryAgain),
        (503, "", TryAgain),
        (520, "", TryAgain),
        (400, "", ProviderAtFault),
        (418, "Tea.0001", ProviderAtFault),
        (501, "", ProviderAtFault),
        (400, "<script>", ProviderAtFault),
    ],
)
def test_status_and_code_say_whose_turn_it_is(status, code, turn):
    assert type(error_for(status, code)) is turn


def test_throttling_waits_as_long_as_it_is_asked_to():
    assert error_for(429, "APIG.0308").after == 2.0
    assert error_for(429, "APIG.0308", after=30.0).after == 30.0
    assert error_for(503, "").after is None


def test_a_failed_recognition_is_tried_a_few_times_only():
    assert error_for(400, "AIS.0105").at_most == 3
    assert error_for(503, "").at_most is None


def test_the_text_names_status_code_and_request():
    error = error_for(404, "APIG.0101", request_id="r-1")
    assert str(error) == (
        "there is no such API at this address (status 404, code APIG.0101, request r-1)"
    )
    assert str(TryAgain("the connection failed")) == "the connection failed"


def test_what_is_no_code_or_request_id_is_not_repeated():
    error = OcrError("no", status=400, code="H12345678 and more", request_id="a b\n")
    assert (error.code, error.request_id) == ("", "")


@given(st.integers(100, 999), st.text(max_size=20))
def test_every_answer_is_somebodys_turn(status, code):
    assert isinstance(error_for(status, code), OcrError)
