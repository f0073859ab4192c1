"""Find cases by what stands on a permit, without the value ever standing in an address.

What was typed becomes digests at once; they are kept in the session under a random word, which is
all that the addresses of further pages carry.
"""

import secrets
from collections.abc import Sequence
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q

from kyc.accounts.models import User
from kyc.applications import tokens
from kyc.applications.models import Application, ApplicationQuerySet, SearchToken
from kyc.applications.references import parse_reference
from kyc.applications.status import Status
from kyc.audit import log
from kyc.audit.actions import Action

KEPT: Final = 5
_SESSION_KEY: Final = "searches"
_REFERENCE: Final = "reference"
_EXTERNAL: Final = "external_reference"

Sought = Sequence[tuple[str, str]]
"""Kinds of search tokens with their digests in hexadecimal; the two references as they are."""


def start(typed: str, *, by: User, session: SessionBase) -> str:
    """Record that somebody searched, and give the word under which the search is kept."""
    sought = [(kind.value, digest.hex()) for kind, digest in tokens.digests_of_query(typed)]
    sought += [(_REFERENCE, reference) for reference in _references(typed)]
    sought += [(_EXTERNAL, reference) for reference in _external_references(typed)]
    word = secrets.token_urlsafe(9)
    kept = dict(list(session.get(_SESSION_KEY, {}).items())[-(KEPT - 1) :])
    with log.act():
        log.record(
            Action.APPLICATION_SEARCHED,
            subject_type="search",
            subject=word,
            actor=by,
            found=matches(sought).count(),
        )
    session[_SESSION_KEY] = {**kept, word: sought}
    return word


def again(word: str, session: SessionBase) -> Sought | None:
    """What was sought under a word, None where it is not, or no longer, known."""
    kept: dict[str, Sought] = session.get(_SESSION_KEY, {})
    return kept.get(word)


def matches(sought: Sought) -> ApplicationQuerySet:
    """The applications that fit, newest first; drafts are nobody's business yet."""
    named, fits = Q(pk__in=[]), Q(pk__in=[])
    for kind, wanted in sought:
        if kind in (_REFERENCE, _EXTERNAL):
            named |= Q(**{kind: wanted})
        else:
            fits |= Q(kind=kind, digest=bytes.fromhex(wanted))
    # One list of keys: alternatives across two tables would read both from end to end.
    keys = (
        SearchToken.objects.filter(fits)
        .values("application")
        .union(Application.objects.filter(named).values("pk"))
    )
    found = Application.objects.filter(pk__in=keys).exclude(status=Status.DRAFT)
    return found.order_by("-since", "-pk")


def _references(typed: str) -> list[str]:
    reference = parse_reference(typed.strip())
    return [reference] if reference else []


def _external_references(typed: str) -> list[str]:
    """The operator's own number, where a case has it: what fits nothing may be somebody's name."""
    known = Application.objects.filter(external_reference=typed.strip())
    return [typed.strip()] if typed.strip() and known.exists() else []
