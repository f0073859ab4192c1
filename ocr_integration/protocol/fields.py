"""Which fields the API knows, and which stand on which side of which permit.

Names are the API's own and are used everywhere: in code, data and forms.
Source: the API page "Mainland Travel Permit for Hong Kong, Macao, and Taiwan
Residents", tables 5 and 6.
"""

from enum import StrEnum
from typing import Final


class Side(StrEnum):
    """The API's `side`."""

    FRONT = "front"
    BACK = "back"


class PermitType(StrEnum):
    """The API's `type`: it knows both permits of Hong Kong and Macao as one."""

    HK_MACAO = "Mainland Travel Permit for Hong Kong and Macao Residents"
    TAIWAN = "Mainland Travel Permit for Taiwan Residents"


PRINTED_FRONT: Final = (
    "name",
    "name_en",
    "birth_date",
    "sex",
    "valid_period",
    "issuing_authority",
    "number",
    "issue_times",
)
PRINTED_BACK: Final = ("id_name", "id_number")
MACHINE_CODE: Final = ("machine_code1", "machine_code2", "machine_code3")

CLASSIFIED: Final = ("type", "side")
"""Read from the whole picture rather than from one place on it."""

FIELDS: Final = (
    *PRINTED_FRONT[:-1],
    "issue_place",
    "issue_times",
    *PRINTED_BACK,
    *MACHINE_CODE,
    *CLASSIFIED,
)


def fields_of(permit_type: PermitType, side: Side) -> tuple[str, ...]:
    """Name the fields printed on one side, in the order they stand there.

    `type` and `side` are left out: each side has them.
    """
    if side is Side.BACK:
        return (*PRINTED_BACK, *MACHINE_CODE)
    if permit_type is PermitType.TAIWAN:
        return (*PRINTED_FRONT[:-1], "issue_place", "issue_times")
    return PRINTED_FRONT


_TYPE_NAMES: Final = {
    PermitType.HK_MACAO: ("港澳居民来往内地通行证", "港澳居民來往內地通行證"),
    PermitType.TAIWAN: (
        "台湾居民来往大陆通行证",
        "台灣居民來往大陸通行證",
        "臺灣居民來往大陸通行證",
        "台湾居民来往内地通行证",
    ),
}


def permit_type_named(text: str) -> PermitType | None:
    """Know a permit by any `type` in use: English on the API's page, Chinese in the vendor's SDK.

    The SDK's prose once calls the Taiwan permit 来往内地, so that is known too.
    """
    words = " ".join(text.split())
    for permit_type, titles in _TYPE_NAMES.items():
        if words.casefold() == permit_type.casefold() or words.startswith(titles):
            return permit_type
    return None
