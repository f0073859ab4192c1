"""An applicant checks what was read, and flags what is wrong."""

import pytest

from kyc.applications import cases, flagging
from kyc.applications.models import FieldFlag, IllegalStep
from kyc.applications.status import Outcome, Reason, Status
from kyc.audit.models import AuditEntry
from ocr_integration.protocol.fields import Side
from tests import factories

NAME = (Side.FRONT, "name")


@pytest.fixture
def case(ana):
    return factories.case(ana, number=0.31)


@pytest.fixture
def url(case):
    return f"/applications/{case.reference}/check/"


@pytest.fixture
def hers(ana):
    return factories.browser(ana)


def flag_of(application, place=NAME):
    return cases.of(application).field(place).flag


def test_values_are_shown_as_people_write_them_and_without_confidences(hers, url):
    page = hers.get(url).content.decode()
    for words in ("陈大文", "1 January 1990", "15 June 2024 to 14 June 2034", "Male", "H12345678"):
        assert words in page
    assert "0.31" not in page
    assert "0.99" not in page


def test_it_is_offered_while_the_case_waits_for_a_reviewer(hers, case, url, rui):
    status = f"/applications/{case.reference}/"
    assert url in hers.get(status).content.decode()
    factories.decide(case, Outcome.APPROVED, by=rui)
    assert url not in hers.get(status).content.decode()
    assert hers.get(url).url == status
    assert hers.post(url, {"flag": "front-name"}).status_code == 409


def test_a_flag_stands_beside_the_reading_and_changes_nothing(hers, case, url):
    version = case.version
    response = hers.post(url, {"flag": "front-name"})
    assert (response.status_code, response.url) == (303, f"{url}#row-front-name")
    field = cases.of(case).field(NAME)
    assert (field.flag, field.read, field.open) == ("", "陈大文", False)
    case.refresh_from_db()
    assert case.version == version


def test_what_stands_on_the_card_is_kept_sealed(hers, case, url):
    hers.post(url, {"flag": "front-name"})
    response = hers.post(url, {"says-front-name": "陈大杰", "done": "1"})
    assert response.url == f"/applications/{case.reference}/"
    assert flag_of(case) == "陈大杰"
    assert "陈大杰".encode() not in bytes(FieldFlag.objects.get().says)
    assert 'value="陈大杰"' in hers.get(url).content.decode()
    entries = AuditEntry.objects.filter(action="field.flagged").order_by("pk")
    assert [one.data["says"] != "" for one in entries] == [False, True]
    assert "陈大杰" not in "".join(one.canonical for one in entries)


def test_typed_words_survive_another_flag(hers, case, url):
    hers.post(url, {"flag": "front-name"})
    hers.post(url, {"says-front-name": "陈大杰", "flag": "back-id_number"})
    assert flag_of(case) == "陈大杰"
    assert flag_of(case, (Side.BACK, "id_number")) == ""


def test_a_flag_is_taken_back(hers, case, url):
    hers.post(url, {"flag": "front-name"})
    hers.post(url, {"says-front-name": "x", "unflag": "front-name"})
    assert flag_of(case) is None
    assert AuditEntry.objects.filter(action="field.unflagged").count() == 1


def test_a_second_click_writes_nothing_more(hers, case, url):
    for _ in range(2):
        hers.post(url, {"flag": "front-name"})
    assert AuditEntry.objects.filter(action="field.flagged").count() == 1


def test_words_that_are_too_long_are_refused_and_stay_typed(hers, case, url):
    hers.post(url, {"flag": "front-name"})
    response = hers.post(url, {"says-front-name": "x" * 201})
    assert response.status_code == 422
    assert "x" * 201 in response.content.decode()
    assert flag_of(case) == ""


def test_what_was_not_read_or_is_no_field_cannot_be_flagged(hers, ana):
    case = factories.application(ana)
    factories.extraction(factories.document(case), {"name": ""})
    page = hers.get(f"/applications/{case.reference}/check/").content.decode()
    assert "Not read, a reviewer fills it in" in page
    assert 'value="front-name"' not in page
    flagging.flag(case, says={NAME: "陈大文"})
    assert not FieldFlag.objects.exists()
    assert hers.post(f"/applications/{case.reference}/check/", {"flag": "x"}).status_code == 422


def test_a_kept_side_keeps_its_flags(ana, case, rui):
    flagging.flag(case, says={NAME: "陈大杰"})
    factories.decide(
        case, Outcome.RESUBMISSION_REQUESTED, by=rui, reason=Reason.CUT_OFF, side="back"
    )
    before = case.current_round
    case.rounds.create(number=2, front=before.front, back=before.back)
    assert flag_of(case) == "陈大杰"


@pytest.mark.parametrize("status", [Status.DRAFT, Status.READING, Status.APPROVED])
def test_nothing_is_flagged_that_does_not_wait_for_a_reviewer(ana, status):
    with pytest.raises(IllegalStep):
        flagging.flag(factories.application(ana, status), says={})


def test_a_stranger_finds_nothing(bruno, rui, url):
    for stranger in (bruno, rui):
        assert factories.browser(stranger).post(url, {"flag": "front-name"}).status_code == 404


def test_a_reviewer_sees_the_flag_at_the_field_and_beside_the_person(case, rui):
    flagging.flag(case, says={NAME: "陈大<杰"})
    page = factories.browser(rui).get(f"/review/{case.reference}/").content.decode()
    assert "Applicant flagged: Name" in page
    assert "Applicant: wrong" in page
    assert "陈大&lt;杰" in page
    assert "Nothing is open" in page
