import numpy as np
import pytest

from training.calibrate import Case, _curve, _likely

PULL = 1.0
PRIOR = np.array([0.5, 1.0, 0.2, -0.7, 2.0, -3.0], np.float32)


def case(weakest, mean, agrees, *, changed=0, right):
    signs = np.array([1, weakest, mean, changed, agrees, 1 - agrees], np.float32)
    return Case("machine_code2", signs, right, "000")


@pytest.fixture
def cases():
    """Of a reader that is nearly always right, and then sure."""
    found = [case(9.21, 9.21, 1, right=True) for _ in range(200)]
    found += [case(5, 8, 1, right=True) for _ in range(5)]
    found += [case(2.6, 5.5, 1, right=False), case(3.7, 5.8, 1, right=False)]
    found += [case(1.5, 4.9, 0, right=False), case(0, 2.8, 1, changed=1, right=False)]
    return [*found, case(0, 3.2, 1, changed=1, right=False)]


def test_no_curve_near_the_one_that_was_found_suits_the_cases_better(cases):
    curve = _curve(cases, PRIOR, PULL)
    missed = [(each.right - _likely(curve, each.signs)) * each.signs for each in cases]
    slope = np.sum(missed, axis=0) - PULL * (curve - PRIOR)
    assert slope == pytest.approx(np.zeros(len(PRIOR)), abs=0.01)


def test_a_reader_that_is_nearly_always_right_is_trusted_where_it_is_sure(cases):
    curve = _curve(cases, PRIOR, PULL)
    assert _likely(curve, cases[0].signs) > 0.99
    assert _likely(curve, cases[-1].signs) < 0.9
