"""Ask the trail: entries in the order in which they were linked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import Q, QuerySet

from kyc.audit.models import CHAIN, AuditHead, AuditLink
from kyc.audit.verify import genesis

SYSTEM: Final = "system"
APPLICANT: Final = "applicant"
CHUNK: Final = 1000


@dataclass(frozen=True)
class Query:
    """What is looked for; nothing at all means the whole chain.

    `actor` is an account's number, or `system`, or `applicant` for any of them.
    """

    subject: str = ""
    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def filters(self) -> list[str]:
        """Which of them are set, by name."""
        return [name for name, value in vars(self).items() if value]

    @property
    def condition(self) -> Q:
        """The same as a condition on links."""
        wanted = Q()
        if self.subject:
            wanted &= Q(entry__subject=self.subject)
        if self.actor in {SYSTEM, APPLICANT}:
            wanted &= Q(entry__actor_role=self.actor)
        elif self.actor:
            wanted &= Q(entry__actor=int(self.actor))
        if self.action:
            wanted &= Q(entry__action=self.action)
        if self.since:
            wanted &= Q(entry__at__gte=self.since)
        if self.until:
            wanted &= Q(entry__at__lt=self.until)
        return wanted

    def links(self) -> QuerySet[AuditLink]:
        """The links found, each with its entry; order them by `seq`."""
        return AuditLink.objects.filter(self.condition, chain=CHAIN).select_related("entry")


class Head(NamedTuple):
    """Where the chain ended at one moment."""

    seq: int
    hash: str


def head() -> Head:
    """Read the end of the chain."""
    row = AuditHead.objects.filter(chain=CHAIN).first()
    return Head(row.seq, row.hash) if row else Head(0, genesis(CHAIN))


def chunks(query: Query, *, after: int = 0, upto: int) -> Iterator[list[AuditLink]]:
    """Read what is found after one seq up to another, a bounded number at a time, in order."""
    links = query.links().filter(seq__lte=upto).order_by("seq")
    while chunk := list(links.filter(seq__gt=after)[:CHUNK]):
        yield chunk
        after = chunk[-1].seq
