"""Where things stand on a picture whose reader says where the portrait is, and no more."""

import pytest

from kyc.applications import standing
from kyc.applications.models import Extraction
from ocr_integration.protocol.fields import PermitType
from ocr_integration.protocol.places import CARD

# A card of 1000 by 631, as the layout has it, from the corner 100, 50.
PORTRAIT = [[140, 208], [370, 208], [370, 530], [140, 530]]


def read(portrait=PORTRAIT, **said):
    how = {"side": "front", "permit_type": PermitType.HK_MACAO.value, "places": {}, **said}
    return Extraction(portrait_location=portrait, **how)


def test_a_fronts_places_follow_from_its_portrait_and_are_not_called_seen():
    found = standing.of(read())
    assert found[CARD].at[0] == pytest.approx((100, 50), abs=1)
    assert found[CARD].at[2] == pytest.approx((1100, 681), abs=2)
    assert found["birth_date"].at[0] == pytest.approx((360, 277), abs=1)
    assert not any(place.seen for place in found.values())
    assert "issue_place" not in found


def test_they_turn_with_it():
    quarter = [[-y, x] for x, y in PORTRAIT]
    assert standing.of(read(quarter))[CARD].at[0] == pytest.approx((-50, 100), abs=1)


def test_what_the_reader_said_comes_first():
    places = {"name": {"at": [[1, 2], [3, 2], [3, 4], [1, 4]], "seen": True}}
    assert standing.of(read(places=places)) == {
        "name": standing.Standing(((1, 2), (3, 2), (3, 4), (1, 4)), seen=True)
    }


@pytest.mark.parametrize("said", [{"side": "back"}, {"portrait": None}])
def test_without_a_portrait_nothing_follows(said):
    assert standing.of(read(**said)) == {}


def test_room_is_left_around_a_place():
    square = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    assert standing.grown(square, 0.1) == ((-1, -1), (11, -1), (11, 11), (-1, 11))
