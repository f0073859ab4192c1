"""I4: one decision a round, none lost, none by the applicant, four eyes where asked."""

from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef

from kyc.applications.models import Application, Decision, Recommendation, Round
from kyc.applications.status import REVIEWABLE, Outcome, Status
from kyc.operations.invariants.findings import Findings

_NOT_STANDING: Final[dict[type, dict[str, Any]]] = {Recommendation: {"returned_at__isnull": False}}
_UNDECIDED: Final = (Status.DRAFT, Status.READING, *REVIEWABLE)


def check(findings: Findings) -> str:
    """The last round says what the status says, and whoever said it was allowed to."""
    for model in (Decision, Recommendation):
        standing = model.objects.exclude(**_NOT_STANDING.get(model, {}))
        twice = standing.values("round").annotate(n=Count("pk")).filter(n__gt=1)
        for number in Round.objects.filter(pk__in=twice.values("round")):
            findings.add(number, f"has more than one {model.__name__.lower()}")
        own = model.objects.filter(by=F("round__application__applicant"))
        for verdict in own.select_related("round__application"):
            findings.add(verdict.round, f"its {model.__name__.lower()} is the applicant's own")
    _four_eyes(findings)
    _last_rounds(findings)
    return f"{Decision.objects.count()} decisions, {Recommendation.objects.count()} recommendations"


def _four_eyes(findings: Findings) -> None:
    """Where a second look was asked for, another person decided on what stood then."""
    standing = Recommendation.objects.filter(round=OuterRef("round"), returned_at=None)
    decided = Decision.objects.select_related("round__application")
    for decision in decided.filter(Exists(standing.filter(by=OuterRef("by")))):
        findings.add(decision.round, "was recommended and decided by the same person")
    asked = Recommendation.objects.filter(round=OuterRef("round"))
    decides = decided.exclude(outcome=Outcome.RESUBMISSION_REQUESTED)
    for decision in decides.filter(Exists(asked), ~Exists(standing)):
        findings.add(decision.round, "was sent back and decided without a second person")


def _last_rounds(findings: Findings) -> None:
    later = Round.objects.filter(application=OuterRef("application"), number__gt=OuterRef("number"))
    outcome = Decision.objects.filter(round=OuterRef("pk")).values("outcome")[:1]
    recommended = Exists(Recommendation.objects.filter(round=OuterRef("pk"), returned_at=None))
    last = (
        Round.objects.filter(~Exists(later))
        .annotate(outcome=outcome, recommended=recommended)
        .values_list("application__reference", "application__status", "outcome", "recommended")
    )
    seen = 0
    for reference, status, said, was_recommended in last.iterator(chunk_size=2000):
        seen += 1
        if status in Outcome.values and said != status:
            findings.add(reference, f"is {status}, and its last round says {said or 'nothing'}")
        if status in _UNDECIDED and said:
            findings.add(reference, f"is {status}, and its last round says {said}")
        if status == Status.SECOND_REVIEW and not was_recommended:
            findings.add(reference, "waits for a second look at nothing")
    findings.unless_equal(
        Application.objects.count(), seen, "applications, and those that have a round"
    )
