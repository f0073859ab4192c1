"""The thresholds: what past cases say of one, and who may change it."""

import pytest

from kyc.applications.models import FieldAnswer, FieldReading, Threshold
from kyc.applications.status import Outcome
from kyc.audit.models import AuditEntry
from kyc.review import thresholds
from kyc.review.plots import wrong_share
from kyc.review.shares import Share
from tests import factories

URL = "/quality/thresholds/"
FOUND = [(0.99, False), (0.97, True), (0.9, False), (0.4, True)]


@pytest.fixture
def as_sofia(client, sofia):
    client.force_login(sofia)
    return client


@pytest.fixture
def answered(rui):
    """Answers to one field of as many decided cases."""

    def make(count, *, confidence=0.97, kind="confirmed", field="number"):
        read = factories.case(**{field: confidence})
        reading = FieldReading.objects.get(
            field=field, extraction__document__application=read, confidence=confidence
        )
        for _ in range(count):
            case = factories.decide(factories.application(), Outcome.APPROVED, by=rui)
            answer = FieldAnswer(
                round=case.current_round,
                side="front",
                field=field,
                reading=reading,
                kind=kind,
                by=rui,
            )
            if kind == "corrected":
                answer.put("value", "H00000000")
            answer.save()

    return make


def _row(name):
    return next(row for row in thresholds.rows() if row.name == name)


def test_it_counts_what_was_wrong_above_the_threshold(answered):
    answered(3)
    answered(1, kind="corrected")
    answered(2, confidence=0.6, kind="corrected")
    row = _row("number")
    assert (row.threshold, row.wrong, row.values) == (Threshold.FIRST, Share(1, 4), 6)


def test_a_replay_says_what_another_threshold_would_have_done():
    now, then = thresholds.replay(FOUND, 0.95), thresholds.replay(FOUND, 0.98)
    assert (now.let_through, now.to_look_at, now.wrong) == (1, 2, Share(1, 2))
    assert (then.let_through, then.to_look_at, then.wrong) == (0, 3, Share(0, 1))


def test_the_curve_counts_everything_at_or_above():
    curve = dict(thresholds.curve(FOUND))
    assert curve[0.5] == Share(1, 3)
    assert curve[0.98] == Share(0, 1)


def test_reliability_is_by_what_was_claimed():
    found = thresholds.reliability(FOUND)
    assert found == [(0.45, Share(0, 1)), (0.95, Share(2, 3))]


def test_a_plot_of_nothing_is_a_plot():
    plot = wrong_share([(0.5, Share(0, 0))], wanted=0.5, now=0.95, proposed=0.1)
    assert (plot.line, plot.points) == ("", [])
    assert plot.left <= plot.proposed <= plot.right


def test_a_senior_raises_one_and_it_is_recorded(as_sofia, sofia):
    response = as_sofia.post(URL, {"field": "number", "value": "0.97"})
    assert (response.status_code, response["Location"]) == (302, f"{URL}?field=number")
    assert Threshold.current() == {"number": 0.97}
    entry = AuditEntry.objects.get(action="threshold.changed")
    assert (entry.actor, entry.subject) == (sofia.pk, "number")
    assert entry.data == {"value": {"from": 0.95, "to": 0.97}}
    page = as_sofia.get(URL, {"field": "number"}).content.decode()
    assert "0.97 · Sofia" in page


def test_it_is_not_lowered_on_the_word_of_a_few(as_sofia, answered):
    answered(3)
    response = as_sofia.post(URL, {"field": "number", "value": "0.50"})
    assert response.status_code == 422
    assert "Too few values" in response.content.decode()
    assert not Threshold.objects.exists()


def test_with_enough_values_it_is_lowered_and_drawn(as_sofia, answered):
    answered(200)
    page = as_sofia.get(URL, {"field": "number", "value": "0.90"}).content.decode()
    assert "proposed 0.90" in page
    assert "Set Number to 0.90" in page
    assert as_sofia.post(URL, {"field": "number", "value": "0.90"}).status_code == 302


def test_few_values_are_said_to_be_few(as_sofia, answered):
    answered(2)
    page = as_sofia.get(URL, {"field": "number"}).content.decode()
    assert "too few to say" in page
    assert "plot__band" not in page


@pytest.mark.parametrize(
    "odd", [{"field": "no"}, {"value": "2"}, {"value": "nan"}, {"wanted": "-1"}, {"wanted": "x"}]
)
def test_an_odd_address_shows_the_page(as_sofia, odd):
    assert as_sofia.get(URL, odd).status_code == 200


@pytest.mark.parametrize(
    "odd",
    [{}, {"field": "number"}, {"field": "no", "value": "0.9"}, {"field": "sex", "value": "2"}],
)
def test_an_odd_change_changes_nothing(as_sofia, odd):
    assert as_sofia.post(URL, odd).status_code == 422
    assert not Threshold.objects.exists()


def test_nobody_else_changes_one(client, rui, eva, adam):
    for person in (rui, eva, adam):
        client.force_login(person)
        assert client.post(URL, {"field": "number", "value": "0.97"}).status_code == 403
    assert not Threshold.objects.exists()
