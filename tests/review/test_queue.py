"""The list of cases: oldest first, a page at a time, values masked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kyc.applications.models import Application
from kyc.applications.status import Outcome, Status
from kyc.audit.models import AuditEntry
from kyc.review import queue
from kyc.review.listing import age, masked
from tests import factories

URL = "/review/"


def _page(client, **asked):
    return client.get(URL, asked).content.decode()


def _since(application, **ago):
    since = timezone.now() - timedelta(**ago)
    Application.objects.filter(pk=application.pk).update(since=since, queued_at=since)


def test_it_shows_who_waits_oldest_first(as_rui, case, bruno):
    older = factories.case(bruno)
    _since(older, minutes=44)
    page = _page(as_rui)
    assert page.index(older.shown_reference) < page.index(case.shown_reference)
    assert "44 min" in page
    assert "陈大文" in page


def test_it_masks_the_number(as_rui, case):
    page = _page(as_rui)
    assert "H1•••••78" in page
    assert "H12345678" not in page


def test_it_marks_what_to_look_at_worst_first(as_rui):
    factories.case(name=0.4, birth_date=0.86, id_number=0.7)
    page = _page(as_rui)
    assert page.index("Name: Doubtful, 0.40") < page.index("Birth date: Check, 0.86")
    assert "ID number: Check, 0.70" in page


def test_it_says_when_nothing_is_doubtful(as_rui, clean):
    assert "Nothing doubtful" in _page(as_rui)


def test_it_says_when_nothing_was_read(as_rui, ana):
    factories.application(ana)
    assert "All 15" in _page(as_rui)


def test_it_flags_what_a_rule_disagrees_with(as_rui, ana):
    case = factories.application(ana)
    expired = {**factories.FRONT, "valid_period": "2012.06.08-2022.06.07"}
    factories.extraction(factories.document(case, "front"), expired)
    factories.extraction(factories.document(case, "back"))
    page = _page(as_rui)
    assert "Valid: Disagrees" in page
    assert "Expired" in page


def test_a_draft_is_nobodys_business(as_rui, ana):
    draft = factories.application(ana, Status.DRAFT)
    assert draft.shown_reference not in _page(as_rui)
    assert as_rui.get(f"/review/{draft.reference}/").status_code == 404


def test_each_view_has_its_own(as_rui, case, bruno, rui, rita):
    second = factories.case(bruno)
    Application.objects.filter(pk=second.pk).update(status=Status.SECOND_REVIEW)
    decided = factories.decide(factories.case(), Outcome.APPROVED, by=rita)
    queue.claim(case, by=rui)
    shown = {
        view: [
            application.shown_reference
            for application in (case, second, decided)
            if application.shown_reference in _page(as_rui, view=view)
        ]
        for view in ("waiting", "mine", "second", "decided")
    }
    assert shown == {
        "waiting": [case.shown_reference],
        "mine": [case.shown_reference],
        "second": [second.shown_reference],
        "decided": [decided.shown_reference],
    }


def test_it_says_who_holds_a_case(as_rui, case, rita):
    queue.claim(case, by=rita)
    assert "Rita Wong" in _page(as_rui)


def test_pages_follow_each_other_without_a_gap(as_rui):
    made = [factories.case() for _ in range(queue.PAGE + 3)]
    shown, address = [], URL
    while address:
        page = as_rui.get(address).content.decode()
        shown += [one.reference for one in made if f"/review/{one.reference}/" in page]
        address = page.split('rel="next"')[0].rsplit('href="', 1)[-1].split('"')[0]
        address = address.replace("&amp;", "&") if 'rel="next"' in page else ""
    assert shown == [one.reference for one in made]


def test_equal_times_are_no_reason_to_lose_one(as_rui):
    now = timezone.now()
    for _ in range(queue.PAGE + 1):
        factories.case()
    Application.objects.update(since=now, queued_at=now)
    first = queue.page(queue.listed(queue.View.WAITING, None))
    second = queue.page(queue.listed(queue.View.WAITING, None), after=first.next_after)
    together = [one.pk for one in first.applications + second.applications]
    assert len(set(together)) == queue.PAGE + 1


@pytest.mark.parametrize("asked", [{"view": "no"}, {"after": "no"}, {"search": "gone"}])
def test_an_odd_address_shows_the_queue(as_rui, case, asked):
    assert as_rui.get(URL, asked, follow=True).status_code == 200


def test_it_asks_no_more_of_the_database_for_a_longer_list(as_rui):
    counts = []
    for _ in range(2):
        for _ in range(6):
            factories.case()
        as_rui.get(URL)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_rui.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_looking_at_the_list_records_nothing(as_rui, case):
    before = AuditEntry.objects.count()
    _page(as_rui)
    assert AuditEntry.objects.count() == before


def test_auditors_read_it_and_applicants_do_not(client, eva, ana, case):
    client.force_login(eva)
    page = _page(client)
    assert case.shown_reference in page
    assert "Next case" not in page
    client.force_login(ana)
    assert client.get(URL).status_code == 403


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("H30911417", "H3•••••17"),
        ("MA1234578", "MA•••••78"),
        ("01234587", "0•••••87"),
        ("h 3091 1417", "H3•••••17"),
        ("12", "•••••"),
        ("", ""),
    ],
)
def test_a_masked_number_tells_two_cases_apart_and_no_more(number, shown):
    assert masked(number) == shown


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=3, hours=4), "3 days"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(passed, shown):
    assert age(passed) == shown
