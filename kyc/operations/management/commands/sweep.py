"""The sweeper's process. While the broker is down it does the jobs itself, a few at a time."""

import signal
import threading
from functools import partial
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.utils import timezone

from kyc.applications import expiry, extraction, reminders
from kyc.jobs import sweeper
from kyc.jobs.hands import Hands


class Command(BaseCommand):
    help = "Ring for what is due, remind of what is unanswered, end what was left lying."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        hands = Hands(extraction.run)
        ring = partial(sweeper.sweep_jobs, hands.take)
        sweeper.run([ring, _expire, _remind, forget_sessions], stop)


def _expire() -> None:
    expiry.expire_due(timezone.now())


def _remind() -> None:
    reminders.remind_due(timezone.now())


def forget_sessions() -> None:
    """Delete the sessions that are over, in which nobody is signed in any more."""
    if Session.objects.filter(expire_date__lt=timezone.now()).exists():
        SessionStore.clear_expired()
