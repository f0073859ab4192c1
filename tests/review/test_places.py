"""Where fields stand on the pictures, in a real browser: frames, cut-outs, and clicks."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.review import browsing
from tests.review.browsing import eventually, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BIRTH = [[700, 300], [960, 340], [950, 405], [690, 365]]
"""Askew, as on a card that was photographed at an angle."""
SEX = [[700, 500], [740, 506], [736, 532], [696, 526]]
CARD = [[40, 30], [1240, 60], [1220, 780], [30, 760]]
PATCH = (170, 20, 150)
NEAR = 4.0

_ON_SCREEN = """mark => {
  const shape = mark.querySelector("polygon");
  return mark.dataset.corners.split(" ").map((corner) => {
    const [x, y] = corner.split(",").map(Number);
    const seen = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM());
    return [seen.x, seen.y];
  });
}"""


def _picture() -> bytes:
    """The birth date is a magenta patch, so that a screenshot says where it is."""
    picture = Image.new("RGB", (1280, 808), "#c8d8d2")
    ImageDraw.Draw(picture).polygon([tuple(corner) for corner in BIRTH], fill=PATCH)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


@pytest.fixture
def case(ana):
    """Its front's reader said where three things are, its back's reader nothing."""
    made = factories.application(ana)
    read = factories.extraction(factories.document(made, "front", _picture()))
    read.places = {
        "card": {"at": CARD, "seen": True},
        "birth_date": {"at": BIRTH, "seen": True},
        "sex": {"at": SEX, "seen": False},
    }
    read.save()
    factories.extraction(factories.document(made, "back"))
    return made


@pytest.fixture
def page(browser: Browser, live_server, rui, case) -> Iterator[Page]:
    path = f"/review/{case.reference}/"
    with browsing.opened(browser, live_server, rui, path, reduced_motion="reduce") as page:
        expect(page.locator(".sheet__picture--live")).to_have_count(2)
        yield page


def _look_at(page: Page, name: str) -> None:
    page.locator(f"[name={name}]").focus()
    expect(page.locator(f"[data-place={name}]")).not_to_have_attribute("hidden", "")


def _box(corners: list[list[float]]) -> tuple[float, float, float, float]:
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _patch(page: Page) -> tuple[float, float, float, float]:
    """Where the patch is on the screen."""
    frame = page.locator("[data-sheet=front]").bounding_box()
    assert frame
    shot = Image.open(io.BytesIO(page.screenshot(clip=frame))).convert("RGB")
    away = ImageChops.difference(shot, Image.new("RGB", shot.size, PATCH)).convert("L")
    found = away.point([255] * 50 + [0] * 206).getbbox()
    assert found
    left, top = frame["x"], frame["y"]
    return left + found[0], top + found[1], left + found[2], top + found[3]


@pytest.mark.parametrize("keys", [(), ("+", "+"), ("r",), ("r", "r", "+"), ("r", "r", "r")])
def test_a_fields_frame_is_on_its_place_at_every_zoom_and_rotation(page, keys):
    page.locator("[data-sheet=front]").focus()
    press(page, *keys)
    _look_at(page, "front-birth_date")

    def framed() -> None:
        corners = page.locator("[data-place=front-birth_date]").evaluate(_ON_SCREEN)
        assert _box(corners) == pytest.approx(_patch(page), abs=NEAR)

    eventually(framed)


def test_a_place_that_was_not_seen_is_called_approximate(page):
    where = page.locator("#sheet-front [data-where]")
    _look_at(page, "front-birth_date")
    expect(where).to_have_text("Birth date")
    _look_at(page, "front-sex")
    expect(where).to_have_text("Sex, about here")
    page.locator("[name=front-number]").focus()
    expect(where).to_be_hidden()
    expect(page.locator("[data-place]:not([hidden])")).to_have_count(0)


def _middle(page: Page) -> tuple[float, float]:
    """Of the patch on the screen."""
    left, top, right, bottom = _patch(page)
    return (left + right) / 2, (top + bottom) / 2


@pytest.mark.parametrize("keys", [(), ("r",)])
def test_a_click_on_a_place_goes_to_its_field(page, keys):
    _look_at(page, "front-birth_date")
    page.locator("[data-sheet=front]").focus()
    press(page, *keys)
    page.locator("[name=front-number]").focus()

    def goes_there() -> None:
        page.mouse.click(*_middle(page))
        expect(page.locator("[name=front-birth_date]")).to_be_focused(timeout=1000)

    eventually(goes_there)


def test_a_click_beside_every_place_goes_nowhere(page):
    page.locator("[name=front-number]").focus()
    frame = page.locator("[data-sheet=front]").bounding_box()
    assert frame
    page.mouse.click(frame["x"] + frame["width"] - 20, frame["y"] + frame["height"] - 20)
    expect(page.locator("[data-place]:not([hidden])")).to_have_count(0)


def test_a_place_out_of_sight_is_brought_into_sight(page):
    page.locator("[data-sheet=front]").focus()
    press(page, "+", "+", "+", "+", "+", "+")
    _look_at(page, "front-sex")
    frame = page.locator("[data-sheet=front]").bounding_box()
    assert frame

    def in_sight() -> None:
        left, top, right, bottom = _box(page.locator("[data-place=front-sex]").evaluate(_ON_SCREEN))
        assert frame["x"] <= left <= right <= frame["x"] + frame["width"]
        assert frame["y"] <= top <= bottom <= frame["y"] + frame["height"]

    eventually(in_sight)


def test_what_was_read_is_cut_out_for_its_row(page):
    """Straightened: the patch fills the cut-out but for the room around it."""
    cut = page.locator("[data-cut=front-birth_date]")
    page.wait_for_function("document.querySelector('[data-cut=front-birth_date]').width > 100")
    width, height, middle, corner = cut.evaluate(
        """canvas => {
          const drawn = canvas.getContext("2d");
          const at = (x, y) => [...drawn.getImageData(x, y, 1, 1).data].slice(0, 3);
          const { width, height } = canvas;
          return [width, height, at(width / 2, height / 2), at(1, 1)];
        }"""
    )
    assert width / height == pytest.approx((263 + 16) / (66 + 16), rel=0.03)
    assert middle == pytest.approx(list(PATCH), abs=12)
    assert corner == pytest.approx([200, 216, 210], abs=25)
    expect(page.locator("[data-cut]")).to_have_count(2)


def test_the_cards_outline_is_drawn_and_put_away_by_key(page):
    card = page.locator("#sheet-front .overlay__card")
    expect(card).not_to_have_attribute("hidden", "")
    press(page, "p")
    expect(card).to_have_attribute("hidden", "")


def test_whoever_only_reads_sees_where_a_field_stands(browser: Browser, live_server, eva, case):
    with browsing.opened(browser, live_server, eva, f"/review/{case.reference}/") as page:
        expect(page.locator(".sheet__picture--live")).to_have_count(2)
        page.locator("#row-front-birth_date").focus()
        expect(page.locator("#sheet-front [data-where]")).to_have_text("Birth date")
