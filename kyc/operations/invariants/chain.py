"""I6: the audit chain verifies from first to last, and through every head that left the house."""

from kyc.audit import checking, trail, triggers
from kyc.audit.actions import Action
from kyc.audit.models import CHAIN, AuditEntry, AuditLink
from kyc.audit.verify import genesis
from kyc.operations.invariants.findings import Findings


def check(findings: Findings) -> str:
    """Follow the whole chain, and see that nothing stands beside it."""
    followed = checking.follow_whole()
    if followed.broken is not None:
        findings.add(f"seq {followed.broken}", followed.why)
    end = trail.head()
    for seq in AuditLink.objects.filter(chain=CHAIN, seq__gt=end.seq).values_list("seq", flat=True):
        findings.add(f"seq {seq}", "is linked after the head")
    for link in AuditLink.objects.exclude(chain=CHAIN):
        findings.add(f"seq {link.seq}", "is of another chain")
    for uuid in AuditEntry.objects.filter(link=None).values_list("uuid", flat=True):
        findings.add(uuid, "is an entry without a link")
    for name in triggers.missing():
        findings.add(name, "this trigger is not there")
    published = _published_heads(findings)
    if findings.head and not _passes(findings.head):
        findings.add(CHAIN, "does not pass through the head that was given")
    return f"entries 1 to {followed.verified}, {published} published heads, head {end.hash}"


def _published_heads(findings: Findings) -> int:
    exports = AuditEntry.objects.filter(action=Action.AUDIT_EXPORTED).order_by("pk")
    for entry in exports.iterator():
        if not _passes(entry.data.get("head", ""), seq=entry.data.get("count")):
            findings.add(entry.uuid, "exported a head that the chain does not pass through")
    return exports.count()


def _passes(head: str, *, seq: int | None = None) -> bool:
    if head == genesis(CHAIN) and seq in {None, 0}:
        return True
    links = AuditLink.objects.filter(chain=CHAIN, hash=head)
    return (links if seq is None else links.filter(seq=seq)).exists()
