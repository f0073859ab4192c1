"""What a case says when something is in the way, and that nothing typed is lost by it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from kyc.applications.models import Application, Decision, FieldAnswer, Note
from kyc.applications.status import Outcome
from kyc.review import queue
from tests import factories
from tests.review import browsing
from tests.review.browsing import press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser, live_server, rui, case) -> Iterator[Page]:
    """One field is open; rui holds the case."""
    queue.claim(case, by=rui)
    with browsing.opened(browser, live_server, rui, f"/review/{case.reference}/") as page:
        expect(page.locator("[name=front-birth_date]")).to_be_focused()
        yield page


def _correct(page: Page, value: str = "1990.01.02") -> None:
    press(page, "e")
    page.keyboard.insert_text(value)
    press(page, "Enter")


def _notice(page: Page, what: str):
    return page.locator(f"[data-notices] [data-notice={what}]")


def test_a_line_that_is_cut_says_so_and_keeps_what_was_typed(page, case):
    page.context.set_offline(True)
    _correct(page)
    expect(_notice(page, "offline")).to_contain_text("There is no connection")
    expect(page.locator("[name=front-birth_date]")).to_have_value("1990.01.02")
    page.context.set_offline(False)
    expect(_notice(page, "offline")).to_have_count(0)
    press(page, "a")
    page.wait_for_url("**/review/")
    assert FieldAnswer.objects.get(field="birth_date").get("value") == "1990.01.02"


_LATER = "seconds => { const now = Date.now; Date.now = () => now() + 1000 * seconds; }"


def test_a_hold_that_ends_is_said_before_and_after(page):
    _correct(page)
    # The page's clock is moved on, so that nobody waits: half a minute is left of ten.
    page.evaluate(_LATER, 9.6 * 60)
    expect(_notice(page, "halfMinute")).to_contain_text("left on your hold")
    page.evaluate(_LATER, 60)
    expect(_notice(page, "over")).to_contain_text("Your hold has run out")
    expect(_notice(page, "halfMinute")).to_have_count(0)
    expect(page.locator("[name=front-birth_date]")).to_have_value("1990.01.02")
    page.evaluate(_LATER, -10.6 * 60)
    press(page, "h")
    expect(_notice(page, "over")).to_have_count(0)


def test_a_hold_that_was_taken_over_says_by_whom(page, case, rita):
    later = timezone.now() + timedelta(minutes=10)
    Application.objects.filter(pk=case.pk).update(held_by=rita, held_until=later)
    _correct(page)
    press(page, "h")
    expect(_notice(page, "over")).to_contain_text("Rita Wong holds this case.")
    expect(page.locator("[name=front-birth_date]")).to_have_value("1990.01.02")


def test_a_case_that_a_colleague_decided_says_who_and_how_long_ago(page, case, rita):
    Application.objects.filter(pk=case.pk).update(held_by=None, held_until=None)
    case.refresh_from_db()
    factories.decide(case, Outcome.DECLINED, by=rita, reason="expired")
    _correct(page)
    press(page, "a")
    expect(page.locator("#errors")).to_contain_text("Rita Wong has decided this case: Declined.")
    expect(page.locator("#errors")).to_contain_text(" ago.")
    expect(page.locator("[name=front-birth_date]")).to_have_value("1990.01.02")


def test_a_session_that_ended_loses_nothing_and_goes_on_after_signing_in(page, case, rui):
    _correct(page)
    Session.objects.all().delete()
    press(page, "d", "4")
    page.fill("#id_message", "It has run out.")
    page.get_by_role("button", name="Decline the application").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()
    expect(page.locator("#id_message")).to_have_value("It has run out.")
    assert not Decision.objects.exists()

    cookie = factories.browser(rui).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": page.url}])
    page.get_by_role("button", name="Decline the application").click()
    page.wait_for_url("**/review/")
    assert Decision.objects.get().get("message") == "It has run out."


def test_following_a_link_keeps_what_was_answered(page, case):
    press(page, "i")
    page.get_by_role("link", name="Queue").click()
    page.wait_for_url("**/review/")
    assert FieldAnswer.objects.get(field="birth_date").kind == "illegible"


def test_a_note_that_was_not_kept_goes_with_the_decision(page, case):
    press(page, "Enter")
    page.locator("#id_text").fill("Looked at the hologram.")
    page.locator("#approve").click()
    page.wait_for_url("**/review/")
    assert Note.objects.get().get("text") == "Looked at the hologram."
    assert Decision.objects.exists()


def test_a_picture_that_does_not_come_says_so_and_is_asked_for_again(
    browser: Browser, live_server, rui, case
):
    address = f"**/pictures/{case.current_round.back.uuid}.jpg"
    with browsing.opened(browser, live_server, rui, "/review/") as page:
        page.route(address, lambda route: route.abort())
        page.goto(f"{live_server.url}/review/{case.reference}/")
        broken = page.locator("#sheet-back [data-broken]")
        expect(broken).to_contain_text("Back cannot be shown")
        expect(page.locator("#sheet-front [data-broken]")).to_be_hidden()
        page.unroute(address)
        broken.get_by_role("button", name="Try again").click()
        expect(page.locator("#sheet-back .sheet__picture--live")).to_be_visible()
        expect(broken).to_be_hidden()


def test_a_decision_that_takes_its_time_says_so(page, case):
    press(page, "Enter")
    held = []
    page.route(f"**/review/{case.reference}/", lambda route: held.append(route))
    press(page, "a")
    expect(_notice(page, "sending")).to_be_visible()
    held[0].continue_()
    page.wait_for_url("**/review/")
    assert Decision.objects.exists()
