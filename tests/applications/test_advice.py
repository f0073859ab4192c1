"""What could be better about a photo is said at once, and never stands in the way."""

import pytest
from django.core.cache import cache

from kyc.applications import advice
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
    assert "Glare over: Number" in text
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
