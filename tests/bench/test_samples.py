from pathlib import Path

import pytest

from bench.reading.samples import Sample


@pytest.mark.parametrize(
    ("truth", "turned"),
    [
        ({"turn": 4.0}, False),
        ({"turn": 356.0}, False),
        ({"turn": 181.0}, True),
        ({"turn": 27.0}, True),
        ({"turn": 0.0, "exif_orientation": 6}, True),
        ({}, False),
    ],
)
def test_it_knows_a_turned_card(truth, turned):
    assert Sample(Path("001_hk_front.jpg"), truth).turned is turned


def test_it_expects_sex_as_the_api_spells_it_and_no_portrait():
    result = {"sex": "女", "side": "front", "portrait_location": [[0, 0]]}
    sample = Sample(Path("001_hk_front.jpg"), {"result": result})
    assert sample.expected == {"sex": "F", "side": "front"}
    assert sample.card == "001"
