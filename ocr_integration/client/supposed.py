"""Which permit and which side an answer is about where it does not say: by what it does say.

It is a guess for people to look at, so whoever makes it counts it with confidence 0.
"""

from collections.abc import Mapping

from ocr_integration.permit import mrz, numbers
from ocr_integration.protocol.fields import (
    FIELDS,
    MACHINE_CODE,
    PRINTED_BACK,
    PermitType,
    Side,
)

BACK = (*PRINTED_BACK, *MACHINE_CODE)
TEXTS = tuple(name for name in FIELDS if name not in ("type", "side"))


def side(values: Mapping[str, str]) -> Side | None:
    """The side whose fields were read; None when there are none."""
    read = {name for name in TEXTS if values[name]}
    if not read:
        return None
    return Side.BACK if read.intersection(BACK) else Side.FRONT


def permit_type(values: Mapping[str, str]) -> PermitType:
    """By the code, the numbers and what only one permit prints; else the one there is most of."""
    code = mrz.parse([values[name] for name in MACHINE_CODE])
    if code.permit_type:
        return code.permit_type
    kind = numbers.kind_of(numbers.plain(values["number"]))
    if kind in numbers.PERMITS:
        return numbers.PERMITS[kind]
    place = numbers.place_of(numbers.plain_id(values["id_number"]))
    if values["issue_place"] or place is numbers.Place.TAIWAN:
        return PermitType.TAIWAN
    return PermitType.HK_MACAO
