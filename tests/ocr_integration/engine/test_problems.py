import numpy as np

from ocr_integration.engine import problems
from ocr_integration.engine.decode import Picture


def test_a_place_ends_with_the_picture():
    pixels = np.zeros((40, 60, 3), np.uint8)
    picture = Picture(pixels, pixels, width=600, height=400)
    cut_off = np.array([[-5, 10.4], [612, -1], [590.6, 400.4], [0, 90]], np.float32)
    assert problems.clipped(cut_off, picture) == ((0, 10), (600, 0), (591, 400), (0, 90))
