"""What the machine readable code says of the two fields printed on the same side.

Where print that was hard to read and a code that was not differ by one character, the code's is
taken. The value then counts as changed by a rule and is less trusted than one that was read so;
where the print was clear, it stays, and the disagreement makes it doubtful. A character that a
name lacks is taken however clear the others were: what was dropped leaves no doubt behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final

from ocr_integration.engine import scripts
from ocr_integration.engine.codeline import CodeLine
from ocr_integration.engine.values import Value
from ocr_integration.permit import mrz, names, numbers
from ocr_integration.permit.verdict import Verdict

_HARD_TO_READ: Final = 0.8
_CLEAR: Final = 0.95
_NAME_ZONE: Final = slice(0, 4 * mrz.NAME_CHARACTERS)


def settled(
    values: Mapping[str, Value], code: mrz.Code, lines: Sequence[CodeLine]
) -> dict[str, Value]:
    """The values of a back with what the code settles of them."""
    found = dict(values)
    if min(lines[1].sure[_NAME_ZONE]) > _CLEAR and code.omitted == "00":
        found["id_name"] = _name(values["id_name"], code.name)
    if Verdict.DISAGREE not in (code.checks["id_number"], code.checks["overall"]):
        found["id_number"] = _number(values["id_number"], code.id_number)
    return found


def _name(value: Value, coded: str) -> Value:
    place = _one_off(names.fold_chinese(value.text), names.fold_chinese(coded))
    if place is None:
        return value
    start, end, character = place
    if value.weakest > _HARD_TO_READ and start < end:
        return value
    written = scripts.traditional(coded[start]) if character else ""
    text = value.text[:start] + written + value.text[end:]
    return replace(value, text=text, changed=True)


def _number(value: Value, coded: str) -> Value:
    plain = numbers.plain_id(value.text)
    good = numbers.check_id(coded) is not Verdict.DISAGREE
    if not good or _one_off(plain, coded) is None or value.weakest > _HARD_TO_READ:
        return value
    text = f"{coded[:-1]}({coded[-1]})" if "(" in value.text else coded
    return replace(value, text=text, changed=True)


def _one_off(read: str, coded: str) -> tuple[int, int, str] | None:
    """Start, end and better text of the one character in which two texts differ."""
    steps = SequenceMatcher(None, read, coded, autojunk=False).get_opcodes()
    off = [step for step in steps if step[0] != "equal"]
    if not read or len(off) != 1:
        return None
    _, start, end, other_start, other_end = off[0]
    if max(end - start, other_end - other_start) != 1 or other_end == other_start:
        return None
    return start, end, coded[other_start:other_end]
