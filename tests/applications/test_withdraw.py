"""Taking an application back."""

import pytest

from kyc.applications.status import Status
from kyc.audit.models import AuditEntry
from tests import factories


def post(application, by=None, **data):
    browser = factories.browser(by or application.applicant)
    return browser.post(f"/applications/{application.reference}/withdraw/", data)


@pytest.mark.parametrize(
    "status",
    [
        Status.DRAFT,
        Status.READING,
        Status.IN_REVIEW,
        Status.SECOND_REVIEW,
    ],
)
def test_it_can_be_taken_back_until_it_is_decided(ana, status):
    made = factories.application(ana, status)
    assert post(made, confirm="on").status_code == 303
    made.refresh_from_db()
    assert made.status == Status.WITHDRAWN
    entry = AuditEntry.objects.get(action="application.withdrawn")
    assert (entry.actor, entry.actor_role) == (ana.pk, "applicant")


def test_it_is_confirmed_first(ana):
    made = factories.application(ana)
    response = post(made)
    made.refresh_from_db()
    assert (response.status_code, made.status) == (422, Status.IN_REVIEW)
    assert "Tick this box to withdraw." in response.content.decode()


@pytest.mark.parametrize("status", [Status.APPROVED, Status.DECLINED, Status.WITHDRAWN])
def test_what_is_over_stays_as_it_is(ana, status):
    made = factories.application(ana, status)
    assert post(made, confirm="on").status_code == 409
    made.refresh_from_db()
    assert made.status == status


def test_a_stranger_finds_nothing(ana, bruno, rui):
    made = factories.application(ana)
    for stranger in (bruno, rui):
        assert post(made, by=stranger, confirm="on").status_code == 404
