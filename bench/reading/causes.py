"""Why a value is wrong, as far as the value itself tells."""

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Final

from bench.reading.samples import Answer
from ocr_integration.permit.names import fold_chinese

CAUSES: Final = (
    "picture refused",
    "taken for the other side",
    "not found",
    "blank, comma or hyphen",
    "twin of the other script",
    "another field's value",
    "part of the value",
    "more than the value",
    "one character",
    "several characters",
)
_MARKS: Final = str.maketrans("", "", " ,-'.()")


def cause(field: str, expected: Mapping[str, str], answer: Answer) -> str:
    """One of CAUSES for a field whose value is not as expected."""
    right, value = expected[field], answer.fields.get(field, "")
    others = {text for name, text in expected.items() if name != field and text}
    if answer.refused:
        return "picture refused"
    if answer.fields.get("side") != expected["side"]:
        return "taken for the other side"
    if not value:
        return "not found"
    if value.translate(_MARKS) == right.translate(_MARKS):
        return "blank, comma or hyphen"
    if fold_chinese(value) == fold_chinese(right):
        return "twin of the other script"
    if value in others:
        return "another field's value"
    if value in right:
        return "part of the value"
    if right in value:
        return "more than the value"
    return "one character" if _edits(value, right) == 1 else "several characters"


def _edits(one: str, other: str) -> int:
    """About how many characters were changed, lost or added."""
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for tag, a, b, c, d in steps if tag != "equal")
