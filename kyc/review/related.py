"""What else is known beside a case: earlier rounds and applications, facts without judgement."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _

from kyc.applications import likeness
from kyc.applications.case import Case
from kyc.applications.earlier import tokens
from kyc.applications.labels import FIELD_LABELS, listed
from kyc.applications.models import (
    Application,
    Decision,
    Extraction,
    Note,
    Recommendation,
    Round,
)
from kyc.applications.status import Status
from kyc.applications.traits import Trait
from kyc.vault.models import TokenKind
from ocr_integration.permit.verdict import Verdict

MOST_EARLIER: Final = 3


@dataclass(frozen=True)
class Earlier:
    """Another application with the same number on it, or with a picture like one of ours."""

    application: Application
    same: list[str]

    @property
    def decision(self) -> Decision | None:
        """What was decided then, the latest of it."""
        found = Decision.objects.filter(round__application=self.application).select_related("by")
        return found.order_by("-at").first()

    @cached_property
    def portrait(self) -> Extraction | None:
        """The reading whose portrait was cut out then."""
        if self.application.status == Status.ERASED:
            return None
        kept = Extraction.objects.filter(current=True, portrait_stored_as__gt="")
        return kept.filter(document__application=self.application).order_by("-pk").first()


@dataclass(frozen=True)
class Opinion:
    """A recommendation or a decision, with its texts opened."""

    made: Decision | Recommendation
    message: str = field(repr=False)
    note: str = field(repr=False)

    @property
    def decides(self) -> bool:
        """Whether it is the round's decision."""
        return isinstance(self.made, Decision)


def earlier(application: Application) -> list[Earlier]:
    """Other applications that share a number, newest first, then those that share a picture."""
    kinds = {TokenKind.NUMBER.value: _("Number"), TokenKind.ID_NUMBER.value: _("ID number")}
    shared = tokens(application).select_related("application")
    found: dict[int, Earlier] = {}
    for token in shared[: 2 * MOST_EARLIER]:
        one = found.setdefault(token.application_id, Earlier(token.application, []))
        one.same.append(kinds[token.kind])
    for alike in likeness.alike(application):
        other = alike.document.application
        one = found.setdefault(other.pk, Earlier(other, []))
        same = _("Same picture") if alike.same else _("Nearly the same picture")
        if same not in one.same:
            one.same.append(same)
    return list(found.values())[:MOST_EARLIER]


def verdicts(application: Application) -> list[Opinion]:
    """Every opinion and decision there is, first to last."""
    erased = application.status == Status.ERASED
    found = []
    for kind in (Recommendation, Decision):
        rows = kind.objects.filter(round__application=application)
        for made in rows.select_related("by", "round__application"):
            texts = ("", "") if erased else (made.get("message"), made.get("note"))
            found.append(Opinion(made, *texts))
    return sorted(found, key=lambda one: (one.made.round.number, one.made.at))


def notes(application: Application) -> list[tuple[Note, str]]:
    """What the staff wrote of a case, oldest first, opened."""
    if application.status == Status.ERASED:
        return []
    rows = application.notes.select_related("by", "application").order_by("at", "pk")
    return [(row, row.get("text")) for row in rows]


def flags(case: Case) -> list[tuple[str, str]]:
    """Facts about a case, each with its icon."""
    return [*_of_the_round(case), *_of_the_reading(case), *_of_its_way(case.application)]


def _of_the_round(case: Case) -> Iterator[tuple[str, str]]:
    if case.round.start == Round.Start.RESUBMITTED:
        yield "refresh", _("Second photo")
    if case.round.start == Round.Start.REOPENED:
        yield "refresh", _("Reopened")
    if flagged := [FIELD_LABELS[one.name] for one in case.fields.values() if one.flag is not None]:
        yield "flag", _("Applicant flagged: %(fields)s") % {"fields": listed(flagged)}


def _of_the_reading(case: Case) -> Iterator[tuple[str, str]]:
    outcomes = {extraction.outcome for extraction in case.extractions.values()}
    if Extraction.Outcome.FAILED in outcomes:
        yield "cloud-off", _("Reader was down")
    if Extraction.Outcome.UNREADABLE in outcomes:
        yield "warning", _("Could not be read")
    said = {remark.rule: remark for one in case.fields.values() for remark in one.remarks}
    if "not_expired" in said and said["not_expired"].verdict is Verdict.DISAGREE:
        yield "clock", _("Expired")
    if "types_agree" in said and said["types_agree"].verdict is Verdict.DISAGREE:
        yield "swap", _("Sides differ")


def _of_its_way(application: Application) -> Iterator[tuple[str, str]]:
    if application.traits & Trait.APPLIED_BEFORE:
        yield "person", _("Applied before")
    if application.traits & Trait.SAME_PICTURE:
        yield "copy", _("Same picture")
    if application.status == Status.SECOND_REVIEW:
        yield "people", _("Second look")
    if application.escalated_at:
        yield "shield", _("For a senior")
    if application.meant_for:
        yield "swap", _("Sent back to %(name)s") % {"name": application.meant_for.shown_name}
