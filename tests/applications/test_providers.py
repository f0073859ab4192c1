"""Several providers: whoever is up reads, and one that fails is left alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kyc.applications import breakers, extraction, reader
from kyc.applications.models import Breaker, Extraction, FieldReading, SecondReading
from kyc.applications.reader import Unread
from kyc.applications.status import Status
from kyc.jobs.models import Job, Kind, from_now
from ocr_integration.client.errors import (
    BreakerOpen,
    Misconfigured,
    PictureAtFault,
    ProviderAtFault,
    QuotaUsedUp,
    RequestAtFault,
    TryAgain,
)
from ocr_integration.protocol.fields import Side
from ocr_integration.providers import Provider
from tests import factories
from tests.applications.test_extraction import answer

OWN = Provider(name="own", ak="A", sk="S")
CLOUD = Provider(
    name="cloud", endpoint="https://ocr.ap-southeast-1.myhuaweicloud.com", ak="B", sk="S"
)
DOWN = TryAgain("unavailable", status=503)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two(settings):
    settings.OCR_PROVIDERS = (OWN, CLOUD)


class Asked:
    """Answers as told, by provider, and remembers who was asked."""

    def __init__(self, **said):
        self.said, self.names = said, []

    def __call__(self, provider, picture, deadline):
        self.names.append(provider.name)
        said = self.said[provider.name]
        if isinstance(said, Exception):
            raise said
        return said


def read(ask):
    try:
        return reader.read(b"picture", ask=ask).provider.name
    except Unread as unread:
        return type(unread.error)


def time_passes():
    Breaker.objects.exclude(retry_at=None).update(retry_at=from_now(timedelta(seconds=-1)))


def test_the_first_choice_reads_while_it_is_up():
    ask = Asked(own=answer(Side.FRONT), cloud=answer(Side.FRONT))
    assert (read(ask), ask.names) == ("own", ["own"])
    assert not Breaker.objects.exists()


@pytest.mark.parametrize(
    "fault",
    [
        DOWN,
        TryAgain("the connection failed"),
        Misconfigured("gone", status=404, code="APIG.0101"),
        ProviderAtFault("HTML", status=200),
    ],
)
def test_the_next_one_is_asked_when_the_first_is_down(fault):
    ask = Asked(own=fault, cloud=answer(Side.FRONT))
    assert (read(ask), ask.names) == ("cloud", ["own", "cloud"])


@pytest.mark.parametrize(
    "said",
    [
        PictureAtFault("no permit", status=400, code="AIS.0104"),
        TryAgain("overloaded", status=429, code="APIG.0308"),
        TryAgain("failed", status=400, code="AIS.0105"),
        QuotaUsedUp("the quota is used up", after=3.0),
    ],
)
def test_what_says_nothing_of_the_provider_goes_to_no_other(said):
    ask = Asked(own=said, cloud=answer(Side.FRONT))
    assert (read(ask), ask.names) == (type(said), ["own"])


@pytest.mark.parametrize(
    ("own", "cloud", "told"),
    [
        (DOWN, Misconfigured("gone"), TryAgain),
        (Misconfigured("gone"), DOWN, TryAgain),
        (Misconfigured("gone"), ProviderAtFault("HTML"), ProviderAtFault),
        (DOWN, PictureAtFault("no permit"), PictureAtFault),
        (Misconfigured("gone"), Misconfigured("gone"), Misconfigured),
    ],
)
def test_of_several_failures_the_one_that_leaves_most_hope_is_told(own, cloud, told):
    assert read(Asked(own=own, cloud=cloud)) is told


def test_one_that_fails_again_and_again_is_left_alone_and_then_tried_once(settings):
    settings.OCR_PROVIDERS = (OWN,)
    ask = Asked(own=DOWN)
    assert [read(ask) for _ in range(8)] == [TryAgain] * 5 + [BreakerOpen] * 3
    assert len(ask.names) == 5

    time_passes()
    assert [read(ask), read(ask)] == [TryAgain, BreakerOpen]
    assert Breaker.objects.get().reason == "TryAgain"

    time_passes()
    assert [read(Asked(own=answer(Side.FRONT))) for _ in range(2)] == ["own"] * 2
    assert Breaker.objects.get().failures == 0


def test_a_single_fault_of_the_operators_opens_it_and_raises_the_alarm(settings):
    settings.OCR_PROVIDERS = (OWN,)
    ask = Asked(own=Misconfigured("gone", status=403, code="ModelArts.4204"))
    assert [read(ask), read(ask)] == [Misconfigured, BreakerOpen]
    breaker = Breaker.objects.get()
    assert (breaker.misconfigured, breaker.reason) == (True, "ModelArts.4204")


def test_one_caller_at_a_time_tries_whether_it_is_back(settings):
    settings.OCR_PROVIDERS = (OWN,)
    read(Asked(own=Misconfigured("gone")))
    time_passes()
    inner = []

    def while_one_tries(provider, picture, deadline):
        inner.append(read(Asked(own=answer(Side.FRONT))))
        return answer(Side.FRONT)

    assert read(while_one_tries) == "own"
    assert inner == [BreakerOpen]


def test_a_probe_that_was_not_made_is_left_to_the_next(settings):
    settings.OCR_PROVIDERS = (OWN,)
    read(Asked(own=Misconfigured("gone")))
    time_passes()
    assert read(Asked(own=QuotaUsedUp("used up", after=1.0))) is QuotaUsedUp
    assert read(Asked(own=answer(Side.FRONT))) == "own"


def pauses(error, times):
    """Seconds, as each failure of a probe leaves it alone for."""
    said = []
    for _ in range(times):
        time_passes()
        breakers.failed(OWN, error)
        breaker = Breaker.objects.get()
        said.append(breaker.retry_at and breakers._pause(breaker).total_seconds())
    return said


def test_whoever_waited_for_a_slot_does_not_call_once_somebody_else_was_refused(settings):
    settings.OCR_PROVIDERS = (OWN,)
    breakers.look(OWN)

    def while_somebody_is_refused(provider, picture, deadline):
        breakers.failed(OWN, Misconfigured("gone"))
        return reader.ask(provider, factories.jpeg(), deadline)

    # No call is made: tests have no network.
    assert read(while_somebody_is_refused) is BreakerOpen
    assert Breaker.objects.get().misconfigured

    time_passes()
    breakers.look(OWN)


def test_pauses_grow_and_end():
    assert pauses(DOWN, 9) == [None] * 4 + [5, 10, 20, 30, 30]


def test_what_is_the_operators_is_tried_ever_more_seldom():
    assert pauses(Misconfigured("gone"), 7) == [30, 60, 120, 240, 480, 600, 600]


def test_a_probe_that_fails_in_another_way_leaves_it_open():
    pauses(Misconfigured("gone"), 5)
    assert pauses(DOWN, 2) == [5, 5]
    assert Breaker.objects.get().misconfigured is False
    assert pauses(Misconfigured("gone"), 1) == [30]


def test_calls_that_were_under_way_when_it_opened_count_nothing():
    for _ in range(16):
        breakers.failed(OWN, Misconfigured("gone"))
    assert Breaker.objects.get().failures == 1


def test_a_single_request_that_is_refused_stops_nobody_elses(settings):
    settings.OCR_PROVIDERS = (OWN,)
    ask = Asked(own=RequestAtFault("not taken", status=400, code="AIS.0101"))
    assert [read(ask), read(Asked(own=answer(Side.FRONT)))] == [RequestAtFault, "own"]
    assert [read(ask) for _ in range(6)] == [RequestAtFault] * 5 + [BreakerOpen]


def test_an_administrator_may_have_it_tried_at_once(settings, ana):
    settings.OCR_PROVIDERS = (OWN,)
    document = factories.document(factories.application(ana, Status.READING))
    job = Job.objects.create(kind=Kind.EXTRACTION, subject=document.uuid)
    Job.objects.update(last_error="BreakerOpen", due_at=from_now(timedelta(minutes=9)))
    breakers.failed(OWN, Misconfigured("gone"))
    assert read(Asked(own=answer(Side.FRONT))) is BreakerOpen

    breakers.try_now(OWN)
    assert Job.objects.due().get() == job
    assert read(Asked(own=answer(Side.FRONT))) == "own"


def test_another_credential_has_a_breaker_of_its_own():
    breakers.failed(OWN, Misconfigured("gone"))
    assert breakers.enter(Provider(name="own", ak="B", sk="S")) is None


@pytest.fixture
def reading(ana):
    made = factories.application(ana, Status.READING)
    for side in ("front", "back"):
        Job.objects.create(kind=Kind.EXTRACTION, subject=factories.document(made, side).uuid)
    return made


def run(application, side, ask, monkeypatch):
    monkeypatch.setattr(reader, "ask", ask)
    job = Job.objects.get(subject=application.current_round.document(side).uuid)
    extraction.run(job.pk)
    job.refresh_from_db()
    return job


def test_an_extraction_says_who_read_it_where_how_fast_and_as_what_it_is_billed(
    reading, monkeypatch, settings
):
    run(reading, "front", Asked(own=DOWN, cloud=answer(Side.FRONT)), monkeypatch)
    made = Extraction.objects.get()
    assert (made.provider, made.region, made.latency_ms) == ("cloud", "ap-southeast-1", 100)
    assert made.billed_as == ""

    charged = Provider(name="own", ak="A", sk="S", billed_as="package of 2026")
    settings.OCR_PROVIDERS = (charged,)
    run(reading, "back", Asked(own=answer(Side.BACK)), monkeypatch)
    assert Extraction.objects.latest("pk").billed_as == "package of 2026"


@pytest.mark.parametrize(
    ("fault", "billed_as"),
    [
        (PictureAtFault("no permit", status=400, code="AIS.0104"), ""),
        (ProviderAtFault("HTML", status=200), "one call"),
    ],
)
def test_only_a_success_is_billed(reading, monkeypatch, settings, fault, billed_as):
    settings.OCR_PROVIDERS = (CLOUD,)
    Job.objects.update(attempts=7)
    run(reading, "front", Asked(cloud=fault), monkeypatch)
    made = Extraction.objects.get()
    assert (made.provider, made.billed_as) == ("cloud", billed_as)


def test_a_job_waits_for_an_open_breaker_without_losing_an_attempt(reading, monkeypatch, settings):
    settings.OCR_PROVIDERS = (OWN,)
    breakers.failed(OWN, Misconfigured("gone"))
    job = run(reading, "front", Asked(), monkeypatch)
    assert (job.attempts, job.last_error) == (0, "BreakerOpen")
    assert job.due_at > timezone.now() + timedelta(seconds=20)

    time_passes()
    run(reading, "back", Asked(own=answer(Side.BACK)), monkeypatch)
    assert Job.objects.due().filter(pk=job.pk).exists()


def test_a_job_waits_for_its_slot_without_losing_an_attempt(reading, monkeypatch):
    ask = Asked(own=QuotaUsedUp("the quota is used up", after=3.0))
    job = run(reading, "front", ask, monkeypatch)
    assert (job.attempts, job.last_error) == (0, "QuotaUsedUp")
    assert timedelta(seconds=2) < job.due_at - timezone.now() < timedelta(seconds=4)


class TestShadow:
    @pytest.fixture(autouse=True)
    def _all(self, settings):
        settings.OCR_SHADOW_PERCENT = 100

    def other(self, side, **values):
        said = answer(side)
        for name, value in values.items():
            said.result.values[name] = value
        return said

    def test_what_the_other_read_otherwise_is_doubtful_and_what_agrees_is_not(
        self, reading, monkeypatch
    ):
        monkeypatch.setattr(factories, "FRONT", dict(factories.FRONT))
        first = answer(Side.FRONT)
        monkeypatch.setattr(factories, "FRONT", {**factories.FRONT, "number": "H12345679"})
        second = self.other(Side.FRONT, name_en="Chan, Tai Man", sex="")
        run(reading, "front", Asked(own=first, cloud=second), monkeypatch)

        readings = {row.field: row for row in FieldReading.objects.select_related("second")}
        assert readings["number"].highlighted
        assert not readings["name_en"].highlighted
        assert not readings["sex"].highlighted
        assert readings["number"].second.get("value") == "H12345679"
        assert b"H12345679" not in bytes(readings["number"].second.value)
        assert readings["name_en"].second.agrees
        assert not hasattr(readings["sex"], "second")

    @pytest.mark.parametrize("said", [DOWN, answer(Side.BACK)])
    def test_no_second_reading_changes_nothing(self, reading, monkeypatch, said):
        run(reading, "front", Asked(own=answer(Side.FRONT), cloud=said), monkeypatch)
        assert Extraction.objects.get().outcome == "read"
        assert not SecondReading.objects.exists()

    def test_a_share_is_read_twice(self, reading, monkeypatch, settings):
        settings.OCR_SHADOW_PERCENT = 0
        ask = Asked(own=answer(Side.FRONT), cloud=answer(Side.FRONT))
        run(reading, "front", ask, monkeypatch)
        assert ask.names == ["own"]
        Job.objects.update(due_at=from_now(timedelta(0)))
