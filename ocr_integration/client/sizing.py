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
MOST_PIXELS: Final = 120_000_000
"""That are decoded to make a picture smaller: four bytes each."""
MOST_PIXELS_DRAWN: Final = 8 * MOST_PIXELS
"""Of a plain JPEG, which can be decoded at a half, a quarter or an eighth of its size at once."""
MOST_PIXELS_SENT: Final = 40_000_000
"""A card that fills half of these is legible, and more take long and much memory to press."""
MOST_SCANS: Final = 50

_START_OF_SCAN: Final = b"\xff\xda"
_JPEG: Final = b"\xff\xd8"
_LONGEST_HEAD: Final = 8 * 1024 * 1024
_DIVISORS: Final = (1, 2, 4, 8)
_FORMATS: Final = ("JPEG", "PNG", "BMP", "TIFF")
_ORIENTATION: Final = 0x0112
_QUALITIES: Final = (92, 85)
_SHRINK: Final = 0.8
_WHITE: Final = 255
_STRIP: Final = 512
"""Rows at a time, a multiple of every divisor."""
UNREADABLE: Final = (
    *(OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError),
    *(AssertionError, AttributeError, MemoryError, RuntimeError, struct.error, zlib.error),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
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

    What is made smaller keeps about as many pixels as fit, and of its metadata the orientation
    alone.
    Raises PictureAtFault for what is no picture of the API's formats or cannot be helped.
    """
    try:
        _check_beginning(picture)
        with Image.open(BytesIO(picture), formats=_FORMATS) as image:
            size = image.size
            if min(size) < SHORTEST_SIDE:
                raise PictureAtFault("the picture is too small", code=BAD_SIZE)
            if max(size) <= LONGEST_SIDE and len(picture) <= MAX_PICTURE_BYTES:
                return SentPicture(picture, size, size)
            if has_many_scans(picture):
                raise PictureAtFault("the picture is too much work", code=BAD_FORMAT)
            return _smaller(image)
    except UNREADABLE:
        raise PictureAtFault("this is no picture that can be sent", code=BAD_FORMAT) from None


def _check_beginning(picture: bytes) -> None:
    """Refuse a JPEG that does not come to its picture soon: the search would take minutes."""
    if picture.startswith(_JPEG) and picture.find(_START_OF_SCAN, 0, _LONGEST_HEAD) < 0:
        raise PictureAtFault("this is no picture that can be sent", code=BAD_FORMAT)


def has_many_scans(picture: bytes) -> bool:
    """Whether this is a JPEG that would be gone over so often that it must be a trap."""
    # Within a scan the mark that begins one cannot stand.
    return picture.startswith(_JPEG) and picture.count(_START_OF_SCAN) > MOST_SCANS


def _smaller(image: Image.Image) -> SentPicture:
    given = image.size
    orientation = image.getexif().get(_ORIENTATION)
    pixels = _decoded(image)
    target = _scaled(pixels.size, min(1.0, LONGEST_SIDE / max(pixels.size)))
    while min(target) >= SHORTEST_SIDE:
        if pixels.size != target:
            pixels = pixels.resize(target, Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            data = _jpeg(pixels, quality, orientation)
            if len(data) <= MAX_PICTURE_BYTES:
                return SentPicture(data, target, given)
        target = _scaled(target, _SHRINK)
    raise PictureAtFault("the picture is too narrow", code=BAD_SIZE)


def _decoded(image: Image.Image) -> Image.Image:
    """The pixels in colours of eight bits, of a side a half or fewer where they are too many."""
    number = math.prod(image.size)
    if number > (MOST_PIXELS_DRAWN if _is_plain_jpeg(image) else MOST_PIXELS):
        raise PictureAtFault("the picture has too many pixels", code=BAD_SIZE)
    divisor = next((d for d in _DIVISORS if number <= MOST_PIXELS_SENT * d * d), max(_DIVISORS))
    width, height = (side // divisor for side in image.size)
    # A JPEG is decoded so small at once; of any other all pixels come first.
    image.draft("RGB", (width, height))
    image.load()
    lightest = _lightest(image)
    if math.prod(image.size) <= MOST_PIXELS_SENT:
        return _in_colours(image, lightest)
    return _reduced(image, divisor, lightest)


def _reduced(image: Image.Image, divisor: int, lightest: float) -> Image.Image:
    """Averages of squares, strip by strip: in other words the picture is as large again."""
    width, height = image.size
    small = Image.new("RGB", (math.ceil(width / divisor), math.ceil(height / divisor)))
    for top in range(0, height, _STRIP):
        strip = image.crop((0, top, width, min(height, top + _STRIP)))
        small.paste(_in_colours(strip, lightest).reduce(divisor), (0, top // divisor))
    return small


def _lightest(image: Image.Image) -> float:
    """Of greys of more than eight bits, or of fractions; 0 for all else."""
    if image.mode[0] not in "IF":
        return 0.0
    _, lightest = (image if image.mode == "F" else image.convert("I")).getextrema()
    assert isinstance(lightest, int | float)
    return lightest


def _in_colours(image: Image.Image, lightest: float) -> Image.Image:
    """Of eight bits: as they are, most greys of sixteen would be white."""
    if lightest > _WHITE or 0 < lightest <= 1:
        greys = image if image.mode == "F" else image.convert("I")
        image = greys.point(lambda grey: grey * (_WHITE / lightest))
    return image if image.mode == "RGB" else image.convert("RGB")


def _is_plain_jpeg(image: Image.Image) -> bool:
    # A progressive one is held whole, however small it is drawn.
    return image.format in ("JPEG", "MPO") and "progressive" not in image.info


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
