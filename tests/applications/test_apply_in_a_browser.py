"""The page as people use it: step by step with its script, in one form without."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kyc.applications import advice
from kyc.applications.status import Outcome, Reason, Status
from ocr_integration.protocol.quality import Problem, ProblemCode
from tests import factories
from tests.applications.browsing import BACK, FRONT, put, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    """The browser's driver runs an event loop in this thread, which Django takes for async."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def page_of_ana(browser: Browser, live_server, ana) -> Iterator[Page]:
    context = browser.new_context()
    yield sign_in(context, live_server, ana)
    context.close()


def test_it_leads_from_step_to_step_and_sends_once(page_of_ana, ana):
    page = page_of_ana
    expect(page.get_by_role("heading", level=1, name="Front of your permit")).to_be_visible()
    expect(page.locator("[data-panel=back]")).to_be_hidden()
    put(page, "front", FRONT)
    expect(page.get_by_role("heading", level=1, name="Back of your permit")).to_be_visible()
    put(page, "back", BACK)
    expect(page.get_by_role("heading", level=1, name="Check and send")).to_be_visible()
    page.get_by_label("I agree that my permit is read").check()
    page.get_by_role("button", name="Send my permit").dblclick()
    page.wait_for_url(re.compile("/applications/"))
    expect(page).to_have_title("We are reading your photos · PermitDesk")
    assert ana.applications.get().status == Status.READING


def test_both_sides_may_be_chosen_faster_than_they_are_sent(page_of_ana, ana):
    put(page_of_ana, "front", FRONT)
    put(page_of_ana, "back", BACK)
    expect(page_of_ana.locator("form[data-step=check]")).to_be_visible()
    first = ana.applications.get().current_round
    assert first.front
    assert first.back


def test_a_refused_photo_is_told_at_its_side_and_the_other_stays(page_of_ana, tmp_path):
    page = page_of_ana
    put(page, "front", FRONT)
    expect(page.locator("form[data-step=back]")).to_be_visible()
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7")
    put(page, "back", letter)
    expect(page.locator("[data-panel=back] [role=alert]")).to_contain_text("This is a PDF")
    put(page, "back", BACK)
    expect(page.locator("form[data-step=check]")).to_be_visible()


def test_a_file_that_is_too_large_is_not_even_sent(page_of_ana, tmp_path, ana):
    large = tmp_path / "large.jpg"
    large.write_bytes(b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024))
    put(page_of_ana, "front", large)
    alert = page_of_ana.locator("[data-panel=front] [role=alert]")
    expect(alert).to_contain_text("larger than 10 MB")
    assert not ana.applications.exists()


def test_without_its_script_the_page_is_one_plain_form(browser: Browser, live_server, ana):
    context = browser.new_context(java_script_enabled=False)
    page = sign_in(context, live_server, ana)
    put(page, "front", FRONT)
    page.get_by_role("button", name="Keep what I chose").click()
    expect(page.get_by_alt_text("Your photo of the front")).to_be_visible()
    put(page, "back", BACK)
    page.get_by_label("I agree that my permit is read").check()
    page.get_by_role("button", name="Send my permit").click()
    expect(page).to_have_title("We are reading your photos · PermitDesk")
    expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    context.close()


def test_the_status_page_follows_by_itself(page_of_ana, live_server, ana, rui):
    made = factories.application(ana)
    page = page_of_ana
    page.goto(f"{live_server.url}/applications/{made.reference}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("A person is checking your permit")
    factories.decide(made, Outcome.DECLINED, by=rui, reason=Reason.EXPIRED)
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("We could not accept this permit", timeout=15_000)


def test_what_is_asked_for_again_is_shown_before_it_is_sent(page_of_ana, live_server, ana, rui):
    made = factories.application(ana)
    for side in ("front", "back"):
        factories.document(made, side)
    factories.decide(
        made, Outcome.RESUBMISSION_REQUESTED, by=rui, reason=Reason.CUT_OFF, side="back"
    )
    page = page_of_ana
    page.goto(f"{live_server.url}/applications/{made.reference}/")
    expect(page.get_by_role("button", name="Send the back")).to_be_hidden()
    put(page, "back", BACK)
    page.get_by_role("button", name="Send the back").click()
    expect(page).to_have_title("We are reading your photos · PermitDesk")


def test_advice_keeps_the_front_in_view_until_it_is_used_as_it_is(page_of_ana, monkeypatch):
    glare = Problem(ProblemCode.GLARE, "number", ((500, 600), (800, 600), (800, 700), (500, 700)))
    monkeypatch.setattr(advice, "problems", lambda _: (glare,))
    page = page_of_ana
    put(page, "front", FRONT)
    said = page.locator("[data-findings]").get_by_text("Glare over the number")
    expect(said).to_be_visible()
    expect(page.locator("[data-panel=front] svg.overlay")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Front of your permit")).to_be_focused()
    page.get_by_role("link", name="Use it as it is").click()
    put(page, "back", BACK)
    page.locator("[data-panel=back]").get_by_role("link", name="Use it as it is").click()
    expect(page.get_by_role("heading", level=1, name="Check and send")).to_be_visible()
    expect(said).to_have_count(2)


def test_a_phone_takes_the_code_and_the_desktop_goes_on(
    page_of_ana, browser, settings, live_server
):
    settings.PUBLIC_URL = live_server.url
    desktop = page_of_ana
    desktop.get_by_role("button", name="Use your phone").click()
    link = desktop.get_by_role("link", name="Open the page here instead").get_attribute("href")
    context = browser.new_context()
    phone = context.new_page()
    phone.goto(str(link))
    expect(phone.get_by_text("Photos go to the application of a***@example.org")).to_be_visible()
    phone.get_by_role("button", name="This is me, go on").click()
    expect(phone.get_by_role("heading", level=1, name="Front of your permit")).to_be_visible()
    assert phone.url == f"{live_server.url}/apply/phone/"
    expect(desktop.get_by_text("Your phone is connected.")).to_be_visible()
    expect(desktop.locator(".handover__code")).to_have_count(0)
    put(phone, "front", FRONT)
    expect(phone.get_by_role("heading", level=1, name="Back of your permit")).to_be_visible()
    expect(desktop.get_by_role("listitem").filter(has_text="Arrived")).to_have_count(1)
    put(phone, "back", BACK)
    expect(phone.get_by_role("heading", level=1, name="Both photos have arrived")).to_be_visible()
    heading = desktop.get_by_role("heading", level=1, name="Check and send")
    expect(heading).to_be_visible(timeout=15_000)
    context.close()


def test_the_phone_follows_what_the_desktop_sends(page_of_ana, browser, settings, live_server):
    settings.PUBLIC_URL = live_server.url
    desktop = page_of_ana
    desktop.get_by_role("button", name="Use your phone").click()
    link = desktop.get_by_role("link", name="Open the page here instead").get_attribute("href")
    context = browser.new_context()
    phone = context.new_page()
    phone.goto(str(link))
    phone.get_by_role("button", name="This is me, go on").click()
    expect(phone.get_by_role("heading", level=1, name="Front of your permit")).to_be_visible()
    desktop.goto(f"{live_server.url}/apply/")
    put(desktop, "front", FRONT)
    heading = phone.get_by_role("heading", level=1, name="Back of your permit")
    expect(heading).to_be_visible(timeout=15_000)
    expect(phone.locator("img[alt^='Your photo']")).to_have_count(0)
    context.close()


def test_the_page_itself_follows_the_phone_too(page_of_ana, browser, settings, live_server, ana):
    settings.PUBLIC_URL = live_server.url
    desktop = page_of_ana
    desktop.get_by_role("button", name="Use your phone").click()
    desktop.get_by_role("link", name="Go on here").click()
    expect(desktop.get_by_role("heading", level=1, name="Front of your permit")).to_be_visible()
    factories.document(ana.applications.get(), "front")
    heading = desktop.get_by_role("heading", level=1, name="Back of your permit")
    expect(heading).to_be_visible()


def test_a_status_page_whose_session_ended_asks_to_sign_in(page_of_ana, live_server, ana):
    made = factories.application(ana)
    page_of_ana.goto(f"{live_server.url}/applications/{made.reference}/")
    page_of_ana.context.clear_cookies()
    page_of_ana.wait_for_url(re.compile("/accounts/login/code/"))


def test_nothing_breaks_the_pages_own_rules(page_of_ana, live_server):
    broken = []
    page_of_ana.on("console", lambda message: broken.append(message.text))
    page_of_ana.on("pageerror", lambda error: broken.append(str(error)))
    page_of_ana.reload()
    put(page_of_ana, "front", FRONT)
    expect(page_of_ana.locator("form[data-step=back]")).to_be_visible()
    page_of_ana.goto(f"{live_server.url}/applications/")
    assert broken == []
