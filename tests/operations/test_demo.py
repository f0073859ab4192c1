"""The demo's accounts and specimens: made once, by the product's own acts, and nowhere else."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from kyc.accounts.models import User
from kyc.applications.models import Application
from kyc.applications.status import Status
from kyc.audit.actions import Action
from kyc.audit.models import AuditEntry
from kyc.jobs.models import Job
from kyc.operations import demo

pytestmark = pytest.mark.django_db


@pytest.fixture
def is_demo(settings):
    settings.DEMO = True


def test_outside_the_demo_nothing_is_made(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("seed_demo")
    with pytest.raises(ImproperlyConfigured):
        demo.seed()
    assert not User.objects.exists()


def test_specimens_are_sent_as_an_applicant_sends_them(is_demo):
    demo.seed()
    sent = Application.objects.filter(applicant__email=demo.SENDER)
    assert [one.status for one in sent] == [Status.READING] * 3
    assert Job.objects.count() == 6
    assert AuditEntry.objects.filter(action=Action.APPLICATION_SUBMITTED).count() == 3


def test_a_restart_sends_nothing_twice(is_demo):
    demo.seed()
    before = set(Application.objects.values_list("reference", flat=True))
    demo.seed()
    assert set(Application.objects.values_list("reference", flat=True)) == before
    assert User.objects.count() == 6


def test_nobody_signs_in_as_the_sender(is_demo):
    demo.seed()
    assert not User.objects.get(email=demo.SENDER).has_usable_password()


def test_they_count_as_read_once_all_have_left_the_reader(is_demo):
    assert not demo.specimens_read()
    demo.seed()
    assert not demo.specimens_read()
    sent = Application.objects.filter(applicant__email=demo.SENDER)
    sent.update(status=Status.IN_REVIEW)
    assert demo.specimens_read()
    sent.filter(pk=sent.earliest("pk").pk).update(status=Status.READING)
    assert not demo.specimens_read()
