"""Make, change and close the staff's accounts."""

import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kyc.accounts.models import Role, User
from kyc.operations import staff


class Command(BaseCommand):
    help = (
        "Give an account these roles and no others; a new one is made and asks for a password, "
        "or reads it from standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("roles", nargs="*", metavar="role", help=", ".join(Role.values))
        parser.add_argument("--name", default="", help="how colleagues know a new person")
        other = parser.add_mutually_exclusive_group()
        other.add_argument("--close", action="store_true", help="shut the account instead")
        other.add_argument(
            "--remove-factor", action="store_true", help="take off a lost second factor instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].lower()).first()
        if options["close"] or options["remove_factor"]:
            self._end(user, close=options["close"])
            return
        roles = self._roles(options["roles"])
        if user:
            staff.set_roles(user, roles=roles)
        elif roles:
            self._hire(options["email"], options["name"], roles)
        else:
            raise CommandError("There is no such account; a new one needs a role.")

    def _roles(self, said: list[str]) -> list[Role]:
        try:
            return [Role(name) for name in said]
        except ValueError as error:
            raise CommandError(f"Roles are {', '.join(Role.values)}.") from error

    def _end(self, user: User | None, *, close: bool) -> None:
        if user is None:
            raise CommandError("There is no such account.")
        if close:
            staff.close(user)
        else:
            staff.remove_factor(user)

    def _hire(self, email: str, name: str, roles: list[Role]) -> None:
        password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline()
        try:
            staff.hire(email, name=name, password=password.rstrip("\n"), roles=roles)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
