"""Opens a picture: which formats, which sizes, and no more pixels than reading needs."""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from ocr_integration.engine import geometry
from ocr_integration.engine.errors import FORMAT, SIZE, PictureRefused
from ocr_integration.engine.models import Pixels
from ocr_integration.engine.views import PictureView

FORMATS: Final = ("PNG", "JPEG", "BMP", "TIFF")
SMALLEST: Final = 15
LARGEST: Final = 8192
WORKING_SIDE: Final = 2600
"""Long side, pixels: a card that fills half of the picture stays over a thousand wide."""

_LARGEST_WHOLE: Final = 4200
"""Beyond it libjpeg halves a JPEG while decoding: a picture's bytes are bounded as well."""

_SCAN: Final = b"\xff\xda"
_END: Final = b"\xff\xd9"


@dataclass(frozen=True)
class Picture:
    """Pixels, blue first, in the stored orientation.

    `width` and `height` are the stored picture's; `sharp` has all its pixels, or half as many a
    side, for what is cut out; `pixels` is what is read from.
    """

    pixels: Pixels
    sharp: Pixels
    width: int
    height: int

    @cached_property
    def view(self) -> PictureView:
        """`pixels`, to be looked at piece by piece."""
        return PictureView(self.pixels)

    @property
    def scale(self) -> tuple[float, float]:
        """Stored pixels in one of `pixels`, across and down."""
        return self._scale(self.pixels)

    @property
    def sharp_scale(self) -> tuple[float, float]:
        return self._scale(self.sharp)

    def _scale(self, pixels: Pixels) -> tuple[float, float]:
        height, width = pixels.shape[:2]
        return self.width / width, self.height / height


def open_picture(encoded: bytes) -> Picture:
    """Decode a picture; its EXIF orientation is not applied.

    Raises PictureRefused before any pixel is decoded if the format or the size is none of ours.
    """
    image = _header(encoded)
    width, height = image.size
    if not SMALLEST <= min(width, height) <= max(width, height) <= LARGEST:
        raise PictureRefused(SIZE, f"The picture is {width}x{height} pixels, outside 15 to 8192.")
    sharp = _of_jpeg(encoded, image) if image.format == "JPEG" else _of_other(image)
    pixels = sharp
    while max(pixels.shape[:2]) > WORKING_SIDE:
        pixels = geometry.halved(pixels)
    return Picture(pixels, sharp, width, height)


def _header(encoded: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(encoded), formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as broken:
        raise PictureRefused(FORMAT, "The file is no PNG, JPEG, BMP or TIFF picture.") from broken


def _of_jpeg(encoded: bytes, image: Image.Image) -> Pixels:
    """OpenCV decodes into the layout that is worked on, in half of the time Pillow takes."""
    whole = max(image.size) <= _LARGEST_WHOLE
    flag = cv2.IMREAD_COLOR if whole else cv2.IMREAD_REDUCED_COLOR_2
    pixels = None
    # Where the data end early, libjpeg would fill up with grey.
    if encoded.rfind(_END) > encoded.rfind(_SCAN):
        data = np.frombuffer(encoded, np.uint8)
        pixels = cv2.imdecode(data, flag | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise _damaged()
    return np.asarray(pixels, np.uint8)


def _of_other(image: Image.Image) -> Pixels:
    try:
        rgb = np.asarray(image.convert("RGB"), np.uint8)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise _damaged() from broken
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8)


def _damaged() -> PictureRefused:
    return PictureRefused(FORMAT, "The picture is damaged and cannot be decoded.")
