"""The answer to one picture, as both ends of the API hold it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ocr_integration.protocol.fields import PermitType, Side

Corner = tuple[int, int]
"""x to the right and y downwards, pixels of the picture as sent, EXIF orientation not applied."""

Corners = tuple[Corner, Corner, Corner, Corner]
"""Top left, top right, bottom right, bottom left of the thing itself, however it is turned."""


@dataclass(frozen=True)
class Spot:
    """Where something stands, its corners a little outside the picture where the card is cut off.

    Not `seen`, it follows from where other things stand.
    """

    corners: Corners
    seen: bool = True


@dataclass(frozen=True)
class Result:
    """What was read from one side of one permit.

    `values` and `confidence` have the same keys: the fields of that side, without `type` and
    `side`. A field that could not be read is "" with confidence 0. `places` has what our own
    servers say beside the API: see `protocol.places`.
    """

    type: PermitType
    side: Side
    values: Mapping[str, str] = field(repr=False)
    confidence: Mapping[str, float]
    type_confidence: float = 0.0
    side_confidence: float = 0.0
    portrait_image: bytes | None = field(default=None, repr=False)
    portrait_location: Corners | None = None
    places: Mapping[str, Spot] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Spell it as the API's `result` object, portrait parts only where they are there."""
        answer: dict[str, Any] = {
            **self.values,
            "type": self.type.value,
            "side": self.side.value,
            "confidence": {
                **self.confidence,
                "type": self.type_confidence,
                "side": self.side_confidence,
            },
        }
        if self.portrait_image is not None:
            answer["portrait_image"] = base64.b64encode(self.portrait_image).decode("ascii")
        if self.portrait_location is not None:
            answer["portrait_location"] = [list(corner) for corner in self.portrait_location]
        return answer
