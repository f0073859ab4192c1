"""The commands that `./run` and the containers start."""

import os
import signal
import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from kyc.accounts.models import Role
from kyc.applications.models import Application
from kyc.applications.status import Status
from kyc.audit import triggers
from kyc.operations import buckets
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def static_elsewhere(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    return settings.STATIC_ROOT


def test_setup_makes_everything_ready_and_may_be_run_again(static_elsewhere, settings):
    settings.DEMO = False
    for _ in range(2):
        call_command("setup")
    assert triggers.missing() == []
    assert (static_elsewhere / "css" / "permitdesk.css").exists()
    cache.set("table", "is there")
    assert cache.get("table") == "is there"
    assert set(Group.objects.values_list("name", flat=True)) >= set(Role.values)


def test_setup_in_a_container_leaves_static_files_and_makes_buckets(
    static_elsewhere, settings, monkeypatch
):
    settings.DEMO = False
    made = []
    monkeypatch.setattr(buckets, "make_missing", lambda: made.append(1))
    call_command("setup", "--make-buckets", "--keep-static")
    assert made == [1]
    assert not static_elsewhere.exists()


def test_the_sweeper_rings_and_expires_until_it_is_told_to_stop(settings):
    settings.RESUBMISSION_DAYS = 30
    old = factories.application(status=Status.DRAFT)
    long_ago = timezone.now() - timedelta(days=31)
    Application.objects.filter(pk=old.pk).update(since=long_ago)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    stop = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM))
    stop.start()
    try:
        call_command("sweep")
    finally:
        stop.cancel()
        for number, handler in handlers.items():
            signal.signal(number, handler)
    old.refresh_from_db()
    assert old.status == Status.EXPIRED
