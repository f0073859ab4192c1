"""What a check of one permit has to say, rule by rule."""

from dataclasses import dataclass, field
from enum import StrEnum

from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import Side

Place = tuple[Side, str]
"""One field of one side."""


class Source(StrEnum):
    """Where the expected value of a finding comes from."""

    MACHINE_CODE = "machine_code"
    CHECK_DIGIT = "check_digit"
    FRONT = "front"
    BACK = "back"
    PATTERN = "pattern"
    CALENDAR = "calendar"
    LIST = "list"


@dataclass(frozen=True)
class Finding:
    """One rule's verdict on one permit.

    `rule` is a code that stays; people's words for it are the reader's business. `fields` are
    the ones it is about, the doubtful one first. `expected` and `found` are in normal form and ""
    where not known; `source` tells where `expected` comes from.
    """

    rule: str
    verdict: Verdict
    fields: tuple[Place, ...]
    expected: str = field(repr=False)
    found: str = field(repr=False)
    source: Source
