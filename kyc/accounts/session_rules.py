"""How long a session lives: half a day at most, and not long without a sign of life."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponseBase

LONGEST: Final = timedelta(hours=12)
IDLE: Final = timedelta(hours=2)
NOTED_EVERY: Final = timedelta(minutes=5)
"""A sign of life is written down no more often than this."""

_OURS: Final = r"[a-z0-9]{32}"
_SINCE, _SEEN = "signed_in_at", "seen_at"


def start(request: HttpRequest) -> None:
    """Start both clocks at sign-in."""
    request.session[_SINCE] = request.session[_SEEN] = int(time.time())


class SessionMiddleware(sessions.SessionMiddleware):
    """Look up no session that we cannot have begun: a database may choke on its name."""

    def process_request(self, request: HttpRequest) -> None:
        name = settings.SESSION_COOKIE_NAME
        if not re.fullmatch(_OURS, request.COOKIES.get(name, "")):
            request.COOKIES.pop(name, None)
        super().process_request(request)


class SessionRulesMiddleware:
    """End a session that has outlived its time, whatever its cookie says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now = int(time.time())
        since, seen = request.session.get(_SINCE), request.session.get(_SEEN)
        if since is None or seen is None:
            start(request)
        elif now - since > LONGEST.total_seconds() or now - seen > IDLE.total_seconds():
            logout(request)
        elif now - seen > NOTED_EVERY.total_seconds():
            request.session[_SEEN] = now
