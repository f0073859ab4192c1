"""Where the engine says that card and fields stand."""

import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bench.reading.scores import overlap
from ocr_integration.protocol.fields import MACHINE_CODE
from ocr_integration.protocol.places import CARD

SAMPLES = Path(__file__).parents[2] / "samples"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.jpg"))


@pytest.fixture(scope="module")
def placed(reader):
    """Each sample read once, with its places."""
    return {name: reader.read((SAMPLES / f"{name}.jpg").read_bytes()) for name in NAMES}


def _size(spot):
    corners = np.array(spot.corners, float)
    return np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])


@pytest.mark.parametrize("name", NAMES)
def test_the_card_is_outlined_where_it_lies(name, placed):
    truth = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))["quad"]
    card = placed[name].places[CARD]
    outline = [list(corner) for corner in card.corners]
    # Where no edge was found, text alone says how far a card may reach.
    assert overlap(truth, outline) > (0.9 if card.seen else 0.7)


@pytest.mark.parametrize("name", NAMES)
def test_every_value_has_a_place_on_the_card(name, placed):
    result = placed[name]
    read = {field for field, value in result.values.items() if value}
    assert read <= set(result.places)
    card = np.array(result.places[CARD].corners, np.float32)
    for field in read:
        x, y = np.mean(result.places[field].corners, axis=0)
        assert cv2.pointPolygonTest(card, (float(x), float(y)), measureDist=False) > 0, field


@pytest.mark.parametrize("name", NAMES)
def test_a_place_is_as_long_as_what_is_printed_there(name, placed):
    """A character is about as wide as it is high, or half of that: so says each place."""
    result = placed[name]
    for field, value in result.values.items():
        if not value or field == "sex" or not result.places[field].seen:
            continue
        width, height = _size(result.places[field])
        wide = sum(1 if ord(character) > 0x2E80 else 0.55 for character in value)
        assert 0.5 < width / height / wide < 2, field


def test_the_lines_of_the_code_stand_one_under_the_other(placed):
    for name in NAMES:
        if name.endswith("back"):
            spots = [placed[name].places[line] for line in MACHINE_CODE]
            middles = [np.mean(spot.corners, axis=0) for spot in spots]
            steps = np.linalg.norm(np.diff(middles, axis=0), axis=1)
            assert steps[0] == pytest.approx(steps[1], rel=0.25)
            assert all(15 < np.divide(*_size(spot)) < 20 for spot in spots)


def test_places_turn_with_the_picture(reader, placed):
    with Image.open(SAMPLES / "01_hk_front.jpg") as stored:
        width, height = stored.size
        upside_down = stored.convert("RGB").rotate(180)
    buffer = io.BytesIO()
    upside_down.save(buffer, "JPEG", quality=90)
    turned = reader.read(buffer.getvalue()).places
    for field, spot in placed["01_hk_front"].places.items():
        expected = [[width - x, height - y] for x, y in spot.corners]
        assert overlap([list(corner) for corner in turned[field].corners], expected) > 0.6, field
