import random
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocr_integration.client import sizing
from ocr_integration.client.errors import PictureAtFault
from ocr_integration.client.sizing import MAX_PICTURE_BYTES, SentPicture, sized
from tests.ocr_integration.client.fakes import picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF"])
def test_what_is_within_the_limits_goes_as_it_is(kind):
    given = picture(kind=kind)
    assert sized(given) == SentPicture(given, (60, 50), (60, 50))


def test_the_orientation_stays_and_the_rest_of_the_metadata_goes():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera"
    sent = sized(picture(9000, 600, exif=exif))
    with Image.open(BytesIO(sent.data)) as image:
        assert dict(image.getexif()) == {0x0112: 6}
        assert image.size == sent.size == (8192, 546)


def test_too_many_bytes_are_pressed_before_pixels_are_given_up():
    noise = Image.frombytes("RGB", (2000, 2000), random.Random(1).randbytes(12_000_000))
    file = BytesIO()
    noise.save(file, "BMP")
    assert len(file.getvalue()) > MAX_PICTURE_BYTES
    sent = sized(file.getvalue())
    assert sent.size == (2000, 2000)
    assert len(sent.data) <= MAX_PICTURE_BYTES


def sent_of(image, kind="PNG"):
    file = BytesIO()
    image.save(file, kind)
    sent = sized(file.getvalue())
    return Image.open(BytesIO(sent.data)), sent


@pytest.mark.parametrize("light", [60000, 4000, 200])
@pytest.mark.parametrize(("mode", "size"), [("I;16", 2), ("I;16B", 2), ("I", 4)])
def test_greys_of_many_bits_stay_apart(mode, size, light):
    order = "big" if mode.endswith("B") else "little"
    row = b"".join(grey.to_bytes(size, order) * 4500 for grey in (light, light // 2))
    image, _ = sent_of(Image.frombytes(mode, (9000, 300), row * 300), "TIFF")
    white = 200 if light == 200 else 255
    assert [image.getpixel((x, 100))[0] // 4 for x in (100, 8000)] == [white // 4, white // 8]


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_more_pixels_than_anybody_needs_become_half_as_many_a_side(mode, monkeypatch):
    monkeypatch.setattr(sizing, "MOST_PIXELS_SENT", 1_500_000)
    drawn = Image.linear_gradient("L").resize((201, 9001))
    colours = drawn.convert("I;16").point(lambda grey: grey * 256) if mode == "I;16" else drawn
    kind = "TIFF" if mode == "CMYK" else "PNG"
    image, sent = sent_of(colours.convert(mode), kind)
    assert (sent.size, sent.given) == ((101, 4501), (201, 9001))
    found = image.convert("L").resize((1, 16), Image.Resampling.BOX)
    greys = [found.getpixel((0, y)) for y in range(16)]
    assert greys == sorted(greys)
    assert greys[-1] - greys[0] > 200


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (picture(14, 100), "AIS.0103"),
        (picture(9000, 16), "AIS.0103"),
        (b"", "AIS.0102"),
        (b"%PDF-1.7", "AIS.0102"),
        (picture(kind="GIF"), "AIS.0102"),
        (picture(9000, 600)[:3000], "AIS.0102"),
    ],
)
def test_what_cannot_be_helped_is_the_pictures_fault(given, code):
    with pytest.raises(PictureAtFault) as caught:
        sized(given)
    assert caught.value.code == code


@given(st.integers(0, 820), st.integers(0, 500))
def test_a_point_comes_back_where_it_was(x, y):
    sent = SentPicture(b"", (820, 500), (8200, 5000))
    assert sent.on_given(x, y) == (10 * x, 10 * y)
