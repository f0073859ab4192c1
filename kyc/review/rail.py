"""What stands beside a list: how it may be narrowed, and how many cases each choice has."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kyc.accounts.models import User
from kyc.applications.labels import Text
from kyc.applications.traits import Trait
from kyc.review import queue
from kyc.review.deadline import Deadline
from kyc.review.filters import DOUBTS, DUE, FLAGS, PERMITS, SENIOR, TRAITS, Filters

NEWEST: Final = "newest"


@dataclass(frozen=True)
class Asked:
    """Which list somebody asked for: a view with its filters, or a search by its word."""

    view: queue.View | None
    filters: Filters = field(default_factory=Filters)
    newest: bool = False
    word: str = ""

    def address(
        self, *, filters: Filters | None = None, after: str = "", turned: bool = False
    ) -> str:
        """Where such a list is: a search is named by its word, never by what was typed."""
        pairs = [("search", self.word)] if self.word else [("view", self.view or "")]
        if self.view and self.view.waits and self.newest is not turned:
            pairs.append(("order", NEWEST))
        pairs += (self.filters if filters is None else filters).pairs
        query = urlencode([(name, value) for name, value in (*pairs, ("after", after)) if value])
        return f"{reverse('review:queue')}?{query}"


@dataclass(frozen=True)
class Option:
    """One choice of a group of filters."""

    group: str
    value: str
    label: Text
    count: int | None
    chosen: bool


def groups(asked: Asked, user: User) -> list[tuple[str, list[Option]]]:
    """The groups of filters with how many cases of the view each choice has."""
    view = asked.view or queue.View.WAITING
    counted = _counted(view, user) if view.waits else None
    every = [
        (title, [_option(asked, group, value, label, counted) for value, label in options])
        for title, group, options in (
            (_("Deadline"), "due", DUE.items() if view.waits else ()),
            (_("Permit"), "permit", _labels(PERMITS)),
            (_("What is doubtful"), "doubt", _labels(DOUBTS)),
            (_("Flags"), "flag", _labels(FLAGS)),
        )
    ]
    return [(title, shown) for title, options in every if (shown := _worth_showing(options))]


def _labels(options: Mapping[str, tuple[Text, Trait]]) -> list[tuple[str, Text]]:
    return [(value, label) for value, (label, _trait) in options.items()]


def _option(
    asked: Asked, group: str, value: str, label: Text, counted: Mapping[str, int] | None
) -> Option:
    chosen = value in asked.filters.chosen.get(group, ())
    count = None if counted is None else counted[f"{group} {value}"]
    return Option(group, value, label, count, chosen)


def _worth_showing(options: list[Option]) -> list[Option]:
    """Leave out what no case of the view has: a list of noughts hides what there is."""
    return [one for one in options if one.count is None or one.count or one.chosen]


def _counted(view: queue.View, user: User) -> Counter[str]:
    """How many cases each choice has, in one reading of small columns."""
    now, found = timezone.now(), Counter[str]()
    rows = queue.listed(view, user).order_by().values_list("traits", "queued_at", "escalated_at")
    for traits, queued_at, escalated_at in rows[: queue.COUNTED + 1]:
        found[f"due {Deadline(now - queued_at).due}"] += 1
        for group, options in TRAITS.items():
            found.update(
                f"{group} {value}" for value, (_label, bit) in options.items() if traits & bit
            )
        if escalated_at:
            found[f"flag {SENIOR}"] += 1
    return found
