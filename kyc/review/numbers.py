"""What the team did in the last days: how much, how fast, how well."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db.models import Count, F, Q
from django.utils import timezone

from kyc.applications.labels import FIELD_LABELS, Text
from kyc.applications.models import Decision, FieldAnswer, Recommendation
from kyc.applications.status import Outcome
from kyc.review.shares import Share

SPANS: Final = (7, 30, 90)


@dataclass(frozen=True)
class Day:
    """What was decided on one day."""

    day: date
    approved: int
    declined: int
    asked: int
    waited: float | None
    """The median in minutes."""
    worked: float | None
    """The median in seconds."""

    @property
    def decided(self) -> int:
        """All of it."""
        return self.approved + self.declined + self.asked


@dataclass(frozen=True)
class Whole:
    """The same of all days together."""

    decided: int
    waited: float | None
    waited_most: float | None
    """Nine in ten waited no longer, in minutes."""
    worked: float | None
    agreement: Share
    """Of first opinions that a second person looked at, those that stood."""
    sent_back: int


@dataclass(frozen=True)
class Person:
    """What one reviewer decided."""

    name: str
    decided: int
    worked: float | None


@dataclass(frozen=True)
class Corrected:
    """How often one engine's value of one field was corrected."""

    field: Text
    engine: str
    share: Share


def days(span: int) -> list[Day]:
    """Each of the last days, also those on which nothing was decided."""
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for row in _decided(span).values("at", "outcome", "waited", "worked"):
        by_day[timezone.localdate(row["at"])].append(row)
    first = timezone.localdate() - timedelta(days=span - 1)
    return [_day(first + timedelta(days=n), by_day[first + timedelta(days=n)]) for n in range(span)]


def whole(span: int) -> Whole:
    """All days together."""
    rows = list(_decided(span).values_list("waited", "worked"))
    waited = sorted(row[0] / 60 for row in rows if row[0] is not None)
    return Whole(
        decided=len(rows),
        waited=_median(waited),
        waited_most=waited[(len(waited) - 1) * 9 // 10] if waited else None,
        worked=_median([row[1] for row in rows if row[1] is not None]),
        agreement=_agreement(span),
        sent_back=Recommendation.objects.filter(returned_at__gte=_since(span)).count(),
    )


def people(span: int) -> list[Person]:
    """Who decided how much, by name, so that it reads as no league."""
    seconds: dict[tuple[int, str], list[float | None]] = defaultdict(list)
    for made in _decided(span).select_related("by"):
        seconds[made.by_id, made.by.shown_name].append(made.worked)
    found = [
        Person(name, len(worked), _median([one for one in worked if one is not None]))
        for (_pk, name), worked in seconds.items()
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def corrections(span: int) -> list[Corrected]:
    """By field and engine: what was read, and what of it a person wrote otherwise."""
    read = FieldAnswer.objects.filter(
        at__gte=_since(span), reading__confidence__gt=0, round__decision__isnull=False
    )
    rows = (
        read.values("field", engine=F("reading__extraction__engine"))
        .annotate(all=Count("pk"), corrected=Count("pk", filter=Q(kind=_Kind.CORRECTED)))
        .order_by("field", "engine")
    )
    found = [
        Corrected(FIELD_LABELS[row["field"]], row["engine"], Share(row["corrected"], row["all"]))
        for row in rows
    ]
    return sorted(found, key=lambda one: -one.share.value)


_Kind = FieldAnswer.Kind


def _since(span: int) -> datetime:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=span - 1)


def _decided(span: int) -> Any:
    return Decision.objects.filter(at__gte=_since(span))


def _agreement(span: int) -> Share:
    looked_at = Recommendation.objects.filter(
        returned_at=None, round__decision__at__gte=_since(span)
    ).exclude(round__decision__by=F("by"))
    counted = looked_at.aggregate(
        all=Count("pk"), stood=Count("pk", filter=Q(round__decision__outcome=F("outcome")))
    )
    return Share(counted["stood"], counted["all"])


def _day(day: date, rows: list[dict[str, Any]]) -> Day:
    outcomes = [row["outcome"] for row in rows]
    return Day(
        day,
        approved=outcomes.count(Outcome.APPROVED),
        declined=outcomes.count(Outcome.DECLINED),
        asked=outcomes.count(Outcome.RESUBMISSION_REQUESTED),
        waited=_median([row["waited"] / 60 for row in rows if row["waited"] is not None]),
        worked=_median([row["worked"] for row in rows if row["worked"] is not None]),
    )


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return median(found) if found else None
