"""Request classes whose `.user` is a User, and who is at the other end of a request."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from kyc.accounts.models import User


class SignedInRequest(HttpRequest):
    """Somebody is signed in."""

    user: User


class ApplicantRequest(SignedInRequest):
    """An applicant, or staff that applies for themselves."""


class StaffRequest(SignedInRequest):
    """Somebody with the role that the view asks for."""


def client_address(request: HttpRequest) -> str:
    """Name the client's address, as far as it can be believed.

    Each of our TRUSTED_PROXIES appends the address it was called from, so only that many entries
    of X-Forwarded-For, counted from the right, are not the client's own invention.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 no peer: a socket file
    if not settings.TRUSTED_PROXIES:
        return peer
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    if len(hops) < settings.TRUSTED_PROXIES:
        return peer
    try:
        return str(ipaddress.ip_address(hops[-settings.TRUSTED_PROXIES].strip()))
    except ValueError:
        return peer
