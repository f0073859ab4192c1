"""The case after this one: reserved for a reviewer and fetched, so that it is there at once.

A reservation is a hold that has not begun: `next` and other reservations pass it by, but who opens
the case by its name may take it. Nothing is recorded of it; fetching and showing are.
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import chain
from typing import Final

from django.utils import timezone

from kyc.accounts.models import User
from kyc.applications.case import Case
from kyc.applications.models import Application
from kyc.applications.status import REVIEWABLE
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.review import queue

RESERVED: Final = timedelta(minutes=5)
"""How long a case stays reserved without a sign of life."""


def reserve(*, by: User) -> Application | None:
    """Keep the oldest free case for somebody; the one that is reserved already for longer."""
    for application in _candidates(by):
        free = Application.objects.free().filter(pk=application.pk, status__in=REVIEWABLE)
        free = free.exclude(pk__in=Application.objects.reserved().exclude(held_by=by))
        until = timezone.now() + RESERVED
        if free.update(held_by=by, held_until=until, held_since=None) == 1:
            return application
    return None


def reserved(*, by: User) -> Application | None:
    """The case that is reserved for somebody."""
    return Application.objects.reserved().filter(held_by=by).order_by("queued_at", "pk").first()


def let_go(*, by: User) -> None:
    """Release what was reserved and not used."""
    unused = Application.objects.filter(held_by=by, held_since=None)
    unused.update(held_by=None, held_until=None)


def open_reserved(application: Application, *, by: User) -> Application:
    """Hold a case whose page was fetched ahead, now that it is shown. Raises Refused."""
    with log.act():
        queue.ensure_hands_free(by)
        return queue.claim(application, by=by)


def record_shown(case: Case, *, by: User) -> None:
    """Record that a case which was fetched ahead is on somebody's screen, with its pictures."""
    with log.act():
        case.application.record(
            Action.APPLICATION_VIEWED, actor=by, role=by.shown_role, round=case.round.number
        )
        for side, document in case.documents.items():
            if document is None:
                continue
            shown = {
                "side": document.sent_as,
                "document": str(document.uuid),
                "sha256": document.sha256,
            }
            case.application.record(Action.DOCUMENT_VIEWED, actor=by, **shown)
            extraction = case.extractions.get(side)
            if extraction and extraction.portrait_stored_as:
                case.application.record(Action.PORTRAIT_VIEWED, actor=by, **shown)


def _candidates(by: User) -> Iterable[Application]:
    free = queue.next_for(by)
    return chain(list(free.reserved().filter(held_by=by)[:1]), free[: queue.AT_ONCE])
