"""Tokens of this server: signed, not stored, so that every worker and restart accepts them."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

LIFE: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Grant:
    """What a token allows; `project_id` is "" where it is for a whole domain."""

    domain: str
    user: str
    project_id: str
    expires_at: datetime


def issue(grant: Grant, key: bytes) -> str:
    """Write a grant as a token."""
    said = [grant.domain, grant.user, grant.project_id, grant.expires_at.timestamp()]
    payload = base64.urlsafe_b64encode(json.dumps(said).encode())
    return f"{payload.decode()}.{_signature(payload, key)}"


def read(token: str, key: bytes) -> Grant | None:
    """Read a token of ours, ended or not; None for any other text."""
    payload, _, signature = token.partition(".")
    if not token.isascii() or not hmac.compare_digest(_signature(payload.encode(), key), signature):
        return None
    try:
        domain, user, project_id, expires_at = json.loads(base64.urlsafe_b64decode(payload))
    except (binascii.Error, ValueError):
        return None
    return Grant(domain, user, project_id, datetime.fromtimestamp(expires_at, UTC))


def _signature(payload: bytes, key: bytes) -> str:
    return hmac.new(key, payload, hashlib.sha256).hexdigest()
