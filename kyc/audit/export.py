"""Hand the trail out: JSON lines that anyone can verify, and a table for reading only."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from kyc.accounts.models import User
from kyc.audit import log, trail
from kyc.audit.actions import Action
from kyc.audit.models import CHAIN, AuditLink
from kyc.audit.trail import Head, Query
from kyc.audit.verify import spelled

COLUMNS: Final = (
    "seq",
    "at",
    "actor",
    "actor_role",
    "action",
    "subject_type",
    "subject",
    "data",
    "digest",
    "hash",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def begin(query: Query, *, by: User, kind: str) -> Head:
    """Record an export, and say where it ends.

    The entry names the head that the file ends with: so the export's own entry is not in the
    file, and each head that ever left the house stays named in the chain.
    """
    with log.act():
        end = trail.head()
        log.record(
            Action.AUDIT_EXPORTED,
            actor=by,
            subject_type="audit",
            subject=CHAIN,
            format=kind,
            filters=query.filters,
            count=end.seq,
            head=end.hash,
        )
    return end


def json_lines(query: Query, end: Head) -> Iterator[bytes]:
    """Write every link up to the end: what was asked for in full, the rest as its digest."""
    for chunk in trail.chunks(Query(), upto=end.seq):
        wanted = _wanted(query, chunk)
        yield b"".join(line(link, whole=link.seq in wanted) for link in chunk)
    yield spelled({"chain": CHAIN, "count": end.seq, "head": end.hash})


def line(link: AuditLink, *, whole: bool = True) -> bytes:
    """Write one link."""
    if whole:
        return spelled({"entry": link.entry.canonical, "hash": link.hash, "seq": link.seq})
    return spelled({"digest": link.entry.digest, "seq": link.seq})


def csv_lines(query: Query, end: Head) -> Iterator[str]:
    """Write what was asked for as a table that no spreadsheet takes for formulas."""
    yield _row(COLUMNS)
    for chunk in trail.chunks(query, upto=end.seq):
        yield "".join(_row(_cells(link)) for link in chunk)


def _wanted(query: Query, chunk: list[AuditLink]) -> set[int]:
    if not query.filters:
        return {link.seq for link in chunk}
    within = query.links().filter(seq__gte=chunk[0].seq, seq__lte=chunk[-1].seq)
    return set(within.values_list("seq", flat=True))


def _cells(link: AuditLink) -> tuple[str, ...]:
    entry = link.entry
    return (
        str(link.seq),
        entry.at.isoformat(timespec="microseconds"),
        "" if entry.actor is None else str(entry.actor),
        entry.actor_role,
        entry.action,
        entry.subject_type,
        entry.subject,
        spelled(entry.data).decode().strip(),
        entry.digest,
        link.hash,
    )


def _row(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow(safe)
    return written.getvalue()
