import numpy as np
import pytest

from bench.reading.scores import overlap
from ocr_integration.engine import geometry
from ocr_integration.engine.portrait import PhotoFinder
from ocr_integration.engine.views import HEIGHT, WIDTH, PictureView


@pytest.fixture(scope="module")
def photos():
    return PhotoFinder()


def card(box=None):
    """A pale card with lines of print, and a dark photo with a lighter face at `box`."""
    noise = np.random.default_rng(3)
    pixels = np.full((HEIGHT, WIDTH, 3), (226, 232, 214), np.uint8)
    for y in range(100, 760, 90):
        pixels[y : y + 28, 520 : 520 + int(noise.integers(200, 600))] = (60, 50, 50)
    if box:
        left, top, right, bottom = box
        pixels[top:bottom, left:right] = (150, 120, 110)
        middle, reach = (left + right) // 2, (right - left) // 4
        pixels[top + 60 : top + 60 + 3 * reach, middle - reach : middle + reach] = (170, 190, 220)
        pixels[bottom - 90 : bottom, left + 20 : right - 20] = (50, 40, 40)
    return pixels


@pytest.mark.parametrize("box", [(80, 220, 380, 620), (150, 200, 420, 560), (60, 120, 400, 570)])
def test_it_finds_all_of_the_photo_and_no_more(photos, box):
    left, top, right, bottom = box
    truth = [[left, top], [right, top], [right, bottom], [left, bottom]]
    place = photos.find(PictureView(card(box)))
    assert place is not None
    assert overlap(truth, place.tolist()) > 0.95


def test_a_photo_on_the_right_is_found_as_well(photos):
    place = photos.find(PictureView(np.ascontiguousarray(card((80, 220, 380, 620))[:, ::-1])))
    assert place is not None
    right, left = WIDTH - 80, WIDTH - 380
    truth = [[left, 220], [right, 220], [right, 620], [left, 620]]
    assert overlap(truth, place.tolist()) > 0.95


def test_sides_that_lean_are_followed(photos):
    box = geometry.rectangle(300, 400) + np.array([80, 220], np.float32)
    bent = box + np.array([(-14, 0), (8, 3), (14, 0), (-8, -3)], np.float32)
    matrix = geometry.homography(bent, box)
    corners = geometry.moved(geometry.rectangle(WIDTH, HEIGHT), matrix)
    pixels = geometry.cut(card((80, 220, 380, 620)), corners, WIDTH, HEIGHT)
    place = photos.find(PictureView(pixels))
    assert place is not None
    assert overlap(bent.tolist(), place.tolist()) > 0.95


def test_a_card_without_a_photo_has_none(photos):
    assert photos.find(PictureView(card())) is None
