"""Make everything ready that the processes need: harmless to run again, and run at every start."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from kyc.operations import buckets


class Command(BaseCommand):
    help = "Migrate, collect static files, and seed the demo where this is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--make-buckets",
            action="store_true",
            help="make the buckets that STORAGE_URL and KEYS_URL name where they are missing",
        )

        parser.add_argument(
            "--keep-static",
            action="store_true",
            help="static files were collected when the image was built",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if options["make_buckets"]:
            buckets.make_missing()
        if not options["keep_static"]:
            call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEMO:
            call_command("seed_demo")
