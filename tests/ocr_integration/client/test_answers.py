import base64
import json
import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_integration.client import answers
from ocr_integration.client.errors import OcrError, ProviderAtFault, TryAgain
from ocr_integration.client.sizing import SentPicture, sized
from ocr_integration.protocol.fields import PermitType, Side, fields_of
from ocr_integration.protocol.quality import Problem, ProblemCode
from tests.ocr_integration.client.fakes import HK_FRONT, answer, picture, refusal, result

CORNERS = [[10, 20], [30, 20], [30, 40], [10, 40]]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def sent():
    return sized(picture())


SIXTY_BY_FIFTY = SentPicture(b"", (60, 50), (60, 50))
SPLINTERS = [
    b"{",
    b"[",
    b'"',
    b",",
    b":",
    b"\\",
    b"\\u",
    b"NaN",
    b"1e999",
    b"null",
    b"\xff",
    b"0" * 99,
]


def encoded(raw):
    return base64.b64encode(raw).decode()


def taken_of(said, sent):
    return answers.parse_result(said, sent).result


def placed(header):
    body = {"result": HK_FRONT}
    return answers.parse_result(answer(body, x_permitdesk_places=header), SIXTY_BY_FIFTY)


def test_places_beside_an_answer_are_taken_on_the_picture_that_was_given():
    smaller = SentPicture(b"", (60, 50), (120, 100))
    header = "card=0,0,60,0,60,50,0,50;sex?=1,1,5,1,5,5,1,5"
    said = answer({"result": HK_FRONT}, x_permitdesk_places=header)
    places = answers.parse_result(said, smaller).result.places
    assert places["card"].corners == ((0, 0), (120, 0), (120, 100), (0, 100))
    assert (places["card"].seen, places["sex"].seen) == (True, False)


def test_a_place_of_a_card_that_is_cut_off_may_lie_a_little_outside():
    assert "card" in placed("card=-9,0,60,0,60,50,-9,50").result.places


@pytest.mark.parametrize("header", ["card=1,2", "card=900,0,60,0,60,50,0,50", "\x7f", "=" * 5000])
def test_places_that_are_none_spoil_no_answer(header):
    parsed = placed(header)
    assert parsed.result.values["name"] == "陈大文"
    assert parsed.result.places == {}
    assert len(parsed.notes) == 1


def test_it_takes_the_fields_of_the_side(sent):
    taken = taken_of(result(id_name="not of this side", extra={"a": []}), sent)

    assert (taken.type, taken.side) == (PermitType.HK_MACAO, Side.FRONT)
    assert tuple(taken.values) == fields_of(PermitType.HK_MACAO, Side.FRONT)
    assert taken.values["name"] == "陈大文"
    assert (taken.confidence["name"], taken.confidence["number"]) == (0.9, 1.0)
    assert (taken.type_confidence, taken.side_confidence) == (0.99, 1.0)
    assert taken.confidence["sex"] == 0.0


@pytest.mark.parametrize("absent", [None, "", "  "])
def test_null_and_empty_are_not_read_and_have_no_confidence(absent, sent):
    taken = taken_of(result(name=absent), sent)
    assert (taken.values["name"], taken.confidence["name"]) == ("", 0.0)


def test_a_missing_field_is_not_read(sent):
    said = {k: v for k, v in HK_FRONT.items() if k not in ("name", "confidence")}
    taken = taken_of(answer({"result": said}), sent)
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
def test_both_languages_of_type_are_known(text, permit_type, sent):
    assert taken_of(result(type=text), sent).type is permit_type


BACK = {
    "type": "Mainland Travel Permit for Taiwan Residents",
    "side": "back",
    "id_name": "陈大文",
    "id_number": "A123456789",
}


@pytest.mark.parametrize("absent", ["null", "empty", "missing"])
@pytest.mark.parametrize(
    ("said", "permit_type", "side"),
    [
        (HK_FRONT, PermitType.HK_MACAO, Side.FRONT),
        ({**HK_FRONT, "number": "12345678"}, PermitType.TAIWAN, Side.FRONT),
        ({**HK_FRONT, "number": "", "issue_place": "香港"}, PermitType.TAIWAN, Side.FRONT),
        (BACK, PermitType.TAIWAN, Side.BACK),
        ({**BACK, "id_number": "1234567(8)"}, PermitType.HK_MACAO, Side.BACK),
        ({**BACK, "machine_code1": "CR" + "<" * 28}, PermitType.HK_MACAO, Side.BACK),
    ],
)
def test_a_permit_or_side_that_was_not_read_is_supposed_without_confidence(
    said, permit_type, side, absent, sent
):
    for name in ("type", "side"):
        rest = {key: value for key, value in said.items() if key != name}
        if absent != "missing":
            rest[name] = None if absent == "null" else ""
        parsed = answers.parse_result(answer({"result": rest}), sent)
        assert parsed.result.side is side
        assert name == "side" or parsed.result.type is permit_type
        assert getattr(parsed.result, f"{name}_confidence") == 0
        assert parsed.notes == ("which permit or side it is was not read",)


@pytest.mark.parametrize("said", [{}, {"type": HK_FRONT["type"]}, {"number": 7}])
def test_an_answer_in_which_nothing_was_read_is_none(said, sent):
    with pytest.raises(ProviderAtFault):
        answers.parse_result(answer({"result": said}), sent)


@pytest.mark.parametrize("sex", ["M", "F", "男", "女", "男/M", "女/F"])
def test_every_spelling_of_sex_stays_as_it_was_read(sex, sent):
    assert taken_of(result(sex=sex), sent).values["sex"] == sex


@pytest.mark.parametrize("value", [-0.1, 1.1, 1e400, math.nan, "0.9", None, True, [], 10**400])
def test_a_confidence_that_is_none_counts_nothing(value, sent):
    taken = taken_of(result(confidence={"name": value}), sent)
    assert taken.confidence["name"] == 0.0


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Passport"},
        {"side": "left"},
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
def test_what_contradicts_the_api_is_refused(changes, sent):
    with pytest.raises(ProviderAtFault):
        answers.parse_result(result(**changes), sent)


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
        b'{"a": [' + b"1," * 40_000 + b"1]}",
        b"[[]," * 20_000,
        b'{"a": "' + b'\\"' * 500_000,
        b'"' * 500_001,
        json.dumps({"result": HK_FRONT, "error_code": "AIS.0104"}).encode(),
    ],
)
def test_what_is_no_result_is_refused(body, sent):
    with pytest.raises(ProviderAtFault) as caught:
        answers.parse_result(answer(body), sent)
    assert "H12345678" not in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
def test_portrait_and_corners_are_taken(kind, sent):
    portrait = picture(16, 20, kind)
    said = result(portrait_image=encoded(portrait), portrait_location=CORNERS)
    taken = taken_of(said, sent)
    assert taken.portrait_image == portrait
    assert taken.portrait_location == ((10, 20), (30, 20), (30, 40), (10, 40))


@pytest.mark.parametrize(
    "portrait",
    [
        b"jpeg",
        b"<svg/>",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        picture(16, 20)[:200],
        picture(16, 20, "GIF"),
        picture(16, 20, "TIFF"),
        picture(3001, 16, "PNG"),
    ],
)
def test_a_portrait_that_does_not_open_as_a_small_picture_is_refused(portrait, sent):
    with pytest.raises(ProviderAtFault):
        taken_of(result(portrait_image=encoded(portrait)), sent)


@pytest.mark.parametrize("corner", [[0, 0], [60, 50]])
def test_a_corner_may_lie_on_the_edge_of_the_picture(corner, sent):
    taken = taken_of(result(portrait_location=[corner, *CORNERS[1:]]), sent)
    assert taken.portrait_location is not None


@pytest.mark.parametrize("corner", [[-1, 20], [61, 20], [10, 51], [10**30, 0], [0, -(2**63)]])
def test_a_corner_outside_the_picture_is_refused(corner, sent):
    with pytest.raises(ProviderAtFault):
        taken_of(result(portrait_location=[corner, *CORNERS[1:]]), sent)


def test_places_are_mapped_back_to_the_picture_that_was_given():
    smaller = SentPicture(b"", (60, 50), (600, 500))
    taken = taken_of(result(portrait_location=CORNERS), smaller)
    assert taken.portrait_location == ((100, 200), (300, 200), (300, 400), (100, 400))


def test_what_is_odd_is_noted_without_a_value_and_unknown_members_are_kept_aside(sent):
    said = result(confidence={"name": 7.5, "number": "H12345678"}, watermark=["a", {"b": 1}])
    parsed = answers.parse_result(said, sent)
    assert parsed.notes == ("the confidence of name is none", "the confidence of number is none")
    assert parsed.unknown == {"watermark": ["a", {"b": 1}]}
    assert "watermark" not in repr(parsed)
    assert answers.parse_result(result(), sent).notes == ()


@settings(max_examples=300)
@given(st.data())
def test_no_damage_to_an_answer_breaks_it(data):
    """The parser's fuzz: bytes changed, cut, doubled and put in, at any place."""
    portrait = encoded(picture(8, 10))
    body = bytearray(result(portrait_image=portrait, portrait_location=CORNERS).body)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        end = min(len(body), at + data.draw(st.integers(0, 12)))
        body[at:end] = data.draw(st.binary(max_size=6) | st.sampled_from(SPLINTERS))
    try:
        parsed = answers.parse_result(answer(bytes(body)), SIXTY_BY_FIFTY)
    except ProviderAtFault:
        return
    assert set(parsed.result.confidence) == set(parsed.result.values)
    assert all(0 <= each <= 1 for each in parsed.result.confidence.values())


@settings(max_examples=300)
@given(st.sampled_from([*HK_FRONT, "portrait_image", "portrait_location"]), json_values)
def test_no_value_anywhere_breaks_it(name, value):
    try:
        taken = taken_of(result(**{name: value}), b"")
    except OcrError:
        return
    assert all(0 <= c <= 1 and math.isfinite(c) for c in taken.confidence.values())


@given(json_values)
def test_no_document_breaks_it(value):
    for parse in (answers.parse_result, answers.parse_problems):
        with pytest.raises(ProviderAtFault):
            parse(answer(value), SIXTY_BY_FIFTY)
    assert isinstance(answers.parse_error(answer(value, status=400)), OcrError)


def test_an_error_body_becomes_our_error():
    error = answers.parse_error(refusal(429, "APIG.0308", retry_after="7", x_request_id="req-1"))
    assert isinstance(error, TryAgain)
    assert (error.status, error.code, error.request_id) == (429, "APIG.0308", "req-1")
    assert error.after == 7.0
    assert "secret words" not in str(error) + repr(error)


@pytest.mark.parametrize(("minutes", "told"), [(-60, True), (60, True), (5, False), (None, False)])
def test_a_clock_that_is_wrong_is_told_beside_what_was_refused_for_it(minutes, told):
    said = refusal(401, "APIG.0301")
    if minutes is not None:
        said.headers["date"] = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes))
    assert ("this machine's clock is" in str(answers.parse_error(said))) is told


def test_problems_are_taken_and_unknown_ones_passed_over(sent):
    said = {
        "problems": [
            {"code": "glare", "field": "number", "where": CORNERS},
            {"code": "dark", "field": None, "where": None},
            {"code": "of tomorrow", "field": None, "where": None},
            {"code": "blurred", "field": "of tomorrow"},
        ]
    }
    assert answers.parse_problems(answer(said), sent) == (
        Problem(ProblemCode.GLARE, "number", ((10, 20), (30, 20), (30, 40), (10, 40))),
        Problem(ProblemCode.DARK),
        Problem(ProblemCode.BLURRED),
    )
    assert answers.parse_problems(answer({"problems": []}), sent) == ()


@pytest.mark.parametrize(
    "body", [{}, {"problems": {}}, {"problems": [7]}, {"problems": [{}] * 999}]
)
def test_what_lists_no_problems_is_refused(body, sent):
    with pytest.raises(ProviderAtFault):
        answers.parse_problems(answer(body), sent)
