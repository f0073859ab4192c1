"""Under which confidence a field is put before a reviewer: what past cases say, and the change.

A value counts as wrong where a person wrote something else, or said that the card has none. What
nobody looked at counts as right, so the true share is the one shown or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from kyc.accounts.models import User
from kyc.applications.labels import FIELD_LABELS, Text
from kyc.applications.models import FieldAnswer, Threshold
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.review.shares import Share

LOOKS_BACK: Final = timedelta(days=90)
STEPS: Final = (50, 55, 60, 65, 70, 75, 80, 84, 88, 90, 92, 94, 96, 98, 99)
"""In hundredths: the confidences at which the wrong share is drawn."""
WANTED: Final = 0.5
"""At most so many wrong in a hundred, unless somebody asks for another share."""

_Kind = FieldAnswer.Kind
_WRONG: Final = (_Kind.CORRECTED, _Kind.BLANK, _Kind.NOT_THIS_DOCUMENT)

Value = tuple[float, bool]
"""A confidence, and whether the value was wrong."""


class TooFew(Exception):
    """There are too few values to let more of them pass unseen."""


@dataclass(frozen=True)
class Row:
    """One field: its threshold, and how often values above it were wrong."""

    name: str
    label: Text
    threshold: float
    wrong: Share
    values: int

    @property
    def enough(self) -> bool:
        """Whether there are enough values to say something."""
        return Share(0, self.values).enough


@dataclass(frozen=True)
class Replay:
    """What one threshold would have done to past cases."""

    let_through: int
    to_look_at: int
    wrong: Share


def rows() -> list[Row]:
    """Every field, as the card has them."""
    current = Threshold.current()
    thresholds = {name: current.get(name, Threshold.FIRST) for name in FIELD_LABELS}
    above = Q(pk__in=[])
    for name, value in thresholds.items():
        above |= Q(field=name, reading__confidence__gte=value)
    counted = {
        row["field"]: row
        for row in _answers()
        .values("field")
        .annotate(
            all=Count("pk"),
            above=Count("pk", filter=above),
            wrong=Count("pk", filter=above & Q(kind__in=_WRONG)),
        )
    }
    nothing = {"all": 0, "above": 0, "wrong": 0}
    return [
        Row(name, label, thresholds[name], Share(found["wrong"], found["above"]), found["all"])
        for name, label in FIELD_LABELS.items()
        if (found := counted.get(name, nothing))
    ]


def values(name: str) -> list[Value]:
    """Every value of a field, the surest first."""
    found = _answers().filter(field=name).order_by("-reading__confidence")
    rows = found.values_list("reading__confidence", "kind")
    return [(confidence, kind in _WRONG) for confidence, kind in rows]


def curve(found: Sequence[Value]) -> list[tuple[float, Share]]:
    """The wrong share among values at or above each confidence."""
    return [(step / 100, replay(found, step / 100).wrong) for step in STEPS]


def reliability(found: Sequence[Value]) -> list[tuple[float, Share]]:
    """Of values that claim a confidence, by tenths, the share that was right."""
    tenths: dict[int, list[bool]] = {}
    for confidence, wrong in found:
        tenths.setdefault(min(int(confidence * 10), 9), []).append(wrong)
    return [
        ((tenth + 0.5) / 10, Share(len(wrongs) - sum(wrongs), len(wrongs)))
        for tenth, wrongs in sorted(tenths.items())
    ]


def replay(found: Sequence[Value], threshold: float) -> Replay:
    """Put past values before a reviewer as this threshold would have."""
    passed = [wrong for confidence, wrong in found if confidence >= threshold]
    return Replay(sum(passed), len(found) - len(passed), Share(sum(passed), len(passed)))


def history(name: str) -> list[Threshold]:
    """Who set it to what, the latest first."""
    return list(
        Threshold.objects.filter(field=name).select_related("set_by").order_by("-set_at", "-pk")[:5]
    )


def change(name: str, value: float, *, by: User) -> Threshold:
    """Set a field's threshold for what is read from now on; what was read keeps the one it had.

    Raises TooFew where it would be lowered on the word of too few values.
    """
    with log.act():
        was = Threshold.current().get(name, Threshold.FIRST)
        if value < was and not Share(0, _answers().filter(field=name).count()).enough:
            raise TooFew
        made = Threshold.objects.create(field=name, value=value, set_by=by)
        log.record(
            Action.THRESHOLD_CHANGED,
            subject_type="threshold",
            subject=name,
            actor=by,
            value={"from": was, "to": value},
        )
    return made


def _answers() -> QuerySet[FieldAnswer]:
    """What was said of every value that was read, in rounds that are decided."""
    return FieldAnswer.objects.filter(
        at__gte=timezone.now() - LOOKS_BACK,
        reading__confidence__gt=0,
        round__decision__isnull=False,
    ).exclude(kind=_Kind.ILLEGIBLE)
