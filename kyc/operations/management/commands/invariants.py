"""Check what always holds: `manage.py invariants`, exit 1 when something does not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kyc.operations import invariants


class Command(BaseCommand):
    """Print one line for each of the ten, and under it what is broken."""

    help = "Check I1 to I10 over database, storage, broker and audit."

    def add_arguments(self, parser: CommandParser) -> None:
        """Bound the work, or name a head of the audit chain that was published."""
        parser.add_argument(
            "--newest",
            type=int,
            help="open pictures and values of so many newest applications only",
        )
        parser.add_argument("--head", default="", help="a published head of the audit chain")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run them all, broken or not."""
        head = "".join(options["head"].split()).lower()
        reports = invariants.reports(newest=options["newest"], head=head)
        for report in reports:
            word = f"BROKEN {len(report.broken)}" if report.broken else "ok"
            self.stdout.write(f"{report.invariant:4} {word:10} {report.title}: {report.said}")
            for broken in report.broken:
                self.stdout.write(f"     {broken.subject}: {broken.what}")
        if any(report.broken for report in reports):
            sys.exit(1)
