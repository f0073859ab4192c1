"""Ask each thing that the desk leans on whether it is there, within a short time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from typing import Final
from uuid import uuid4

import requests
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from kyc.audit import triggers
from kyc.operations import broker
from ocr_integration.providers import Provider

PROBES: Final = "health"
"""The folder of the files that a probe writes and removes at once."""
SECONDS: Final = 2.0

_askers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="probe")


def migrated() -> bool:
    """Whether the database answers, and no migration waits."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def guarded() -> bool:
    """Whether the audit's triggers are all in place."""
    try:
        return not triggers.missing()
    except DatabaseError:
        return False


def keeps(store: str) -> bool:
    """Whether a store takes a file, gives it back and lets it go."""
    storage, said = storages[store], uuid4().hex.encode()
    try:
        name = storage.save(f"{PROBES}/{uuid4().hex}", ContentFile(said))
        with storage.open(name) as file:
            same = bool(file.read() == said)
        storage.delete(name)
    except (OSError, BotoCoreError, ClientError):
        return False
    return same


def reader_answers() -> bool:
    """Whether anything answers where documents are read: it need not be our own server."""
    return any(_answers(provider) for provider in settings.OCR_PROVIDERS)


def _answers(provider: Provider) -> bool:
    try:
        requests.get(
            f"{provider.endpoint.rstrip('/')}/health/live",
            timeout=(1, 1),
            verify=provider.ca_file or True,
            allow_redirects=False,
        )
    except (requests.RequestException, OSError):
        return False
    return True


def ask_outside() -> dict[str, bool]:
    """Ask everything that is not the database at once; what does not answer in time is down."""
    asked: dict[str, Callable[[], bool]] = {
        "storage": lambda: keeps("default"),
        "keys": lambda: keeps("keys"),
        "broker": broker.answers,
        "ocr": reader_answers,
    }
    waiting = {name: _askers.submit(ask) for name, ask in asked.items()}
    said = {}
    for name, future in waiting.items():
        try:
            said[name] = future.result(timeout=SECONDS)
        except TookTooLong:
            said[name] = False
    return said
