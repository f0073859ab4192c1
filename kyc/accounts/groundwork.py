"""What the rest stands on: the roles as rows, and the table that the throttles count in."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS

from kyc.accounts.models import Role


def lay(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make what is missing. Harmless to call again."""
    for role in Role:
        Group.objects.using(using).get_or_create(name=role.value)
    call_command("createcachetable", database=using, verbosity=0)
