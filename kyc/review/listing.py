"""What a list of cases shows: values masked, doubts worst first."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kyc.accounts.models import Role, User
from kyc.applications import cases
from kyc.applications.case import Case, Field
from kyc.applications.labels import FIELD_LABELS, SHORT_LABELS, SHORT_PERMIT_LABELS, Text
from kyc.applications.models import Application
from kyc.applications.status import REVIEWABLE
from kyc.review import deadline, keymap, queue, rail, related
from kyc.review.ages import age
from kyc.review.deadline import Deadline, Due, within
from kyc.review.filters import Filters, code_of, reviewers
from kyc.review.rail import Asked
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
    def deadline(self) -> Deadline | None:
        """By when it should be decided; None where it does not wait."""
        return deadline.of(self.application)

    @property
    def due(self) -> str:
        """The deadline in words, "" where there is none."""
        return self.deadline.words if self.deadline else ""

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


def context(found: queue.Page, user: User, asked: Asked) -> dict[str, Any]:
    """Everything the template asks for."""
    counts = queue.counts(user)
    view = asked.view
    return {
        "lines": [_line(one) for one in cases.load(found.applications)],
        "asked": asked,
        "keys": keymap.keys_of(user, keymap.QUEUE),
        "here": asked.address(),
        "next_url": asked.address(after=found.next_after) if found.next_after else "",
        "turned_url": asked.address(turned=True),
        "bare_url": asked.address(filters=Filters()),
        "view": view.value if view else "",
        "word": asked.word,
        "views": [
            (one.value, label, _count(counts[one]), one is view) for one, label in _views().items()
        ],
        "summary": _summary(view, user) if view and view.waits else None,
        "in_view": _count(counts[view]) if view else "",
        "groups": rail.groups(asked, user) if view else [],
        "reviewers": [
            (code_of(one), one.shown_name, one == asked.filters.reviewer) for one in reviewers()
        ],
        "chips": [
            (label, asked.address(filters=asked.filters.without(group, value)))
            for group, value, label in asked.filters.labels()
        ],
        "may_review": user.has_role(Role.REVIEWER, Role.SENIOR),
        "shown_at": timezone.now(),
    }


def masked(number: str) -> str:
    """Keep of a number what tells two cases in a list apart: `H3•••••17`."""
    number = plain(number)
    if len(number) < 6:
        return _DOTS if number else ""
    head = 2 if number[0].isalpha() else 1
    return f"{number[:head]}{_DOTS}{number[-2:]}"


def _views() -> dict[queue.View, str]:
    return {
        queue.View.WAITING: pgettext("list", "Waiting"),
        queue.View.MINE: pgettext("list", "Mine"),
        queue.View.SECOND_LOOK: pgettext("list", "Second look"),
        queue.View.DECIDED: pgettext("list", "Decided"),
        queue.View.ALL: pgettext("list", "All"),
    }


def _count(count: int) -> str:
    return f"{queue.COUNTED}+" if count > queue.COUNTED else str(count)


@dataclass(frozen=True)
class Summary:
    """What stands beside the title of a list that waits."""

    oldest: str
    late: int
    soon: int


def _summary(view: queue.View, user: User) -> Summary | None:
    waiting = queue.listed(view, user)
    first = waiting.values_list("queued_at", flat=True).first()
    if first is None:
        return None
    now = timezone.now()
    late, soon = (
        waiting.filter(within(due, now)).order_by()[: queue.COUNTED].count()
        for due in (Due.LATE, Due.SOON)
    )
    return Summary(age(now - first), late, soon)


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
