"""Photos on their way: made smaller, lost and sent again, taken again."""

import json
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from kyc.applications import advice, handover
from kyc.applications.status import Outcome, Reason, Status
from ocr_integration.protocol.quality import Problem, ProblemCode
from tests import factories
from tests.applications.browsing import BACK, FRONT, put, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BLUR = Problem(ProblemCode.BLURRED)
LYING = 6
"""The orientation a phone writes when it is held upright."""


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    """The browser's driver runs an event loop in this thread, which Django takes for async."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def page(browser: Browser, live_server, ana) -> Iterator[Page]:
    context = browser.new_context()
    yield sign_in(context, live_server, ana)
    context.close()


@pytest.fixture(scope="module")
def phone_photo(tmp_path_factory):
    """12 million pixels in more than 12 MB, lying on its side."""
    path = tmp_path_factory.mktemp("phone") / "photo.jpg"
    noise = Image.effect_noise((4032, 3024), 90)
    exif = Image.Exif()
    exif[0x0112] = LYING
    Image.merge("RGB", (noise, noise, noise)).save(path, quality=97, exif=exif)
    assert path.stat().st_size > 12 * 1024 * 1024
    return path


def hear(page: Page) -> None:
    """Write down what the live region says."""
    page.evaluate(
        """() => {
            window.heard = [];
            new MutationObserver(() => {
                const said = document.querySelector("[data-said]")?.textContent;
                if (said && window.heard.at(-1) !== said) window.heard.push(said);
            }).observe(document.body, {childList: true, subtree: true, characterData: true});
        }"""
    )


def test_a_phones_large_photo_is_made_smaller_and_upright_before_it_is_sent(page, ana, phone_photo):
    sent = []
    page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    put(page, "front", phone_photo)
    expect(page.locator("form[data-step=back]")).to_be_visible(timeout=60_000)
    front = ana.applications.get().current_round.front
    assert (front.width, front.height) == (2880, 3840)
    assert int(sent[0].header_value("content-length")) < 10 * 1024 * 1024


def test_what_a_browser_cannot_open_is_sent_as_it_is(page, tmp_path):
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7" + b"\0" * 2_000_000)
    put(page, "front", letter)
    expect(page.locator("[data-panel=front] [role=alert]")).to_contain_text("This is a PDF")


def test_a_photo_that_was_lost_on_the_way_is_sent_again(page, ana):
    page.route("**/apply/", lambda route: route.abort())
    put(page, "front", FRONT)
    expect(page.get_by_text("There was no connection.")).to_be_visible()
    expect(page.get_by_alt_text("The photo you chose")).to_be_visible()
    page.unroute("**/apply/")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("form[data-step=back]")).to_be_visible()
    assert ana.applications.get().current_round.front


def test_it_goes_on_by_itself_when_the_connection_is_back(page, ana):
    page.context.set_offline(True)
    put(page, "front", FRONT)
    expect(page.get_by_role("button", name="Send again")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("form[data-step=back]")).to_be_visible()


def test_a_server_that_stumbles_costs_no_photo(page, ana):
    page.route("**/apply/", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    put(page, "front", FRONT)
    expect(page.get_by_role("button", name="Send again")).to_be_visible()
    page.unroute("**/apply/")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("form[data-step=back]")).to_be_visible()


def test_sending_without_a_connection_leaves_the_page_as_it_was(page, ana):
    put(page, "front", FRONT)
    put(page, "back", BACK)
    page.get_by_label("I agree that my permit is read").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Send my permit").click()
    expect(page.get_by_text("There was no connection.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Send my permit").click()
    page.wait_for_url(re.compile("/applications/"))
    assert ana.applications.get().status == Status.READING


def test_a_side_asked_for_again_is_made_smaller_too(page, live_server, ana, rui, phone_photo):
    made = factories.application(ana)
    for side in ("front", "back"):
        factories.document(made, side)
    factories.decide(
        made, Outcome.RESUBMISSION_REQUESTED, by=rui, reason=Reason.CUT_OFF, side="back"
    )
    page.goto(f"{live_server.url}/applications/{made.reference}/")
    put(page, "back", phone_photo)
    page.get_by_role("button", name="Send the back").click(timeout=60_000)
    expect(page).to_have_title("We are reading your photos · PermitDesk", timeout=60_000)
    assert made.current_round.back.width == 2880


def test_two_retakes_at_most_then_it_is_taken(page, ana, monkeypatch):
    monkeypatch.setattr(advice, "problems", lambda _: (BLUR,))
    front = page.locator("[data-panel=front]")
    for words in ("First retake of two at most", "Second and last retake"):
        put(page, "front", FRONT)
        expect(front.get_by_text(words)).to_be_visible()
        expect(front.get_by_text("Four corners")).to_be_visible()
        expect(page.get_by_role("heading", level=1, name="Front of your permit")).to_be_focused()
    put(page, "front", FRONT)
    expect(page.get_by_role("heading", level=1, name="Back of your permit")).to_be_focused()


def test_the_photo_stays_in_view_until_the_desks_own_copy_is_there(page, monkeypatch):
    monkeypatch.setattr(advice, "problems", lambda _: (BLUR,))
    held = []
    page.route("**/pictures/**", lambda route: held.append(route))
    put(page, "front", FRONT)
    front = page.locator("[data-panel=front]")
    expect(front.get_by_text("First retake of two at most")).to_be_visible()
    before = front.locator(".photo__before")
    expect(before).to_be_visible()
    assert before.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    for route in held:
        route.continue_()
    expect(before).to_have_count(0)


def test_progress_and_findings_are_announced(page, monkeypatch):
    monkeypatch.setattr(advice, "problems", lambda _: (BLUR,))
    hear(page)
    put(page, "front", FRONT)
    expect(page.locator("[data-said]")).to_have_text("The text is not sharp")
    heard = json.loads(page.evaluate("JSON.stringify(window.heard)"))
    assert heard[0].startswith("Sending front, 0 %")
    assert "Sent. Looking at the photo." in heard


def waiting(page: Page) -> int:
    """How many photos this browser keeps."""
    return page.evaluate(
        """() => new Promise((resolve, reject) => {
            const opened = indexedDB.open("permitdesk", 1);
            opened.onupgradeneeded = () => opened.result.createObjectStore("photos");
            opened.onerror = () => reject(opened.error);
            opened.onsuccess = () => {
                const counted = opened.result.transaction("photos").objectStore("photos").count();
                counted.onsuccess = () => { opened.result.close(); resolve(counted.result); };
            };
        })"""
    )


def until(page: Page, condition: str) -> None:
    """Wait for it in the page; `wait_for_function` evaluates strings, which the pages forbid."""
    pause = "await new Promise((go) => setTimeout(go, 20))"
    page.evaluate(f"async () => {{ while (!({condition})) {pause}; }}")


def finds(page: Page, side: str) -> bool:
    """Whether this page, the only one open, has a photo to take up."""
    until(page, "(await navigator.locks.query()).held.length === 1")
    look = "side => window.waiting.found(document.getElementById('photos'), side).then(Boolean)"
    return bool(page.evaluate(look, side))


def leave_unsent(page: Page, *sides: str) -> None:
    """Choose photos without a connection, and close the tab as a phone does: unasked."""
    page.route("**/apply/**", lambda route: route.abort())
    for side in sides:
        put(page, side, FRONT if side == "front" else BACK)
    until(page, f"window.waiting.isSafe('{sides[-1]}')")
    page.close()


def test_a_closed_tab_loses_no_photo(page, live_server, ana):
    context = page.context
    leave_unsent(page, "front", "back")
    again = context.new_page()
    again.goto(f"{live_server.url}/apply/")
    expect(again.locator("form[data-step=check]")).to_be_visible()
    first = ana.applications.get().current_round
    assert first.front
    assert first.back
    assert waiting(again) == 0


def test_a_tab_that_would_lose_nothing_closes_without_a_word(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route("**/apply/", lambda route: route.abort())
    put(page, "front", FRONT)
    until(page, "window.waiting.isSafe('front')")
    page.unroute_all()
    page.reload()
    expect(page.locator("form[data-step=back]")).to_be_visible()
    assert asked == []


def test_what_waits_opens_for_nobody_else(page, live_server, bruno):
    context = page.context
    leave_unsent(page, "front")
    context.clear_cookies()
    his = sign_in(context, live_server, bruno)
    assert not finds(his, "front")
    assert not bruno.applications.exists()


def test_a_photo_from_another_device_is_not_replaced_by_what_waited(page, live_server, ana):
    context = page.context
    leave_unsent(page, "front")
    better = factories.document(factories.application(ana, Status.DRAFT))
    again = context.new_page()
    again.goto(f"{live_server.url}/apply/")
    assert not finds(again, "front")
    assert ana.applications.get().current_round.front == better


def test_signing_out_deletes_what_waits(page, live_server):
    context = page.context
    leave_unsent(page, "front")
    again = context.new_page()
    again.goto(f"{live_server.url}/applications/")
    assert waiting(again) == 1
    again.locator("header summary").click()
    again.get_by_role("button", name="Sign out").click()
    again.wait_for_url(f"{live_server.url}/")
    assert waiting(again) == 0


def test_a_better_photo_that_was_chosen_is_still_there_the_next_time(page, live_server, ana, rui):
    made = factories.application(ana)
    for side in ("front", "back"):
        factories.document(made, side)
    factories.decide(
        made, Outcome.RESUBMISSION_REQUESTED, by=rui, reason=Reason.CUT_OFF, side="back"
    )
    address = f"{live_server.url}/applications/{made.reference}/"
    page.goto(address)
    put(page, "back", BACK)
    until(page, "window.waiting.isSafe('back')")
    again = page.context.new_page()
    page.close()
    again.goto(address)
    again.get_by_role("button", name="Send the back").click()
    expect(again).to_have_title("We are reading your photos · PermitDesk")
    assert waiting(again) == 0


def test_a_phone_that_a_draft_was_handed_to_loses_none_either(browser, live_server, ana):
    _offered, secret = handover.offer(ana)
    context = browser.new_context()
    phone = context.new_page()
    phone.goto(f"{live_server.url}/apply/phone/#{secret}")
    phone.locator("[name=agreed]").click()
    expect(phone.locator("form[data-step=front]")).to_be_visible()
    leave_unsent(phone, "front")
    again = context.new_page()
    again.goto(f"{live_server.url}/apply/phone/")
    expect(again.locator("form[data-step=back]")).to_be_visible()
    assert ana.applications.get().current_round.front
    assert waiting(again) == 0
    context.close()


def test_a_session_that_ran_out_costs_no_photo(page, live_server, ana):
    context = page.context
    context.clear_cookies()
    put(page, "front", FRONT)
    page.wait_for_url(re.compile("/accounts/login/"))
    again = sign_in(context, live_server, ana)
    expect(again.locator("form[data-step=back]")).to_be_visible()
    assert ana.applications.get().current_round.front


def test_a_connection_that_stands_still_is_given_up(page):
    page.clock.install()
    page.reload()
    held = []
    page.route("**/apply/", lambda route: held.append(route))
    with page.expect_request(lambda one: one.method == "POST"):
        put(page, "front", FRONT)
    page.clock.run_for(46_000)
    expect(page.get_by_role("button", name="Send again")).to_be_visible()
    held[0].abort()
