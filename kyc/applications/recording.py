"""Turn what a provider answered into the rows that keep it."""

import json
import logging
from typing import Final

from kyc.applications import images, tokens
from kyc.applications.models import Extraction, FieldReading, Threshold
from kyc.applications.reader import Read, Unread
from kyc.applications.second_reader import Second
from ocr_integration.protocol.result import Result
from ocr_integration.providers import Provider

ONE_CALL: Final = "one call"
PORTRAIT_WAIT: Final = 20.0
"""Nobody waits for a portrait at a page, and a reading that gave up would be paid for again."""

_LABEL: Final = 64
_SUCCESSES: Final = range(200, 300)

logger = logging.getLogger(__name__)


def describe(extraction: Extraction, said: Read) -> Extraction:
    """Say who read what, and keep the portrait's file."""
    answer, result = said.answer, said.answer.result
    _say_who_read(extraction, said.provider)
    extraction.latency_ms = round(answer.latency_seconds * 1000)
    extraction.billed_as = _billed_as(said.provider, answer.engine)
    extraction.engine = answer.engine[:_LABEL]
    extraction.request_id = answer.request_id[:_LABEL]
    extraction.permit_type = result.type.value
    extraction.type_confidence = result.type_confidence
    extraction.side = result.side.value
    extraction.side_confidence = result.side_confidence
    extraction.places = {
        name: {"at": [list(corner) for corner in spot.corners], "seen": spot.seen}
        for name, spot in result.places.items()
    }
    extraction.put("raw", _without_portrait(answer.raw))
    _keep_portrait(extraction, result)
    return extraction


def describe_failure(extraction: Extraction, unread: Unread) -> None:
    """Say who was asked; an answer that was none is charged for where its status was a success."""
    _say_who_read(extraction, unread.provider)
    if unread.error.status in _SUCCESSES:
        extraction.billed_as = _billed_as(unread.provider, "")


def _say_who_read(extraction: Extraction, provider: Provider) -> None:
    extraction.provider = provider.label
    extraction.region = provider.served_in


def _billed_as(provider: Provider, engine: str) -> str:
    """What the operator calls it; our own servers, which name their engine, charge nothing."""
    return provider.billed_as[:_LABEL] or ("" if engine else ONE_CALL)


def _keep_portrait(extraction: Extraction, result: Result) -> None:
    """Keep the crop as a clean picture of our own making; one that is none is left out."""
    if result.portrait_location:
        extraction.portrait_location = [list(corner) for corner in result.portrait_location]
    if not result.portrait_image:
        return
    try:
        crop = images.canonical(
            result.portrait_image, smallest=images.SMALLEST_PORTRAIT, patience=PORTRAIT_WAIT
        )
    except images.PictureRefused as refusal:
        logger.warning("the portrait of %s was refused: %s", extraction.document, refusal.code)
        return
    extraction.put_file("portrait_stored_as", crop.jpeg)
    extraction.portrait_sha256 = crop.sha256


def store_readings(extraction: Extraction, result: Result, second: Second | None) -> None:
    """Write one FieldReading a field, with the threshold that holds now.

    A field that a second provider read otherwise is highlighted, however sure the first was.
    """
    thresholds = Threshold.current()
    read = [(name, value, result.confidence[name]) for name, value in result.values.items()]
    read.append(("type", result.type.value, result.type_confidence))
    for name, value, confidence in read:
        threshold = thresholds.get(name, Threshold.FIRST)
        reading = FieldReading(
            extraction=extraction,
            field=name,
            confidence=confidence,
            threshold=threshold,
            highlighted=not value
            or confidence < threshold
            or (second is not None and not second.agrees(name, value)),
        )
        reading.put("value", value)
        reading.save()
        if second:
            second.store(reading, value)
    tokens.index(extraction.document.application, result.values)


def _without_portrait(raw: bytes) -> bytes:
    """Drop the portrait from an answer: it is kept once, as a file."""
    answer = json.loads(raw)
    answer.get("result", {}).pop("portrait_image", None)
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    # Half of a surrogate pair has no bytes; what it is replaced by is how JSON escapes it.
    return text.encode("utf-8", "backslashreplace")
