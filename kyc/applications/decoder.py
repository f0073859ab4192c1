"""Run alone, as a child process: an upload comes in, one canonical picture or a refusal goes out.

It imports Pillow and nothing of ours, and is started without our environment. Before it looks at
a byte it gives up what a hostile picture could use: memory and time are bounded, and no further
file, socket or process can be opened.

The answer on standard output is one line of JSON, then the picture.
"""

import io
import json
import os
import resource
import struct
import sys
from typing import Any, Final

from PIL import Image, ImageCms, MpoImagePlugin, TiffImagePlugin, UnidentifiedImageError

MEMORY_BYTES: Final = 1024**3
CPU_SECONDS: Final = 5

MOST_SIDE: Final = 8192
MOST_PIXELS: Final = {"JPEG": 50_000_000}
MOST_PIXELS_ELSE: Final = 24_000_000
MOST_SCANS: Final = 50
"""A camera writes one, or some ten that sharpen step by step; each goes over every pixel again."""
LONG_SIDE: Final = 3840
MOST_BYTES: Final = 7_500_000
"""Written in Base64 it still fits the 10 MB that a reader of the API takes."""
QUALITIES: Final = (90, 80, 70, 60, 45)
START_OF_SCAN: Final = b"\xff\xda"
ORIENTATION: Final = 0x0112
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


PLUGINS: Final = (MpoImagePlugin, TiffImagePlugin)
"""Loaded now, as `preinit` loads the others: once confined nothing can be imported."""
Image.preinit()


class Refused(Exception):
    """The picture will not do; its one argument is the code of the reason."""


def confine() -> None:
    """Give up everything that is not needed to turn bytes into bytes."""
    os.nice(5)
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(limit, (most, most))


def canonical(upload: bytes, kind: str, smallest: int) -> tuple[bytes, int, int]:
    """Make the one picture that is stored, sent, shown and decided on."""
    refuse_many_scans(upload, kind)
    with Image.open(io.BytesIO(upload), formats=[kind]) as opened:
        check_size(opened, kind, smallest)
        refuse_further_pages(opened, kind)
        shrink_while_decoding(opened)
        opened.load()
        picture = turned_like(smaller(coloured(opened)), opened)
    picture.info = {}
    return encoded(picture), picture.width, picture.height


def check_size(picture: Image.Image, kind: str, smallest: int) -> None:
    """Look at the header only: nothing is decoded yet."""
    width, height = picture.size
    if width * height > MOST_PIXELS.get(kind, MOST_PIXELS_ELSE) or max(width, height) > MOST_SIDE:
        raise Refused("too_many_pixels")
    if min(width, height) < smallest:
        raise Refused("too_small")


def refuse_many_scans(upload: bytes, kind: str) -> None:
    """Count the marks that begin a scan: within one they cannot stand."""
    if kind == "JPEG" and upload.count(START_OF_SCAN) > MOST_SCANS:
        raise Refused("damaged")


def refuse_further_pages(picture: Image.Image, kind: str) -> None:
    """Ask for the second page only: counting them all can be made to take for ever."""
    if kind != "TIFF":
        return
    try:
        picture.seek(1)
    except EOFError:
        picture.seek(0)
    else:
        raise Refused("pages")


def shrink_while_decoding(picture: Image.Image) -> None:
    """Let the JPEG decoder leave out detail that would be thrown away afterwards."""
    share = LONG_SIDE / max(picture.size)
    if share < 1:
        picture.draft(None, (round(picture.width * share), round(picture.height * share)))


def coloured(picture: Image.Image) -> Image.Image:
    """Bring whatever colours there are to 8-bit RGB, transparent parts on white."""
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;"):
        return deep_grey(picture).convert("RGB")
    if picture.has_transparency_data:
        opaque = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(opaque, mask=opaque.getchannel("A"))
        return ground
    return in_srgb(picture) or picture.convert("RGB")


def deep_grey(picture: Image.Image) -> Image.Image:
    """Scale grey of more than 8 bits; of the widest kinds nobody says where white is."""
    if picture.mode.startswith("I;"):
        deep, white = picture.convert("I"), 65535.0
    else:
        _least, most = picture.getextrema()
        deep, white = picture, most if isinstance(most, float | int) and most > 0 else 1.0
    return deep.point(lambda value: value * (255.0 / white)).convert("L")


def in_srgb(picture: Image.Image) -> Image.Image | None:
    """Convert by the picture's own profile; None where it has none that is of use."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "CMYK", "L"}:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def turned_like(picture: Image.Image, original: Image.Image) -> Image.Image:
    """Turn a copy as the original's metadata asks; what is broken there asks for nothing."""
    try:
        asked = original.getexif().get(ORIENTATION)
    except (SyntaxError, ValueError, OSError, KeyError, struct.error):
        return picture
    turn = TURNS.get(asked) if isinstance(asked, int) else None
    return picture.transpose(turn) if turn is not None else picture


def smaller(picture: Image.Image) -> Image.Image:
    """Bring the long side down to LONG_SIDE."""
    share = LONG_SIDE / max(picture.size)
    if share >= 1:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def encoded(picture: Image.Image) -> bytes:
    """Write a JPEG; a lower quality is for pictures of noise, which no camera takes."""
    for quality in QUALITIES:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality)
        if buffer.tell() <= MOST_BYTES:
            return buffer.getvalue()
    raise Refused("too_many_pixels")


def answer(head: dict[str, Any], picture: bytes = b"") -> None:
    """Write one line of JSON, then the picture."""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + picture)
    sys.stdout.buffer.flush()


def main() -> None:
    """Read one upload from standard input; arguments: its format, and the least shorter side."""
    confine()
    try:
        jpeg, width, height = canonical(sys.stdin.buffer.read(), sys.argv[1], int(sys.argv[2]))
    except Refused as refused:
        answer({"refused": str(refused)})
    except Image.DecompressionBombError:
        answer({"refused": "too_many_pixels"})
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error):
        answer({"refused": "damaged"})
    else:
        answer({"width": width, "height": height}, jpeg)


if __name__ == "__main__":
    main()
