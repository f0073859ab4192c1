"""Where on the picture things stand: a header of our own servers, beside the API's own body.

`card=1,2,30,2,30,40,1,40;name=…;sex?=…`: the corners of a `Spot` each. A question mark says that
nothing was seen there: the place follows from others. Sent where the portrait's location is asked
for, so that whoever speaks the API alone sees nothing of it.
"""

import re
from collections.abc import Mapping
from typing import Final

from ocr_integration.protocol.fields import FIELDS
from ocr_integration.protocol.result import Spot

PLACES_HEADER: Final = "X-Permitdesk-Places"
CARD: Final = "card"
"""The outline of the card itself, beside the names of fields."""

MAX_PLACES_CHARACTERS: Final = 4000
_PLACED: Final = frozenset((CARD, *FIELDS))
_ONE: Final = re.compile(r"([a-z_]+[1-3]?)(\??)=(-?\d{1,5}(?:,-?\d{1,5}){7})")


class NoPlaces(ValueError):
    """A header that says nothing of this kind."""


def spelled(places: Mapping[str, Spot]) -> str:
    """As the header has it."""
    return ";".join(
        f"{name}{'' if spot.seen else '?'}={','.join(str(n) for at in spot.corners for n in at)}"
        for name, spot in places.items()
    )


def parsed(header: str) -> dict[str, Spot]:
    """What `spelled` spelled; a name that nobody here knows is passed over. Raises NoPlaces."""
    if len(header) > MAX_PLACES_CHARACTERS:
        raise NoPlaces
    places: dict[str, Spot] = {}
    for one in header.split(";"):
        match = _ONE.fullmatch(one)
        if match is None:
            raise NoPlaces
        name, supposed, numbers = match.groups()
        a, b, c, d, e, f, g, h = (int(number) for number in numbers.split(","))
        if name in _PLACED:
            places[name] = Spot(((a, b), (c, d), (e, f), (g, h)), seen=not supposed)
    return places
