"""Several reviewers at the same moment."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kyc.accounts.models import Role
from kyc.applications.models import Application, Decision
from kyc.applications.status import Status
from kyc.audit.models import AuditEntry, AuditHead, AuditLink
from kyc.review import queue
from kyc.review.refusals import HandsFull, HeldByAnother
from tests import factories
from tests.review import case_form

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(acts):
    """Do everything in threads that start together, and give the results in order."""
    start = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(index):
        try:
            start.wait(10)
            results[index] = acts[index]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[index]) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def _reviewers(count):
    return [
        factories.account(f"r{number}@example.org", Role.REVIEWER, name=f"Reviewer {number}")
        for number in range(count)
    ]


def test_of_two_decisions_at_once_one_wins_and_the_other_learns_whose():
    case = factories.case()
    url = reverse("review:case", args=[case.reference])
    clients = []
    for reviewer in _reviewers(2):
        client = Client()
        client.force_login(reviewer)
        clients.append((client, case_form.read(client.get(url))))
    first, second = _at_once(
        [
            lambda client=client, form=form: client.post(url, {**form, "outcome": "approved"})
            for client, form in clients
        ]
    )
    assert sorted([first.status_code, second.status_code]) == [302, 409]
    loser = first if first.status_code == 409 else second
    assert f"{Decision.objects.get().by} has decided this case" in loser.content.decode()
    assert AuditEntry.objects.filter(action="application.decided").count() == 1
    assert AuditHead.objects.get().seq == AuditLink.objects.count() == AuditEntry.objects.count()


def test_many_claim_one_case_and_one_holds_it():
    case = factories.case()

    def claim(reviewer):
        try:
            queue.claim(Application.objects.get(pk=case.pk), by=reviewer)
        except HeldByAnother as refusal:
            return refusal.holder
        return None

    reviewers = _reviewers(8)
    told = _at_once([lambda one=one: claim(one) for one in reviewers])
    case.refresh_from_db()
    assert told.count(None) == 1
    assert {holder for holder in told if holder} == {case.held_by}
    assert AuditEntry.objects.filter(action="application.claimed").count() == 1


def test_one_who_takes_the_next_many_times_at_once_holds_no_more_than_their_share():
    for _ in range(8):
        factories.case()
    (reviewer,) = _reviewers(1)

    def take():
        try:
            return queue.claim_next(by=reviewer)
        except HandsFull:
            return None

    taken = [one for one in _at_once([take] * 6) if one]
    assert len(taken) == queue.HELD_AT_ONCE
    held = Application.objects.held().filter(held_by=reviewer)
    assert held.count() == queue.HELD_AT_ONCE


def test_many_take_the_next_and_each_has_another():
    made = [factories.case() for _ in range(6)]
    taken = _at_once([lambda one=one: queue.claim_next(by=one) for one in _reviewers(8)])
    held = [application.pk for application in taken if application]
    assert sorted(held) == sorted(application.pk for application in made)
    assert Application.objects.filter(status=Status.IN_REVIEW, held_by=None).count() == 0
