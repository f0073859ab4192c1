"""The sweeper's process."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from kyc.applications import intake
from kyc.jobs import sweeper


class Command(BaseCommand):
    help = "Ring for whatever is due and expire what was left lying, until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        sweeper.run([sweeper.sweep_jobs, _expire], stop)


def _expire() -> None:
    intake.expire_due(timezone.now())
