"""Rows that hold sealed values, and tokens by which a value is found without being stored."""

import hashlib
import hmac
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models

from kyc.vault import files, keys
from kyc.vault.sealing import Place, seal, unseal


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # generic for the checker only
    """A sealed value: only `SealedModel.put` and `.get` write and read it."""


class SealedModel(models.Model):
    """A row with sealed values, which belong to one application.

    A subclass says whose they are: `vault_key_id` and `vault_owner`.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    @property
    def vault_key_id(self) -> UUID:
        """The data key of the application that the row belongs to."""
        raise NotImplementedError

    @property
    def vault_owner(self) -> str:
        """The reference of that application."""
        raise NotImplementedError

    def place(self, field: str) -> Place:
        """Where a value of this row stands."""
        return Place(self.vault_owner, self._meta.db_table, field, self.uuid)

    def put(self, field: str, value: str | bytes) -> None:
        """Seal a value into a field; the caller saves the row. An empty one is sealed as well."""
        raw = value.encode() if isinstance(value, str) else value
        setattr(self, field, seal(raw, key_id=self.vault_key_id, place=self.place(field)))

    def get_bytes(self, field: str) -> bytes:
        """Open a field, b"" where nothing was ever put."""
        sealed = getattr(self, field)
        return unseal(sealed, place=self.place(field)) if sealed else b""

    def get(self, field: str) -> str:
        """Open a field of text, "" where nothing was ever put."""
        return self.get_bytes(field).decode()

    def put_file(self, field: str, data: bytes) -> None:
        """Seal bytes into storage and keep the file's name in a field; the caller saves the row."""
        name = files.store(data, key_id=self.vault_key_id, place=self.place(field))
        setattr(self, field, name)

    def get_file(self, field: str) -> bytes:
        """Open the stored file that a field names."""
        return files.load(getattr(self, field), place=self.place(field))


class InstallationKey(models.Model):
    """Names the data key of something sealed that belongs to no application."""

    purpose = models.CharField(max_length=32, unique=True, editable=False)
    key_id = models.UUIDField(editable=False)

    def __str__(self) -> str:
        return self.purpose

    @classmethod
    def key_for(cls, purpose: str) -> UUID:
        """The key's id; the first to ask makes it, and a key lost by then is replaced."""
        kept = cls.objects.filter(purpose=purpose).first()
        if kept and keys.exists(kept.key_id):
            return kept.key_id
        made = keys.create()
        if kept:
            cls.objects.filter(pk=kept.pk, key_id=kept.key_id).update(key_id=made)
        else:
            cls.objects.get_or_create(purpose=purpose, defaults={"key_id": made})
        chosen = cls.objects.get(purpose=purpose).key_id
        if chosen != made:
            keys.destroy(made)
        return chosen


class TokenKind(models.TextChoices):
    """What a search token is made of. There is no "contains"."""

    NUMBER = "number"
    ID_NUMBER = "id_number"
    BIRTH_DATE = "birth_date"
    NAME = "name"
    SURNAME = "surname"
    WORD = "word"


def token(kind: TokenKind, value: str) -> bytes:
    """Digest a normalised value under INDEX_KEY, 32 bytes."""
    return hmac.digest(settings.INDEX_KEY, f"{kind.value}|{value}".encode(), hashlib.sha256)
