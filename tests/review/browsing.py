"""A case in a real browser, as a reviewer opens it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.applications.browsing import sign_in

SCREEN = {"width": 1440, "height": 900}


@contextmanager
def opened(browser: Browser, server, user, path: str, **how) -> Iterator[Page]:
    """A page that somebody opens; whatever the browser complains of fails the test."""
    context = browser.new_context(**{"viewport": SCREEN, **how})
    page = sign_in(context, server, user, path)
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def press(page: Page, *keys: str) -> None:
    """Press one key after another."""
    for key in keys:
        page.keyboard.press(key)


def focused(page: Page) -> str:
    """The name or the id of what has the focus."""
    return str(page.evaluate("document.activeElement.name || document.activeElement.id"))
