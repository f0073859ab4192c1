"""Bring a picture under the API's limits, and places on it back to the picture that was given."""

import math
import struct
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from PIL import Image

from ocr_integration.client.errors import PictureAtFault
from ocr_integration.protocol.errors import BAD_FORMAT, BAD_SIZE
from ocr_integration.protocol.request import LONGEST_SIDE, MAX_IMAGE_CHARACTERS, SHORTEST_SIDE

MAX_PICTURE_BYTES: Final = MAX_IMAGE_CHARACTERS // 4 * 3
MOST_PIXELS: Final = 150_000_000
"""Of a picture that has to be decoded to be made smaller; a JPEG is decoded smaller at once."""

_FORMATS: Final = ("JPEG", "PNG", "BMP", "TIFF")
_ORIENTATION: Final = 0x0112
_QUALITIES: Final = (92, 85)
_SHRINK: Final = 0.8
UNREADABLE: Final = (
    *(OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError, OverflowError),
    *(struct.error, zlib.error, Image.DecompressionBombError, Image.DecompressionBombWarning),
)
"""What Pillow raises, depending on the format, over a picture that is damaged or a trap."""
Size = tuple[int, int]


@dataclass(frozen=True)
class SentPicture:
    """A picture as it is sent; `given` is the size of the one it was made from."""

    data: bytes = field(repr=False)
    size: Size
    given: Size

    def on_given(self, x: int, y: int) -> tuple[int, int]:
        """Map a point of the picture as sent to the one that was given."""
        if self.size == self.given:
            return x, y
        return (
            round(x * self.given[0] / self.size[0]),
            round(y * self.given[1] / self.size[1]),
        )


def sized(picture: bytes) -> SentPicture:
    """Give the picture as it can be sent: unchanged wherever that is within the limits.

    What is made smaller keeps as many pixels as fit, and of its metadata the orientation alone.
    Raises PictureAtFault for what is no picture of the API's formats or cannot be helped.
    """
    try:
        with Image.open(BytesIO(picture), formats=_FORMATS) as image:
            size = image.size
            if min(size) < SHORTEST_SIDE:
                raise PictureAtFault("the picture is too small", code=BAD_SIZE)
            if max(size) <= LONGEST_SIDE and len(picture) <= MAX_PICTURE_BYTES:
                return SentPicture(picture, size, size)
            return _smaller(image)
    except UNREADABLE:
        raise PictureAtFault("this is no picture that can be sent", code=BAD_FORMAT) from None


def _smaller(image: Image.Image) -> SentPicture:
    given = image.size
    orientation = image.getexif().get(_ORIENTATION)
    scale = min(1.0, LONGEST_SIDE / max(given))
    target = _scaled(given, scale)
    if image.draft("RGB", target) is None and math.prod(given) > MOST_PIXELS:
        raise PictureAtFault("the picture has too many pixels", code=BAD_SIZE)
    pixels = image.convert("RGB")
    while min(target) >= SHORTEST_SIDE:
        if pixels.size != target:
            pixels = pixels.resize(target, Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            data = _jpeg(pixels, quality, orientation)
            if len(data) <= MAX_PICTURE_BYTES:
                return SentPicture(data, target, given)
        target = _scaled(target, _SHRINK)
    raise PictureAtFault("the picture is too narrow", code=BAD_SIZE)


def _scaled(size: Size, scale: float) -> Size:
    width, height = (int(side * scale) for side in size)
    return width, height


def _jpeg(pixels: Image.Image, quality: int, orientation: int | None) -> bytes:
    exif = Image.Exif()
    if orientation:
        exif[_ORIENTATION] = orientation
    buffer = BytesIO()
    pixels.save(buffer, "JPEG", quality=quality, exif=exif)
    return buffer.getvalue()
