"""Put an entry into words: who, and what it was about."""

import re
from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from kyc.accounts.models import Role, User
from kyc.audit.models import AuditEntry
from kyc.audit.trail import APPLICANT, SYSTEM

_LONG_HEX: Final = re.compile(r"[0-9a-f-]{24,}")
_SUBJECTS: Final = {
    "account": pgettext_lazy("subject", "account"),
    "audit": pgettext_lazy("subject", "audit"),
    "search": pgettext_lazy("subject", "search"),
}


def names_of(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Look up what the staff among the actors are called; an applicant's name is never shown."""
    wanted = {entry.actor for entry in entries if entry.actor and entry.actor_role != APPLICANT}
    return {pk: user.shown_name for pk, user in User.objects.in_bulk(wanted).items()}


def who(entry: AuditEntry, names: dict[int, str]) -> str:
    """Name the actor as pages do."""
    if entry.actor is None:
        return _("System") if entry.actor_role == SYSTEM else _("Nobody signed in")
    if entry.actor_role == APPLICANT:
        return _("Applicant")
    return names.get(entry.actor) or _("account %(number)s") % {"number": entry.actor}


def role(entry: AuditEntry) -> str:
    """The role in which a member of staff acted."""
    return str(Role(entry.actor_role).label) if entry.actor_role in Role.values else ""


def kind(subject_type: str) -> str:
    """Say what a subject is; a case needs no word."""
    return str(_SUBJECTS.get(subject_type, ""))


def about(data: dict[str, Any]) -> str:
    """Flatten what an entry says, codes and numbers in no language of ours, into one line."""
    # Sorted, as it was hashed: PostgreSQL gives keys back in an order of its own.
    said = [(key, value) for key, value in sorted(data.items()) if value not in (None, "", [], {})]
    return ", ".join(_phrase(key.replace("_", " "), value) for key, value in said)


def in_fours(text: str) -> str:
    """Show a reference or the beginning of a digest in groups of four."""
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def _phrase(key: str, value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"from", "to"}:
        return f"{key} {_word(value['from'])} → {_word(value['to'])}"
    if isinstance(value, dict):
        return f"{key} ({about(value)})"
    if isinstance(value, list):
        return f"{key} {' '.join(_word(each) for each in value)}"
    return f"{key} {_word(value)}"


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        return "…"
    text = str(value)
    return f"{text[:8]}…" if _LONG_HEX.fullmatch(text) else text.replace("_", " ")
