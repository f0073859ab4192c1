import pytest

from ocr_integration.protocol.places import NoPlaces, parsed, spelled
from ocr_integration.protocol.result import Spot

CARD = Spot(((1, 2), (30, 2), (30, 40), (1, 40)))
SEX = Spot(((-3, 2), (4, 2), (4, 9), (-3, 9)), seen=False)


def test_places_come_back_as_they_were_spelled():
    places = {"card": CARD, "machine_code1": CARD, "sex": SEX}
    header = spelled(places)
    assert header.startswith("card=1,2,30,2,30,40,1,40;machine_code1=")
    assert header.endswith(";sex?=-3,2,4,2,4,9,-3,9")
    assert parsed(header) == places


def test_a_name_of_tomorrow_is_passed_over():
    assert parsed(f"{spelled({'card': CARD})};hologram=1,2,3,4,5,6,7,8") == {"card": CARD}


@pytest.mark.parametrize(
    "header",
    [
        "",
        ";",
        "card",
        "card=1,2",
        "card=1,2,3,4,5,6,7,8,9",
        "card=1.5,2,3,4,5,6,7,8",
        "card=1,2,3,4,5,6,7,999999",
        "card=1,2,3,4,5,6,7,8;" * 200,
        "ca\nrd=1,2,3,4,5,6,7,8",
    ],
)
def test_what_is_no_list_of_places_is_refused(header):
    with pytest.raises(NoPlaces):
        parsed(header)
