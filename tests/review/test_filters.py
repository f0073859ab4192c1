"""Narrowing a list by its address, without anything of a card in it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kyc.accounts.models import Role
from kyc.applications import flagging, tokens, traits
from kyc.applications.models import Application, Extraction
from kyc.applications.status import Outcome, Status
from kyc.applications.traits import Trait
from kyc.review import decisions, queue
from kyc.review.answers import Posted
from kyc.review.filters import code_of
from ocr_integration.protocol.fields import PermitType, Side
from tests import factories

URL = "/review/"
CONFIRMED = {(Side.FRONT, "birth_date"): Posted("1990.01.01", "confirmed")}


@pytest.fixture
def shown(as_rui):
    """Which of some cases a list has."""

    def asked(*cases, **query):
        page = as_rui.get(URL, query).content.decode()
        return [one for one in cases if f"/review/{one.reference}/" in page]

    return asked


def _case(front=None, **confidence):
    made = factories.application()
    values = {**factories.FRONT, **(front or {})}
    factories.extraction(factories.document(made, "front"), values, confidence=confidence)
    factories.extraction(factories.document(made, "back"))
    traits.refresh(made)
    return made


def _waits(application, **ago):
    Application.objects.filter(pk=application.pk).update(
        queued_at=timezone.now() - timedelta(**ago)
    )


def test_by_permit(shown):
    card, newer = _case(), _case({"number": "MA1234578"})
    assert shown(card, newer, permit="hk-macao") == [card]
    assert shown(card, newer, permit="non-chinese") == [newer]
    assert shown(card, newer, permit=["hk-macao", "non-chinese"]) == [card, newer]
    assert shown(card, newer, permit="taiwan") == []


def test_by_what_is_doubtful(shown):
    clean, dated = _case(), _case(birth_date=0.86)
    assert shown(clean, dated, doubt="dates") == [dated]
    assert shown(clean, dated, doubt="nothing") == [clean]
    assert shown(clean, dated, doubt=["nothing", "dates"]) == [clean, dated]


def test_every_group_must_fit(shown):
    dated = _case(birth_date=0.86)
    assert shown(dated, doubt="dates", permit="hk-macao") == [dated]
    assert shown(dated, doubt="dates", permit="taiwan") == []


def test_by_flags(shown):
    expired, plain = _case({"valid_period": "2012.06.08-2022.06.07"}), _case()
    assert shown(expired, plain, flag="expired") == [expired]
    Application.objects.filter(pk=plain.pk).update(escalated_at=timezone.now())
    assert shown(expired, plain, flag="senior") == [plain]
    assert shown(expired, plain, flag=["senior", "expired"]) == [expired, plain]


def test_by_how_near_the_deadline_is(shown, settings):
    settings.REVIEW_DEADLINE_HOURS = 4
    late, soon, later = _case(), _case(), _case()
    _waits(late, hours=5)
    _waits(soon, hours=3, minutes=30)
    cases = (late, soon, later)
    assert [shown(*cases, due=due) for due in ("late", "soon", "in_time")] == [
        [late],
        [soon],
        [later],
    ]


def test_the_deadline_is_said(as_rui, settings):
    settings.REVIEW_DEADLINE_HOURS = 4
    late, soon = _case(), _case()
    _waits(late, hours=6)
    _waits(soon, hours=3, minutes=29, seconds=30)
    page = as_rui.get(URL).content.decode()
    assert "2 h late" in page
    assert "due in 30 min" in page
    assert "1 past the deadline." in page
    assert "1 near it." in page
    assert "2 h late" in as_rui.get(f"{URL}{late.reference}/").content.decode()


def test_the_newest_can_come_first(as_rui):
    older, newer = _case(), _case()
    _waits(older, minutes=44)
    page = as_rui.get(URL, {"order": "newest"}).content.decode()
    assert page.index(newer.reference) < page.index(older.reference)


def test_by_who_holds_or_decided(shown, rui, rita):
    held, free, decided = _case(), _case(), _case()
    queue.claim(held, by=rita)
    factories.decide(decided, Outcome.APPROVED, by=rita)
    cases = (held, free, decided)
    assert shown(*cases, reviewer=code_of(rita)) == [held]
    assert shown(*cases, view="decided", reviewer=code_of(rita)) == [decided]
    assert shown(*cases, view="all", reviewer=code_of(rita)) == [held, decided]
    assert shown(*cases, view="all", reviewer=code_of(rui)) == []


def test_a_reviewer_stands_in_no_address_by_key_or_mail(as_rui, rita):
    other = factories.account("desk7@example.org", Role.REVIEWER)
    page = as_rui.get(URL, {"reviewer": code_of(other)}).content.decode()
    assert f'value="{other.pk}"' not in page
    assert "=desk7" not in page


def test_all_has_everything_that_was_sent(shown, ana):
    waiting, decided = _case(), factories.application(status=Status.APPROVED)
    draft = factories.application(ana, Status.DRAFT)
    assert shown(waiting, decided, draft, view="all") == [waiting, decided]


def test_each_choice_says_how_many_it_has(as_rui):
    _case(birth_date=0.86)
    _case()
    page = as_rui.get(URL).content.decode()
    dates = page.split("Dates</span>")[1]
    assert dates.startswith('<span class="choice__count">1<')
    assert 'value="taiwan"' not in page


def test_a_filter_can_be_taken_away(as_rui):
    _case()
    asked = {"permit": "hk-macao", "doubt": "dates", "order": "newest"}
    page = as_rui.get(URL, asked).content.decode()
    assert "No case fits these filters" in page
    assert "?view=waiting&amp;order=newest&amp;doubt=dates" in page
    assert "?view=waiting&amp;order=newest&amp;permit=hk-macao" in page


def test_pages_keep_the_filter(as_rui):
    for _ in range(queue.PAGE + 1):
        _case(birth_date=0.86)
    page = as_rui.get(URL, {"doubt": "dates"}).content.decode()
    assert "doubt=dates&amp;after=" in page


@pytest.mark.parametrize("odd", [{"permit": "no"}, {"due": "1 or 1"}, {"reviewer": "x"}])
def test_an_odd_filter_is_left_alone(shown, odd):
    case = _case()
    assert shown(case, **odd) == [case]


def test_the_traits_follow_what_is_said(rui):
    case = factories.case(birth_date=0.86)
    assert case.traits & Trait.DATES
    decisions.save_answers(
        case,
        by=rui,
        version=case.version,
        posted=CONFIRMED,
    )
    case.refresh_from_db()
    assert Trait(case.traits) & (Trait.DATES | Trait.NOTHING) == Trait.NOTHING


def test_a_decided_case_is_found_by_what_was_doubtful(shown, rui):
    case = factories.case(birth_date=0.86)
    decisions.decide(
        case,
        by=rui,
        version=case.version,
        posted=CONFIRMED,
        outcome=Outcome.APPROVED,
    )
    assert shown(case, view="decided", doubt="dates") == [case]


def test_an_applicants_flag_counts_and_can_be_taken_back(shown):
    case, place = factories.case(), (Side.FRONT, "name")
    flagging.flag(case, says={place: ""})
    assert shown(case, flag="applicant") == [case]
    flagging.flag(case, says={}, taken_back=[place])
    assert shown(case, flag="applicant") == []


def test_a_second_application_of_a_person_is_marked(shown, as_rui):
    first, second = factories.case(), factories.case()
    for one in (first, second):
        tokens.index(one, {"number": "H12345678"})
    traits.refresh(second)
    assert shown(first, second, flag="applied-before") == [second]
    assert "Applied before" in as_rui.get(URL).content.decode()


def test_what_the_reader_made_of_it_is_a_trait(ana):
    made = factories.application(ana)
    extraction = factories.extraction(factories.document(made, "front"))
    Extraction.objects.filter(pk=extraction.pk).update(outcome=Extraction.Outcome.UNREADABLE)
    factories.extraction(factories.document(made, "back"), permit_type=PermitType.TAIWAN)
    traits.refresh(made)
    assert made.traits & Trait.UNREADABLE
    assert made.traits & Trait.SIDES_DIFFER
