"""Keeps logins' tokens for all processes, sealed; one of them at a time signs in."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import uuid4

from kyc.applications.models import ProviderToken
from kyc.vault.keys import KeyDamaged, KeyGone
from kyc.vault.sealing import SealBroken
from ocr_integration.client.tokens import Token

LONGEST_SIGN_IN: Final = timedelta(seconds=35)
"""Longer than any call lasts: who holds the turn after that has died."""

logger = logging.getLogger(__name__)


class DatabaseTokenStore:
    """A `TokenStore` of the client."""

    def get(self, key: str) -> Token | None:
        row = ProviderToken.objects.filter(account=key).first()
        if row is None or row.issued_at is None or row.expires_at is None:
            return None
        try:
            return Token(row.get("value"), row.expires_at, row.issued_at)
        except (SealBroken, KeyGone, KeyDamaged):
            logger.warning("the kept token does not open; another one is fetched")
            return None

    def put(self, key: str, token: Token) -> None:
        row, _made = ProviderToken.objects.get_or_create(account=key)
        row.replace(token.value, issued_at=token.issued_at, expires_at=token.expires_at)

    @contextmanager
    def refreshing(self, key: str) -> Iterator[bool]:
        ProviderToken.objects.get_or_create(account=key)
        me = uuid4()
        entered = ProviderToken.hold(key, by=me, length=LONGEST_SIGN_IN)
        try:
            yield entered
        finally:
            if entered:
                ProviderToken.release(key, by=me)
