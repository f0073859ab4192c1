"""`POST /v3/auth/tokens`: IAM's password method, as far as clients of OCR use it."""

import hmac
import json
from datetime import UTC, datetime
from typing import Any, Final

from werkzeug import Request, Response

from ocr_integration.protocol.token import SUBJECT_TOKEN_HEADER, TIME_FORMAT
from ocr_integration.server import tokens
from ocr_integration.server.bodies import read_body
from ocr_integration.server.credentials import Credentials, User
from ocr_integration.server.guesses import SECONDS, Guesses

MOST_BYTES: Final = 64 * 1024
"""Anybody may send this body, so it is here before a thread reads it: see `gateway`."""


def grant_token(
    request: Request, credentials: Credentials, key: bytes, guesses: Guesses
) -> Response:
    """Answer 201 with a token, or what IAM answers when there is none to give."""
    address = request.remote_addr or ""
    if guesses.are_many(address):
        refused = _error(429, "Too Many Requests", "Too many wrong passwords. Try again later.")
        refused.headers["Retry-After"] = str(int(SECONDS))
        return refused
    try:
        # One that does not say how long it is would be waited for.
        known = request.content_length is not None
        said = json.loads(read_body(request, most=MOST_BYTES, seconds=0)) if known else None
    except (ValueError, RecursionError):
        said = None
    match said:
        case {
            "auth": {
                "identity": {
                    "methods": ["password"],
                    "password": {
                        "user": {
                            "name": str(name),
                            "password": str(password),
                            "domain": {"name": str(domain)},
                        }
                    },
                },
                **rest,
            }
        }:
            user = _user(credentials, User(domain, name, password))
            if user is None:
                guesses.add(address)
                return _error(401, "Unauthorized", "The username or password is wrong.")
            project_id = _project(rest.get("scope"), credentials)
            if project_id is None:
                return _error(401, "Unauthorized", "The project of the scope does not exist.")
            return _granted(user, project_id, key, credentials)
    return _error(400, "Bad Request", "The request body is invalid")


def _user(credentials: Credentials, claimed: User) -> User | None:
    """Compare with every user, so that the time taken does not tell which name exists."""
    found = None
    for user in credentials.users:
        if _same(user, claimed):
            found = user
    return found


def _same(user: User, claimed: User) -> bool:
    def spelled(one: User) -> bytes:
        return "\0".join((one.domain, one.name, one.password)).encode("utf-8", "replace")

    return hmac.compare_digest(spelled(user), spelled(claimed))


def _project(scope: object, credentials: Credentials) -> str | None:
    """The project of a scope, by ID or by its region's name; "" for a scope without a project."""
    match scope:
        case {"project": {"id": str(project_id)}}:
            return project_id if project_id in credentials.projects else None
        case {"project": {"name": str(region)}}:
            projects = credentials.projects.items()
            return next((id_ for id_, name in projects if name == region), None)
        case {"project": _}:
            return None
    return ""


def _granted(user: User, project_id: str, key: bytes, credentials: Credentials) -> Response:
    now = datetime.now(UTC)
    expires_at = now + tokens.LIFE
    domain = {"name": user.domain, "id": user.domain}
    token: dict[str, Any] = {
        "methods": ["password"],
        "issued_at": now.strftime(TIME_FORMAT),
        "expires_at": expires_at.strftime(TIME_FORMAT),
        "user": {"name": user.name, "id": user.name, "domain": domain},
        "roles": [],
        "catalog": [],
    }
    if project_id:
        region = credentials.projects[project_id]
        token["project"] = {"id": project_id, "name": region, "domain": domain}
    grant = tokens.Grant(user.domain, user.name, project_id, expires_at)
    response = _json({"token": token}, 201)
    response.headers[SUBJECT_TOKEN_HEADER] = tokens.issue(grant, key)
    return response


def _error(status: int, title: str, message: str) -> Response:
    return _json({"error": {"code": status, "message": message, "title": title}}, status)


def _json(body: object, status: int) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")
