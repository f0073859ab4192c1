"""I8: each stored picture opens and has its digest, and is what was decided on."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.core.files.storage import default_storage
from django.utils import timezone

from kyc.applications.models import Application, ApplicationQuerySet, Document, Extraction, Round
from kyc.applications.status import Status
from kyc.audit.actions import Action
from kyc.operations.invariants.findings import Findings, recorded
from kyc.operations.probes import PROBES
from kyc.vault import keys
from kyc.vault.files import FileLost
from kyc.vault.keys import KeyDamaged, KeyGone
from kyc.vault.sealing import SealBroken

ORPHAN_AFTER: Final = timedelta(hours=1)
"""A file is stored before its row is written: a younger one may still get its row."""


def check(findings: Findings) -> str:
    """Open what is stored, list what nobody knows, and compare with what the entries say."""
    asked_at = timezone.now()
    wanted = Application.objects.exclude(status=Status.ERASED)
    if findings.newest is not None:
        newest = wanted.order_by("-pk").values_list("pk", flat=True)[: findings.newest]
        wanted = Application.objects.filter(pk__in=list(newest))
    opened = _documents(findings, wanted) + _portraits(findings, wanted)
    for application in Application.objects.filter(status=Status.ERASED).iterator():
        if keys.exists(application.key_id):
            findings.add(application, "is erased, and its key is there")
    decided = _decided_on(findings)
    orphans = _orphans(findings, asked_at - ORPHAN_AFTER)
    return f"{opened} files opened, {decided} decisions compared, {orphans} files nobody knows"


def _documents(findings: Findings, wanted: ApplicationQuerySet) -> int:
    kept = Document.objects.filter(removed_at=None, application__in=wanted)
    opened = 0
    for document in kept.select_related("application").iterator(chunk_size=200):
        opened += 1
        wrong = _fault(document, "stored_as", document.sha256)
        if wrong and kept.filter(pk=document.pk).exists():
            findings.add(document.uuid, wrong)
    return opened


def _portraits(findings: Findings, wanted: ApplicationQuerySet) -> int:
    kept = Extraction.objects.filter(document__application__in=wanted).exclude(
        portrait_stored_as=""
    )
    opened = 0
    for extraction in kept.select_related("document__application").iterator(chunk_size=200):
        opened += 1
        wrong = _fault(extraction, "portrait_stored_as", extraction.portrait_sha256)
        if wrong and kept.filter(pk=extraction.pk).exists():
            findings.add(extraction.uuid, wrong)
    return opened


def _fault(row: Document | Extraction, field: str, sha256: str) -> str:
    try:
        data = row.get_file(field)
    except FileLost:
        return "its file is not in the store"
    except (KeyGone, KeyDamaged):
        return "its key does not open"
    except SealBroken:
        return "its file is damaged, or is another's"
    same = hashlib.sha256(data).hexdigest() == sha256
    return "" if same else "its file has another digest"


def _decided_on(findings: Findings) -> int:
    """The digests that a decision names are the digests of its round's photos."""
    decided = [
        (reference, data.get("round"), set(data.get("pictures", {}).values()))
        for reference, _actor, _action, data in recorded(Action.APPLICATION_DECIDED)
    ]
    # Read after the entries: a round is there before it is decided.
    shown = {
        (reference, number): {front, back} - {None}
        for reference, number, front, back in Round.objects.values_list(
            "application__reference", "number", "front__sha256", "back__sha256"
        ).iterator()
    }
    for reference, number, named in decided:
        if named != shown.get((reference, number)):
            findings.add(reference, "was decided on other pictures than its round holds")
    return len(decided)


def _orphans(findings: Findings, before: datetime) -> int:
    known = set(Document.objects.values_list("stored_as", flat=True))
    known |= set(Extraction.objects.values_list("portrait_stored_as", flat=True))
    orphans = 0
    for name in _stored(""):
        if name in known:
            continue
        orphans += 1
        if default_storage.get_modified_time(name) < before:
            findings.add(name, "is in the store, and no row knows it")
    return orphans


def _stored(folder: str) -> Iterator[str]:
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        yield f"{folder}/{name}" if folder else name
    for inner in folders:
        if inner != PROBES:
            yield from _stored(f"{folder}/{inner}" if folder else inner)
