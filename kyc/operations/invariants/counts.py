"""I10: every number adds up, counted from the rows and again from the entries."""

from collections import Counter

from django.db.models import Count

from kyc.applications.models import Application, Document, Round
from kyc.applications.status import Status
from kyc.audit.actions import Action
from kyc.jobs.models import Job
from kyc.operations.invariants.findings import Findings, recorded

_SENT = (Action.APPLICATION_SUBMITTED, Action.APPLICATION_RESUBMITTED)


def check(findings: Findings) -> str:
    """Accepted ones are where they are, once; rounds, photos and jobs are as many as recorded."""
    by_status = dict(
        Application.objects.filter(submitted_at__isnull=False)
        .values_list("status")
        .annotate(n=Count("pk"))
    )
    accepted = {subject for subject, *_ in recorded(Action.APPLICATION_SUBMITTED)}
    findings.unless_equal(
        len(accepted), sum(by_status.values()), "accepted, by entries and by status"
    )
    erased = set(
        Application.objects.filter(status=Status.ERASED).values_list("reference", flat=True)
    )
    _rounds(findings, erased)
    _photos_and_jobs(findings, erased)
    said = ", ".join(f"{number} {status}" for status, number in sorted(by_status.items()))
    return f"{len(accepted)} accepted = {said or '0'}"


def _rounds(findings: Findings, erased: set[str]) -> None:
    opened = Counter(
        subject
        for subject, *_ in recorded(Action.APPLICATION_RESUBMITTED, Action.APPLICATION_REOPENED)
    )
    rows = Round.objects.values_list("application__reference").annotate(n=Count("pk"))
    for reference, number in rows.iterator():
        if reference not in erased and number != opened[reference] + 1:
            findings.add(reference, f"has {number} rounds, and entries for {opened[reference] + 1}")


def _photos_and_jobs(findings: Findings, erased: set[str]) -> None:
    added: Counter[str] = Counter()
    sent: Counter[str] = Counter()
    for subject, _actor, action, data in recorded(
        Action.DOCUMENT_ADDED, Action.DOCUMENT_REPLACED, *_SENT
    ):
        if subject in erased:
            continue
        if action in _SENT:
            sent[subject] += len(data.get("documents", {}))
        if action != Action.APPLICATION_SUBMITTED:
            added[subject] += len(data.get("documents", "1"))
    kept = Document.objects.exclude(application__status=Status.ERASED)
    photos = Counter(
        dict(kept.values_list("application__reference").annotate(n=Count("pk")).iterator())
    )
    _compare(findings, photos, added, "photos")
    owner = dict(kept.values_list("uuid", "application__reference").iterator())
    jobs = Counter(
        owner[subject]
        for subject in Job.objects.values_list("subject", flat=True).iterator()
        if subject in owner
    )
    _compare(findings, jobs, sent, "jobs")


def _compare(findings: Findings, rows: Counter[str], entries: Counter[str], what: str) -> None:
    for reference in sorted(rows.keys() | entries.keys()):
        if rows[reference] != entries[reference]:
            findings.add(
                reference, f"has {rows[reference]} {what}, and entries for {entries[reference]}"
            )
