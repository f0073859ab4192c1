"""What an acceptable photo is, and what is made of it."""

import io
import struct
import subprocess
import sys
import threading
import zlib

import pytest
from PIL import Image

from kyc.applications import images
from kyc.applications.images import Busy, PictureRefused, Refusal, canonical
from tests import factories

RED = (200, 30, 40)


def written(picture: Image.Image, kind: str, **how) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def red(mode: str = "RGB", size: tuple[int, int] = (800, 600)) -> Image.Image:
    return Image.new("RGB", size, RED).convert(mode)


def opened(upload: bytes) -> Image.Image:
    made = canonical(upload)
    picture = Image.open(io.BytesIO(made.jpeg))
    picture.load()
    assert (picture.format, picture.mode, picture.size) == (
        "JPEG",
        "RGB",
        (made.width, made.height),
    )
    return picture


def close_to(picture: Image.Image, colour: tuple[int, int, int]) -> bool:
    seen = picture.getpixel((picture.width // 2, picture.height // 2))
    return all(abs(a - b) <= 6 for a, b in zip(seen, colour, strict=True))


def png_header(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = (
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (head, body)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("kind", "how"),
    [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("BMP", {}), ("TIFF", {})],
)
def test_each_of_the_four_formats_will_do(kind, how):
    assert close_to(opened(written(red(), kind, **how)), RED)


@pytest.mark.parametrize(
    ("kind", "mode", "colour"),
    [
        ("JPEG", "CMYK", RED),
        ("TIFF", "CMYK", RED),
        ("JPEG", "L", (82, 82, 82)),
        ("PNG", "RGBA", RED),
    ],
)
def test_whatever_the_colours_are_they_become_plain_ones(kind, mode, colour):
    assert close_to(opened(written(red(mode), kind)), colour)


def test_a_palette_is_looked_up():
    assert close_to(opened(written(red().quantize(), "PNG")), RED)


def test_transparent_parts_become_white():
    half = Image.new("RGBA", (800, 600), (*RED, 128))
    assert close_to(opened(written(half, "PNG")), (227, 142, 147))


def test_sixteen_bits_of_grey_keep_their_middle():
    deep = Image.new("I;16", (800, 600), 32896)
    assert close_to(opened(written(deep, "PNG")), (128, 128, 128))
    assert close_to(opened(written(deep, "TIFF")), (128, 128, 128))


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
def test_it_is_turned_upright_and_says_nothing_of_where_it_was_taken(kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "CANARY description"
    upload = written(red(), kind, exif=exif)
    made = canonical(upload)
    assert (made.width, made.height) == (600, 800)
    assert b"CANARY" in upload
    assert b"CANARY" not in made.jpeg


def test_gps_thumbnails_profiles_and_comments_are_dropped():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "CANARY"
    upload = written(
        red(), "JPEG", exif=exif, comment=b"CANARY", icc_profile=b"CANARY" * 30, dpi=(300, 300)
    )
    assert b"CANARY" not in canonical(upload).jpeg
    assert set(opened(upload).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_of_a_pair_of_pictures_in_one_jpeg_the_first_counts():
    other = Image.new("RGB", (800, 600), "black")
    pair = written(red(), "MPO", save_all=True, append_images=[other])
    assert close_to(opened(pair), RED)


def test_a_large_photo_is_brought_down_to_3840_pixels():
    made = canonical(written(red(size=(8192, 4000)), "JPEG"))
    assert (made.width, made.height) == (3840, 1875)


def test_noise_still_fits_what_a_reader_takes():
    noise = Image.effect_noise((3840, 3840), 120).convert("RGB")
    assert len(canonical(written(noise, "JPEG", quality=40)).jpeg) <= 7_500_000


def test_what_hides_behind_or_inside_a_picture_is_gone():
    polyglot = written(red(), "JPEG", comment=b"<script>CANARY</script>") + b"PK\x03\x04CANARY"
    assert b"CANARY" not in canonical(polyglot).jpeg


def test_the_same_upload_makes_the_same_picture():
    upload = factories.jpeg()
    assert canonical(upload) == canonical(upload)


@pytest.mark.parametrize(
    ("upload", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b"\xff\xd8\xff" + b"\0" * images.MOST_BYTES, Refusal.TOO_LARGE),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, Refusal.HEIC),
        (b"\0\0\0\x18ftypmif1" + b"\0" * 40, Refusal.HEIC),
        (b"%PDF-1.7\n", Refusal.PDF),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Refusal.FORMAT),
        (b"<html>a photo, really</html>", Refusal.FORMAT),
        (written(red("P"), "GIF"), Refusal.FORMAT),
        (written(red(), "WEBP"), Refusal.FORMAT),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", Refusal.FORMAT),
        (written(red(size=(1000, 299)), "JPEG"), Refusal.TOO_SMALL),
        (written(red(size=(8193, 400)), "PNG"), Refusal.TOO_MANY_PIXELS),
        (written(red(size=(6000, 4001)), "PNG"), Refusal.TOO_MANY_PIXELS),
        (png_header(60_000, 60_000), Refusal.TOO_MANY_PIXELS),
        (
            written(red(), "TIFF", save_all=True, append_images=[red()]),
            Refusal.PAGES,
        ),
        (factories.jpeg()[:2000], Refusal.DAMAGED),
        (written(red(), "PNG")[:1000], Refusal.DAMAGED),
        (written(red(), "TIFF")[:90_000], Refusal.DAMAGED),
        (b"\xff\xd8\xff" + b"\0" * 500, Refusal.DAMAGED),
        (b"BM" + b"\xff" * 500, Refusal.DAMAGED),
        (b"II*\x00\x08\x00\x00\x00" + b"\xff" * 500, Refusal.DAMAGED),
    ],
    ids=lambda value: value.name if isinstance(value, Refusal) else "",
)
def test_what_will_not_do_is_refused_with_its_reason(upload, refusal):
    with pytest.raises(PictureRefused) as refused:
        canonical(upload)
    assert refused.value.code is refusal


def test_a_card_cut_small_will_do_for_a_portrait_only():
    small = factories.jpeg(160, 200)
    assert canonical(small, smallest=images.SMALLEST_PORTRAIT).width == 160
    with pytest.raises(PictureRefused):
        canonical(small)


def test_a_decoder_that_dawdles_is_ended(monkeypatch):
    monkeypatch.setattr(images, "LONGEST_DECODING", 0.01)
    with pytest.raises(PictureRefused) as refused:
        canonical(factories.jpeg())
    assert refused.value.code is Refusal.DAMAGED


def test_when_too_many_wait_the_next_is_told_at_once(monkeypatch):
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))
    with images._turn(1), pytest.raises(Busy):
        canonical(factories.jpeg())
    assert canonical(factories.jpeg())


def test_who_waits_too_long_for_a_core_is_told(monkeypatch):
    monkeypatch.setattr(images, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(images, "LONGEST_WAIT", 0.01)
    with images._turn(1), pytest.raises(Busy):
        canonical(factories.jpeg())


def test_a_picture_of_very_many_scans_is_refused_unopened():
    scan = bytes.fromhex("ffda 0008 01 01 00 013f 00".replace(" ", "")) + b"\0" * 4
    photo = written(red("L", (3000, 2000)), "JPEG", progressive=True)
    assert canonical(photo)
    with pytest.raises(PictureRefused) as refused:
        canonical(photo[:-2] + scan * 2500 + photo[-2:])
    assert refused.value.code is Refusal.DAMAGED


def test_the_decoder_can_open_nothing_and_knows_no_secret():
    probe = (
        "import os, runpy, socket, sys\n"
        f"space = runpy.run_path({str(images.DECODER)!r})\n"
        "space['confine']()\n"
        "def refused(act):\n"
        "    try: act()\n"
        "    except OSError: return True\n"
        "print(all(map(refused, [lambda: open('/etc/hostname'), socket.socket, os.pipe])))\n"
        "print(sorted(name for name in os.environ if 'KEY' in name or 'PERMIT' in name))\n"
    )
    child = subprocess.run(
        [sys.executable, "-I", "-c", probe], env={}, capture_output=True, check=True
    )
    assert child.stdout.decode().split("\n")[:2] == ["True", "[]"]
