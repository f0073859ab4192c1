"""What administrators are told on every page of theirs."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kyc.accounts.models import Role
from kyc.operations import providers


def reader_alarm(request: HttpRequest) -> dict[str, Any]:
    """Whether a reader waits for the operator; asked only where a staff page is made."""
    return {"reader_alarm": SimpleLazyObject(lambda: _is_for(request) and providers.alarm())}


def _is_for(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.has_role(Role.ADMINISTRATOR)
