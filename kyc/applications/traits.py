"""What a queue is filtered by: facts about a case, a bit each, kept in one column.

Values are sealed, so a filter cannot ask for them; the bits say of which kind the case is and
nothing of what stands on it. They are brought up to date with whatever changes the case while it
waits. A decision leaves them as they were, so that decided cases are found by what was doubtful.
"""

from collections.abc import Iterator
from enum import IntFlag, auto
from typing import Final

from kyc.applications import cases, earlier, likeness
from kyc.applications.case import Case
from kyc.applications.models import Application, Extraction, Round
from ocr_integration.permit.numbers import NumberKind, kind_of, plain
from ocr_integration.permit.verdict import Verdict
from ocr_integration.protocol.fields import MACHINE_CODE, PermitType, Side


class Trait(IntFlag):
    """A bit keeps its meaning for good: rows hold it."""

    HK_MACAO = auto()
    NON_CHINESE = auto()
    TAIWAN = auto()
    UNKNOWN_PERMIT = auto()
    NUMBER = auto()
    DATES = auto()
    NAMES = auto()
    MACHINE_CODE = auto()
    OTHER_FIELDS = auto()
    NOTHING = auto()
    SECOND_PHOTO = auto()
    REOPENED = auto()
    APPLIED_BEFORE = auto()
    APPLICANT_FLAG = auto()
    READER_DOWN = auto()
    UNREADABLE = auto()
    EXPIRED = auto()
    SIDES_DIFFER = auto()
    SAME_PICTURE = auto()


_DOUBTS: Final[dict[str, Trait]] = {
    "number": Trait.NUMBER,
    "id_number": Trait.NUMBER,
    "birth_date": Trait.DATES,
    "valid_period": Trait.DATES,
    "name": Trait.NAMES,
    "name_en": Trait.NAMES,
    "id_name": Trait.NAMES,
    **dict.fromkeys(MACHINE_CODE, Trait.MACHINE_CODE),
}


def refresh(application: Application) -> None:
    """Bring the bits of an application up to date, inside the act that changed it."""
    application.traits &= ~Trait.SAME_PICTURE
    if likeness.alike(application):
        application.traits |= Trait.SAME_PICTURE
    keep(cases.of(application))


def keep(case: Case) -> None:
    """Write the bits down; they are derived, so the case's version stays."""
    application = case.application
    application.traits = int(of(case))
    Application.objects.filter(pk=application.pk).update(traits=application.traits)


def of(case: Case) -> Trait:
    """The bits of a case as it stands; an answer makes no picture like another."""
    found = permit_of(case) | (Trait(case.application.traits) & Trait.SAME_PICTURE)
    for trait in _doubts(case):
        found |= trait
    for trait in (*_of_the_round(case), *_of_the_reading(case)):
        found |= trait
    if earlier.exists(case.application):
        found |= Trait.APPLIED_BEFORE
    return found


def permit_of(case: Case) -> Trait:
    """Which of the three cards it is; they are two for the API."""
    if case.permit_type is None:
        return Trait.UNKNOWN_PERMIT
    if case.permit_type is PermitType.TAIWAN:
        return Trait.TAIWAN
    kind = kind_of(plain(case.value((Side.FRONT, "number"))))
    return Trait.NON_CHINESE if kind is NumberKind.HK_MACAO_NON_CHINESE else Trait.HK_MACAO


def _doubts(case: Case) -> Iterator[Trait]:
    if not case.open:
        yield Trait.NOTHING
    for one in case.open:
        yield _DOUBTS.get(one.name, Trait.OTHER_FIELDS)


def _of_the_round(case: Case) -> Iterator[Trait]:
    if case.round.start == Round.Start.RESUBMITTED:
        yield Trait.SECOND_PHOTO
    if case.round.start == Round.Start.REOPENED:
        yield Trait.REOPENED
    if any(one.flag is not None for one in case.fields.values()):
        yield Trait.APPLICANT_FLAG


def _of_the_reading(case: Case) -> Iterator[Trait]:
    outcomes = {extraction.outcome for extraction in case.extractions.values()}
    if Extraction.Outcome.FAILED in outcomes:
        yield Trait.READER_DOWN
    if Extraction.Outcome.UNREADABLE in outcomes:
        yield Trait.UNREADABLE
    against = {
        remark.rule
        for one in case.fields.values()
        for remark in one.remarks
        if remark.verdict is Verdict.DISAGREE
    }
    if "not_expired" in against:
        yield Trait.EXPIRED
    if "types_agree" in against:
        yield Trait.SIDES_DIFFER
