"""Nothing on an applicant's page keeps anybody out: in no language, no theme, on no screen.

axe looks for what a machine can find; widths, keyboard and names are looked at besides.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from kyc.accounts.models import Language
from kyc.applications import advice
from ocr_integration.protocol.quality import Problem, ProblemCode
from tests import factories
from tests.applications.states import LEAVING, STATES, State, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VENDOR = Path(__file__).parent.parent / "vendor" / "axe-core"
AXE = VENDOR / "axe-4.10.3.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOCALES = {
    Language.ENGLISH: "en-GB",
    Language.SIMPLIFIED: "zh-CN",
    Language.TRADITIONAL: "zh-HK",
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
"""320 px is also a 1280 px screen at 400 %."""
GLARE = Problem(ProblemCode.GLARE, "number", ((500, 600), (800, 600), (800, 700), (500, 700)))


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    """The browser's driver runs an event loop in this thread, which Django takes for async."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(autouse=True)
def _day_without_end(settings):
    settings.APPLICATIONS_PER_DAY = 1000


@pytest.fixture(autouse=True)
def _glare(monkeypatch):
    monkeypatch.setattr(advice, "problems", lambda _: (GLARE,))


@pytest.fixture
def world(ana, rui):
    return World(ana, rui)


def speaking(browser: Browser, world: World, language: Language, **how: Any) -> BrowserContext:
    """A browser that asks for a language, and an account that has chosen it."""
    world.ana.language = language
    world.ana.save()
    return browser.new_context(locale=LOCALES[language], reduced_motion="reduce", **how)


def visit(context: BrowserContext, server, state: State, world: World) -> Page:
    """A page of its own in a state."""
    context.clear_cookies()
    if state.signed_in:
        cookie = factories.browser(world.ana).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": server.url}])
    page = context.new_page()
    page.goto(server.url + state.path(world))
    state.act(page)
    return page


FORGET = """async () => {
    const form = document.getElementById("photos");
    if (!form) return;
    for (const side of ["front", "back"]) await window.waiting.forget(form, side);
}"""


def leave(page: Page) -> None:
    """Close a page on which something may be on its way; the next one takes up nothing of it."""
    page.evaluate(FORGET)
    page.evaluate("word => console.log(word)", LEAVING)
    page.unroute_all(behavior="wait")
    page.close()


def barriers(page: Page) -> list[str]:
    """What axe finds, with the elements concerned."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{one['id']}: {' | '.join(node['html'][:120] for node in one['nodes'][:3])}"
        for one in found["violations"]
    ]


def test_axe_is_the_one_that_was_published():
    digest, name = (VENDOR / "SHA256SUMS").read_text().split()
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", Language)
def test_axe_finds_nothing_in_any_state(browser: Browser, live_server, world, language):
    context = speaking(browser, world, language, viewport=PHONE)
    found = {}
    for state in STATES:
        page = visit(context, live_server, state, world)
        assert page.locator("html").get_attribute("lang").lower() == language
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if problems := barriers(page):
                found[state.name, scheme] = problems
        leave(page)
    context.close()
    assert found == {}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", [Language.ENGLISH, Language.TRADITIONAL])
def test_nothing_is_wider_than_a_narrow_screen(browser: Browser, live_server, world, language):
    context = speaking(browser, world, language, viewport=NARROW)
    found = {}
    for state in STATES:
        page = visit(context, live_server, state, world)
        wide = page.evaluate("document.documentElement.scrollWidth")
        small = page.evaluate(SMALL_TARGETS)
        if wide > NARROW["width"] or small:
            found[state.name] = (wide, small)
        leave(page)
    context.close()
    assert found == {}


def test_a_line_of_code_stands_in_one_line_on_every_screen(browser: Browser, live_server, world):
    context = speaking(browser, world, Language.ENGLISH, viewport=NARROW)
    page = visit(context, live_server, next(one for one in STATES if one.name == "checking"), world)
    for width in (NARROW["width"], PHONE["width"], 1440):
        page.set_viewport_size({"width": width, "height": 900})
        for line in page.locator(".values__value--code").all():
            assert line.evaluate("one => one.clientHeight") == 24
    leave(page)
    context.close()


SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")]
    .filter((one) => one.checkVisibility() && !one.closest("p, li, .visually-hidden, .skip, label"))
    .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
    .map(([html, box]) => `${html} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


@pytest.mark.timeout(900)
def test_everything_is_reached_by_the_keyboard_and_focus_is_seen(
    browser: Browser, live_server, world
):
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    for state in STATES:
        page = visit(context, live_server, state, world)
        wanted = page.evaluate(REACHABLE)
        page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
        seen = set()
        for _ in range(wanted + 12):
            page.keyboard.press("Tab")
            number, shown = page.evaluate(FOCUSED)
            if not shown:
                # The page may be on its way to what the key reached.
                page.wait_for_timeout(500)
                number, shown = page.evaluate(FOCUSED)
            assert shown, (state.name, page.evaluate("document.activeElement.outerHTML")[:120])
            seen.add(number)
        missing = page.evaluate(MISSED, list(seen))
        assert missing == [], state.name
        leave(page)
    context.close()


REACHABLE = """() => {
    const asked = document.querySelector("dialog[open]") ?? document;
    const all = [...asked.querySelectorAll("a[href], button, input, select, textarea, summary")]
        .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && one.type !== "hidden");
    all.forEach((one, index) => { one.dataset.number = index; });
    return all.length;
}"""
FOCUSED = """() => {
    const one = document.activeElement;
    if (one === document.body) return [-1, true];
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const ringed = style.outlineStyle !== "none" || style.boxShadow !== "none"
        || one.matches("[type=file], main, h1");
    const inside = box.bottom > 0 && box.top < innerHeight;
    return [Number(one.dataset.number ?? -1), ringed && inside];
}"""
MISSED = """(seen) => [...document.querySelectorAll("[data-number]")]
    .filter((one) => one.checkVisibility() && !seen.includes(Number(one.dataset.number)))
    .map((one) => one.outerHTML.slice(0, 120))"""


def test_the_whole_way_is_named(browser: Browser, live_server, world):
    """Names and roles as a screen reader says them, on the pages that ask for something."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = visit(context, live_server, _state("empty"), world)
    front = page.locator("[data-panel=front]").aria_snapshot()
    for line in (
        'region "Front"',
        'img "Example of the front: the side with your photo"',
        'button "Take a photo"',
        'button "Choose a file"',
    ):
        assert line in front, front
    snapshot = page.locator("main").aria_snapshot()
    assert 'heading "Front of your permit" [level=1]' in snapshot
    assert 'list "Steps"' in snapshot
    page = visit(context, live_server, _state("flagged"), world)
    snapshot = page.locator("main").aria_snapshot()
    assert 'textbox "What stands on the card (you may leave it empty)": 陈大杰' in snapshot
    assert 'button "Name: take the flag back"' in snapshot
    assert 'button "Birth date: wrong"' in snapshot
    context.close()


def test_a_flag_is_set_by_keyboard_without_losing_the_place(browser: Browser, live_server, world):
    context = browser.new_context(viewport=PHONE)
    page = visit(context, live_server, _state("checking"), world)
    page.get_by_role("button", name="Number: wrong", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Number: take the flag back", exact=True).wait_for()
    assert page.evaluate("document.activeElement.id") == "mark-front-number"
    assert page.locator("#said").inner_text() == "You flagged 1 value."
    page.keyboard.press("Tab")
    page.keyboard.type("H76543210")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Done").click()
    page.wait_for_url(re.compile(r"/applications/[0-9A-Z]+/$"))
    context.close()


def test_the_first_page_carries_little_script(browser: Browser, live_server, world):
    context = browser.new_context()
    sizes = {}
    context.on(
        "response",
        lambda one: sizes.update({one.url: len(one.body())}) if one.url.endswith(".js") else None,
    )
    visit(context, live_server, _state("empty"), world).wait_for_load_state("networkidle")
    assert sizes
    assert sum(sizes.values()) <= 150 * 1024
    context.close()


def _state(name: str) -> State:
    return next(one for one in STATES if one.name == name)
