"""From one case to the next in a real browser: it is there before the decision is written."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from kyc.applications.models import Application, Decision
from kyc.applications.status import Outcome
from kyc.audit.models import AuditEntry
from kyc.review import ahead, queue
from tests import factories
from tests.review import browsing
from tests.review.browsing import focused, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three(ana):
    """Three cases, oldest first; the second one has a doubtful name."""
    made = [factories.case(ana), factories.case(ana, name=0.5), factories.case(ana)]
    for hours, application in zip((3, 2, 1), made, strict=True):
        since = timezone.now() - timedelta(hours=hours)
        Application.objects.filter(pk=application.pk).update(queued_at=since)
    return made


@pytest.fixture
def page(browser: Browser, live_server, rui, three) -> Iterator[Page]:
    """The oldest case, taken by rui, with the one after it fetched."""
    queue.claim(three[0], by=rui)
    ahead.reserve(by=rui)
    path = f"/review/{three[0].reference}/"
    with browsing.opened(browser, live_server, rui, path) as page:
        _wait_until_fetched(three[1])
        yield page


def _wait_until_fetched(case: Application) -> None:
    """Its page and both pictures."""
    fetched = AuditEntry.objects.filter(subject=case.reference, action__endswith="fetched_ahead")
    deadline = timezone.now() + timedelta(seconds=30)
    while fetched.count() < 3:
        assert timezone.now() < deadline, "the next case is not fetched"
        time.sleep(0.05)


def _shown(page: Page) -> str:
    return page.locator("[data-case]").get_attribute("data-reference") or ""


def _decided() -> list[str]:
    return list(Decision.objects.values_list("round__application__reference", flat=True))


def test_the_next_case_is_shown_while_the_decision_is_still_on_its_way(page, three):
    held = []
    page.route("**/review/*/", lambda route: route.continue_() if held else held.append(route))
    press(page, "a")
    expect(page.locator(f"[data-reference='{three[1].reference}']")).to_be_visible()
    assert page.url.endswith(f"/review/{three[1].reference}/")
    assert focused(page) == "front-name"
    assert Decision.objects.count() == 0

    held[0].continue_()
    said = f"{three[0].shown_reference}: Approved."
    expect(page.locator("[data-said]")).to_have_text(said)
    assert _decided() == [three[0].reference]
    expect(page.locator(".claim__time")).to_be_visible()


def test_case_after_case_goes_by_keys_alone(page, three):
    press(page, "a")
    expect(page.locator("[data-said]")).to_have_text(f"{three[0].shown_reference}: Approved.")
    _wait_until_fetched(three[2])
    press(page, "Enter", "a")
    expect(page.locator("[data-said]")).to_have_text(f"{three[1].shown_reference}: Approved.")
    press(page, "a")
    page.wait_for_url("**/review/")
    assert Decision.objects.count() == 3


def test_keys_in_a_hurry_decide_each_case_once(page, three):
    """The second case is decided as well where it has come before the keys."""
    press(page, "a", "Enter", "a")
    expect(page.locator("[data-said]")).to_contain_text("Approved.")
    decided = _decided()
    assert three[0].reference in decided
    assert len(decided) == len(set(decided))
    assert three[2].reference not in decided


def test_a_lost_connection_puts_the_case_back_with_what_was_typed(page, three):
    press(page, "d", "4")
    page.fill("#id_message", "Your card has run out.")
    page.route("**/review/*/", lambda route: route.abort())
    page.get_by_role("button", name="Decline the application").click()
    expect(page.get_by_text("The connection is lost")).to_be_visible()
    assert _shown(page) == three[0].reference
    assert page.input_value("#id_message") == "Your card has run out."
    assert page.url.endswith(f"/review/{three[0].reference}/")

    page.unroute("**/review/*/")
    page.get_by_role("button", name="Decline the application").click()
    expect(page.locator("[data-said]")).to_have_text(f"{three[0].shown_reference}: Declined.")
    assert _shown(page) == three[1].reference
    assert _decided() == [three[0].reference]


def test_a_refused_decision_comes_back_with_its_reason(page, three, rita):
    Application.objects.filter(pk=three[0].pk).update(held_by=None, held_until=None)
    three[0].refresh_from_db()
    factories.decide(three[0], Outcome.DECLINED, by=rita, reason="expired")
    press(page, "a")
    expect(page.get_by_text("Rita Wong has decided this case: Declined.")).to_be_visible()
    assert _shown(page) == three[0].reference


def test_a_next_case_that_somebody_took_meanwhile_says_so(page, three, rita):
    queue.claim(three[1], by=rita)
    press(page, "a")
    expect(page.get_by_text("Held by Rita Wong")).to_be_visible()
    assert _decided() == [three[0].reference]


def test_n_leaves_the_case_held_and_shows_the_next(page, three, rui):
    press(page, "n")
    expect(page.locator(f"[data-reference='{three[1].reference}']")).to_be_visible()
    expect(page.locator(".claim__time")).to_be_visible()
    three[0].refresh_from_db()
    assert three[0].holder == rui


def test_leaving_for_the_queue_lets_the_next_one_go(page, three, rui):
    page.get_by_role("link", name="Queue").click()
    page.wait_for_url("**/review/")
    deadline = timezone.now() + timedelta(seconds=10)
    while ahead.reserved(by=rui) and timezone.now() < deadline:
        time.sleep(0.05)
    assert ahead.reserved(by=rui) is None
