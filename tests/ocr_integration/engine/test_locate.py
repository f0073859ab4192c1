import cv2
import numpy as np
import pytest

from ocr_integration.engine import geometry
from ocr_integration.engine.locate import LONG_SIDE, STRIDE, Locator, looked_at
from tests.ocr_integration.engine.conftest import SAMPLES, sample

NAMES = sorted(path.stem for path in SAMPLES.glob("*.jpg"))


@pytest.fixture(scope="module")
def locator():
    return Locator()


def first(locator, pixels):
    return next(locator.find(pixels))


def off(found, truth):
    """The worst corner's distance as a share of the card's width, whichever corner is first."""
    ways = [np.roll(truth, turn, axis=0) for turn in range(4)]
    worst = min(float(np.linalg.norm(found - way, axis=1).max()) for way in ways)
    return worst / geometry.sides(truth)[0]


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_the_corners_of_a_card(locator, name):
    pixels, truth, _ = sample(name)
    assert off(first(locator, pixels), truth) < 0.03


@pytest.mark.parametrize("name", NAMES)
def test_a_long_edge_is_on_top(locator, name):
    width, height = geometry.sides(first(locator, sample(name)[0]))
    assert width > height


def laid(name, turn, share, size=(1600, 1200)):
    """A sample's card alone on a table, turned, so much of the table as wide; and its corners."""
    pixels, truth, _ = sample(name)
    middle = tuple(float(part) for part in truth.mean(axis=0))
    scale = share * size[0] / geometry.sides(truth)[0]
    matrix = cv2.getRotationMatrix2D(middle, turn, scale)
    matrix[:, 2] += np.array(size) / 2 - middle
    inside = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, truth.round().astype(np.int32), 1)
    cover = cv2.warpAffine(inside, matrix, size)[..., None]
    table = np.full((size[1], size[0], 3), (60, 80, 100), np.uint8)
    card = cv2.warpAffine(pixels, matrix, size)
    return np.where(cover, card, table), truth @ matrix[:, :2].T + matrix[:, 2]


@pytest.mark.parametrize("turn", [90, 180, 270, 37, 214])
@pytest.mark.parametrize("name", ["01_hk_front", "01_hk_back", "05_tw_front"])
def test_it_finds_a_card_that_lies_at_any_angle(locator, name, turn):
    pixels, truth = laid(name, turn, 0.55)
    assert off(first(locator, pixels), truth) < 0.02


@pytest.mark.parametrize("name", ["01_hk_front", "02_tw_back"])
def test_it_finds_a_small_card_in_a_large_picture(locator, name):
    pixels, truth = laid(name, 10, 0.2)
    assert off(first(locator, pixels), truth) < 0.02


def test_a_scan_is_a_card_from_border_to_border(locator):
    pixels, truth, _ = sample("01_hk_front")
    scan = geometry.cut(pixels, truth, 1280, 808)
    assert off(first(locator, scan), geometry.rectangle(1280, 808)) < 0.02


@pytest.mark.parametrize("name", ["01_hk_front", "02_tw_back"])
def test_what_lies_over_an_edge_does_not_move_it(locator, name):
    pixels, truth, _ = sample(name)
    middle, edge = truth.mean(axis=0), (truth[0] + truth[1]) / 2
    ends = [tuple(int(part) for part in middle + share * (edge - middle)) for share in (0.8, 2.5)]
    width = int(0.05 * geometry.sides(truth)[0])
    cv2.line(pixels, ends[0], ends[1], (40, 60, 160), width, cv2.LINE_AA)
    assert off(first(locator, pixels), truth) < 0.04


def test_there_is_no_card_on_an_empty_table(locator):
    assert list(locator.find(np.full((600, 800, 3), 120, np.uint8))) == []


@pytest.mark.parametrize("aspect", [0.4, 0.75, 1.0, 4 / 3, 2.5])
def test_what_is_looked_at_keeps_the_shape_of_the_picture(aspect):
    width, height = looked_at(aspect)
    assert max(width, height) == LONG_SIDE
    assert width % STRIDE == height % STRIDE == 0
    assert width / height == pytest.approx(aspect, rel=0.2)
