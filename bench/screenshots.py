"""`./run bench screenshots`: take the README's pictures of a desk of its own, with real readings.

Every picture comes from the pages as they are: a made-up permit is sent, read, and opened.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from bench.pipeline import PAIRS
from tests.end_to_end.desk import PASSWORD, TOP, Desk

SHOTS: Final = TOP / "docs" / "screenshots"
GLARE: Final = (855, 470, 915, 530)
"""Where a reflection is drawn on the first front, so that there is something to look at."""
PHONE: Final = {"width": 390, "height": 844}
DESKTOP: Final = {"width": 1440, "height": 900}


def main() -> None:
    """Start a desk, send applications, take the pictures."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="permitdesk-shots-") as folder:
        desk = Desk(Path(folder) / "var")
        try:
            desk.start()
            with sync_playwright() as playwright:
                browser = _launch(playwright.chromium)
                _take(desk, browser, Path(folder))
                browser.close()
        finally:
            desk.stop()


def _launch(chromium: "object") -> Browser:
    flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    browser: Browser = chromium.launch(executable_path=path, args=flags)  # type: ignore[attr-defined]
    return browser


def _send(desk: Desk, folder: Path) -> str:
    """Send three applications, the last with a reflection on it; give back its reference."""
    visitor = desk.visitor("applicant")
    sent = [visitor.apply(*pair) for pair in PAIRS[1:3]]
    spoilt = folder / "front.jpg"
    with Image.open(PAIRS[0][0]) as picture:
        ImageDraw.Draw(picture).ellipse(GLARE, fill="#fdfefc")
        picture.save(spoilt, quality=92)
    sent.append(visitor.apply(spoilt, PAIRS[0][1]))
    visitor.wait_for_review(sent)
    return sent[-1]


def _take(desk: Desk, browser: Browser, folder: Path) -> None:
    applicant = _signed_in(desk, browser, "applicant", PHONE)
    _shoot(applicant, "/apply/", "apply")
    reference = _send(desk, folder)
    _shoot(applicant, f"/applications/{reference}/", "status")
    reviewer = _signed_in(desk, browser, "reviewer", DESKTOP)
    _shoot(reviewer, "/review/", "queue")
    _shoot(reviewer, f"/review/{reference}/", "case")
    dark = _signed_in(desk, browser, "reviewer", DESKTOP, "dark")
    _shoot(dark, f"/review/{reference}/", "case-dark")
    _shoot(_signed_in(desk, browser, "auditor", DESKTOP), "/audit/", "audit")


def _signed_in(
    desk: Desk, browser: Browser, role: str, size: dict[str, int], scheme: str = "light"
) -> Page:
    page = browser.new_page(
        base_url=desk.url,
        viewport=size,  # type: ignore[arg-type]
        has_touch=size is PHONE,
        is_mobile=size is PHONE,
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page.goto("/accounts/login/")
    page.fill("[name=login]", f"{role}@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return page


def _shoot(page: Page, path: str, name: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(SHOTS / f"{name}.png"))
    print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    main()
