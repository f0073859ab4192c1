"""Who asks: a token of this server, or a signature with an access key.

A token is checked before the body is read; a signature covers the body, so of it only the key
and the clock can be.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from werkzeug import Request

from ocr_integration.protocol import signature
from ocr_integration.protocol.token import AUTH_TOKEN_HEADER
from ocr_integration.server import refusal, tokens
from ocr_integration.server.credentials import Credentials
from ocr_integration.server.refusal import Refused

CheckBody = Callable[[bytes], None]
"""What remains to be checked once the body is there. Raises Refused."""


def authenticate(
    request: Request, project_id: str, credentials: Credentials, key: bytes
) -> CheckBody:
    """Check what the headers say for this project. Raises Refused."""
    token = request.headers.get(AUTH_TOKEN_HEADER)
    if token:
        _check_token(token, project_id, key)
        return _accept
    return _check_signature(request, project_id, credentials)


def _accept(body: bytes) -> None:
    """Nothing remains."""


def _check_token(token: str, project_id: str, key: bytes) -> None:
    grant = tokens.read(token, key)
    if grant is None:
        raise refusal.bad_credentials("decrypt token fail")
    if grant.expires_at <= datetime.now(UTC):
        raise refusal.stale_token()
    if not grant.project_id:
        raise Refused(
            401,
            "ModelArts.0212",
            "Invalid Token header. The Token not contain project item.",
        )
    if grant.project_id != project_id:
        raise Refused(403, "APIG.0302", "The token is for another project.")


def _check_signature(request: Request, project_id: str, credentials: Credentials) -> CheckBody:
    authorization = signature.parse_authorization(request.headers.get("Authorization", ""))
    if authorization is None:
        raise refusal.bad_credentials("x-auth-token not found")
    signed_at = signature.signed_at(request.headers.get(signature.DATE_HEADER, ""))
    if signed_at is None or abs(datetime.now(UTC) - signed_at) > signature.CLOCK_TOLERANCE:
        raise refusal.bad_credentials("x-sdk-date is missing or more than 15 minutes off")
    if request.headers.get(signature.PROJECT_HEADER, project_id) != project_id:
        raise refusal.bad_credentials("x-project-id is not the project of the URL")
    wrong = refusal.bad_credentials("verify aksk signature fail")
    secret = credentials.keys.get(authorization.access)
    if secret is None:
        raise wrong

    def check(body: bytes) -> None:
        message = signature.Message(
            method=request.method,
            path=request.path,
            headers=dict(request.headers),
            body=body,
            query=tuple(request.args.items(multi=True)),
        )
        if not signature.is_signed_by(message, authorization, secret=secret):
            raise wrong

    return check
