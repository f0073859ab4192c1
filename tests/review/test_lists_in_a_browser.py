"""The queue and the pages of numbers in a real browser: by key, with the network cut, to axe."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from kyc.accounts.models import Language
from kyc.applications.models import Application
from kyc.applications.status import Outcome
from kyc.review import queue
from tests import factories
from tests.applications.browsing import sign_in
from tests.applications.test_barriers import LOCALES, barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    """The browser's driver runs an event loop in this thread, which Django takes for async."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def cases():
    """One that is late, one that is doubtful, one that nothing is wrong with."""
    late, doubtful, clean = factories.case(), factories.case(birth_date=0.5), factories.case()
    since = timezone.now() - timedelta(days=2)
    Application.objects.filter(pk=late.pk).update(queued_at=since)
    return late, doubtful, clean


@pytest.fixture
def page(browser: Browser, live_server, rui, cases) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)
    yield sign_in(context, live_server, rui, "/review/")
    context.close()


def _rows(page):
    return page.locator(".queue-row")


def test_it_is_walked_and_opened_by_key(page, cases):
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(_rows(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/{cases[0].reference}/")


def test_filters_narrow_by_key_and_keep_the_place_of_the_hand(page):
    page.keyboard.press("f")
    box = page.get_by_role("checkbox", name="Dates")
    box.focus()
    page.keyboard.press("Space")
    expect(_rows(page)).to_have_count(1)
    expect(box).to_be_focused()
    assert "doubt=dates" in page.url
    page.locator("#main").focus()
    page.keyboard.press("Escape")
    expect(_rows(page)).to_have_count(3)


def test_what_is_new_announces_itself_and_does_not_push(page):
    expect(page.locator("#news")).to_be_hidden()
    factories.case()
    page.keyboard.press("r")
    expect(_rows(page)).to_have_count(4)


def test_with_the_network_cut_the_last_good_rows_stay(page):
    page.context.set_offline(True)
    page.keyboard.press("r")
    expect(page.get_by_role("alert")).to_contain_text("could not be refreshed")
    expect(_rows(page)).to_have_count(3)
    page.context.set_offline(False)
    page.keyboard.press("r")
    expect(page.locator("#not-refreshed")).to_be_hidden()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", Language)
def test_axe_finds_nothing(browser: Browser, live_server, cases, sofia, rita, language):
    queue.claim(cases[1], by=rita)
    factories.decide(factories.case(), Outcome.APPROVED, by=rita)
    scheme = "dark" if language == Language.SIMPLIFIED else "light"
    sofia.language = language
    sofia.save()
    context = browser.new_context(
        viewport=DESK, locale=LOCALES[language], color_scheme=scheme, reduced_motion="reduce"
    )
    page = sign_in(context, live_server, sofia, "/review/")
    found = {}
    for path in (
        "/review/",
        "/review/?view=all",
        "/review/?doubt=dates&permit=taiwan",
        "/review/?view=mine",
        "/quality/",
        "/quality/thresholds/?value=0.97",
        f"/review/{cases[1].reference}/",
    ):
        page.goto(live_server.url + path, wait_until="networkidle")
        if problems := barriers(page):
            found[path] = problems
    context.close()
    assert found == {}
