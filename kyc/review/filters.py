"""What narrows a list of cases: how near the deadline, which permit, what is doubtful, whose.

A filter stands in the address, so it names kinds of cases and never what stands on a card; a
reviewer is named by a code that only this installation can make.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Exists, F, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kyc.accounts.models import Role, User
from kyc.applications.labels import Text
from kyc.applications.models import ApplicationQuerySet, Decision, Recommendation
from kyc.applications.traits import Trait
from kyc.review.deadline import Due, within

SENIOR: Final = "senior"
_CODE: Final = 12

PERMITS: Final[dict[str, tuple[Text, Trait]]] = {
    "hk-macao": (_("HK and Macao"), Trait.HK_MACAO),
    "non-chinese": (_("Non-Chinese holder"), Trait.NON_CHINESE),
    "taiwan": (pgettext_lazy("permit", "Taiwan"), Trait.TAIWAN),
    "unknown": (_("Not known"), Trait.UNKNOWN_PERMIT),
}
DOUBTS: Final[dict[str, tuple[Text, Trait]]] = {
    "number": (_("Number"), Trait.NUMBER),
    "dates": (_("Dates"), Trait.DATES),
    "names": (_("Names"), Trait.NAMES),
    "code": (_("Machine code"), Trait.MACHINE_CODE),
    "other": (_("Another field"), Trait.OTHER_FIELDS),
    "nothing": (_("Nothing"), Trait.NOTHING),
}
FLAGS: Final[dict[str, tuple[Text, Trait]]] = {
    "second-photo": (_("Second photo"), Trait.SECOND_PHOTO),
    "reopened": (_("Reopened"), Trait.REOPENED),
    "applied-before": (_("Applied before"), Trait.APPLIED_BEFORE),
    "same-picture": (_("Same picture"), Trait.SAME_PICTURE),
    "applicant": (_("Applicant flag"), Trait.APPLICANT_FLAG),
    "sides": (_("Sides differ"), Trait.SIDES_DIFFER),
    "expired": (_("Expired"), Trait.EXPIRED),
    "reader-down": (_("Reader was down"), Trait.READER_DOWN),
    "unreadable": (_("Could not be read"), Trait.UNREADABLE),
    SENIOR: (_("For a senior"), Trait(0)),
}
DUE: Final[dict[str, Text]] = {
    Due.LATE: _("Past it"),
    Due.SOON: _("Near it"),
    Due.IN_TIME: _("Later"),
}
TRAITS: Final[dict[str, Mapping[str, tuple[Text, Trait]]]] = {
    "permit": PERMITS,
    "doubt": DOUBTS,
    "flag": FLAGS,
}


@dataclass(frozen=True)
class Filters:
    """The choices of each group: within a group any of them fits, and every group must fit."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reviewer: User | None = None

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        """Take from an address what there is to choose; anything else is left alone."""
        options: dict[str, Iterable[str]] = {"due": DUE, **TRAITS}
        chosen = {
            group: tuple(one for one in known if one in query.getlist(group))
            for group, known in options.items()
        }
        return cls(
            {group: values for group, values in chosen.items() if values},
            reviewer_named(query.get("reviewer", "")),
        )

    def __bool__(self) -> bool:
        return bool(self.chosen or self.reviewer)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """As they stand in an address."""
        found = [(group, value) for group, values in self.chosen.items() for value in values]
        return [*found, ("reviewer", code_of(self.reviewer))] if self.reviewer else found

    def without(self, group: str, value: str) -> "Filters":
        """The same, one choice taken away."""
        if group == "reviewer":
            return Filters(self.chosen)
        left = tuple(one for one in self.chosen.get(group, ()) if one != value)
        others = {name: values for name, values in self.chosen.items() if name != group}
        return Filters({**others, **({group: left} if left else {})}, self.reviewer)

    def labels(self) -> list[tuple[str, str, Text]]:
        """Each choice with its group and its words."""
        found: list[tuple[str, str, Text]] = [
            (group, value, DUE[value] if group == "due" else TRAITS[group][value][0])
            for group, values in self.chosen.items()
            for value in values
        ]
        if self.reviewer:
            found.append(("reviewer", code_of(self.reviewer), self.reviewer.shown_name))
        return found

    def narrow(self, applications: ApplicationQuerySet) -> ApplicationQuerySet:
        """The applications that fit."""
        now = timezone.now()
        for group, values in self.chosen.items():
            if group == "due":
                fits = reduce(or_, (within(Due(value), now) for value in values))
            else:
                bits = reduce(or_, (TRAITS[group][value][1] for value in values))
                applications = applications.alias(**{group: F("traits").bitand(int(bits))})
                fits = Q(**{f"{group}__gt": 0})
                if SENIOR in values:
                    fits |= Q(escalated_at__isnull=False)
            applications = applications.filter(fits)
        return applications.filter(_of(self.reviewer, now)) if self.reviewer else applications


def reviewers() -> list[User]:
    """Who may be asked for, by name."""
    found = User.objects.filter(groups__name__in=[Role.REVIEWER, Role.SENIOR]).distinct()
    return sorted(found, key=lambda user: user.shown_name.casefold())


def code_of(user: User) -> str:
    """Name a reviewer in an address: no key of the database and no address of mail."""
    return salted_hmac("kyc.review.filters", str(user.pk), algorithm="sha256").hexdigest()[:_CODE]


def reviewer_named(code: str) -> User | None:
    """The reviewer of a code, None where there is none."""
    if not code:
        return None
    return next((user for user in reviewers() if code_of(user) == code), None)


def _of(user: User, now: datetime) -> Q:
    """Whoever holds a case, or has said how it should end."""
    verdicts = (
        Exists(kind.objects.filter(round__application=OuterRef("pk"), by=user))
        for kind in (Decision, Recommendation)
    )
    return reduce(
        or_, map(Q, verdicts), Q(held_by=user, held_until__gt=now, held_since__isnull=False)
    )
