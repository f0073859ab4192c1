"""What could be better about a photo is said at once, and never stands in the way."""

import pytest
from django.core.cache import cache
from django.utils import translation

from kyc.applications import advice
from kyc.applications.finding_words import PARTS
from kyc.applications.labels import FIELD_LABELS
from kyc.applications.status import Status
from ocr_integration.client.errors import TryAgain
from ocr_integration.protocol.quality import Problem, ProblemCode
from tests import factories

GLARE = Problem(ProblemCode.GLARE, "number", ((100, 300), (220, 300), (220, 330), (100, 330)))
BLUR = Problem(ProblemCode.BLURRED)


class Reader:
    """Answers with problems, and counts how often it was asked."""

    def __init__(self, *found: Problem, error: Exception | None = None) -> None:
        self.found, self.error, self.asked = found, error, 0

    def quality(self, picture: bytes) -> tuple[Problem, ...]:
        self.asked += 1
        if self.error:
            raise self.error
        return self.found


@pytest.fixture
def reads(monkeypatch, clean_cache):
    def say(*found: Problem, error: Exception | None = None) -> Reader:
        reader = Reader(*found, error=error)
        monkeypatch.setattr(advice, "client", lambda: reader)
        return reader

    return say


@pytest.fixture
def draft(ana):
    made = factories.application(ana, Status.DRAFT)
    return factories.document(made)


def get(user, photo):
    return factories.browser(user).get(f"/apply/advice/{photo.uuid}/")


def test_it_names_what_is_wrong_and_where(ana, draft, reads):
    reads(GLARE, BLUR)
    text = get(ana, draft).content.decode()
    assert "Glare over the number" in text
    assert "Tilt the card away from the light" in text
    assert "The text is not sharp" in text
    assert 'd="M100 310V300h10' in text
    assert text.count("overlay__finding") == 1


def test_the_reader_is_asked_once_a_photo(ana, draft, reads):
    reader = reads(GLARE, BLUR)
    assert len({get(ana, draft).content for _ in range(3)}) == 1
    assert reader.asked == 1


def test_a_good_photo_needs_no_word(ana, draft, reads):
    reads()
    assert get(ana, draft).status_code == 204


def test_a_reader_that_is_down_is_no_trouble_and_is_asked_again(ana, draft, reads):
    reader = reads(error=TryAgain("down"))
    assert [get(ana, draft).status_code for _ in range(2)] == [204, 204]
    assert reader.asked == 2


def test_it_is_for_the_owner_of_the_draft_alone(ana, bruno, rui, draft, reads):
    reader = reads(BLUR)
    for stranger in (bruno, rui):
        assert get(stranger, draft).status_code == 404
    sent = factories.document(factories.application(ana))
    assert get(ana, sent).status_code == 404
    assert reader.asked == 0


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_its_words(code):
    (found,) = advice.findings((Problem(code),))
    assert found.title
    assert found.text


def test_what_is_kept_of_it_is_no_value_of_a_person(ana, draft, reads):
    reads(GLARE)
    get(ana, draft)
    assert cache.get(f"advice-{draft.uuid}") == [GLARE.to_json()]


def glare(*fields: str | None) -> str:
    problems = tuple(Problem(ProblemCode.GLARE, field) for field in fields)
    (found,) = advice.findings(problems)
    return found.title


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (["birth_date"], "Glare over the birth date"),
        (["name", "number"], "Glare over the name and the number"),
        (["name", "sex", "number"], "Glare over the name, the entry for sex and the number"),
        (["name", "name_en", "sex", "number"], "Glare over much of the text"),
        (["machine_code1", "machine_code3"], "Glare over the lines of letters and figures"),
        (["number", None], "Glare over the card"),
        (["something_new"], "Glare over the card"),
    ],
)
def test_places_stand_in_a_sentence(fields, words):
    assert glare(*fields) == words


@pytest.mark.parametrize(
    ("language", "one", "three"),
    [
        ("zh-hans", "反光遮住了证件号码", "反光遮住了姓名、出生日期和证件号码"),
        ("zh-hant", "反光遮住了證件號碼", "反光遮住了姓名、出生日期和證件號碼"),
    ],
)
def test_each_language_has_its_own_sentence(language, one, three):
    with translation.override(language):
        assert glare("number") == one
        assert glare("name", "birth_date", "number") == three


def test_blur_of_one_field_names_it():
    (found,) = advice.findings((Problem(ProblemCode.BLURRED, "number"),))
    assert found.title == "The photo is not sharp at the number"


def test_every_field_of_a_card_has_its_part_of_a_sentence():
    assert set(PARTS) == set(FIELD_LABELS)
