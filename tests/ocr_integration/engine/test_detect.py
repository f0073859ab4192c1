import numpy as np
import pytest

from ocr_integration.engine.code_rows import code_rows
from ocr_integration.engine.detect import LineFinder
from ocr_integration.engine.recognise import large_reader
from ocr_integration.engine.views import HEIGHT, WIDTH, CardView, PictureView
from tests.ocr_integration.engine.conftest import SAMPLES, sample

FRONTS = sorted(path.stem for path in SAMPLES.glob("*_front.jpg"))
BACKS = sorted(path.stem for path in SAMPLES.glob("*_back.jpg"))


@pytest.fixture(scope="module")
def finder():
    return LineFinder()


@pytest.fixture(scope="module")
def large():
    return large_reader()


def straightened(name):
    """A sample's card cut out by its true corners, and what is printed on it."""
    pixels, quad, printed = sample(name)
    return CardView(PictureView(pixels), quad), printed


@pytest.mark.parametrize("name", FRONTS)
def test_what_is_in_the_boxes_can_be_read(finder, large, name):
    card, printed = straightened(name)
    texts = [large.look(card, box).plain.text for box in finder.on_card(card).boxes]
    for field in ("birth_date", "valid_period", "number"):
        assert any(printed[field] in text for text in texts)


@pytest.mark.parametrize("name", BACKS)
def test_the_lines_of_a_code_are_three_boxes_of_one_length(finder, name):
    boxes = finder.on_card(straightened(name)[0]).boxes
    assert len(code_rows(boxes, WIDTH)) == 3


def test_an_empty_card_has_no_lines(finder):
    blank = np.full((HEIGHT, WIDTH, 3), 210, np.uint8)
    assert len(finder.on_card(PictureView(blank)).boxes) == 0


@pytest.mark.parametrize("name", [FRONTS[0], BACKS[0]])
def test_both_networks_see_about_the_same_lines(finder, name):
    card, _ = straightened(name)
    quick, large = finder.on_card(card), finder.find(card, 480)
    assert abs(len(quick.boxes) - len(large.boxes)) <= 6
    assert abs(quick.bend - large.bend) < 0.01 * HEIGHT
