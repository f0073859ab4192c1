"""What somebody types finds what stands on a card, in any of its spellings."""

import pytest

from kyc.applications import tokens
from kyc.applications.models import Application
from tests import factories


@pytest.fixture
def indexed(ana):
    made = factories.application(ana)
    tokens.index(made, {**factories.FRONT, **factories.BACK})
    return made


def found(typed):
    digests = [digest for _, digest in tokens.digests_of_query(typed)]
    return list(Application.objects.filter(search_tokens__digest__in=digests).distinct())


@pytest.mark.parametrize(
    "typed",
    [
        "H12345678",
        "h12345678",
        "H1234567801",
        "A123456(3)",
        "a1234563",
        "1990.01.01",
        "1990-01-01",
        "陈大文",
        "陳大文",
        "陈",
        "CHAN",
        "tai",
    ],
)
def test_each_spelling_finds_it(indexed, typed):
    assert found(typed) == [indexed]


@pytest.mark.parametrize("typed", ["", " ", "H1234567", "大文", "CHA", "1990.01.02", "A123456(4)"])
def test_a_part_or_another_value_does_not(indexed, typed):
    assert found(typed) == []


def test_indexing_again_adds_nothing(indexed):
    before = indexed.search_tokens.count()
    tokens.index(indexed, factories.FRONT)
    assert indexed.search_tokens.count() == before
