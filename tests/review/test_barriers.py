"""A case in each of its states, to axe: what a reviewer, a senior and an auditor see of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from kyc.accounts.models import Language
from kyc.applications.models import Application, Extraction
from kyc.applications.status import Outcome, Status
from kyc.review import queue
from tests import factories
from tests.applications.browsing import sign_in
from tests.applications.test_barriers import LOCALES, barriers
from tests.review.browsing import press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOW = {
    Language.ENGLISH: {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    Language.SIMPLIFIED: {"viewport": {"width": 1024, "height": 768}, "color_scheme": "dark"},
    Language.TRADITIONAL: {"viewport": {"width": 2560, "height": 1440}, "color_scheme": "light"},
}
LINE = factories.BACK["machine_code1"]
PLACES = {
    "card": {"at": [[20, 20], [620, 20], [620, 390], [20, 390]], "seen": True},
    "birth_date": {"at": [[300, 150], [420, 150], [420, 175], [300, 175]], "seen": True},
    "sex": {"at": [[300, 200], [320, 200], [320, 220], [300, 220]], "seen": False},
}


@pytest.fixture
def doubtful(ana):
    """A line of the code was misread, two places are known, and somebody sent it before."""
    factories.case(ana)
    made = factories.application(ana)
    doubts = {"name": 0.52, "birth_date": 0.86}
    values = {**factories.FRONT, "issue_times": ""}
    front = factories.extraction(factories.document(made, "front"), values, confidence=doubts)
    Extraction.objects.filter(pk=front.pk).update(places=PLACES)
    back = {**factories.BACK, "machine_code1": LINE[:28] + "7" + LINE[29:]}
    factories.extraction(factories.document(made, "back"), back)
    return made


@contextmanager
def speaking(browser: Browser, server, user, language: str, path: str) -> Iterator[Page]:
    user.language = language
    user.save()
    context = browser.new_context(
        locale=LOCALES[language], reduced_motion="reduce", **HOW[language]
    )
    context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": str(language), "url": server.url}]
    )
    page = sign_in(context, server, user, path)
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def _read(page: Page) -> None:
    expect(page.locator(".sheet__picture--live").first).to_be_visible()


def _keys(page: Page) -> None:
    press(page, "?")
    expect(page.locator("dialog[open]")).to_be_visible()


def _cut_off(page: Page) -> None:
    press(page, "Escape")
    page.context.set_offline(True)
    expect(page.locator("[data-notice=offline]")).to_be_visible()
    page.context.set_offline(False)


def _reasons(page: Page) -> None:
    press(page, "Escape", "d", "4")
    expect(page.locator("[data-told=expired]")).to_be_visible()


STEPS: dict[str, Callable[[Page], None]] = {
    "as it opens": _read,
    "keys": _keys,
    "cut off": _cut_off,
    "reasons": _reasons,
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", Language)
def test_axe_finds_nothing_while_a_case_is_worked_on(
    browser: Browser, live_server, rui, doubtful, language
):
    queue.claim(doubtful, by=rui)
    found = {}
    path = f"/review/{doubtful.reference}/"
    with speaking(browser, live_server, rui, language, path) as page:
        for name, step in STEPS.items():
            step(page)
            if problems := barriers(page):
                found[name] = problems
    assert found == {}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", Language)
def test_axe_finds_nothing_on_a_case_that_one_only_reads(
    browser: Browser, live_server, rita, sofia, eva, doubtful, clean, language
):
    factories.decide(clean, Outcome.DECLINED, by=rita, reason="expired")
    queue.claim(doubtful, by=rita)
    found = {}
    for user, case in ((eva, doubtful), (sofia, doubtful), (sofia, clean)):
        path = f"/review/{case.reference}/"
        with speaking(browser, live_server, user, language, path) as page:
            assert page.locator("html").get_attribute("lang").lower() == language
            if problems := barriers(page):
                found[user.name, Status(Application.objects.get(pk=case.pk).status)] = problems
    assert found == {}
