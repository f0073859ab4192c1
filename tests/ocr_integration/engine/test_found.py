"""When a look at a picture is good enough to look no further."""

from dataclasses import replace

import numpy as np
import pytest

from ocr_integration.engine import geometry, views
from ocr_integration.engine.frames import Frame
from ocr_integration.engine.reader import Found
from ocr_integration.engine.values import NOTHING, Value
from ocr_integration.engine.views import CardView, PictureView
from ocr_integration.protocol.fields import PermitType, Side


def box(left, top, width=200, height=40):
    return geometry.rectangle(width, height) + np.array([left, top], np.float32)


@pytest.fixture
def found():
    """A front of which all was read, with the words of another paper at its border."""
    picture = PictureView(np.zeros((views.HEIGHT, views.WIDTH, 3), np.uint8))
    boxes = np.stack([box(300, 200), box(300, 300), box(-60, 500)])
    frame = Frame(CardView(picture, geometry.rectangle(*picture.size)), boxes, outlined=True)
    return Found(
        PermitType.TAIWAN,
        Side.FRONT,
        frame,
        {name: Value("A", 1.0, 1.0) for name in ("name", "sex", "number")},
        0.99,
        {"name": box(300, 200), "number": box(300, 300)},
        boxes,
        beside={"type": box(300, 20)},
    )


def test_words_of_another_paper_may_be_cut_off(found):
    assert found.will_do


@pytest.mark.parametrize("place", [box(-5, 200), box(1100, 200), box(300, -5), box(300, 790)])
def test_a_value_may_not(found, place):
    cut = replace(found, places={**found.places, "name": place})
    assert not cut.will_do
    assert cut.standing < found.standing


def test_neither_may_the_title(found):
    assert not replace(found, beside={"type": box(1200, 20)}).will_do


def test_where_nothing_was_seen_nothing_is_cut_off(found):
    places = {**found.places, "sex": box(1200, 200)}
    assert replace(found, places=places, supposed=frozenset({"sex"})).will_do


def test_one_value_may_be_missing_and_no_check_digit_fail(found):
    assert replace(found, values={**found.values, "sex": NOTHING}).will_do
    assert not replace(found, values={**found.values, "sex": NOTHING, "name": NOTHING}).will_do
    assert not replace(found, failed=1).will_do
