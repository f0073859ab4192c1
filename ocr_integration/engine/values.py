"""Turns what stands in a spot into the value the API answers, with a raw score."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from ocr_integration.engine import geometry, scripts, spaces, words
from ocr_integration.engine.front import Spot
from ocr_integration.engine.models import Floats
from ocr_integration.engine.recognise import Alphabet, LineReader, Posterior, Reading
from ocr_integration.engine.sheet import Sheet
from ocr_integration.protocol.fields import PermitType

_DIGITS: Final = "0123456789"
_FOREIGN_SCRIPT: Final = 0.02
_UNUSUAL_SCRIPT: Final = 0.1
_MIXED_SCRIPT: Final = 0.002
_TWIN: Final = 0.0005
_CERTAIN: Final = 0.85
_CUTS: Final = (1, 0.86, 1.14)
"""Of a line's height: how much of it is looked at, one after the other while there is doubt."""

_BESIDE: Final = 1.1
"""Of a line's height: as far as another character reaches."""

_FEW: Final = 2
_CLEAR: Final = 0.7
_UNCHECKED: Final = frozenset({"name_en", "birth_date"})
"""Fields that nothing else on a front confirms."""

_BEYOND_DOUBT: Final = 0.9995
_SHORT: Final = frozenset({"sex", "issue_times"})
_CLEAR_ALONE: Final = 0.97
"""A character or two have no others around them to go by."""

_LACKING: Final = 0.3
_DAY: Final = re.compile(r"(?=((?:19|20)\d\d)\D?(0[1-9]|1[0-2])\D?([0-3]\d))")
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Value:
    """A field's value and the signs of how well it was read, each from 0 to 1.

    `weakest` and `mean` are the characters' probabilities; `changed` says that a rule altered
    what was read.
    """

    text: str
    weakest: float = 0.0
    mean: float = 0.0
    changed: bool = False


NOTHING: Final = Value("")


class FieldReader:
    """Reads spots with the recogniser and the alphabet that suit each field."""

    def __init__(self, names: LineReader, large: LineReader, small: LineReader) -> None:
        """`names` knows the most Chinese characters; `large` is asked where others are in doubt;
        `small` tells at little cost whether there are more characters."""
        self._names = names
        self._large = large
        self._small = small
        # Many characters have a twin in the other script. A front's name is simplified, Taiwan's
        # identity cards are not, those of Hong Kong and Macao seldom.
        simplified = _without(scripts.is_traditional, _FOREIGN_SCRIPT)
        self._scripts = {
            ("name", PermitType.HK_MACAO): simplified,
            ("name", PermitType.TAIWAN): simplified,
            ("id_name", PermitType.HK_MACAO): _without(scripts.is_simplified, _UNUSUAL_SCRIPT),
            ("id_name", PermitType.TAIWAN): _without(scripts.is_simplified, _FOREIGN_SCRIPT),
        }
        self._any_script = Alphabet(words.is_chinese)
        self._traditional = _without(scripts.is_simplified, _MIXED_SCRIPT)
        self._simplified = _without(scripts.is_traditional, _MIXED_SCRIPT)
        dated = Alphabet.of(_DIGITS + ".-")
        self._alphabets = {
            "birth_date": dated,
            "valid_period": dated,
            "number": Alphabet.of(_DIGITS + "HMA"),
            "issue_times": Alphabet.of(_DIGITS),
            "sex": Alphabet.of("男女"),
            "name_en": Alphabet.of(_CAPITALS + ",.-' "),
            "id_number": Alphabet.of(_DIGITS + _CAPITALS + "()"),
            "issuing_authority": Alphabet.of("".join(words.AUTHORITIES)),
            "issue_place": Alphabet.of("".join(words.PLACES)),
        }

    def read(
        self,
        sheet: Sheet,
        field: str,
        spot: Spot | None,
        permit_type: PermitType,
        *,
        any_script: bool = False,
    ) -> Value:
        """Read what stands at a spot, a name in the script that is usual unless it may be any."""
        if spot is None:
            return NOTHING
        if script := self._scripts.get((field, permit_type)):
            script = self._any_script if any_script else script
            name = _name(self._in_one_script(*self._name_at(sheet, spot.quad, script)))
            other = spot.piece.line.reading if spot.piece and spot.piece.whole else None
            name = _confirmed(name, other, simplified=field == "name") if other else name
            name = _in_doubt_of_script(name, other) if any_script else name
            return self._in_doubt_of_length(sheet, spot.quad, name)
        reading = self._line(sheet, field, spot, permit_type)
        if spot.more:
            reading = _run_on(reading, self._line(sheet, field, spot.more, permit_type))
        return _SHAPED[field](reading, permit_type)

    def _line(self, sheet: Sheet, field: str, spot: Spot, permit_type: PermitType) -> Reading:
        """Read a spot; ask the large reader if a character is in doubt or the shape is wrong."""

        def worth(reading: Reading) -> tuple[bool, float]:
            value = _SHAPED[field](reading, permit_type)
            return bool(value.text) and not value.changed, reading.weakest

        piece, alphabet = spot.piece, self._alphabets[field]
        known = piece.line.posterior if piece and piece.whole else None
        first = (known or sheet.reader.look(sheet.card, spot.quad)).read(alphabet)
        clear = _CLEAR_ALONE if field in _SHORT else _CLEAR
        # The first of the cuts is the line as it is.
        others = [known.other.read(alphabet)] if known and known.other else []
        reading = max(first, *others, key=worth) if others else first
        for share in _CUTS[len(others) :]:
            if worth(reading) > (True, clear):
                break
            seen = self._large.look(sheet.card, geometry.resized(spot.quad, share))
            others.append(seen.read(alphabet))
            reading = max(reading, others[-1], key=worth)
        if field == "sex" or (field in _UNCHECKED and reading.weakest < _BEYOND_DOUBT):
            other = others[0] if others else self._large.look(sheet.card, spot.quad).read(alphabet)
            reading = _compared(first, other, max(reading, other, key=worth))
        if field == "name_en":
            reading = spaces.restored(sheet.card, spot.quad, reading)
        return reading

    def _in_one_script(self, seen: Posterior, reading: Reading) -> Reading:
        """Nobody's name mixes scripts: where a clear character is of one alone, all are."""
        pairs = zip(reading.text, reading.probabilities, strict=True)
        sure = [c for c, p in pairs if p > _CERTAIN and not scripts.has_twin(c)]
        traditional = any(map(scripts.is_traditional, sure))
        if traditional == any(map(scripts.is_simplified, sure)):
            return reading
        return seen.read(self._traditional if traditional else self._simplified)

    def _in_doubt_of_length(self, sheet: Sheet, quad: Floats, name: Value) -> Value:
        """Doubt a short name beside which more characters stand: its box may have lost one whole.

        Few names have two characters; three that lost one are as many.
        """
        if len(name.text) > _FEW:
            return name
        wider = geometry.lengthened(quad, _BESIDE * geometry.sides(quad)[1])
        seen = _name(self._small.look(sheet.card, wider).plain).text
        if len(seen) > len(name.text):
            return replace(name, weakest=min(name.weakest, _LACKING))
        return name

    def _name_at(self, sheet: Sheet, quad: Floats, script: Alphabet) -> tuple[Posterior, Reading]:
        """Read a name; cut it closer and wider if a character of it is in doubt."""
        looks = list[tuple[Posterior, Reading]]()
        for share in _CUTS:
            seen = self._names.look(sheet.card, geometry.resized(quad, share))
            looks.append((seen, seen.read(script)))
            if looks[-1][1].weakest > _CLEAR:
                break
        return max(looks, key=lambda look: look[1].weakest)


def _compared(one: Reading, other: Reading, better: Reading) -> Reading:
    """The better of two readings, doubted where they differ. Blanks are overlooked, never made up.

    A reader that sees nothing is as good a reason: a part of a label can look like a character.
    """
    if one.text.replace(" ", "") == other.text.replace(" ", ""):
        return max(one, other, key=lambda reading: reading.text.count(" "))
    limit = 1 - min(one.weakest, other.weakest if other.text else 1.0) / 2
    return replace(better, probabilities=tuple(min(p, limit) for p in better.probabilities))


def _without(is_foreign: Callable[[str], bool], weight: float) -> Alphabet:
    """All Chinese characters, those of the other script with a weight; one that looks like its
    twin in this script is not told from it by looking."""

    def weighed(character: str) -> float:
        if not words.is_chinese(character):
            return 0
        if not is_foreign(character):
            return 1
        return min(weight, _TWIN) if scripts.has_twin(character) else weight

    return Alphabet(weighed)


def _run_on(first: Reading, second: Reading) -> Reading:
    """Two lines of one value as one, a blank between unless a comma is there."""
    glue = "" if first.text.rstrip()[-1:] in {",", "."} else " "
    return Reading(
        first.text.rstrip() + glue + second.text,
        (*first.probabilities, *second.probabilities),
        (*first.places, *second.places),
    )


def _value(text: str, reading: Reading, *, changed: bool = False) -> Value:
    return Value(text, reading.weakest, reading.mean, changed) if text else NOTHING


def _name(reading: Reading) -> Value:
    return _value(words.chinese(reading.text).lstrip("姓名").removesuffix("姓名"), reading)


def _confirmed(name: Value, other: Reading, *, simplified: bool) -> Value:
    """A recogniser may drop a character or take it for another: believe the other if that saw it
    clearly and knows the script, else doubt a name that is too short."""
    seen = words.chinese(other.text)
    if simplified and len(seen) == len(name.text) and seen != name.text:
        surer = other.weakest > max(_CERTAIN, name.weakest)
        if surer:
            return _value(seen, other, changed=True)
        return replace(name, weakest=min(name.weakest, 1 - other.weakest / 2))
    if not name.text or name.text not in _without_one(seen):
        return name
    if simplified and other.weakest > _CLEAR:
        return _value(seen, other, changed=True)
    return replace(name, weakest=min(name.weakest, _LACKING))


def _in_doubt_of_script(name: Value, other: Reading | None) -> Value:
    """A name that may be in either script, and nothing but the look of its characters tells: doubt
    what both scripts write nearly alike, and what another reader takes for other characters."""
    seen = words.chinese(other.text) if other else name.text
    alike = len(seen) == len(name.text) and seen != name.text
    if alike or any(map(scripts.has_twin, name.text)):
        return replace(name, weakest=min(name.weakest, _LACKING))
    return name


def _without_one(text: str) -> set[str]:
    return {text[:i] + text[i + 1 :] for i in range(len(text))}


def _date(reading: Reading, _: PermitType) -> Value:
    """The last that can be a day: a label read as digits may stand before it."""
    whole = [match.groups() for match in _DAY.finditer(reading.text)]
    match = re.search(r"(\d{4})\D?(\d\d)\D?(\d\d)", reading.text)
    parts = whole[-1] if whole else match.groups() if match else ()
    return _value(".".join(parts), reading)


def _period(reading: Reading, _: PermitType) -> Value:
    match = re.search(r"(\d{4})\D?(\d\d)\D?(\d\d)\D{0,3}(\d{4})\D?(\d\d)\D?(\d\d)", reading.text)
    if match is None:
        return NOTHING
    parts = match.groups()
    return _value(f"{'.'.join(parts[:3])}-{'.'.join(parts[3:])}", reading)


def _number(reading: Reading, permit_type: PermitType) -> Value:
    text = reading.text
    if permit_type is PermitType.TAIWAN:
        match = re.search(r"\d{8}", text)
    else:
        match = re.search(r"[HM](\d{10}|\d{8}|A\d{7})", text)
    return _value(match[0] if match else text, reading, changed=match is None)


def _times(reading: Reading, _: PermitType) -> Value:
    return _value(reading.text[-2:], reading, changed=len(reading.text) != 2)


def _sex(reading: Reading, _: PermitType) -> Value:
    return _value({"男": "M", "女": "F"}.get(reading.text[-1:], ""), reading)


def _latin(reading: Reading, _: PermitType) -> Value:
    text = unicodedata.normalize("NFKC", reading.text).replace(".", ",").strip(" ,-'")
    text = re.sub(r"\s*,[\s,]*", ",", text)
    return _value(re.sub(r"\s+", " ", text), reading)


def _authority(reading: Reading, _: PermitType) -> Value:
    return _closest(reading, words.AUTHORITIES)


def _place(reading: Reading, _: PermitType) -> Value:
    return _closest(reading, words.PLACES)


def _closest(reading: Reading, known: tuple[str, ...]) -> Value:
    """A known word if one is near, else what was read: the lists are not published."""
    text = words.chinese(reading.text)
    if text in known:
        return _value(text, reading)
    best = max(known, key=lambda word: words.alike(text, word))
    if words.alike(text, best) < 0.7:
        return _value(text, reading, changed=True)
    return _value(best, reading, changed=True)


def _id_number(reading: Reading, permit_type: PermitType) -> Value:
    text = reading.text.replace(" ", "")
    if permit_type is PermitType.TAIWAN:
        match = re.search(r"[A-Z]\d{9}", text)
        return _value(match[0] if match else text, reading, changed=match is None)
    match = re.search(r"(?:[A-Z]{1,2}\d{6}|\d{7})\(?[0-9A]\)?$", text)
    if match is None:
        return _value(text, reading, changed=True)
    plain = match[0].replace("(", "").replace(")", "")
    whole = f"{plain[:-1]}({plain[-1]})"
    return _value(whole, reading, changed=whole != text)


_SHAPED: Final[dict[str, Callable[[Reading, PermitType], Value]]] = {
    "birth_date": _date,
    "valid_period": _period,
    "number": _number,
    "issue_times": _times,
    "sex": _sex,
    "name_en": _latin,
    "issuing_authority": _authority,
    "issue_place": _place,
    "id_number": _id_number,
}
