"""Each person's own keys."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from kyc.applications.models import Decision
from kyc.review import keymap
from tests.review import browsing
from tests.review.browsing import press


@pytest.fixture
def keep(as_rui, rui):
    def keep(**wanted):
        response = as_rui.post(reverse("review:keys"), wanted)
        rui.refresh_from_db()
        return response

    return keep


def test_a_changed_key_is_shown_on_every_page_and_is_ones_own(keep, as_rui, rui, rita, url):
    assert keep(approve="q").status_code == 204
    assert keymap.keys_of(rui, "case")["approve"].key == "q"
    assert keymap.keys_of(rita, "case")["approve"].key == "a"
    assert 'data-change="approve" data-key="q"' in as_rui.get(url).content.decode()


def test_two_keys_change_places(keep, rui):
    assert keep(approve="d", decline="a").status_code == 204
    keys = keymap.keys_of(rui, "case")
    assert (keys["approve"].key, keys["decline"].key) == ("d", "a")


@pytest.mark.parametrize(
    "wanted",
    [
        {"approve": "d"},
        {"approve": "Enter"},
        {"approve": " "},
        {"approve": ""},
        {"approve": "A"},
        {"nothing": "q"},
        {"search": "3"},
        {"next": "f"},
    ],
)
def test_a_key_that_cannot_stand_for_it_is_refused(keep, rui, wanted):
    assert keep(**wanted).status_code == 422
    assert rui.keys == {}


def test_the_same_key_may_do_other_things_on_other_pages(keep, rui):
    assert keep(refresh="a").status_code == 204
    assert keymap.keys_of(rui, "queue")["refresh"].key == "a"


def test_the_usual_keys_come_back(keep, rui):
    keep(approve="q")
    assert keep(usual="1").status_code == 204
    assert rui.keys == {}


def test_a_key_of_an_act_that_there_is_no_more_is_passed_over(rui):
    rui.keys = {"fly": "q"}
    assert "fly" not in keymap.keys_of(rui, "case")


def test_no_act_has_enter_tab_or_escape():
    assert all(len(act.usual) == 1 for act in keymap.ACTS)


@pytest.fixture
def page(browser: Browser, live_server, rui, clean) -> Iterator[Page]:
    with browsing.opened(browser, live_server, rui, f"/review/{clean.reference}/") as page:
        expect(page.locator("#nothing-open")).to_be_focused()
        yield page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_key_is_changed_by_pressing_the_new_one_and_the_old_one_does_nothing(page):
    press(page, "?")
    page.locator("[data-change=approve]").click()
    press(page, "q")
    expect(page.locator("[data-keys-said]")).to_have_text("Kept for you, wherever you sign in.")
    expect(page.locator("#approve kbd")).to_have_text("Q")
    press(page, "Escape", "a")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert not Decision.objects.exists()
    press(page, "q")
    page.wait_for_url("**/review/")
    assert Decision.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_taken_changes_places_and_escape_leaves_it(page, rui):
    press(page, "?")
    page.locator("[data-change=approve]").click()
    press(page, "d")
    expect(page.locator("[data-change=decline]")).to_have_text("A")
    page.locator("[data-change=hold]").click()
    press(page, "Escape")
    expect(page.locator("dialog[open]")).to_have_count(1)
    expect(page.locator("[data-change=hold]")).to_have_attribute("aria-pressed", "false")
    page.locator("[data-usual]").click()
    expect(page.locator("[data-change=decline]")).to_have_text("D")
    rui.refresh_from_db()
    assert rui.keys == {}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_portraits_are_made_larger_by_key(page):
    press(page, "v")
    expect(page.locator(".case--faces")).to_have_count(1)
    press(page, "v")
    expect(page.locator(".case--faces")).to_have_count(0)
