"""Folding of names, so that two spellings of one name are one text.

Chinese: `variants.txt` folds traditional and variant characters to simplified ones. It comes from
OpenCC's character tables (Apache License 2.0; see its head). Folding loses what simplification
lost: 余 and 餘 become one, which is right for saying that two readings may agree.
Latin: cards print `CHAN,TAI MAN`, the API's page `CHAN, TAI MAN`, the code `CHAN<<TAI<MAN`.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final

from ocr_integration.permit.numbers import plain

_SEX: Final = {
    "M": "M",
    "男": "M",
    "男/M": "M",
    "M/男": "M",
    "MALE": "M",
    "F": "F",
    "女": "F",
    "女/F": "F",
    "F/女": "F",
    "FEMALE": "F",
}

_TWO_CHARACTER_SURNAMES: Final = (
    "欧阳 司徒 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 端木 百里 南宫 轩辕 长孙 宇文 "
    "申屠 鲜于 闾丘 钟离 万俟 呼延 东郭 西门 张简 范姜"
)
_SURNAME_ENDS: Final = re.compile(r"[,，、]|<<")
_DOTS: Final = re.compile(r"[·•‧・.]")


def fold_chinese(text: str) -> str:
    """Simplify every character, fold widths, drop spaces and the dots inside longer names."""
    return plain(_DOTS.sub("", plain(text))).translate(_simplified())


def fold_latin(text: str) -> str:
    """`SURNAME,GIVEN NAMES`: capitals without accents, single spaces, one comma.

    Hyphens and fillers separate words, apostrophes vanish, as machine readable codes write them.
    """
    decomposed = unicodedata.normalize("NFKD", text).upper()
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    parts = (_spaced(part) for part in _SURNAME_ENDS.split(letters, maxsplit=1))
    return ",".join(part for part in parts if part)


def latin_letters(text: str) -> str:
    """The letters alone: what remains the same however a name is cut into words."""
    return re.sub(r"[^A-Z]", "", fold_latin(text))


def latin_words(text: str) -> tuple[str, ...]:
    """Every word of a Latin name, surname first."""
    return tuple(fold_latin(text).replace(",", " ").split())


def chinese_surname(name: str) -> str:
    """The surname of a folded Chinese name: its first character, or two that belong together."""
    return name[:2] if name[:2] in _TWO_CHARACTER_SURNAMES.split() else name[:1]


def begins_with_surname(name: str) -> bool:
    """Whether a Chinese name begins with a surname of `surnames.txt`. Few people's do not; a name
    that lost its first character seldom does."""
    surname = chinese_surname(fold_chinese(name))
    return len(surname) > 1 or surname in _surnames()


def fold_sex(text: str) -> str:
    """M or F for every spelling that cards and providers use, else ""."""
    return _SEX.get(plain(text), "")


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in it: a Latin name cannot be compared with one."""
    return any(unicodedata.name(c, "").startswith("CJK") for c in text)


def _spaced(text: str) -> str:
    without_marks = re.sub(r"['’‘`]", "", text)
    return " ".join(re.findall(r"[A-Z]+", without_marks))


@cache
def _simplified() -> dict[int, str]:
    classes = _data("variants.txt")
    return {ord(variant): members[0] for members in classes for variant in members[1:]}


@cache
def _surnames() -> frozenset[str]:
    return frozenset(fold_chinese("".join(_data("surnames.txt"))))


def _data(name: str) -> list[str]:
    """The lines of a file beside this one, without its comments."""
    lines = (files(__package__) / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]
