"""The token request of IAM, password method, and the words of its answer.

Source: the vendor's IAM API Reference, "Obtaining a User Token Through Password Authentication".
The token itself is the header X-Subject-Token of a 201; the body says when it ends.
"""

import json
from typing import Final

TOKEN_PATH: Final = "/v3/auth/tokens"  # noqa: S105  a path
SUBJECT_TOKEN_HEADER: Final = "X-Subject-Token"  # noqa: S105  a header's name
AUTH_TOKEN_HEADER: Final = "X-Auth-Token"  # noqa: S105  a header's name
TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
"""Of `issued_at` and `expires_at`, UTC."""


def token_body(*, domain: str, name: str, password: str, project_id: str) -> bytes:
    """Spell the body that asks for a token of one project: OCR refuses tokens of a domain."""
    user = {"name": name, "password": password, "domain": {"name": domain}}
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = {"project": {"id": project_id}}
    return json.dumps({"auth": {"identity": identity, "scope": scope}}).encode()
