"""A case in a real browser, as a reviewer opens it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.applications.browsing import sign_in

PATIENCE = 20.0
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


def eventually(holds: Callable[[], None]) -> None:
    """Ask again until it holds: on a busy machine a picture is drawn later than its numbers say."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            holds()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return
