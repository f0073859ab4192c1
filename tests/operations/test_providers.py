"""Administrators see who reads, who is left alone and why, and where two readers differ."""

import pytest

from kyc.applications import breakers
from kyc.applications.models import Breaker, Extraction, FieldReading
from ocr_integration.client.errors import Misconfigured, TryAgain
from ocr_integration.providers import Provider
from tests import factories
from tests.operations.test_metrics import numbers

URL = "/operations/providers/"
OWN = Provider(name="own", ak="A", sk="S", qps=10)
CLOUD = Provider(name="cloud", ak="B", sk="S", region="ap-southeast-1")
GONE = Misconfigured("no such API", status=404, code="APIG.0101")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two(settings):
    settings.OCR_PROVIDERS = (OWN, CLOUD)


def page(user, url=URL):
    response = factories.browser(user).get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_it_lists_the_readers_with_what_came_of_their_calls(adam, ana):
    extraction = factories.extraction(factories.document(factories.application(ana)))
    Extraction.objects.filter(pk=extraction.pk).update(
        provider="cloud", latency_ms=412, billed_as="one call"
    )
    text = page(adam)
    assert text.index("own") < text.index("cloud")
    assert "412 ms" in text
    assert "ap-southeast-1" in text
    assert "needs you" not in text
    assert not Breaker.objects.exists()


def test_what_only_the_operator_can_mend_is_an_alarm_on_every_page_of_theirs(adam, eva):
    breakers.failed(CLOUD, GONE)
    text = page(adam)
    assert 'role="alert"' in text
    assert "cloud needs you" in text
    assert "APIG.0101" in text
    assert "A reader needs you" in page(adam, "/audit/")
    assert "A reader needs you" not in page(eva, "/audit/")


def test_one_that_is_down_is_shown_without_an_alarm(adam):
    for _ in range(2):
        breakers.failed(OWN, TryAgain("unavailable", status=503))
    assert "2 failures in a row" in page(adam)
    for _ in range(3):
        breakers.failed(OWN, TryAgain("unavailable", status=503))
    text = page(adam)
    assert "Left alone since" in text
    assert "needs you" not in text


def test_one_that_is_left_alone_can_be_tried_at_once(adam):
    assert "/try/" not in page(adam)
    breakers.failed(CLOUD, GONE)
    assert "Try cloud now" in page(adam)
    response = factories.browser(adam).post(f"{URL}2/try/")
    assert (response.status_code, response["Location"]) == (302, URL)
    assert breakers.enter(CLOUD) is not None


@pytest.mark.parametrize("place", [0, 3])
def test_there_is_no_trying_what_the_settings_do_not_list(adam, place):
    assert factories.browser(adam).post(f"{URL}{place}/try/").status_code == 404


def test_agreement_is_shown_by_field_the_least_first(adam, ana):
    case = factories.case(ana)
    readings = {row.field: row for row in FieldReading.objects.exclude(field="type")}
    factories.second_reading(readings["number"], "H12345678", agrees=True)
    factories.second_reading(readings["name"], "陈大丈", agrees=False)
    text = page(adam)
    assert text.index(">Name<") < text.index(">Number<")
    assert "100.0 %" in text
    assert "陈大丈" not in text
    assert case.reference not in text


def test_a_second_readers_difference_opens_the_field_with_its_reason(rui, ana):
    case = factories.case(ana)
    readings = {row.field: row for row in FieldReading.objects.exclude(field="type")}
    factories.second_reading(readings["number"], "H12345670", agrees=False, provider="cloud")
    factories.second_reading(readings["sex"], "男", agrees=True, provider="cloud")
    text = page(rui, f"/review/{case.reference}/")
    assert "A second reader, cloud, read H12345670." in text
    assert 'data-rule="second_reader"' in text


def test_the_metrics_say_who_is_called(client):
    breakers.failed(CLOUD, GONE)
    said = numbers(client)
    assert said["permitdesk_provider_called", "own"] == 1
    assert said["permitdesk_provider_called", "cloud"] == 0
    assert said["permitdesk_provider_misconfigured", "cloud"] == 1
