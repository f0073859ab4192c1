"""The sweeper's process."""

import signal
import threading
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.utils import timezone

from kyc.applications import intake, reminders
from kyc.jobs import sweeper


class Command(BaseCommand):
    help = "Ring for what is due, remind of what is unanswered, end what was left lying."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        sweeper.run([sweeper.sweep_jobs, _expire, _remind, forget_sessions], stop)


def _expire() -> None:
    intake.expire_due(timezone.now())


def _remind() -> None:
    reminders.remind_due(timezone.now())


def forget_sessions() -> None:
    """Delete the sessions that are over, in which nobody is signed in any more."""
    if Session.objects.filter(expire_date__lt=timezone.now()).exists():
        SessionStore.clear_expired()
