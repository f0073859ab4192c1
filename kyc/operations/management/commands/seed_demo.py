"""Seed the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kyc.operations import demo


class Command(BaseCommand):
    help = "Make the demo's accounts and send its specimen applications, each once."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not the demo: PERMITDESK_DEMO is not set.")
        demo.seed()
