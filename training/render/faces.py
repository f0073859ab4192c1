"""Fonts and synthetic portraits the cards are drawn with."""

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageEnhance, ImageFont, ImageOps

_FONTS: Final = Path("/usr/share/fonts")
_NOTO: Final = _FONTS / "opentype" / "noto"
_LIBERATION: Final = _FONTS / "truetype" / "liberation"
_PORTRAITS: Final = Path(__file__).parents[1] / "faces"
_SIMPLIFIED, _TRADITIONAL, _HONG_KONG = 2, 3, 4


@dataclass(frozen=True)
class Face:
    """A font file and which of its faces."""

    path: Path
    index: int = 0

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        return _load(self.path, self.index, size)


MICROHEI: Final = Face(_FONTS / "truetype" / "wqy" / "wqy-microhei.ttc")
HAN: Final = (
    Face(_NOTO / "NotoSansCJK-Regular.ttc", _SIMPLIFIED),
    Face(_NOTO / "NotoSansCJK-Bold.ttc", _SIMPLIFIED),
    Face(_NOTO / "NotoSerifCJK-Regular.ttc", _SIMPLIFIED),
    Face(_NOTO / "NotoSerifCJK-Bold.ttc", _SIMPLIFIED),
    MICROHEI,
)
HAN_TRADITIONAL: Final = (
    Face(_NOTO / "NotoSansCJK-Regular.ttc", _TRADITIONAL),
    Face(_NOTO / "NotoSansCJK-Regular.ttc", _HONG_KONG),
    Face(_NOTO / "NotoSerifCJK-Regular.ttc", _TRADITIONAL),
    Face(_NOTO / "NotoSansCJK-Bold.ttc", _HONG_KONG),
    MICROHEI,
)
LATIN: Final = tuple(
    Face(_LIBERATION / f"Liberation{name}.ttf")
    for name in (
        "Sans-Regular",
        "Sans-Bold",
        "Serif-Regular",
        "Serif-Bold",
        "Mono-Regular",
        "SansNarrow-Regular",
        "SansNarrow-Bold",
    )
)
MACHINE: Final = {
    cut: Face(_FONTS / "opentype" / "ocr-b" / f"OCRB{suffix}.otf")
    for cut, suffix in (("regular", ""), ("oblique", "L"), ("sharp", "S"))
}


@cache
def _load(path: Path, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, index=index)


def portrait(rng: random.Random, size: tuple[int, int], sex: str) -> Image.Image:
    """One synthetic face of a 男 or 女, cut to a passport photo's shape, its tones varied."""
    path = rng.choice(sorted(_PORTRAITS.glob("man_*.jpg" if sex == "男" else "woman_*.jpg")))
    with Image.open(path) as stored:
        face = stored.convert("RGB")
    if rng.random() < 0.5:
        face = ImageOps.mirror(face)
    width = min(face.width, round(face.height * size[0] / size[1]))
    height = round(width * size[1] / size[0])
    left = (face.width - width) // 2
    top = (face.height - height) // 2
    cut = face.crop((left, top, left + width, top + height))
    cut = cut.resize(size, Image.Resampling.LANCZOS)
    cut = ImageEnhance.Color(cut).enhance(rng.uniform(0.55, 1.1))
    return ImageEnhance.Brightness(cut).enhance(rng.uniform(0.85, 1.15))
