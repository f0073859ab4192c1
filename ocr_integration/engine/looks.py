"""What the values of a front look like. Each function says how much a piece does, 0 to 1."""

import re
from collections.abc import Callable
from typing import Final

from ocr_integration.engine import geometry, words
from ocr_integration.engine.recognise import Reading
from ocr_integration.engine.sheet import Piece
from ocr_integration.protocol.fields import PermitType

PERIOD: Final = re.compile(r"\d{4}\D?\d{2}\D?\d{2}\D{0,3}\d{4}\D?\d{2}\D?\d{2}")
DATE: Final = re.compile(r"(19|20)\d\d\D[01]\d\D[0-3]\d|(?<!\d)(19|20)\d\d\D?[01]\d\D?[0-3]\d$")
NUMBERS: Final = {
    PermitType.HK_MACAO: re.compile(r"[HM][A\d]\d{7}(\d\d)?"),
    PermitType.TAIWAN: re.compile(r"\d{8}"),
}
_CLEAR: Final = 0.9
_EITHER_WAY: Final = frozenset("0168927LTHINOSXZMWUVC-.,+'")
_ONE_WAY: Final = 2
_LONG_ENOUGH: Final = 6
_NARROWEST: Final = 0.6
"""Of its height: a Chinese character is about as wide as tall, a part of one is not."""

_LONGEST_NAME: Final = 8
_NAME_LABEL: Final = frozenset("姓名")
"""A label that was found in parts; no one is called that."""

_SEXES: Final = frozenset("男女")
LOOKALIKES: Final = str.maketrans("OoQDIlZ", "0000112")


def makes_sense(reading: Reading) -> bool:
    """Whether nobody reads such a thing off a line upside down: a clear date, label or title, or
    clear characters of which some look like no others when they stand on their head."""
    text = reading.text.replace(" ", "")
    if reading.weakest < _CLEAR:
        return False
    one_way = sum(character not in _EITHER_WAY for character in text)
    if len(text) >= _LONG_ENOUGH and one_way >= _ONE_WAY:
        return True
    return bool(DATE.search(text) or words.labels_in(text) or words.title_of(text))


def matches(pattern: re.Pattern[str]) -> Callable[[Piece], float]:
    def fits(piece: Piece) -> float:
        text = piece.text.replace(" ", "").translate(LOOKALIKES)
        match = pattern.search(text)
        return 0.0 if match is None else 0.6 + 0.4 * len(match[0]) / len(text)

    return fits


def digits_beside(field: str) -> Callable[[Piece], float]:
    """Too blurred to look like a date, but beside its label: its alphabet may still read it."""

    def fits(piece: Piece) -> float:
        digits = sum(map(str.isdigit, piece.text))
        return 0.6 if is_beside(piece, field) and digits > 3 else 0.0

    return fits


def is_beside(piece: Piece, field: str) -> float:
    """Right behind its label in one line is where most cards have a value."""
    return 1.0 if piece.after == field else 0.6 if piece.before == field else 0.0


def is_authority(piece: Piece) -> float:
    text = words.chinese(piece.text)
    if len(text) < 5:
        return 0.0
    score = max(words.alike(text, name) for name in words.AUTHORITIES)
    return score if score > 0.5 or text.endswith("管理局") else 0.0


def is_latin_name(piece: Piece) -> float:
    text = piece.text.replace(" ", "")
    letters = sum(c.isascii() and c.isupper() for c in text)
    if letters < 3 or letters < 0.7 * len(text) or any(c.isdigit() for c in text):
        return 0.0
    if "SPECIMEN" in text or "SAMPLE" in text:
        return 0.0
    return 0.55 + 0.3 * ("," in text or "，" in text) + 0.1 * letters / 30


def is_latin_word(piece: Piece) -> float:
    """Part of a Latin name without a comma."""
    text = re.sub(r"[ '\-]", "", piece.text)
    return 0.6 if text.isascii() and text.isalpha() and text.isupper() else 0.0


def is_sex(piece: Piece) -> float:
    width, height = geometry.sides(piece.quad)
    if piece.text[-1:] in _SEXES or piece.text[:1] in _SEXES:
        return 1.0 if len(piece.text) <= 8 else 0.0
    small = width < 2.4 * height and any(map(str.isalnum, piece.text))
    return 0.2 if small else 0.0


def is_count(piece: Piece) -> float:
    text = piece.text.replace(" ", "").translate(LOOKALIKES)
    return 1.0 if re.fullmatch(r"\d{2}", text) else 0.3 if re.search(r"\d{2}$", text) else 0.0


def is_chinese(piece: Piece) -> float:
    text = piece.text.replace(" ", "")
    return 1.0 if len(words.chinese(text)) >= 0.6 * len(text) > 0 else 0.0


def is_name(piece: Piece) -> float:
    """Chinese, and no longer than names are; one character is more likely a part of something."""
    if not is_chinese(piece) or len(piece.text) > _LONGEST_NAME or set(piece.text) <= _NAME_LABEL:
        return 0.0
    return 1.0 if len(piece.text) > 1 else 0.6


def never(piece: Piece) -> float:
    return 0.0


def ends_in_sex(piece: Piece) -> float:
    """A label too blurred to know, then the one character that matters; or that alone."""
    width, height = geometry.sides(piece.quad)
    whole = width > _NARROWEST * height
    return 0.8 if whole and piece.text[-1:] in _SEXES and len(piece.text) <= 4 else 0.0


def ends_in_count(piece: Piece) -> float:
    """Two digits alone, before or behind what was a label."""
    text = piece.text.replace(" ", "").translate(LOOKALIKES)
    if re.fullmatch(r"\d{2}", text):
        return 1.0
    return 0.9 if re.fullmatch(r"\D{2,14}\d{2}|\d{2}[^\dA-Z]{2,6}", text) else 0.0


def is_place(piece: Piece) -> float:
    return 0.8 if words.chinese(piece.text) in words.PLACES else 0.0
