"""The numbers of the team, and what they are worth."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kyc.applications.models import Decision, Extraction, FieldAnswer, FieldReading, Recommendation
from kyc.applications.status import Outcome
from kyc.review import numbers
from kyc.review.charts import HEIGHT, WIDTH, bars
from kyc.review.shares import ENOUGH, Share
from tests import factories

URL = "/quality/"


@pytest.fixture
def as_sofia(client, sofia):
    client.force_login(sofia)
    return client


@pytest.fixture
def decided():
    """Decide a case some days ago, after some minutes of waiting and some seconds of work."""

    def make(by, outcome=Outcome.APPROVED, *, ago=0, waited=10, worked=8, **why):
        case = factories.decide(factories.case(), outcome, by=by, **why)
        made = Decision.objects.filter(round__application=case)
        made.update(at=timezone.now() - timedelta(days=ago), waited=60 * waited, worked=worked)
        return case

    return make


def test_it_counts_what_was_decided_each_day(decided, rui):
    decided(rui)
    decided(rui, Outcome.DECLINED, reason="other")
    decided(rui, ago=3)
    days = numbers.days(7)
    assert [one.decided for one in days] == [0, 0, 0, 1, 0, 0, 2]
    assert (days[-1].approved, days[-1].declined) == (1, 1)


def test_what_is_older_is_left_out(decided, rui):
    decided(rui, ago=8)
    assert numbers.whole(7).decided == 0
    assert numbers.whole(30).decided == 1


def test_times_are_medians(decided, rui):
    for waited, worked in ((1, 4), (5, 6), (60, 100)):
        decided(rui, waited=waited, worked=worked)
    whole = numbers.whole(7)
    assert (whole.waited, whole.worked) == (5, 6)
    assert whole.waited_most == 5


def test_agreement_is_of_what_a_second_person_looked_at(decided, rui, rita):
    for outcome in (Outcome.APPROVED, Outcome.DECLINED):
        case = decided(rita)
        why = {} if outcome is Outcome.APPROVED else {"reason": "other"}
        Recommendation.objects.create(round=case.current_round, by=rui, outcome=outcome, **why)
    decided(rita)
    assert numbers.whole(7).agreement == Share(1, 2)


def test_corrections_are_by_field_and_engine(decided, rui):
    case = decided(rui)
    Extraction.objects.update(engine="ours 1.2")
    for name, kind in (("name", "corrected"), ("number", "confirmed")):
        reading = FieldReading.objects.get(field=name)
        answer = FieldAnswer(
            round=case.current_round, side="front", field=name, reading=reading, kind=kind, by=rui
        )
        if kind == "corrected":
            answer.put("value", "陈")
        answer.save()
    found = [(str(one.field), one.engine, one.share) for one in numbers.corrections(7)]
    assert found == [("Name", "ours 1.2", Share(1, 1)), ("Number", "ours 1.2", Share(0, 1))]


def test_the_page_says_it_in_words_and_as_tables(as_sofia, decided, rui):
    decided(rui)
    page = as_sofia.get(URL).content.decode()
    assert page.count("<rect") == 3 * 30
    assert "The charts as a table" in page
    assert "10 min" in page
    assert "8 s" in page
    assert "Rui Chan" in page
    assert "style=" not in page


def test_a_rate_of_few_values_is_none(as_sofia, decided, rui):
    case = decided(rui)
    reading = FieldReading.objects.get(field="number")
    FieldAnswer.objects.create(
        round=case.current_round,
        side="front",
        field="number",
        reading=reading,
        kind="confirmed",
        by=rui,
    )
    assert "too few to say" in as_sofia.get(URL).content.decode()


def test_before_the_first_decision_it_says_so(as_sofia):
    assert "Nothing was decided" in as_sofia.get(URL).content.decode()


@pytest.mark.parametrize("days", ["0", "7", "-3", "1e9", "x"])
def test_an_odd_number_of_days_shows_the_page(as_sofia, days):
    assert as_sofia.get(URL, {"days": days}).status_code == 200


def test_reviewers_and_auditors_do_not_see_it(client, rui, eva, adam):
    answered = []
    for person in (rui, eva, adam):
        client.force_login(person)
        answered.append(client.get(URL).status_code)
    assert answered == [403, 403, 200]


def test_the_interval_holds_the_share_and_stays_within_what_is_possible():
    for part, whole in ((0, 300), (300, 300), (3, 300), (0, 0)):
        share = Share(part, whole)
        assert 0 <= share.low <= share.high <= 100
        assert whole == 0 or share.low <= share.value <= share.high
    assert Share(34, 4812).low == pytest.approx(0.506, abs=0.01)
    assert Share(34, 4812).high == pytest.approx(0.986, abs=0.01)


def test_a_share_needs_enough_values():
    assert Share(0, ENOUGH).enough
    assert not Share(0, ENOUGH - 1).enough


@pytest.mark.parametrize("values", [[], [0], [0.4], [1, 2, 3], [7] * 90, [4321, 12]])
def test_every_bar_stays_on_the_chart(values):
    chart = bars(values, [str(one) for one in values])
    assert len(chart.bars) == len(values)
    for bar in chart.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT
    assert len(chart.rules) <= 7
