"""The whole job in a real browser: an applicant sends, a reviewer decides, an auditor verifies."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.end_to_end.conftest import PAIR
from tests.end_to_end.desk import PASSWORD, TOP, Desk

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(300)]

# Where two values stand on the front of PAIR, in its pixels: a reflection falls on them.
ISSUE_TIMES = (880, 725, 950, 790)
SEX = (855, 470, 915, 530)
LISTEN = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));
"""

Visit = Callable[..., Page]


@pytest.fixture
def visit(desk: Desk, browser: Browser) -> Iterator[Visit]:
    """Sign in with a demo account in a browser of its own; whatever it complains of, fails."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def signed_in(role: str, **options: Any) -> Page:
        context = browser.new_context(base_url=desk.url, **options)
        context.add_init_script(LISTEN)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/accounts/login/")
        page.fill("[name=login]", f"{role}@demo.example")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        return page

    yield signed_in
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def truth() -> dict[str, dict[str, Any]]:
    """What stands on the two sides, as the renderer drew it."""
    return {
        side: json.loads(picture.with_suffix(".json").read_text())["result"]
        for side, picture in zip(("front", "back"), PAIR, strict=True)
    }


@pytest.fixture
def front_in_glare(tmp_path: Path) -> Path:
    """The front with a reflection over two of its values."""
    with Image.open(PAIR[0]) as picture:
        draw = ImageDraw.Draw(picture)
        for place in (ISSUE_TIMES, SEX):
            draw.ellipse(place, fill="#fdfefc")
        picture.save(tmp_path / "front.jpg", quality=92)
    return tmp_path / "front.jpg"


def _apply(page: Page, front: Path, back: Path) -> str:
    page.goto("/apply/")
    page.set_input_files("[name=front]", front)
    expect(page.locator("[data-panel=front][data-kept]")).to_have_count(1)
    page.set_input_files("[name=back]", back)
    expect(page.locator("[data-panel=back][data-kept]")).to_have_count(1)
    page.check("[name=consent]")
    page.click("[data-send]")
    page.wait_for_url("**/applications/*/")
    return page.url.rstrip("/").rpartition("/")[2]


def _value(page: Page, name: str) -> str:
    return page.locator(f"[name={name}]").input_value()


def _boxes_overlap(points: str, corners: list[list[int]]) -> float:
    """Intersection over union of two boxes, given as a polygon's points and as corners."""
    drawn = [tuple(map(float, point.split(","))) for point in points.split()]
    one, other = (
        (
            min(x for x, _ in box),
            min(y for _, y in box),
            max(x for x, _ in box),
            max(y for _, y in box),
        )
        for box in (drawn, [(float(x), float(y)) for x, y in corners])
    )
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in (one, other)]
    return shared / (sum(areas) - shared)


def _verify(folder: Path, exported: bytes) -> int:
    """Run the verifier, copied alone into a folder, over an export."""
    folder.mkdir()
    shutil.copy(TOP / "kyc" / "audit" / "verify.py", folder)
    (folder / "export.jsonl").write_bytes(exported)
    command = [sys.executable, "-I", "-S", "verify.py", "export.jsonl"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def test_an_applicant_a_reviewer_and_an_auditor_do_the_whole_job(
    desk: Desk, visit: Visit, truth: dict[str, dict[str, Any]], front_in_glare: Path, tmp_path: Path
):
    applicant = visit("applicant", viewport={"width": 390, "height": 844}, is_mobile=True)
    reference = _apply(applicant, front_in_glare, PAIR[1])
    with_a_person = applicant.get_by_role("heading", name="A person is checking your permit")
    expect(with_a_person).to_be_visible(timeout=60_000)

    reviewer = visit("reviewer", viewport={"width": 1440, "height": 900})
    reviewer.goto("/review/")
    reviewer.fill("[name=q]", reference)
    reviewer.press("[name=q]", "Enter")
    reviewer.locator(f"a[href*='{reference}']").first.click()
    for side, field in _fields_in_the_clear(truth):
        assert _value(reviewer, f"{side}-{field}") == truth[side][field]
    portrait = reviewer.locator("polygon.overlay__portrait").get_attribute("points") or ""
    assert _boxes_overlap(portrait, truth["front"]["portrait_location"]) > 0.7

    doubtful = reviewer.locator("[data-doubtful]:not([hidden])")
    marked = doubtful.evaluate_all(
        "rows => rows.map((row) => `${row.dataset.side}-${row.dataset.field}`)"
    )
    assert {"front-sex", "front-issue_times"} <= set(marked)
    _answer_what_is_open(reviewer, marked, truth)
    reviewer.locator("#approve").click()
    expect(reviewer.get_by_text("Approved.")).to_be_visible()

    applicant.goto(f"/applications/{reference}/")
    expect(applicant.get_by_role("heading", name="Your permit is approved")).to_be_visible()
    _check_the_audit(visit("auditor"), reference, tmp_path)
    _check_what_was_stored(desk, reference)


def _fields_in_the_clear(truth: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    covered = {"sex", "issue_times", "type", "side", "portrait_location"}
    return [(side, field) for side in truth for field in truth[side] if field not in covered]


def _answer_what_is_open(page: Page, marked: list[str], truth: dict[str, dict[str, Any]]) -> None:
    """By keyboard: type what can be seen of the one, say of the other that it cannot be read."""
    for name in marked:
        page.locator(f"[name={name}]").focus()
        if name == "front-issue_times":
            page.keyboard.press("F2")
            page.keyboard.type(truth["front"]["issue_times"])
        # Alt, because a field that was not read is open for typing as soon as it is entered.
        page.keyboard.press("Alt+i" if name == "front-sex" else "Enter")
    expect(page.locator(".rows__done")).to_be_visible()


def _check_the_audit(auditor: Page, reference: str, tmp_path: Path) -> None:
    auditor.goto("/audit/")
    exported = auditor.request.get("/audit/export.jsonl").body()
    actions = re.findall(rb'\\"action\\":\\"([a-z_.]+)\\"', exported)
    assert reference.encode() in exported
    assert {b"application.submitted", b"application.viewed", b"application.decided"} <= set(actions)
    assert _verify(tmp_path / "as exported", exported) == 0
    changed = exported.replace(b"application.decided", b"application.decidee", 1)
    assert _verify(tmp_path / "changed", changed) != 0


def _check_what_was_stored(desk: Desk, reference: str) -> None:
    senior = desk.visitor("senior")
    case = senior.get(f"/review/{reference}/case.json").json()
    assert case["status"] == "approved"
    assert case["accepted"]["front"]["issue_times"] == "09"
    assert not case["accepted"]["front"].get("sex")
    assert desk.manage("invariants").returncode == 0
