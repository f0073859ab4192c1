import numpy as np
import pytest

from ocr_integration.engine import code_path
from ocr_integration.engine.glyphs import text
from ocr_integration.permit.mrz import ALPHABET

LINE = "CRH4315287940973206065M8304287"


def looks(warp):
    """Glyphs as clear as the nearest true one is near, which stand where `warp` has moved them."""
    true = np.array([warp(place) for place in range(len(LINE))])

    def read(spots):
        found = np.full((len(spots), len(ALPHABET)), 0.01, np.float32)
        for spot, (along, across) in zip(found, spots, strict=True):
            nearest = int(np.abs(true - along).argmin())
            off = abs(true[nearest] - along) + abs(across)
            spot[ALPHABET.index(LINE[nearest])] = max(0.01, 1 - 2 * off)
        ink = np.array([np.abs(true - along).min() < 0.6 for along, _ in spots], np.float32)
        return found / found.sum(axis=1, keepdims=True), ink

    return read


@pytest.mark.parametrize(
    "warp",
    [
        pytest.param(lambda place: place, id="straight"),
        pytest.param(lambda place: place + 0.6, id="begins later"),
        pytest.param(lambda place: place * 1.03 - 0.4, id="wider"),
        pytest.param(lambda place: place + ((place - 14.5) / 14.5) ** 3, id="lens"),
        pytest.param(lambda place: place - ((place - 14.5) / 14.5) ** 2, id="bent"),
    ],
)
def test_it_follows_a_line_whose_pitch_changes(warp):
    assert text(code_path.followed(0, looks(warp))) == LINE


def test_it_leaves_no_glyph_out_though_fillers_behind_read_as_well():
    whole = "PANG<<HO".ljust(len(LINE), "<")
    true = np.arange(-1, len(LINE) - 1)

    def read(spots):
        found = np.full((len(spots), len(ALPHABET)), 0.01, np.float32)
        for spot, (along, across) in zip(found, spots, strict=True):
            nearest = int(np.abs(true - along).argmin())
            # The first glyph is damaged, and hard to tell.
            clear = 0.3 if nearest == 0 else 1.0
            off = abs(true[nearest] - along) + abs(across)
            spot[ALPHABET.index(whole[nearest])] = max(0.01, clear - 2 * off)
        return found, np.array([np.abs(true - along).min() < 0.6 for along, _ in spots], np.float32)

    assert text(code_path.followed(2, read)).startswith("PANG<<HO<")


def test_places_reach_over_both_ends():
    along = code_path.places()[0, :, 0]
    assert along[0] < -1
    assert along[-1] > len(LINE)
    assert np.allclose(np.diff(along), 1 / code_path.FINE)
