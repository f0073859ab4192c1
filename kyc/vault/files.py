"""Sealed files: pictures and portraits, in the store that STORAGE_URL names."""

from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from kyc.vault.sealing import Place, seal, unseal


class FileLost(Exception):
    """The store does not hold the file."""


def store(data: bytes, *, key_id: UUID, place: Place) -> str:
    """Seal and store bytes under a random name, before the row that names them is written."""
    name = uuid4().hex
    sealed = seal(data, key_id=key_id, place=place)
    return default_storage.save(f"{name[:2]}/{name}.sealed", ContentFile(sealed))


def load(name: str, *, place: Place) -> bytes:
    """Open a stored file at the place it was sealed for."""
    try:
        with default_storage.open(name) as file:
            return unseal(file.read(), place=place)
    except FileNotFoundError as error:
        raise FileLost(name) from error


def remove(name: str) -> None:
    """Delete a stored file; one that is not there is gone already."""
    default_storage.delete(name)
