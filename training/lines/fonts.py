"""Every text font of the machine that draws, and which of them training never sees."""

import random
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from PIL import ImageFont

_FORMAT: Final = "%{file}|%{index}|%{family[0]}|%{style[0]}|%{variable}|%{charset}\n"
_NO_TEXT: Final = re.compile(
    r"Symbol|D050000L|Dingbat|Emoji|Math|Initials|Keyboard|Tamil|Z003|Chorus|Ext-B|\bSC\b$"
    r"|Small ?[Cc]aps|CJK (JP|KR)|Mono CJK|MBE|WenKai Mono|Hei (Mono|Sharp)"
)
HELD_OUT: Final = re.compile(
    r"Roboto|Carlito|Play$|Bonum|URW Bookman|Cousine|Caladea|Nimbus Sans Narrow|Cantarell"
    r"|WenQuanYi Zen|WenKai|UMing|SungtiL|cwTeXHei"
)
_LATIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789,.-'()/")
_HAN: Final = frozenset("通行证港澳姓名年月")


@dataclass(frozen=True)
class Font:
    """One face of a font file and the characters it has."""

    path: str
    index: int
    family: str
    has: frozenset[int] = field(compare=False, hash=False, repr=False)

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        return _load(self.path, self.index, size)

    def draws(self, text: str) -> bool:
        return all(ord(character) in self.has for character in text)


@lru_cache(maxsize=600)
def _load(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=index)


class Shelf:
    """Fonts by family, so that a family of many weights is not drawn more often than others."""

    def __init__(self, fonts: list[Font]) -> None:
        self.han = _by_family([font for font in fonts if font.draws("".join(_HAN))])
        self.latin = _by_family([font for font in fonts if font.draws("".join(_LATIN))])

    def pick(self, rng: random.Random, text: str) -> Font | None:
        """A font with every character of a text, one made for Chinese now and then for Latin."""
        chinese = any(ord(character) > 0x2E00 for character in text)
        families = self.han if chinese or rng.random() < 0.3 else self.latin
        for _ in range(6):
            font = rng.choice(families[rng.choice(list(families))])
            if font.draws(text.replace(" ", "")):
                return font
        return None


def _by_family(fonts: list[Font]) -> dict[str, list[Font]]:
    families = defaultdict[str, list[Font]](list)
    for font in fonts:
        families[font.family].append(font)
    return dict(families)


def shelf(*, held_out: bool) -> Shelf:
    """Fonts to train with, or those to measure with."""
    listed = subprocess.run(
        ["fc-list", "--format", _FORMAT], capture_output=True, text=True, check=True
    )
    fonts = []
    for line in sorted(set(listed.stdout.splitlines())):
        path, index, family, style, variable, ranges = line.split("|", 5)
        name = f"{family} {style}"
        if variable == "True" or int(index) > 0xFFFF or not path.endswith(("ttf", "otf", "ttc")):
            continue
        if _NO_TEXT.search(family) or _NO_TEXT.search(name):
            continue
        if bool(HELD_OUT.search(family)) is held_out:
            fonts.append(Font(path, int(index), family, _characters(ranges)))
    return Shelf(fonts)


def _characters(ranges: str) -> frozenset[int]:
    found = set[int]()
    for part in ranges.split():
        first, _, last = part.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)
