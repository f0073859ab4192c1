"""A machine readable code says where its own card is, whatever lies beside it."""

import numpy as np
import pytest

from ocr_integration.engine.code_rows import card_around


def box(left, top, wide, tall=30):
    right, bottom = left + wide, top + tall
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


ROWS = [box(130, 400, 600), box(130, 450, 600), box(132, 500, 598)]
PRINT = [box(130, 120, 200), box(130, 200, 180), box(130, 260, 90)]
PAPERS = [box(800, 420, 150), box(800, 460, 150), box(900, 900, 200)]


@pytest.mark.parametrize("upside_down", [False, True])
def test_the_card_reaches_to_the_side_where_its_other_print_is(upside_down):
    boxes = np.stack([*ROWS, *PRINT, *PAPERS])
    if upside_down:
        boxes = np.array([1000, 1000], np.float32) - boxes[:, [2, 3, 0, 1]]
    card = card_around(boxes)
    low, high = card.min(axis=0), card.max(axis=0)
    for held in boxes[:6]:
        assert (low < held.min(axis=0)).all()
        assert (high > held.max(axis=0)).all()
    for other in boxes[6:]:
        assert (other.mean(axis=0) < low).any() or (other.mean(axis=0) > high).any()
    assert 1.3 < (high - low)[0] / (high - low)[1] < 1.9


def test_papers_alone_are_no_card():
    assert card_around(np.stack([*PRINT, *PAPERS])) is None
