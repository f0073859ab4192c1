"""What tests in a browser do again and again."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests import factories
from tests.conftest import SAMPLES

FRONT, BACK = SAMPLES / "01_hk_front.jpg", SAMPLES / "01_hk_back.jpg"


def sign_in(context: BrowserContext, server, user, path: str = "/apply/") -> Page:
    """Open a page as somebody."""
    cookie = factories.browser(user).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": server.url}])
    page = context.new_page()
    page.goto(f"{server.url}{path}")
    return page


def put(page: Page, side: str, photo: Path) -> None:
    """Choose a photo for a side."""
    page.set_input_files(f"input[name={side}]", photo)
