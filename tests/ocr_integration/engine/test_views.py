"""Pieces are cut from the picture itself, and look as if the card had been straightened first."""

import numpy as np
import pytest

from ocr_integration.engine import geometry
from ocr_integration.engine.views import HEIGHT, WIDTH, CardView, PictureView, small
from tests.ocr_integration.engine.conftest import sample

PIECE = geometry.rectangle(500, 60) + np.array([420, 300], np.float32)


def difference(one, other):
    return float(np.abs(one.astype(int) - other).mean())


@pytest.fixture(scope="module")
def card():
    pixels, quad, _ = sample("04_hk_front")
    return CardView(PictureView(pixels), quad)


@pytest.fixture(scope="module")
def leaning():
    """Bars, as a card that lies askew in a picture."""
    flat = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    flat[:, ::160] = flat[::101, :] = 255
    quad = np.array([(90, 130), (1270, 60), (1300, 840), (40, 800)], np.float32)
    matrix = geometry.homography(quad, geometry.rectangle(WIDTH, HEIGHT))
    around = geometry.moved(geometry.rectangle(1400, 900), matrix)
    return geometry.cut(flat, around, 1400, 900), quad


def test_a_piece_is_what_a_straightened_card_has_there(card):
    straight = PictureView(card.pixels)
    assert difference(card.cut(PIECE, 500, 60), straight.cut(PIECE, 500, 60)) < 3
    lower = np.asarray(PIECE + np.array([0, 8], np.float32))
    assert difference(card.cut(lower, 500, 60), straight.cut(PIECE, 500, 60)) > 6


def test_without_colours_it_is_the_same_piece(card):
    colours = card.cut(PIECE, 500, 60).astype(float) @ (0.114, 0.587, 0.299)
    assert difference(card.grey(PIECE, 500, 60), colours) < 2


def test_the_other_way_up_each_point_is_across_the_middle(card):
    turned = card.turned()
    across = np.array([WIDTH, HEIGHT], np.float32) - PIECE
    assert turned.in_picture(across) == pytest.approx(card.in_picture(PIECE), abs=0.05)
    assert difference(turned.pixels[::-1, ::-1][:-1, :-1], card.pixels[1:, 1:]) < 1


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_bent_card_is_flattened(leaning, upside_down):
    pixels, quad = leaning
    bent = CardView(PictureView(pixels), quad, 40.0)
    view = bent.turned() if upside_down else bent
    ends, middle = np.array([(0, 101), (WIDTH, 101)], np.float32), (WIDTH / 2, 101.0)
    flat = CardView(PictureView(pixels), view.quad)
    down = -40 if upside_down else 40
    lower = np.asarray(ends + np.array([0, down], np.float32))
    assert view.in_picture(ends) == pytest.approx(flat.in_picture(lower), abs=0.05)
    centre = np.array([middle], np.float32)
    assert view.in_picture(centre) == pytest.approx(flat.in_picture(centre), abs=0.05)
    straight = PictureView(view.pixels)
    assert difference(view.cut(PIECE, 500, 60), straight.cut(PIECE, 500, 60)) < 1


def test_fine_patterns_are_averaged_in_a_coarse_piece():
    chequered = np.zeros((800, 1280, 3), np.uint8)
    chequered[::2, ::2] = chequered[1::2, 1::2] = 255
    piece = small(PictureView(chequered), 160, 100)
    assert piece.min() > 120
    assert piece.max() < 136


def test_a_picture_of_one_row_can_be_looked_at():
    row = PictureView(np.full((1, 900, 3), 77, np.uint8))
    assert small(row, 90, 1).tolist() == [[[77, 77, 77]] * 90]
