"""I5: each change of state has its entry and each entry its change."""

from collections import Counter
from collections.abc import Hashable, Iterable

from kyc.applications.models import Application, Decision, Extraction, Note, Recommendation
from kyc.applications.status import NEXT, Status
from kyc.audit.actions import Action
from kyc.audit.models import AuditEntry
from kyc.operations.invariants.findings import Findings, recorded

READ = (Action.EXTRACTION_RECORDED, Action.EXTRACTION_FAILED, Action.EXTRACTION_SUPERSEDED)

NOTED = (
    Action.APPLICATION_NOTED,
    Action.APPLICATION_RETURNED,
    Action.APPLICATION_ESCALATED,
    Action.APPLICATION_HOLD_TAKEN,
)


def check(findings: Findings) -> str:
    """Walk every path as its entries tell it; match verdicts and readings one by one."""
    present = dict(Application.objects.values_list("reference", "status"))
    steps, walked = _walk(findings, present)
    for reference, status in present.items():
        if walked.get(reference, Status.DRAFT) != status:
            was = walked.get(reference, Status.DRAFT)
            findings.add(reference, f"is {status}, and its entries lead to {was}")
    started = {subject for subject, *_ in recorded(Action.APPLICATION_STARTED)}
    for reference in sorted(present.keys() - started):
        findings.add(reference, "exists, and no entry says that it was started")
    pairs = sum(
        (
            _verdicts(findings, Action.APPLICATION_DECIDED, Decision),
            _verdicts(findings, Action.APPLICATION_RECOMMENDED, Recommendation),
            _notes(findings),
            _readings(findings),
        )
    )
    return f"{len(present)} paths of {steps} steps, {pairs} rows with their entries"


def _walk(findings: Findings, present: dict[str, str]) -> tuple[int, dict[str, str]]:
    walked: dict[str, str] = {}
    steps = 0
    entries = AuditEntry.objects.filter(subject_type="application", data__has_key="status")
    rows = entries.order_by("link__seq").values_list("subject", "data")
    for subject, data in rows.iterator(chunk_size=2000):
        steps += 1
        start, to = data["status"]["from"], data["status"]["to"]
        if walked.get(subject, Status.DRAFT) != start:
            findings.add(subject, f"an entry leads on from {start}, where it was not")
        if to not in NEXT.get(start, ()):
            findings.add(subject, f"an entry leads from {start} to {to}, which is no step")
        if subject not in present:
            findings.add(subject, "has entries and does not exist")
        walked[subject] = to
    return steps, walked


def _verdicts(
    findings: Findings, action: Action, model: type[Decision] | type[Recommendation]
) -> int:
    rows = model.objects.values_list(
        "round__application__reference", "round__number", "outcome", "by"
    )
    entries = (
        (subject, data.get("round"), data.get("outcome"), actor)
        for subject, actor, _action, data in recorded(action)
    )
    return _matched(findings, rows.iterator(), entries, model.__name__.lower())


def _notes(findings: Findings) -> int:
    rows = Note.objects.values_list("application__reference", "uuid", "by")
    stored = ((reference, str(uuid), by) for reference, uuid, by in rows.iterator())
    entries = (
        (subject, data.get("note"), actor) for subject, actor, _action, data in recorded(*NOTED)
    )
    return _matched(findings, stored, entries, "note")


def _readings(findings: Findings) -> int:
    kept = Extraction.objects.exclude(document__application__status=Status.ERASED)
    rows = kept.values_list(
        "document__application__reference", "document__uuid", "fence", "outcome"
    )
    erased = set(
        Application.objects.filter(status=Status.ERASED).values_list("reference", flat=True)
    )
    entries = (
        (subject, data.get("document"), data.get("fence"), data.get("outcome"))
        for subject, _actor, _action, data in recorded(*READ)
        if subject not in erased
    )
    stored = ((reference, str(uuid), fence, outcome) for reference, uuid, fence, outcome in rows)
    return _matched(findings, stored, entries, "reading")


def _matched(
    findings: Findings, rows: Iterable[Hashable], entries: Iterable[Hashable], kind: str
) -> int:
    stored, said = Counter(rows), Counter(entries)
    for key in (stored - said).elements():
        findings.add(_reference(key), f"a {kind} has no entry")
    for key in (said - stored).elements():
        findings.add(_reference(key), f"an entry speaks of a {kind} that is not there")
    return stored.total()


def _reference(key: Hashable) -> str:
    return str(key[0]) if isinstance(key, tuple) else str(key)
