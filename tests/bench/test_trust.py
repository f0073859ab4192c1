from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from bench.reading import diagram
from bench.reading.trust import Stated, bins, calibration_error, calibration_interval, wilson


def stated(confidence, right, wrong):
    hits = [True] * right + [False] * wrong
    return [Stated(confidence, hit, str(place // 5)) for place, hit in enumerate(hits)]


def test_confidence_that_comes_true_has_no_error():
    assert calibration_error(stated(0.9, 90, 10) + stated(0.5, 5, 5)) == pytest.approx(0)


def test_the_error_is_the_mean_distance_from_what_came_true():
    assert calibration_error(stated(0.9, 50, 50)) == pytest.approx(0.4)


def test_the_interval_is_about_the_error_and_the_same_every_time():
    values = stated(0.9, 80, 20)
    low, high = calibration_interval(values)
    assert low < calibration_error(values) < high
    assert calibration_interval(values) == (low, high)


def test_every_value_is_in_one_bin():
    values = stated(1.0, 3, 0) + stated(0.0, 0, 2) + stated(0.95, 1, 1)
    found = bins(values)
    assert sum(each.count for each in found) == len(values)
    assert all(one.confidence < other.confidence for one, other in pairwise(found))


def test_few_values_have_a_wide_interval():
    few, many = wilson(9, 10), wilson(900, 1000)
    assert few[1] - few[0] > 5 * (many[1] - many[0])


def test_the_diagram_is_a_picture():
    assert ET.fromstring(diagram.svg(stated(0.9, 90, 10))).tag.endswith("svg")
