"""Which characters belong to one script alone: simplified on the mainland, traditional elsewhere.

A character that both scripts share, however rare, belongs to neither alone.
"""

from functools import cache
from typing import Final

from ocr_integration.permit import names

_UNIFIED: Final = (0x4E00, 0x9FA6)
"""Unicode's first block of Chinese characters, which holds all of Big5's."""

_TWINS: Final = frozenset(
    "黄黃吴吳吕呂温溫户戶禄祿强強别別册冊奂奐兑兌悦悅换換没沒彦彥内內颜顏脱脫录彔虚虛晋晉"
)
"""Simplified and traditional forms that a small picture does not tell apart."""


def has_twin(character: str) -> bool:
    """Whether the other script's form of a character looks the same in a small picture."""
    return character in _TWINS


def is_traditional(character: str) -> bool:
    """Whether the mainland prints another character for it."""
    plain = names.fold_chinese(character)
    return plain != character and _encodes(plain, "gbk") and not _encodes(character, "gb2312")


def is_simplified(character: str) -> bool:
    """Whether it replaced a character that Taiwan and Hong Kong go on writing."""
    return not _encodes(character, "big5") and _encodes(character, "gb2312")


def traditional(character: str) -> str:
    """How Taiwan and Hong Kong usually write a character of the mainland's."""
    return _traditional().get(character, character) if is_simplified(character) else character


@cache
def _traditional() -> dict[str, str]:
    found: dict[str, str] = {}
    for point in range(*_UNIFIED):
        character = chr(point)
        plain = names.fold_chinese(character)
        if plain != character and _encodes(character, "big5"):
            found.setdefault(plain, character)
    return found


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
