"""A case by keyboard, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from kyc.applications.models import Application, Decision, FieldAnswer
from kyc.applications.status import Status
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case(ana):
    """Two fields are doubtful, one was not read."""
    made = factories.application(ana)
    values = {**factories.FRONT, "issue_times": ""}
    doubts = {"name": 0.52, "birth_date": 0.86}
    factories.extraction(factories.document(made, "front"), values, confidence=doubts)
    factories.extraction(factories.document(made, "back"))
    return made


@pytest.fixture
def page(browser: Browser, live_server, client, rui, case) -> Iterator[Page]:
    """The case, opened by rui; whatever the browser complains of, fails."""
    client.force_login(rui)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    address = {"url": live_server.url, "name": settings.SESSION_COOKIE_NAME, "value": cookie}
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([address])
    complaints = []
    page = context.new_page()
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_server.url + reverse("review:case", args=[case.reference]))
    yield page
    context.close()
    assert complaints == []


def _focused(page):
    return page.evaluate("document.activeElement.name || document.activeElement.id")


def _press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def _kinds():
    kinds = FieldAnswer.objects.exclude(kind=FieldAnswer.Kind.UNTOUCHED)
    return dict(kinds.values_list("field", "kind"))


def test_opening_focuses_the_worst_open_field(page):
    assert _focused(page) == "front-name"
    expect(page.locator("[data-count=open]")).to_have_text("3")


def test_enter_confirms_and_goes_on_and_a_approves(page, case):
    _press(page, "Enter")
    assert _focused(page) == "front-birth_date"
    _press(page, "Enter")
    assert _focused(page) == "front-issue_times"
    page.keyboard.type("01")
    _press(page, "Enter")
    assert _focused(page) == "nothing-open"
    _press(page, "Enter", "Enter")
    assert Application.objects.get(pk=case.pk).status == Status.IN_REVIEW

    _press(page, "a")
    page.wait_for_url("**/review/")
    assert Decision.objects.get().outcome == "approved"
    assert _kinds() == {"name": "confirmed", "birth_date": "confirmed", "issue_times": "corrected"}


def test_a_does_not_approve_while_a_field_is_open(page, case):
    _press(page, "a")
    expect(page.locator("#announce")).to_have_text("Fields are open. Answer them first.")
    assert _focused(page) == "front-name"
    assert Application.objects.get(pk=case.pk).status == Status.IN_REVIEW


def test_letters_type_while_editing_and_escape_leaves_it_as_it_was(page):
    _press(page, "e")
    page.keyboard.type("abd")
    assert page.input_value("[name=front-name]") == "abd"
    _press(page, "Escape")
    assert page.input_value("[name=front-name]") == "陈大文"
    assert page.locator("#reasons").get_attribute("open") is None


def test_t_takes_what_the_code_says_and_z_takes_it_back(page):
    _press(page, "j", "j")
    assert _focused(page) == "front-issue_times"
    _press(page, "Alt+t")
    assert page.input_value("[name=front-issue_times]") == "01"
    _press(page, "z")
    assert page.input_value("[name=front-issue_times]") == ""
    assert _focused(page) == "front-issue_times"


@pytest.mark.parametrize(
    ("key", "answer"), [("b", "blank"), ("i", "illegible"), ("w", "not_this_document")]
)
def test_an_answer_without_a_value_has_its_key(page, key, answer):
    _press(page, key)
    assert page.locator("[name=front-name-answer]").input_value() == answer
    assert _focused(page) == "front-birth_date"


def test_d_opens_the_reasons_and_a_number_chooses_one(page, case):
    _press(page, "d", "4")
    assert page.locator("[name=reason]:checked").input_value() == "expired"
    page.get_by_role("button", name="Decline the application").click()
    page.wait_for_url("**/review/")
    decision = Decision.objects.get()
    assert (decision.outcome, decision.reason) == ("declined", "expired")


def test_x_asks_for_a_side_again(page):
    _press(page, "x")
    page.get_by_label("Back", exact=True).check()
    _press(page, "2")
    page.get_by_role("button", name="Ask for the photo again").click()
    page.wait_for_url("**/review/")
    decision = Decision.objects.get()
    assert (decision.reason, decision.side) == ("cut_off", "back")


def test_h_takes_the_case_and_counts_down(page, case, rui):
    _press(page, "h")
    expect(page.locator(".claim__time")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    assert Application.objects.get(pk=case.pk).held_by == rui


def test_letters_can_be_switched_off(page):
    _press(page, "?")
    page.get_by_label("Switch the letters off in this browser").check()
    _press(page, "Escape", "d")
    assert page.locator("#reasons").get_attribute("open") is None


def test_answers_are_kept_when_the_case_is_left_for_the_next(page, case):
    _press(page, "i", "n")
    page.wait_for_url("**/review/")
    assert _kinds() == {"name": "illegible"}


def test_what_was_written_is_not_lost_by_leaving_for_the_next(page, case):
    _press(page, "i", "d")
    page.fill("#id_note", "ask Rita")
    _press(page, "Escape", "n")
    expect(page.get_by_text("What you wrote is kept once you decide.")).to_be_visible()
    assert page.input_value("#id_note") == "ask Rita"
    assert _kinds() == {"name": "illegible"}


def test_the_reason_stands_there_as_the_applicant_reads_it(page):
    _press(page, "d", "4")
    expect(page.locator("[data-told=expired]")).to_be_visible()
    expect(page.locator("[data-told=cut_off]")).to_be_hidden()
