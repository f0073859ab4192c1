"""What happened, for good. Both tables only grow; triggers refuse anything else."""

import json
from typing import Any, Final
from uuid import uuid4

from django.db import models

from kyc.audit.actions import Action

CHAIN: Final = "main"


class AuditEntry(models.Model):
    """One line of what happened: when, who, which act, on what.

    `data` carries references, field names, codes and HMACs, never a value of a person. `actor` is
    a plain number and not a foreign key, so that the line outlives the account.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    at = models.DateTimeField(editable=False)
    actor = models.BigIntegerField(null=True, editable=False)
    actor_role = models.CharField(max_length=16, editable=False)
    action = models.CharField(max_length=40, choices=Action, editable=False)
    subject_type = models.CharField(max_length=24, editable=False)
    subject = models.CharField(max_length=64, editable=False)
    data = models.JSONField(default=dict, editable=False)
    canonical = models.TextField(editable=False)
    """The hashed bytes, verbatim: an export never depends on how a database gives JSON back."""
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        indexes = [
            # One subject's history, and the search page's narrowest filter.
            models.Index(fields=["subject", "id"], name="audit_entry_by_subject"),
            models.Index(fields=["actor", "id"], name="audit_entry_by_actor"),
            models.Index(fields=["action", "id"], name="audit_entry_by_action"),
            # The search page's days.
            models.Index(fields=["at"], name="audit_entry_by_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"

    def canonical_bytes(self) -> bytes:
        """Spell the entry in the one form that is hashed: sorted keys, no spaces, UTF-8."""
        spelled: dict[str, Any] = {
            "action": self.action,
            "actor": self.actor,
            "actor_role": self.actor_role,
            "at": self.at.isoformat(timespec="microseconds"),
            "data": self.data,
            "subject": self.subject,
            "subject_type": self.subject_type,
            "uuid": str(self.uuid),
        }
        return json.dumps(
            spelled, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()


class AuditLink(models.Model):
    """An entry's place in the chain: `hash` = SHA-256(prev ‖ digest), 32 raw bytes each."""

    chain = models.CharField(max_length=16, default=CHAIN, editable=False)
    seq = models.BigIntegerField(editable=False)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="link", editable=False)
    prev = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="audit_link_seq_is_unique"),
            models.CheckConstraint(
                name="audit_link_seq_starts_at_one", condition=models.Q(seq__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"


class AuditHead(models.Model):
    """The end of a chain. Its row is the lock under which links are made."""

    chain = models.CharField(max_length=16, unique=True, editable=False)
    seq = models.BigIntegerField(default=0, editable=False)
    hash = models.CharField(max_length=64, editable=False)

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"
