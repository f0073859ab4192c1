from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_integration.client.backoff import backoff
from ocr_integration.client.errors import TryAgain


class Highest(Random):
    """Draws the upper end of every interval."""

    def uniform(self, a, b):
        return b


@pytest.mark.parametrize(
    ("attempt", "ceiling"), [(1, 2), (2, 4), (3, 8), (8, 256), (9, 512), (10, 600), (5000, 600)]
)
def test_the_ceiling_doubles_up_to_the_cap(attempt, ceiling):
    assert backoff(attempt, TryAgain("later"), Highest()) == ceiling


@given(st.integers(1, 50), st.integers())
def test_the_wait_is_anywhere_below_the_ceiling(attempt, seed):
    assert 0 <= backoff(attempt, TryAgain("later"), Random(seed)) <= min(600, 2**attempt)


def test_what_the_service_asks_for_is_waited_and_a_little_more():
    assert backoff(1, TryAgain("later", after=30), Highest()) == 32
    assert backoff(1, TryAgain("later", after=1e9), Highest()) == 602
