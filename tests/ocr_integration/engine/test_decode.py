import io

import pytest
from PIL import Image

from ocr_integration.engine.decode import WORKING_SIDE, open_picture
from ocr_integration.engine.errors import PictureRefused


def encoded(size: tuple[int, int], kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF"])
def test_it_opens_the_four_formats(kind):
    picture = open_picture(encoded((64, 40), kind))
    assert (picture.width, picture.height) == (64, 40)
    assert picture.pixels.shape == (40, 64, 3)
    assert int(picture.pixels[20, 30, 0]) == pytest.approx(40, abs=4)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "ICO"])
def test_it_refuses_other_formats(kind):
    with pytest.raises(PictureRefused) as refused:
        open_picture(encoded((64, 64), kind))
    assert refused.value.code == "AIS.0102"


@pytest.mark.parametrize("picture", [b"", b"no picture", b"\xff\xd8\xff\xe0" + bytes(40)])
def test_it_refuses_what_is_no_picture(picture):
    with pytest.raises(PictureRefused) as refused:
        open_picture(picture)
    assert refused.value.code == "AIS.0102"


def test_it_refuses_a_picture_that_ends_early():
    whole = encoded((600, 600), "JPEG")
    with pytest.raises(PictureRefused) as refused:
        open_picture(whole[: len(whole) // 2])
    assert refused.value.code == "AIS.0102"


@pytest.mark.parametrize("size", [(14, 200), (200, 14), (8193, 20), (20, 8193)])
def test_it_refuses_sides_outside_the_limits(size):
    with pytest.raises(PictureRefused) as refused:
        open_picture(encoded(size, "PNG"))
    assert refused.value.code == "AIS.0103"


@pytest.mark.parametrize("size", [(15, 15), (8192, 15)])
def test_it_takes_sides_at_the_limits(size):
    picture = open_picture(encoded(size, "PNG"))
    assert (picture.width, picture.height) == size


def test_it_works_on_fewer_pixels_than_a_large_picture_has():
    picture = open_picture(encoded((4000, 3000), "JPEG"))
    assert max(picture.pixels.shape) <= WORKING_SIDE
    assert picture.scale == pytest.approx((4000 / picture.pixels.shape[1],) * 2, rel=0.01)
    assert picture.sharp.shape == (3000, 4000, 3)
