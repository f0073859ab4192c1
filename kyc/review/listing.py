"""What a list of cases shows: values masked, doubts worst first."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kyc.accounts.models import Role, User
from kyc.applications import cases
from kyc.applications.case import Case, Field
from kyc.applications.labels import FIELD_LABELS, SHORT_LABELS, SHORT_PERMIT_LABELS, Text
from kyc.applications.models import Application
from kyc.applications.status import REVIEWABLE
from kyc.review import queue, related
from ocr_integration.permit.numbers import NumberKind, kind_of, plain
from ocr_integration.protocol.fields import Side

MOST_MARKS: Final = 3
_DOTS: Final = "•••••"


@dataclass(frozen=True)
class Doubt:
    """One mark in the column of what to look at."""

    state: str
    short: Text
    label: Text
    confidence: float


@dataclass(frozen=True)
class Line:
    """One case of a list."""

    case: Case
    number: str = field(repr=False)
    doubts: list[Doubt]
    nothing_read: int

    @property
    def application(self) -> Application:
        """The case's application."""
        return self.case.application

    @property
    def waits(self) -> str:
        """How long reviewers have had it, or how long it has stood where it stands."""
        since = self.application.queued_at if self.waiting else self.application.since
        return age(timezone.now() - since)

    @property
    def waiting(self) -> bool:
        """Whether it waits for a reviewer."""
        return self.application.status in REVIEWABLE

    @property
    def holder(self) -> str:
        """The holder's name in Chinese, or in Latin letters where there is no other."""
        return self.case.value((Side.FRONT, "name")) or self.case.value((Side.FRONT, "name_en"))

    @property
    def permit(self) -> str:
        """Which permit, in short."""
        if self.case.permit_type is None:
            return _("Not known")
        label = str(SHORT_PERMIT_LABELS[self.case.permit_type])
        kind = kind_of(plain(self.case.value((Side.FRONT, "number"))))
        return f"{label} 2024" if kind is NumberKind.HK_MACAO_NON_CHINESE else label

    @property
    def more(self) -> int:
        """How many doubts have no mark."""
        return max(len(self.doubts) - MOST_MARKS, 0)

    @property
    def flags(self) -> list[tuple[str, str]]:
        """Facts without judgement."""
        return related.flags(self.case)


def context(found: queue.Page, user: User, *, view: queue.View | None, word: str) -> dict[str, Any]:
    """Everything the template asks for."""
    counts = queue.counts(user)
    return {
        "lines": [_line(one) for one in cases.load(found.applications)],
        "first_url": _address(view, word),
        "next_url": _address(view, word, found.next_after) if found.next_after else "",
        "view": view.value if view else "",
        "word": word,
        "views": [
            (one.value, label, _count(counts[one]), one is view) for one, label in _views().items()
        ],
        "oldest": _oldest(),
        "may_review": user.has_role(Role.REVIEWER, Role.SENIOR),
    }


def _address(view: queue.View | None, word: str, after: str = "") -> str:
    """Where a page of this list is: a search is named by its word, never by what was typed."""
    asked = {"search": word, "view": "" if word else (view or ""), "after": after}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('review:queue')}?{query}"


def masked(number: str) -> str:
    """Keep of a number what tells two cases in a list apart: `H3•••••17`."""
    number = plain(number)
    if len(number) < 6:
        return _DOTS if number else ""
    head = 2 if number[0].isalpha() else 1
    return f"{number[:head]}{_DOTS}{number[-2:]}"


def age(passed: timedelta) -> str:
    """A duration in its largest whole unit."""
    minutes = int(passed.total_seconds() // 60)
    if minutes < 60:
        return _("%(count)s min") % {"count": max(minutes, 0)}
    if minutes < 24 * 60:
        return _("%(count)s h") % {"count": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _views() -> dict[queue.View, str]:
    return {
        queue.View.WAITING: pgettext("list", "Waiting"),
        queue.View.MINE: pgettext("list", "Mine"),
        queue.View.SECOND_LOOK: pgettext("list", "Second look"),
        queue.View.DECIDED: pgettext("list", "Decided"),
    }


def _count(count: int) -> str:
    return f"{queue.COUNTED}+" if count > queue.COUNTED else str(count)


def _oldest() -> str:
    first = Application.objects.awaiting_review().values_list("queued_at", flat=True).first()
    return age(timezone.now() - first) if first else ""


def _line(case: Case) -> Line:
    waiting = case.application.status in REVIEWABLE
    unread = [one for one in case.fields.values() if not one.read]
    nothing_read = len(unread) if len(unread) == len(case.fields) else 0
    doubts = _doubts(case.open) if waiting and not nothing_read else []
    return Line(case, masked(case.value((Side.FRONT, "number"))), doubts, nothing_read)


def _doubts(fields: list[Field]) -> list[Doubt]:
    """The worst of each short name: the three lines of a code are one thing to look at."""
    marks: dict[str, Doubt] = {}
    for one in fields:
        short = SHORT_LABELS[one.name]
        state = "disagrees" if one.disagrees else one.state
        marks.setdefault(str(short), Doubt(state, short, FIELD_LABELS[one.name], one.confidence))
    return list(marks.values())
