"""Shadow mode: have a share of the pictures read by a second provider, and compare.

Only the first reading is anybody's; where the second differs the field is doubtful.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings

from kyc.applications import reader
from kyc.applications.models import Document, FieldReading, SecondReading
from kyc.applications.reader import Ask, Read, Unread
from ocr_integration.client.http import Deadline
from ocr_integration.permit.normal import normalise
from ocr_integration.providers import Provider

SECONDS: Final = 15.0
"""A second reading is worth no long wait."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Second:
    """What the other provider read, by field."""

    provider: str
    values: Mapping[str, str] = field(repr=False)
    confidence: Mapping[str, float]

    def agrees(self, name: str, value: str) -> bool:
        """Whether it read the same; what it did not read it has nothing to say of."""
        other = self.values.get(name, "")
        return not other or normalise(name, other) == normalise(name, value)

    def store(self, reading: FieldReading, value: str) -> None:
        """Keep what it read beside a reading of that value."""
        name = reading.field
        if not self.values.get(name):
            return
        row = SecondReading(
            reading=reading,
            provider=self.provider,
            confidence=self.confidence.get(name, 0.0),
            agrees=self.agrees(name, value),
        )
        row.put("value", self.values[name])
        row.save()


def read_again(
    document: Document, picture: bytes, first: Read, *, ask: Ask | None = None
) -> Second | None:
    """Read one in so many again, by the next provider that did not read it; None for the rest.

    Which ones is decided by the document, so that a repeated job decides alike.
    """
    if document.uuid.int % 100 >= settings.OCR_SHADOW_PERCENT:
        return None
    other = _next_after(first.provider)
    try:
        said = reader.read_by(other, picture, Deadline(SECONDS), ask=ask or reader.ask)
    except Unread as unread:
        logger.warning("document %s was not read twice: %s", document.uuid, unread.error)
        return None
    result = said.answer.result
    if result.side is not first.answer.result.side:
        logger.warning("document %s: another side to the second reader", document.uuid)
        return None
    return Second(
        other.label,
        {**result.values, "type": result.type.value},
        {**result.confidence, "type": result.type_confidence},
    )


def _next_after(provider: Provider) -> Provider:
    known = settings.OCR_PROVIDERS
    after: Provider = known[(known.index(provider) + 1) % len(known)]
    return after
