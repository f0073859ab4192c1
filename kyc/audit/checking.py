"""Follow the chain in the database: the verifier's own walk, and where columns could lie.

A page carries on from where the last check ended; only `verify_now` begins at entry 1 and trusts
nothing that was kept.
"""

import hashlib
import json
import time
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kyc.audit import export, trail
from kyc.audit.models import CHAIN, AuditEntry, AuditLink
from kyc.audit.verify import Broken, Chain, genesis, is_hash, linked

MOST_ON_A_PAGE: Final = 2000
_KEPT_AS: Final = "audit-check"


class Fault(models.TextChoices):
    """What may be wrong with a chain at one of its entries."""

    ENTRY = "entry", _("The entry does not match its digest.")
    HASH = "hash", _("The digest does not lead to the link's hash.")
    SHOWN = "shown", _("What is shown is not what was recorded.")
    ORDER = "order", _("The entry does not follow the one before it.")
    MISSING = "missing", _("An entry is missing, or out of its place.")


@dataclass(frozen=True)
class Check:
    """Entries 1 to `verified` hold; `broken` is the first that does not."""

    verified: int
    head: str
    length: int
    """How many entries there were when the check began."""
    at: datetime
    whole_at: datetime | None
    """When the chain was last followed from entry 1 without a stop."""
    seconds: float = 0.0
    broken: int | None = None
    fault: Fault | None = None

    @property
    def why(self) -> str:
        """The fault in words."""
        return str(self.fault.label) if self.fault else ""

    @property
    def complete(self) -> bool:
        """Whether everything there was has been followed, and holds."""
        return self.broken is None and self.verified == self.length


def follow_whole() -> Check:
    """Follow the whole chain from its genesis."""
    return _follow(_nothing_yet(), most=None)


def verify_now() -> Check:
    """Follow the whole chain, and keep the outcome for the pages."""
    return _kept(follow_whole())


def carry_on() -> Check:
    """Follow what was added since the last check, a bounded number of entries at a time."""
    kept = cache.get(_KEPT_AS)
    start = _from_json(kept) if kept else _nothing_yet()
    if start.broken is not None or (
        start.complete and trail.head() == (start.verified, start.head)
    ):
        return start
    return _kept(_follow(start, most=MOST_ON_A_PAGE))


def fault(link: AuditLink) -> Fault | None:
    """Say what is wrong with one link taken by itself."""
    entry = link.entry
    if hashlib.sha256(entry.canonical.encode()).hexdigest() != entry.digest:
        return Fault.ENTRY
    if not is_hash(link.prev) or linked(link.prev, entry.digest) != link.hash:
        return Fault.HASH
    if not _columns_agree(entry):
        return Fault.SHOWN
    return None


def broken_at(check: Check, seq: int, fault: Fault) -> Check:
    """Keep a fault that a page came upon: every page says so until the chain is verified anew."""
    if check.broken is not None and check.broken <= seq:
        return check
    return _kept(replace(check, broken=seq, fault=fault, verified=min(check.verified, seq - 1)))


def _nothing_yet() -> Check:
    return Check(0, genesis(CHAIN), 0, at=timezone.now(), whole_at=None)


def _follow(start: Check, *, most: int | None) -> Check:
    began, at, end = time.monotonic(), timezone.now(), trail.head()
    upto = end.seq if most is None else min(end.seq, start.verified + most)
    chain = Chain(CHAIN, seq=start.verified, head=start.head)
    broken: int | None = None
    found: Fault | None = None
    try:
        for chunk in trail.chunks(trail.Query(), after=chain.seq, upto=upto):
            for link in chunk:
                _follow_one(chain, link)
        if upto == end.seq:
            chain.end(count=end.seq, head=end.hash)
    except _Faulty as faulty:
        broken, found = faulty.seq, faulty.fault
    except Broken as error:
        broken, found = error.seq, Fault.MISSING
    return Check(
        verified=chain.seq if broken is None else broken - 1,
        head=chain.head,
        length=end.seq,
        at=at,
        whole_at=at if start.verified == 0 and upto == end.seq else start.whole_at,
        seconds=time.monotonic() - began,
        broken=broken,
        fault=found,
    )


class _Faulty(Exception):
    def __init__(self, seq: int, fault: Fault) -> None:
        super().__init__(seq)
        self.seq = seq
        self.fault = fault


def _follow_one(chain: Chain, link: AuditLink) -> None:
    wrong = fault(link) if link.seq == chain.seq + 1 else None
    if wrong:
        raise _Faulty(link.seq, wrong)
    if link.seq == chain.seq + 1 and link.prev != chain.head:
        raise _Faulty(link.seq, Fault.ORDER)
    chain.follow(export.line(link))


def _columns_agree(entry: AuditEntry) -> bool:
    """Compare the columns that pages show and search with the bytes that were hashed."""
    try:
        hashed = json.loads(entry.canonical)
    except ValueError:
        return False
    shown = json.loads(entry.canonical_bytes())
    return bool(hashed == shown)


def _kept(check: Check) -> Check:
    cache.set(_KEPT_AS, _to_json(check), timeout=None)
    return check


def _to_json(check: Check) -> dict[str, Any]:
    whole_at = check.whole_at and check.whole_at.isoformat()
    return {**asdict(check), "at": check.at.isoformat(), "whole_at": whole_at}


def _from_json(said: dict[str, Any]) -> Check:
    at, whole_at, fault = said["at"], said["whole_at"], said["fault"]
    moments = {
        "at": datetime.fromisoformat(at),
        "whole_at": whole_at and datetime.fromisoformat(whole_at),
    }
    return Check(**{**said, **moments, "fault": fault and Fault(fault)})
