"""I2: one submission key makes one application, and each has its entry."""

from collections import Counter

from django.db.models import Count

from kyc.applications.models import Application, Round
from kyc.audit.actions import Action
from kyc.operations.invariants.findings import Findings, recorded


def check(findings: Findings) -> str:
    """Keys are unique, accepted ones have one, and one entry says so."""
    accepted = Application.objects.filter(submitted_at__isnull=False)
    twice = (
        Application.objects.exclude(submission_key=None)
        .values("applicant", "submission_key")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    for row in twice:
        findings.add(f"account {row['applicant']}", f"one key has made {row['n']} applications")
    rounds_twice = (
        Round.objects.exclude(submission_key=None)
        .values("application__reference", "submission_key")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    for row in rounds_twice:
        findings.add(row["application__reference"], f"one key has opened {row['n']} rounds")
    for reference in accepted.filter(submission_key=None).values_list("reference", flat=True):
        findings.add(reference, "was accepted without a key")
    entries = Counter(subject for subject, *_ in recorded(Action.APPLICATION_SUBMITTED))
    for reference in accepted.values_list("reference", flat=True).iterator():
        if entries[reference] != 1:
            findings.add(reference, f"was accepted, and {entries[reference]} entries say so")
    return f"{accepted.count()} keys, {entries.total()} entries"
