"""The pictures of a case in a real browser: outlines are where the picture shows them."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, Page, expect

from kyc.audit.models import AuditEntry
from tests import factories
from tests.review import browsing
from tests.review.browsing import eventually, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CORNERS = [[300, 180], [540, 220], [520, 560], [280, 520]]
"""Of a portrait on a card that lies askew."""
RED = (200, 20, 20)
NEAR = 3.0


@pytest.fixture
def case(ana):
    """A picture whose portrait is a red patch, so that a screenshot says where it is."""
    made = factories.application(ana)
    picture = Image.new("RGB", (1280, 808), "#c8d8d2")
    ImageDraw.Draw(picture).polygon([tuple(corner) for corner in CORNERS], fill=RED)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95)
    front = factories.document(made, "front", buffer.getvalue())
    read = factories.extraction(front)
    read.portrait_location = CORNERS
    read.save()
    factories.extraction(factories.document(made, "back"))
    return made


@pytest.fixture
def page(browser: Browser, live_server, rui, case) -> Iterator[Page]:
    path = f"/review/{case.reference}/"
    with browsing.opened(browser, live_server, rui, path, reduced_motion="reduce") as page:
        said = []
        page.on("console", lambda line: line.type == "error" and said.append(line.text))
        expect(page.locator(".sheet__picture--live")).to_have_count(2)
        yield page
        assert said == []


_CORNERS_ON_SCREEN = """outline => [...outline.points].map((point) => {
  const seen = point.matrixTransform(outline.getScreenCTM());
  return [seen.x, seen.y];
})"""


def _corners(page: Page) -> tuple[float, float, float, float]:
    """The smallest box around the front's outline, its line left out."""
    outline = page.locator("[data-sheet=front] polygon.overlay__portrait")
    xs, ys = zip(*outline.evaluate(_CORNERS_ON_SCREEN), strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def _red(page: Page) -> tuple[float, float, float, float]:
    """Where the patch is on the screen."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    frame = page.locator("[data-sheet=front]").bounding_box()
    assert frame
    left, top = round(frame["x"]), round(frame["y"])
    shot = shot.crop((left, top, left + round(frame["width"]), top + round(frame["height"])))
    away = ImageChops.difference(shot, Image.new("RGB", shot.size, RED)).convert("L")
    found = away.point([255] * 70 + [0] * 186).getbbox()
    assert found
    return (left + found[0], top + found[1], left + found[2], top + found[3])


@pytest.mark.parametrize(
    "keys", [(), ("+",), ("+", "+"), ("r",), ("r", "r"), ("r", "r", "r", "+"), ("r", "0")]
)
def test_the_portraits_outline_is_on_the_portrait_at_every_zoom_and_rotation(page, keys):
    page.locator("[data-sheet=front]").focus()
    press(page, *keys)

    def outlined() -> None:
        press(page, "p")
        red = _red(page)
        press(page, "p")
        assert _corners(page) == pytest.approx(red, abs=NEAR)

    eventually(outlined)


def test_it_zooms_in_to_the_pixels_and_no_further(page):
    page.locator("[data-sheet=front]").focus()
    press(page, *["+"] * 30)

    def at_eight() -> None:
        outline = _corners(page)
        assert (outline[2] - outline[0]) / 260 == pytest.approx(8, rel=0.01)

    eventually(at_eight)


def test_the_picture_is_asked_for_once(page, case):
    viewed = AuditEntry.objects.filter(subject=case.reference, action="document.viewed")
    assert viewed.count() == 2


def test_one_side_is_shown_alone_and_both_again(page):
    press(page, "2")
    expect(page.locator("#sheet-front")).to_be_hidden()
    expect(page.locator("#sheet-back")).to_be_visible()
    press(page, "2")
    expect(page.locator("#sheet-front")).to_be_visible()


def _is_wider(page: Page, before: tuple[float, float, float, float]) -> None:
    now = _corners(page)
    assert (now[2] - now[0]) / (before[2] - before[0]) > 1.9


def test_looking_at_a_side_leaves_the_hand_on_its_field_and_arrows_move_the_picture(page):
    page.locator("[name=front-number]").focus()
    press(page, "1")
    expect(page.locator("[name=front-number]")).to_be_focused()
    before = _corners(page)
    press(page, "+", "+", "+")
    eventually(lambda: _is_wider(page, before))
    wider = _corners(page)
    press(page, "ArrowRight")

    def moved() -> None:
        assert _corners(page)[0] < wider[0] - 10

    eventually(moved)


def test_one_side_alone_fills_its_frame(page):
    def share():
        frame = page.locator("[data-sheet=front]").bounding_box()
        outline = _corners(page)
        assert frame
        return (outline[2] - outline[0]) / frame["width"]

    both = share()
    press(page, "1")
    expect(page.locator("#sheet-back")).to_be_hidden()

    def fills() -> None:
        assert share() == pytest.approx(both, rel=0.05)

    eventually(fills)


def test_light_is_changed_by_keys_and_said_beside_the_picture(page):
    page.locator("[data-sheet=front]").focus()
    press(page, "]", "]", "}")
    note = page.locator("#sheet-front [data-light]")
    expect(note).to_contain_text("1.2")
    expect(note).to_contain_text("1.1")
    press(page, "0")
    expect(note).to_be_hidden()


def test_without_a_script_the_plain_picture_has_its_outline(browser, live_server, rui, case):
    path = f"/review/{case.reference}/"
    with browsing.opened(browser, live_server, rui, path, java_script_enabled=False) as page:
        image = page.locator("[data-sheet=front] img").bounding_box()
        outline = page.locator("[data-sheet=front] polygon.overlay__portrait").bounding_box()
        assert image
        assert outline
        scale = image["width"] / 1280
        assert (outline["x"] - image["x"]) / scale == pytest.approx(280, abs=10)
        assert (outline["y"] - image["y"]) / scale == pytest.approx(180, abs=10)
