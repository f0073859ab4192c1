"""The camera: a phone's own, a computer's in the page, and none."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.applications.browsing import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NO_CAMERA = "navigator.mediaDevices.enumerateDevices = async () => [];"


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    """The browser's driver runs an event loop in this thread, which Django takes for async."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def computer(browser: Browser) -> Iterator[BrowserContext]:
    """A computer with Chromium's drawn camera, which nobody may use yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def opened(page: Page):
    page.get_by_role("button", name="Take a photo").click()
    return page.get_by_role("dialog", name="Front of your permit")


def test_a_computers_camera_opens_in_the_page(computer, live_server, ana):
    computer.grant_permissions(["camera"])
    page = sign_in(computer, live_server, ana)
    view = opened(page)
    expect(view.get_by_text("Hold the card still")).to_be_visible()
    view.get_by_role("button", name="Take the photo").click()
    expect(page.locator("form[data-step=back]")).to_be_visible()
    expect(view).to_be_hidden()
    assert ana.applications.get().current_round.front


def test_closing_it_takes_no_photo_and_stops_the_camera(computer, live_server, ana):
    computer.grant_permissions(["camera"])
    page = sign_in(computer, live_server, ana)
    view = opened(page)
    expect(view.get_by_text("Hold the card still")).to_be_visible()
    page.keyboard.press("Escape")
    expect(view).to_be_hidden()
    expect(page.get_by_role("button", name="Take a photo")).to_be_focused()
    expect(page.locator("video")).to_have_js_property("srcObject", None)
    assert not ana.applications.exists()


def test_a_camera_that_may_not_be_used_is_told_with_the_other_ways(computer, live_server, ana):
    page = sign_in(computer, live_server, ana)
    view = opened(page)
    alert = page.locator("[data-panel=front] [role=alert]")
    expect(alert).to_contain_text("This page may not use the camera.")
    expect(view).to_be_hidden()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    expect(page.get_by_role("button", name="Use your phone")).to_be_visible()
    computer.grant_permissions(["camera"])
    expect(opened(page).get_by_text("Hold the card still")).to_be_visible()


def test_a_computer_without_one_says_so_and_offers_the_others(computer, live_server, ana):
    computer.add_init_script(NO_CAMERA)
    page = sign_in(computer, live_server, ana)
    front = page.get_by_role("region", name="Front")
    expect(front.get_by_text("No camera was found on this device.")).to_be_visible()
    expect(page.get_by_role("button", name="Take a photo")).to_be_hidden()
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()


def test_a_phone_opens_its_own(browser: Browser, live_server, ana):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = sign_in(context, live_server, ana)
    with page.expect_file_chooser():
        page.get_by_role("button", name="Take a photo").tap()
    assert page.locator("input[name=front]").get_attribute("capture") == "environment"
    with page.expect_file_chooser():
        page.get_by_role("button", name="Choose a file").tap()
    assert page.locator("input[name=front]").get_attribute("capture") is None
    context.close()
