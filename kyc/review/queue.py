"""What is waiting; claim, renew and release a hold."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from kyc.accounts.models import Role, User
from kyc.applications.models import (
    CLAIM,
    Application,
    ApplicationQuerySet,
    Decision,
    Recommendation,
)
from kyc.applications.references import parse_reference
from kyc.applications.status import REVIEWABLE, Outcome, Status
from kyc.audit import log
from kyc.audit.actions import Action
from kyc.review.refusals import (
    Decided,
    ForSeniors,
    HandsFull,
    HeldByAnother,
    NotWaiting,
    OwnApplication,
    SameEyes,
)

PAGE: Final = 16
COUNTED: Final = 999
"""Counts stop here, so that a long list costs no more than a short one."""
HELD_AT_ONCE: Final = 3
"""So that nobody empties the queue by taking the next and the next."""
AT_ONCE: Final = 8
"""How many candidates are tried before they are asked for again."""


class View(StrEnum):
    """The lists a reviewer chooses from."""

    WAITING = "waiting"
    MINE = "mine"
    SECOND_LOOK = "second"
    DECIDED = "decided"
    ALL = "all"

    @property
    def waits(self) -> bool:
        """Whether all of it waits for a reviewer."""
        return self not in (View.DECIDED, View.ALL)


@dataclass(frozen=True)
class Page:
    """Some applications, and the reference after which the next page begins."""

    applications: list[Application]
    next_after: str


def listed(view: View, user: User) -> ApplicationQuerySet:
    """The applications of one list."""
    waiting = Application.objects.awaiting_review()
    match view:
        case View.WAITING:
            return waiting.filter(status=Status.IN_REVIEW)
        case View.MINE:
            return waiting.held().filter(held_by=user)
        case View.SECOND_LOOK:
            return waiting.filter(status=Status.SECOND_REVIEW)
        case View.DECIDED:
            decided = Application.objects.filter(status__in=Outcome.values)
            return decided.order_by("-since", "-pk")
        case View.ALL:
            return Application.objects.exclude(status=Status.DRAFT).order_by("-since", "-pk")


def counts(user: User) -> dict[View, int]:
    """How many each list has, COUNTED at most and one more where there are more."""
    return {view: listed(view, user).order_by()[: COUNTED + 1].count() for view in View}


def page(
    applications: QuerySet[Application],
    *,
    after: str = "",
    by: str = "queued_at",
    newest: bool = False,
) -> Page:
    """One page of a list, by a time of its rows, behind the one that an earlier page ended with."""
    way = "lt" if newest else "gt"
    applications = applications.order_by(*(f"-{by}", "-pk") if newest else (by, "pk"))
    last = Application.objects.filter(reference=parse_reference(after)).first() if after else None
    if last:
        when = getattr(last, by)
        behind = Q(**{f"{by}__{way}": when}) | Q(**{by: when, f"pk__{way}": last.pk})
        # The first condition alone is what an index can start from.
        applications = applications.filter(**{f"{by}__{way}e": when}).filter(behind)
    found = list(applications.select_related("held_by")[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].reference if len(found) > PAGE else "")


def ensure_not_own(application: Application, *, by: User) -> None:
    """Raise OwnApplication: of their own case nobody sees what the staff writes of it."""
    if application.applicant_id == by.pk:
        raise OwnApplication


def ensure_open_to(application: Application, *, by: User, whoever_holds: bool = False) -> None:
    """Raise the reason why somebody may not work on a case now, if there is one."""
    ensure_not_own(application, by=by)
    if application.status not in REVIEWABLE:
        decision = Decision.objects.filter(round=application.current_round).first()
        if decision:
            raise Decided(decision.by, str(Status(decision.outcome).label), decision.at)
        raise NotWaiting(str(Status(application.status).label))
    if application.holder and application.holder != by and not whoever_holds:
        raise HeldByAnother(application.holder, application.held_since)
    if application.escalated_at and not by.has_role(Role.SENIOR):
        raise ForSeniors
    if application.status == Status.SECOND_REVIEW and _gave_first_opinion(application, by):
        raise SameEyes


def claim(application: Application, *, by: User) -> Application:
    """Hold a case for CLAIM, or for that long again; a claim by the holder is a sign of life.

    Both are conditional UPDATEs whose row count is the lock. Raises Refused.
    """
    now = timezone.now()
    mine = Application.objects.held().filter(pk=application.pk, status__in=REVIEWABLE, held_by=by)
    if mine.update(held_until=now + CLAIM) != 1:
        ensure_open_to(application, by=by)
        with log.act():
            free = Application.objects.free().filter(pk=application.pk, status__in=REVIEWABLE)
            if free.update(held_by=by, held_until=now + CLAIM, held_since=now) != 1:
                _raise_why_not(application, by=by)
            application.record(Action.APPLICATION_CLAIMED, actor=by)
    application.refresh_from_db()
    return application


def claim_next(*, by: User) -> Application | None:
    """Hold the oldest case that is free; None when there is none for this reviewer.

    Raises HandsFull for who holds HELD_AT_ONCE already.
    """
    with log.act():
        ensure_hands_free(by)
        return _claim_oldest(by)


def ensure_hands_free(by: User) -> None:
    """Raise HandsFull for who holds HELD_AT_ONCE already; their row stays locked in the act."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if listed(View.MINE, by).count() >= HELD_AT_ONCE:
        raise HandsFull


def next_for(by: User) -> ApplicationQuerySet:
    """The cases somebody may take next, oldest first: free, and not another's next."""
    free = Application.objects.awaiting_review().free().exclude(applicant=by)
    free = free.exclude(pk__in=Application.objects.reserved().exclude(held_by=by))
    own = Recommendation.objects.filter(by=by, returned_at=None)
    free = free.exclude(status=Status.SECOND_REVIEW, pk__in=own.values("round__application"))
    if not by.has_role(Role.SENIOR):
        free = free.filter(escalated_at=None)
    return free


def _claim_oldest(by: User) -> Application | None:
    free = next_for(by)
    while candidates := list(free[:AT_ONCE]):
        for application in candidates:
            try:
                return claim(application, by=by)
            except (HeldByAnother, Decided, NotWaiting):
                continue
    return None


def release(application: Application, *, by: User) -> None:
    """Give a case back. Harmless when it is not held; raises HeldByAnother."""
    with log.act():
        held = Application.objects.filter(pk=application.pk, held_by=by, held_since__isnull=False)
        if held.update(held_by=None, held_until=None, held_since=None) == 1:
            application.record(Action.APPLICATION_RELEASED, actor=by)
        elif application.holder:
            raise HeldByAnother(application.holder, application.held_since)
    application.refresh_from_db()


def _gave_first_opinion(application: Application, user: User) -> bool:
    standing = Recommendation.objects.filter(round=application.current_round, returned_at=None)
    return standing.filter(by=user).exists()


def _raise_why_not(application: Application, *, by: User) -> None:
    application.refresh_from_db()
    ensure_open_to(application, by=by)
    raise NotWaiting(str(Status(application.status).label))
