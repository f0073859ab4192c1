"""Hand the trail out: JSON lines that anyone can verify, and a table for reading only."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from django.db.models import Q

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
    for after in range(0, end.seq, trail.CHUNK):
        upto = min(after + trail.CHUNK, end.seq)
        yield b"".join(_lines(query, after=after, upto=upto))
    yield spelled({"chain": CHAIN, "count": end.seq, "head": end.hash})


def line(link: AuditLink) -> bytes:
    """Write one link with its entry."""
    return _whole(link.seq, link.hash, link.entry.canonical)


def csv_lines(query: Query, end: Head) -> Iterator[str]:
    """Write what was asked for as a table that no spreadsheet takes for formulas."""
    yield _row(COLUMNS)
    for chunk in trail.chunks(query, upto=end.seq):
        yield "".join(_row(_cells(link)) for link in chunk)


def _lines(query: Query, *, after: int, upto: int) -> Iterator[bytes]:
    within = Q(seq__gt=after, seq__lte=upto)
    found = query.links().filter(within).values_list("seq", "hash", "entry__canonical")
    whole = {seq: _whole(seq, hashed, canonical) for seq, hashed, canonical in found}
    if len(whole) == upto - after:
        yield from (whole[seq] for seq in sorted(whole))
        return
    every = Query().links().filter(within).order_by("seq")
    for seq, digest in every.values_list("seq", "entry__digest"):
        yield whole.get(seq) or spelled({"digest": digest, "seq": seq})


def _whole(seq: int, hashed: str, canonical: str) -> bytes:
    return spelled({"entry": canonical, "hash": hashed, "seq": seq})


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
