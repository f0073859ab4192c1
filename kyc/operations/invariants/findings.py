"""What a check comes back with."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from kyc.audit.models import AuditEntry


class Broken(NamedTuple):
    """One place where an invariant does not hold: a reference or another code, never a value."""

    invariant: str
    subject: str
    what: str


@dataclass(frozen=True)
class Report:
    """One invariant: what was checked, and what is wrong."""

    invariant: str
    title: str
    said: str
    broken: list[Broken]


@dataclass
class Findings:
    """Filled by one check. `newest` bounds how many applications are opened; None opens all."""

    invariant: str
    newest: int | None = None
    head: str = ""
    """A head of the audit chain that was published earlier; the chain must pass through it."""
    broken: list[Broken] = field(default_factory=list)

    def add(self, subject: object, what: str) -> None:
        """Note a place where it does not hold."""
        self.broken.append(Broken(self.invariant, str(subject), what))

    def unless_equal(self, one: Any, other: Any, what: str) -> None:
        """Two ways of counting the same must agree."""
        if one != other:
            self.add("counts", f"{what}: {one} against {other}")


def age(since: datetime | None) -> str:
    """How long ago, to the second."""
    return str(timezone.now() - since).split(".")[0] if since else "none"


def recorded(*actions: str) -> Any:
    """Entries of these kinds on applications, in order: subject, actor, action, data."""
    return (
        AuditEntry.objects.filter(subject_type="application", action__in=actions)
        .order_by("link__seq")
        .values_list("subject", "actor", "action", "data")
        .iterator(chunk_size=2000)
    )
