"""I1: an application that was accepted exists, and is decided or visibly waiting."""

from collections.abc import Iterable

from django.db.models import Count, Exists, Min, OuterRef

from kyc.applications.models import Application, Document, Extraction, Round
from kyc.applications.status import REVIEWABLE, Status
from kyc.audit.actions import Action
from kyc.jobs.models import Job
from kyc.operations.invariants.findings import Findings, age, recorded


def check(findings: Findings) -> str:
    """Every accepted one is there; what is read has an open job; what waits has its readings."""
    known = set(Application.objects.values_list("reference", flat=True))
    for reference, *_ in recorded(Action.APPLICATION_SUBMITTED):
        if reference not in known:
            findings.add(reference, "was accepted and is gone")
    for reference in Application.objects.filter(
        status=Status.DRAFT, submitted_at__isnull=False
    ).values_list("reference", flat=True):
        findings.add(reference, "was accepted and is a draft again")
    _jobs_that_ended_without_a_word(findings)
    for latest in _latest_rounds([Status.READING, *REVIEWABLE]):
        _visibly_waiting(findings, latest)
    return _said()


def _visibly_waiting(findings: Findings, latest: Round) -> None:
    application = latest.application
    if latest.front is None or latest.back is None:
        findings.add(application, "waits without both photos")
        return
    uuids = [latest.front.uuid, latest.back.uuid]
    if application.status == Status.READING:
        if not Job.objects.open().filter(subject__in=uuids).exists():
            findings.add(application, "is being read, and no job is open for it")
        return
    read = Extraction.objects.filter(document__uuid__in=uuids, current=True).count()
    if read != len(set(uuids)):
        findings.add(application, "waits for a reviewer without a reading or a reason")


def _latest_rounds(statuses: Iterable[str]) -> Iterable[Round]:
    later = Round.objects.filter(application=OuterRef("application"), number__gt=OuterRef("number"))
    return (
        Round.objects.filter(~Exists(later), application__status__in=list(statuses))
        .select_related("application", "front", "back")
        .iterator(chunk_size=500)
    )


def _jobs_that_ended_without_a_word(findings: Findings) -> None:
    silent = Job.objects.filter(
        ~Exists(Extraction.objects.filter(document__uuid=OuterRef("subject"))),
        Exists(
            Document.objects.filter(uuid=OuterRef("subject")).exclude(
                application__status=Status.ERASED
            )
        ),
        ended_at__isnull=False,
    )
    for subject in silent.values_list("subject", flat=True):
        findings.add(subject, "its job ended, and nothing was recorded")


def _said() -> str:
    accepted = Application.objects.filter(submitted_at__isnull=False)
    rows = accepted.values("status").annotate(n=Count("pk"), oldest=Min("since"))
    parts = [
        f"{row['n']} {row['status']}"
        + (f" (oldest {age(row['oldest'])})" if row["status"] in _WAITING else "")
        for row in rows.order_by("status")
    ]
    return f"{accepted.count()} accepted: {', '.join(parts) or 'none'}"


_WAITING = (Status.READING, *REVIEWABLE, Status.RESUBMISSION_REQUESTED)
