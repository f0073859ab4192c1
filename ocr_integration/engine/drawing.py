"""Draws on a picture what was found in it, for eyes: outlines on it, values beside it."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr_integration.engine.decode import Picture
from ocr_integration.engine.models import Floats
from ocr_integration.engine.reader import Found
from ocr_integration.protocol.result import Result

FONTS: Final = (
    *("NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc", "uming.ttc"),
    *("PingFang.ttc", "msyh.ttc"),
)
"""Any of them writes Chinese; without one, Chinese values are left out."""

_CARD: Final = "#ffffff"
_PHOTO: Final = "#0b5f57"
_SURE: Final = "#2b48c9"
_DOUBTFUL: Final = "#961e0f"
_THRESHOLD: Final = 0.95
_LONG_SIDE: Final = 1600
_FONT_SIZE: Final = 22
_LINE: Final = 34

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def drawn(picture: Picture, found: Found, result: Result) -> Image.Image:
    """The picture with card, photo and numbered fields outlined, and a list of the values."""
    places = {
        field: found.frame.in_picture(place)
        for field, place in found.places.items()
        if field in result.values
    }
    photo = _outlined(picture, found, result, places)
    lines = [_line(number, field, result) for number, field in enumerate(result.values, start=1)]
    font = _font()
    width = 40 + max(round(font.getlength(_plain(text, font))) for text, _ in lines)
    height = max(photo.height, _LINE * (len(lines) + 1))
    sheet = Image.new("RGB", (photo.width + width, height), "#f1f4f2")
    sheet.paste(photo, (0, 0))
    pen = ImageDraw.Draw(sheet)
    for row, (text, colour) in enumerate(lines):
        at = (photo.width + 20, _LINE // 2 + row * _LINE)
        pen.text(at, _plain(text, font), font=font, fill=colour)
    return sheet


def _outlined(
    picture: Picture, found: Found, result: Result, places: Mapping[str, Floats]
) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(picture.pixels[:, :, ::-1]))
    image.thumbnail((_LONG_SIDE, _LONG_SIDE))
    scale = np.array([image.width, image.height]) / picture.pixels.shape[1::-1]
    pen, font = ImageDraw.Draw(image), _font()

    def outline(quad: Floats, colour: str) -> tuple[float, float]:
        points = [(float(x), float(y)) for x, y in quad * scale]
        pen.line([*points, points[0]], fill=colour, width=3)
        return points[0]

    outline(found.frame.quad, _CARD)
    if result.portrait_location is not None:
        stored = np.array(result.portrait_location, np.float32)
        outline(np.asarray(stored / np.array(picture.scale), np.float32), _PHOTO)
    for number, field in enumerate(result.values, start=1):
        if field in places:
            x, y = outline(places[field], _colour(result, field))
            box = pen.textbbox((x, y), str(number), font=font, anchor="rb")
            pen.rectangle((box[0] - 3, box[1] - 2, box[2] + 3, box[3] + 2), fill="#ffffff")
            pen.text((x, y), str(number), font=font, fill=_colour(result, field), anchor="rb")
    return image


def _colour(result: Result, field: str) -> str:
    return _SURE if result.confidence[field] >= _THRESHOLD else _DOUBTFUL


def _line(number: int, field: str, result: Result) -> tuple[str, str]:
    value = result.values[field] or "–"
    return f"{number}  {field}  {value}  {result.confidence[field]:.2f}", _colour(result, field)


def _plain(text: str, font: Font) -> str:
    """Without what a font lacks that has no Chinese."""
    if isinstance(font, ImageFont.FreeTypeFont) and font.getname()[0] != "Aileron":
        return text
    return text.encode("ascii", "ignore").decode("ascii")


def _font() -> Font:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, _FONT_SIZE)
        except OSError:
            continue
    return ImageFont.load_default(_FONT_SIZE)
