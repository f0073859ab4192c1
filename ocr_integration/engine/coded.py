"""What the machine readable code says of the two fields printed on the same side.

Where print that was hard to read and a code that was not differ by one character, the code's is
taken. The value then counts as changed by a rule and is less trusted than one that was read so;
where the print was clear, it stays, and the disagreement makes it doubtful. A character that a
name lacks is taken however clear the others were: what was dropped leaves no doubt behind.

Where the print cannot be read at all, what the code says stands for it, and is hardly trusted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final

from ocr_integration.engine import scripts, words
from ocr_integration.engine.codeline import CodeLine
from ocr_integration.engine.values import Value
from ocr_integration.permit import mrz, names, numbers
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import PermitType

_HARD_TO_READ: Final = 0.8
_CLEAR: Final = 0.95
_ILLEGIBLE: Final = 0.5
_ALIKE: Final = 0.5
_SUPPOSED: Final = 0.2
_NAME_ZONE: Final = slice(0, 4 * mrz.NAME_CHARACTERS)


def settled(
    values: Mapping[str, Value],
    code: mrz.Code,
    lines: Sequence[CodeLine],
    permit_type: PermitType,
) -> dict[str, Value]:
    """The values of a back with what the code settles of them."""
    found = dict(values)
    if min(lines[1].sure[_NAME_ZONE]) > _CLEAR and code.omitted == "00":
        found["id_name"] = _name(values["id_name"], code.name)
    if Verdict.DISAGREE not in (code.checks["id_number"], code.checks["overall"]):
        found["id_number"] = _number(values["id_number"], code.id_number, permit_type)
    return found


def _name(value: Value, coded: str) -> Value:
    plain, folded = names.fold_chinese(value.text), names.fold_chinese(coded)
    if _is_illegible(value, plain, folded):
        return _supposed(value, "".join(map(scripts.traditional, coded)))
    place = _one_off(plain, folded)
    if place is None:
        return value
    start, end, character = place
    if value.weakest > _HARD_TO_READ and start < end:
        return value
    written = scripts.traditional(coded[start]) if character else ""
    text = value.text[:start] + written + value.text[end:]
    return replace(value, text=text, changed=True)


def _number(value: Value, coded: str, permit_type: PermitType) -> Value:
    plain = numbers.plain_id(value.text)
    good = numbers.check_id(coded) is not Verdict.DISAGREE
    if not good or value.weakest > _HARD_TO_READ:
        return value
    in_brackets = f"{coded[:-1]}({coded[-1]})"
    if _is_illegible(value, plain, coded):
        return _supposed(value, coded if permit_type is PermitType.TAIWAN else in_brackets)
    if _one_off(plain, coded) is None:
        return value
    text = in_brackets if "(" in value.text else coded
    return replace(value, text=text, changed=True)


def _is_illegible(value: Value, plain: str, coded: str) -> bool:
    """Whether nothing was read, or hardly anything, and that is not what the code says."""
    return bool(coded) and value.weakest < _ILLEGIBLE and words.alike(plain, coded) < _ALIKE


def _supposed(value: Value, text: str) -> Value:
    weakest = min(value.weakest, _SUPPOSED)
    return Value(text, weakest, min(value.mean, _SUPPOSED), changed=True)


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
