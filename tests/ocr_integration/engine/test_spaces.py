"""Blanks between Latin words, told by how wide the gaps between the letters are."""

import numpy as np
import pytest

from ocr_integration.engine import geometry
from ocr_integration.engine.recognise import HEIGHT, Reading
from ocr_integration.engine.spaces import restored
from ocr_integration.engine.views import PictureView

LETTER, GAP = 16, 4


def line(text, gap):
    """Bars for letters; the gap at a full stop is so wide. The view, its box and its reading."""
    pixels = np.full((HEIGHT, 600, 3), 230, np.uint8)
    x, places = 20, []
    for character in text:
        if character == ".":
            x += gap - GAP
            continue
        pixels[10:38, x : x + LETTER] = 20
        places.append(x + LETTER / 2)
        x += LETTER + GAP
    width = x + 20
    letters = text.replace(".", "")
    reading = Reading(letters, (0.99,) * len(letters), tuple(place / width for place in places))
    return PictureView(pixels[:, :width]), geometry.rectangle(width, HEIGHT), reading


@pytest.mark.parametrize(
    ("gap", "text", "sure"),
    [(5, "MANMAN", True), (20, "MAN MAN", True), (10, "MANMAN", False)],
)
def test_a_wide_gap_is_a_blank_and_one_nearly_as_wide_a_doubt(gap, text, sure):
    found = restored(*line("MAN.MAN", gap))
    assert found.text == text
    assert (found.weakest > 0.8) is sure


def test_a_blank_that_was_read_stays_however_narrow_it_is():
    view, box, reading = line("MANMAN", 0)
    places = (*reading.places[:3], (reading.places[2] + reading.places[3]) / 2, *reading.places[3:])
    read = Reading("MAN MAN", (0.99,) * 7, places)
    assert restored(view, box, read).text == "MAN MAN"
