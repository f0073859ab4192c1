"""Seal and open values: AES-256-GCM, bound to the one place where they belong.

A sealed value is version ‖ key id (16 bytes) ‖ nonce (12) ‖ ciphertext with its tag (16). Its
associated data is application | table | field | row: moved to another place it does not open.
"""

import secrets
from typing import Final, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kyc.vault import keys

VERSION: Final = b"\x01"
_KEY_ID = slice(1, 17)
_NONCE = slice(17, 29)
_HEAD = 29


class Place(NamedTuple):
    """Where a sealed value stands; `row` is a UUID that never changes, not a database key."""

    application: str
    table: str
    field: str
    row: UUID

    def __bytes__(self) -> bytes:
        return "|".join((self.application, self.table, self.field, self.row.hex)).encode()


class SealBroken(Exception):
    """The bytes are damaged, or were sealed for another place."""


def seal(value: bytes, *, key_id: UUID, place: Place) -> bytes:
    """Seal bytes for one place under one application's data key."""
    nonce = secrets.token_bytes(12)
    ciphertext = AESGCM(keys.load(key_id)).encrypt(nonce, value, bytes(place))
    return VERSION + key_id.bytes + nonce + ciphertext


def unseal(sealed: bytes, *, place: Place) -> bytes:
    """Open sealed bytes at the place they were sealed for.

    Raises SealBroken, or `keys.KeyGone` when the application was erased.
    """
    sealed = bytes(sealed)
    if len(sealed) < _HEAD + 16 or sealed[:1] != VERSION:
        raise SealBroken(place.field)
    key = keys.load(UUID(bytes=sealed[_KEY_ID]))
    try:
        return AESGCM(key).decrypt(sealed[_NONCE], sealed[_HEAD:], bytes(place))
    except InvalidTag as error:
        raise SealBroken(place.field) from error
