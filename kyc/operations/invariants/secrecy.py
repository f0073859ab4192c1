"""I9: no personal value in plain sight. The sealed values themselves are the canaries."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models

from kyc.applications.models import (
    Application,
    Decision,
    FieldAnswer,
    FieldFlag,
    FieldReading,
    Note,
    Recommendation,
)
from kyc.applications.status import Status
from kyc.operations import broker
from kyc.operations.invariants.findings import Findings
from kyc.vault.keys import KeyDamaged, KeyGone
from kyc.vault.models import SealedModel
from kyc.vault.sealing import SealBroken
from ocr_integration.protocol.fields import CLASSIFIED

NEWEST: Final = 500
SHORTEST: Final = 4
SHORTEST_TEXT: Final = 12
"""A message or a note as short as a word may well be a word that stands elsewhere by right."""
_WORD: Final = re.compile(r"[A-Za-z0-9]+|[㐀-鿿]")
_CHINESE: Final = re.compile(r"[㐀-鿿]")
_BY_RIGHT: Final = {"email", "name", "password"}
"""An account's own columns: its address is the one exception, its name is for its colleagues."""


class Canaries:
    """Values to look for, found by their first word and so as whole words only."""

    def __init__(self) -> None:
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self.number = 0

    def add(self, value: str) -> None:
        """Remember a value that is long enough to be told from chance."""
        shortest = 2 if _CHINESE.search(value) else SHORTEST
        if len(value) >= shortest and (first := _WORD.search(value)):
            self.number += value not in self._by_word[first.group()]
            self._by_word[first.group()].add(value)

    def sing(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        words = self._by_word.keys() & set(_WORD.findall(text))
        return any(value in text for word in words for value in self._by_word[word])


def check(findings: Findings) -> str:
    """Open what is sealed, and look for it where it must not be."""
    canaries = _canaries(findings)
    scanned = 0
    for place, text in _plain_texts():
        scanned += 1
        if canaries.sing(text):
            findings.add(place, "holds a personal value")
    rings = _rings(findings, canaries)
    return f"{canaries.number} values looked for in {scanned} rows and {rings}"


def _canaries(findings: Findings) -> Canaries:
    canaries = Canaries()
    newest = Application.objects.exclude(status=Status.ERASED).order_by("-pk")
    wanted = list(newest.values_list("pk", flat=True)[: findings.newest or NEWEST])
    readings = FieldReading.objects.filter(extraction__document__application__in=wanted)
    answers = FieldAnswer.objects.filter(round__application__in=wanted)
    for row in readings.exclude(field__in=CLASSIFIED).select_related(
        "extraction__document__application"
    ):
        canaries.add(_opened(findings, row, "value"))
    for answer in answers.exclude(field__in=CLASSIFIED).select_related("round__application"):
        canaries.add(_opened(findings, answer, "value"))
    flags = FieldFlag.objects.filter(reading__extraction__document__application__in=wanted)
    for flag in flags.select_related("reading__extraction__document__application"):
        canaries.add(_opened(findings, flag, "says"))
    for model in (Decision, Recommendation):
        rows = model.objects.filter(round__application__in=wanted)
        for verdict in rows.select_related("round__application"):
            for field in ("message", "note"):
                text = _opened(findings, verdict, field)
                if len(text) >= SHORTEST_TEXT:
                    canaries.add(text)
    for note in Note.objects.filter(application__in=wanted).select_related("application"):
        text = _opened(findings, note, "text")
        if len(text) >= SHORTEST_TEXT:
            canaries.add(text)
    return canaries


def _opened(findings: Findings, row: SealedModel, field: str) -> str:
    try:
        return row.get(field)
    except (SealBroken, KeyGone, KeyDamaged):
        findings.add(f"{row._meta.label} {row.uuid}", f"its {field} does not open")
        return ""


def _plain_texts() -> Iterator[tuple[str, str]]:
    for model in apps.get_models():
        if model.__module__.startswith("kyc."):
            yield from _columns(model)
    for session in Session.objects.iterator():
        yield "a session", str(session.get_decoded())
    yield from _cached()


def _columns(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    names = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not (model._meta.app_label == "accounts" and field.name in _BY_RIGHT)
    ]
    if not names:
        return
    for pk, *values in model._default_manager.values_list("pk", *names).iterator(chunk_size=2000):
        said = (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for value in values
        )
        yield f"{model._meta.label} {pk}", "\n".join(said)


def _cached() -> Iterator[tuple[str, str]]:
    """The cache's rows as they stand there: JSON under a signature."""
    if "cache" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        for key, value in cursor.fetchall():
            yield "the cache", f"{key} {value}"


def _rings(findings: Findings, canaries: Canaries) -> str:
    """What waits in the broker is a job's number and nothing else."""
    rings = broker.waiting()
    if rings is None:
        return "a broker that does not answer"
    for ring in rings:
        if canaries.sing(ring.text):
            findings.add("the broker", "holds a personal value")
        if not ring.is_one_number:
            findings.add("the broker", "holds more than a job's number")
    return f"{len(rings)} rings in the broker"
