import numpy as np

from training.calibrate import Case, _curve, _likely

PRIOR = np.array([0.5, 1.0, 0.2, -0.7, 2.0, -3.0], np.float32)


def case(weakest, agrees, *, right):
    signs = np.array([1, weakest, weakest + 3, 0, agrees, 1 - agrees], np.float32)
    return Case("machine_code2", signs, right, "000")


def test_a_reader_that_is_nearly_always_right_is_trusted_where_it_is_sure():
    cases = [case(9.2, 1, right=True) for _ in range(290)]
    cases += [case(5.0 + i / 10, 1, right=True) for i in range(5)]
    cases += [case(weakest, 1, right=False) for weakest in (2.6, 3.7, 0.0)]
    curve = _curve(cases, PRIOR, 1.0)
    assert _likely(curve, cases[0].signs) > 0.99
    assert _likely(curve, cases[-1].signs) < 0.9
    assert curve[1] > 0
