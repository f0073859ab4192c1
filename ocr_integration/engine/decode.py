"""Opens a picture: which formats, which sizes, and no larger than reading needs."""

import io
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from ocr_integration.engine.errors import FORMAT, SIZE, PictureRefused
from ocr_integration.engine.models import Pixels

FORMATS: Final = ("PNG", "JPEG", "BMP", "TIFF")
SMALLEST: Final = 15
LARGEST: Final = 8192
WORKING_SIDE: Final = 1800
"""Long side, pixels: a card that fills two thirds of the picture stays over a thousand wide."""


@dataclass(frozen=True)
class Picture:
    """Pixels to work on, blue first, and the scale that leads back to the stored ones."""

    pixels: Pixels
    width: int
    height: int
    encoded: bytes

    @property
    def scale(self) -> tuple[float, float]:
        height, width = self.pixels.shape[:2]
        return self.width / width, self.height / height


def open_picture(encoded: bytes) -> Picture:
    """Decode a picture at about WORKING_SIDE; its EXIF orientation is not applied.

    Raises PictureRefused before any pixel is decoded if the format or the size is none of ours.
    """
    image = _header(encoded)
    width, height = image.size
    if not SMALLEST <= min(width, height) <= max(width, height) <= LARGEST:
        raise PictureRefused(SIZE, f"The picture is {width}x{height} pixels, outside 15 to 8192.")
    return Picture(_pixels(image), width, height, encoded)


def full_pixels(picture: Picture) -> Pixels:
    """All stored pixels, for what is cut out rather than read."""
    if picture.pixels.shape[1] == picture.width:
        return picture.pixels
    return _blue_first(_header(picture.encoded))


def _header(encoded: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(encoded), formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as broken:
        raise PictureRefused(FORMAT, "The file is no PNG, JPEG, BMP or TIFF picture.") from broken


def _pixels(image: Image.Image) -> Pixels:
    largest = max(image.size)
    if largest > WORKING_SIDE:
        share = WORKING_SIDE / largest
        target = (round(image.width * share), round(image.height * share))
        # libjpeg scales by eighths while decoding, which costs a fraction of doing it after.
        image.draft("RGB", target)
        pixels = _blue_first(image)
        if max(pixels.shape[:2]) > WORKING_SIDE:
            pixels = _reduced(pixels, target)
        return pixels
    return _blue_first(image)


def _reduced(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _blue_first(image: Image.Image) -> Pixels:
    try:
        rgb = np.asarray(image.convert("RGB"), np.uint8)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise PictureRefused(FORMAT, "The picture is damaged and cannot be decoded.") from broken
    return np.ascontiguousarray(rgb[:, :, ::-1])
