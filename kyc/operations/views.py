"""What machines ask: are you alive, are you ready, how much of what."""

import hmac
import ipaddress
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from kyc.operations import health, metrics

_FORWARDED: Final = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return JsonResponse({"live": True})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether an application can be accepted now, part by part."""
    found = health.recent.look()
    return JsonResponse(found.as_json(), status=200 if found.ready else 503)


@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """Give the numbers to this machine and to whoever has the token."""
    if not (_from_this_machine(request) or _has_token(request)):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _from_this_machine(request: HttpRequest) -> bool:
    """A proxy on this machine is loopback too: what it passes on is not from here."""
    if any(header in request.headers for header in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, wanted)
