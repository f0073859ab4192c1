"""Record what happens: no entry, no act.

Every act runs inside `act()`, one transaction. What it records is linked into the chain as that
transaction's last step, so the chain's one lock is held for as short a time as can be.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.utils import timezone

from kyc.accounts.models import User
from kyc.audit.actions import Action
from kyc.audit.models import CHAIN, AuditEntry, AuditHead, AuditLink
from kyc.audit.verify import genesis, linked

_pending: ContextVar[list[AuditEntry] | None] = ContextVar("pending_audit_entries", default=None)


class OutsideAct(RuntimeError):
    """Something was recorded outside `act()`: its change and its entry could part."""


@contextmanager
def act() -> Iterator[None]:
    """Open the transaction of one act; an act inside an act joins it."""
    if _pending.get() is not None:
        yield
        return
    entries: list[AuditEntry] = []
    token = _pending.set(entries)
    try:
        with transaction.atomic(durable=False):
            yield
            _link(entries)
    finally:
        _pending.reset(token)


def record(
    action: Action,
    *,
    subject_type: str,
    subject: str,
    actor: User | None = None,
    role: str = "",
    **data: Any,
) -> AuditEntry:
    """Write one entry inside the act that is open.

    `data` is JSON: references, field names, codes, numbers, HMACs; never a name, a number of a
    document or a text that somebody typed.
    """
    entries = _pending.get()
    if entries is None:
        raise OutsideAct(action)
    entry = AuditEntry(
        at=timezone.now(),
        actor=actor.pk if actor else None,
        actor_role=role or (actor.shown_role if actor else "system"),
        action=action,
        subject_type=subject_type,
        subject=subject,
        data=data,
    )
    spelled = entry.canonical_bytes()
    entry.canonical = spelled.decode()
    entry.digest = hashlib.sha256(spelled).hexdigest()
    entry.save(force_insert=True)
    entries.append(entry)
    return entry


def _link(entries: list[AuditEntry]) -> None:
    if not entries:
        return
    head = _locked_head()
    for entry in entries:
        prev, head.seq = head.hash, head.seq + 1
        head.hash = linked(prev, entry.digest)
        AuditLink.objects.create(seq=head.seq, entry=entry, prev=prev, hash=head.hash)
    moved = AuditHead.objects.filter(pk=head.pk, seq=head.seq - len(entries))
    if moved.update(seq=head.seq, hash=head.hash) != 1:
        raise RuntimeError("the audit chain's head moved under its lock")


def _locked_head() -> AuditHead:
    AuditHead.objects.get_or_create(chain=CHAIN, defaults={"hash": genesis(CHAIN)})
    return AuditHead.objects.select_for_update().get(chain=CHAIN)
