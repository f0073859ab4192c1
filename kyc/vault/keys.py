"""Data keys: one an application, wrapped under MEDIA_KEY, in a store of their own.

The store is apart from the database, so that a stolen dump opens nothing and erasing one small
file makes every copy of an application unreadable, backups included.
"""

import hashlib
import hmac
import secrets
import threading
import time
from typing import Final
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

VERSION: Final = b"\x01"
NONCE_BYTES: Final = 12
KEPT_SECONDS: Final = 60.0
"""How long a process keeps a key it has unwrapped: after that an erased one is gone here too."""

_kept: dict[UUID, tuple[float, bytes]] = {}
_lock = threading.Lock()


class KeyGone(Exception):
    """The data key is not in the store: erased, or the store is another one."""


class KeyDamaged(Exception):
    """The wrapped key does not open under MEDIA_KEY."""


def create() -> UUID:
    """Make a data key and store it wrapped, before any row needs it."""
    key_id, key, nonce = uuid4(), secrets.token_bytes(32), secrets.token_bytes(NONCE_BYTES)
    wrapped = VERSION + nonce + AESGCM(settings.MEDIA_KEY).encrypt(nonce, key, key_id.bytes)
    storages["keys"].save(_name(key_id), ContentFile(wrapped))
    _keep(key_id, key)
    return key_id


def load(key_id: UUID) -> bytes:
    """Unwrap a data key, 32 bytes."""
    with _lock:
        kept = _kept.get(key_id)
    if kept and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    key = _unwrap(key_id)
    _keep(key_id, key)
    return key


def destroy(key_id: UUID) -> None:
    """Erase a data key: what was sealed under it can be read by nobody any more."""
    storages["keys"].delete(_name(key_id))
    with _lock:
        _kept.pop(key_id, None)


def exists(key_id: UUID) -> bool:
    """Whether the store holds the key."""
    return storages["keys"].exists(_name(key_id))


def fingerprint(key_id: UUID, label: str, value: str) -> str:
    """HMAC a value under a key derived from the application's: says "the same" and nothing else."""
    derived = hmac.digest(load(key_id), b"permitdesk fingerprint", hashlib.sha256)
    return hmac.new(derived, f"{label}|{value}".encode(), hashlib.sha256).hexdigest()


def _unwrap(key_id: UUID) -> bytes:
    try:
        with storages["keys"].open(_name(key_id)) as file:
            wrapped = file.read()
    except FileNotFoundError as error:
        raise KeyGone(str(key_id)) from error
    nonce, sealed = wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :]
    try:
        return AESGCM(settings.MEDIA_KEY).decrypt(nonce, sealed, key_id.bytes)
    except InvalidTag as error:
        raise KeyDamaged(str(key_id)) from error


def _keep(key_id: UUID, key: bytes) -> None:
    now = time.monotonic()
    with _lock:
        for old in [k for k, (since, _) in _kept.items() if now - since >= KEPT_SECONDS]:
            del _kept[old]
        _kept[key_id] = (now, key)


def _name(key_id: UUID) -> str:
    return f"{key_id.hex[:2]}/{key_id.hex}.key"
