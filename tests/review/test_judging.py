"""What the rules say of values as they are typed, before anything is saved."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from kyc.applications.models import FieldAnswer
from kyc.audit.models import AuditEntry
from kyc.review import queue
from tests import factories
from tests.review import browsing, case_form
from tests.review.browsing import focused, press

MISREAD = {"name": "陈大丈", "issuing_authority": "中华人民共和国出入境管理周"}


@pytest.fixture
def misread(ana):
    """The name was read wrong, so the back disagrees with it; so was the authority."""
    made = factories.application(ana)
    values = {**factories.FRONT, **MISREAD}
    doubts = dict.fromkeys(MISREAD, 0.55)
    factories.extraction(factories.document(made, "front"), values, confidence=doubts)
    factories.extraction(factories.document(made, "back"))
    return made


@pytest.fixture
def url(misread):
    return reverse("review:judge", args=[misread.reference])


@pytest.fixture
def form(as_rui, misread):
    return case_form.read(as_rui.get(reverse("review:case", args=[misread.reference])))


def test_a_correction_settles_what_disagreed_with_the_misreading(as_rui, url, form):
    assert as_rui.post(url, form).json()["back-id_name"]["doubtful"] is True
    corrected = {**form, "front-name": "陈大文"}
    assert as_rui.post(url, corrected).json()["back-id_name"]["doubtful"] is False


def test_it_says_why_a_value_disagrees(as_rui, url, form):
    said = as_rui.post(url, {**form, "front-birth_date": "1990.01.02"}).json()
    assert "1990.01.01" in said["front-birth_date"]["reasons"]
    assert said["front-birth_date"]["offer"] == "1990.01.01"


def test_it_stores_and_records_nothing(as_rui, url, form, misread):
    before = AuditEntry.objects.count()
    as_rui.post(url, {**form, "front-name": "陈大文"})
    misread.refresh_from_db()
    assert (misread.version, misread.held_by) == (0, None)
    assert (AuditEntry.objects.count(), FieldAnswer.objects.count()) == (before, 0)


def test_it_says_nothing_of_a_case_that_another_holds(as_rui, url, form, misread, rita):
    queue.claim(misread, by=rita)
    assert as_rui.post(url, form).status_code == 409


@pytest.fixture
def page(browser: Browser, live_server, rui, misread) -> Iterator[Page]:
    path = f"/review/{misread.reference}/"
    with browsing.opened(browser, live_server, rui, path) as page:
        yield page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_corrections_take_six_keys_and_the_typing(page):
    assert focused(page) == "front-name"
    press(page, "e")
    page.keyboard.insert_text("陈大文")
    press(page, "Enter")
    assert focused(page) == "front-issuing_authority"
    press(page, "e")
    page.keyboard.insert_text("中华人民共和国出入境管理局")
    press(page, "Enter")
    assert focused(page) == "nothing-open"
    press(page, "a")
    page.wait_for_url("**/review/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_correction_that_still_disagrees_leads_back_to_what_is_open(page):
    press(page, "e")
    page.keyboard.insert_text("陈小文")
    press(page, "Enter", "Enter")
    expect(page.locator("[name=back-id_name]")).to_be_focused()
