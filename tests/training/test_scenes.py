import numpy as np
import pytest

from training.locate.flats import Flat
from training.locate.scenes import Photographer

RED = np.array([0, 0, 200])
PAPER = np.full((303, 480, 3), 230, np.uint8)


@pytest.fixture(scope="module")
def scenes():
    red = np.full((303, 480, 3), RED, np.uint8)
    table = np.full((480, 640, 3), 60, np.uint8)
    photographer = Photographer(
        4, [Flat(red, is_permit=True), Flat(PAPER, is_permit=False)], [table]
    )
    return [photographer.take(aspect) for aspect in (4 / 3, 3 / 4) for _ in range(30)]


def test_pictures_have_the_shape_that_was_asked_for(scenes):
    for scene, aspect in ((scenes[0], 4 / 3), (scenes[-1], 3 / 4)):
        height, width = scene.pixels.shape[:2]
        assert width / height == pytest.approx(aspect, rel=0.02)


def test_a_card_lies_where_its_corners_are_said_to_be(scenes):
    redder = []
    for scene in scenes:
        if scene.quad is None:
            continue
        x, y = scene.quad.mean(axis=0).round().astype(int)
        colours = scene.pixels[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).mean(axis=0)
        redder.append(colours[2] > colours[:2].max())
    assert len(redder) > 40
    # A photocopy has no colours, and a thing may lie on the card.
    assert np.mean(redder) > 0.6


def test_what_is_no_permit_has_no_corners():
    table = np.full((480, 640, 3), 60, np.uint8)
    flats = [Flat(PAPER, is_permit=False), Flat(PAPER, is_permit=True)]
    photographer = Photographer(4, flats, [table])
    shown = [photographer.take(4 / 3).quad is not None for _ in range(100)]
    assert 0.8 < np.mean(shown) < 1
