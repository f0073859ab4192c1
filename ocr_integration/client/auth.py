"""How a call says who makes it: a token of IAM, or a signature with an access key."""

import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import Final, Protocol
from urllib.parse import parse_qsl, urlsplit

from ocr_integration.client.errors import Misconfigured, OcrError, TryAgain
from ocr_integration.client.http import Deadline, HttpRequest, Transport
from ocr_integration.client.tokens import Account, MemoryTokenStore, Token, TokenStore, fetch
from ocr_integration.protocol import signature
from ocr_integration.protocol.token import AUTH_TOKEN_HEADER

PATIENCE_SECONDS: Final = 30.0
LONGEST_PATIENCE_SECONDS: Final = 300.0
"""After IAM refused the account, doubling: a changed password must not be tried until IAM locks
it."""
BRIEFLY_SECONDS: Final = 1.0
LOOK_EVERY_SECONDS: Final = 0.05
REMEMBERED: Final = 8
"""Refused tokens: a late refusal of an older one says nothing of the newer."""


class Auth(Protocol):
    """What OcrClient needs to know of credentials."""

    def headers(
        self, request: HttpRequest, project_id: str, transport: Transport, deadline: Deadline
    ) -> dict[str, str]:
        """The headers that prove who calls, to be added to the request's. Raises OcrError."""
        ...

    def give_up(self, headers: dict[str, str], project_id: str) -> bool:
        """Hear that these headers were refused as stale; say whether new ones are worth a try."""
        ...


class TokenAuth:
    """Signs in to IAM by password; one token for each project, kept in `store`.

    Of all callers that share the store one signs in while the others use the old token as long as
    it lasts, and then wait. A sign-in that failed is not repeated for everybody that waited for
    it: wrong passwords lock an account.
    """

    def __init__(
        self,
        iam_endpoint: str,
        *,
        domain: str,
        username: str,
        password: str,
        store: TokenStore | None = None,
    ) -> None:
        self._iam_endpoint = iam_endpoint
        self._domain = domain
        self._username = username
        self._password = password
        self._store = store or MemoryTokenStore()
        self._turn = threading.Lock()
        self._refused: deque[str] = deque(maxlen=REMEMBERED)
        self._failure: OcrError | None = None
        self._failed_until = 0.0
        self._refusals = 0

    def __repr__(self) -> str:
        return f"TokenAuth({self._iam_endpoint!r})"

    def headers(
        self, request: HttpRequest, project_id: str, transport: Transport, deadline: Deadline
    ) -> dict[str, str]:
        """A kept token, or a new one: early by one caller, at its end by one while others wait."""
        account = self._account(project_id)
        token = self._kept(account)
        if token is None:
            token = self._awaited(account, transport, deadline)
        elif datetime.now(UTC) >= token.renew_at:
            token = self._early(account, token, transport, deadline)
        return {AUTH_TOKEN_HEADER: token.value}

    def give_up(self, headers: dict[str, str], project_id: str) -> bool:
        """Forget a token that was refused; a new one may be taken."""
        self._refused.append(headers[AUTH_TOKEN_HEADER])
        return True

    def _account(self, project_id: str) -> Account:
        return Account(self._iam_endpoint, self._domain, self._username, self._password, project_id)

    def _kept(self, account: Account) -> Token | None:
        token = self._store.get(account.key)
        if token is None or token.value in self._refused or token.expires_at <= datetime.now(UTC):
            return None
        return token

    def _awaited(self, account: Account, transport: Transport, deadline: Deadline) -> Token:
        """One thread of this process looks, and of all processes one signs in."""
        if not self._turn.acquire(timeout=deadline.remaining()):
            raise TryAgain("another call is still signing in")
        try:
            while deadline.remaining():
                # Whoever was let in before may have brought one.
                if token := self._kept(account):
                    return token
                self._raise_recent_failure()
                with self._store.refreshing(account.key) as entered:
                    if entered:
                        return self._kept(account) or self._signed_in(account, transport, deadline)
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            self._turn.release()
        raise TryAgain("another call is still signing in")

    def _early(
        self, account: Account, token: Token, transport: Transport, deadline: Deadline
    ) -> Token:
        if time.monotonic() < self._failed_until or not self._turn.acquire(blocking=False):
            return token
        try:
            with self._store.refreshing(account.key) as entered:
                kept = self._kept(account) or token
                if not entered or kept.value != token.value:
                    return kept
                return self._signed_in(account, transport, deadline)
        except OcrError:
            # The kept one still holds.
            return token
        finally:
            self._turn.release()

    def _signed_in(self, account: Account, transport: Transport, deadline: Deadline) -> Token:
        try:
            fresh = fetch(account, transport, deadline)
        except OcrError as error:
            self._failure = error
            self._failed_until = time.monotonic() + self._patience(error)
            raise
        self._refusals = 0
        self._store.put(account.key, fresh)
        return fresh

    def _patience(self, error: OcrError) -> float:
        if not isinstance(error, Misconfigured):
            return BRIEFLY_SECONDS
        self._refusals += 1
        doubled = PATIENCE_SECONDS * (1 << min(self._refusals - 1, 9))
        return min(LONGEST_PATIENCE_SECONDS, doubled)

    def _raise_recent_failure(self) -> None:
        if self._failure and time.monotonic() < self._failed_until:
            raise self._failure


class AkSkAuth:
    """Signs each request with an access key; temporary keys come with a security token."""

    def __init__(
        self, access_key: str, secret_key: str, *, security_token: str | None = None
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._security_token = security_token

    def __repr__(self) -> str:
        return "AkSkAuth()"

    def headers(
        self, request: HttpRequest, project_id: str, transport: Transport, deadline: Deadline
    ) -> dict[str, str]:
        """Sign what the request says, where it goes and for which project."""
        address = urlsplit(request.url)
        added = {
            "Host": address.netloc,
            signature.PROJECT_HEADER: project_id,
            signature.DATE_HEADER: signature.stamp(datetime.now(UTC)),
        }
        if self._security_token:
            added[signature.SECURITY_TOKEN_HEADER] = self._security_token
        message = signature.Message(
            request.method,
            address.path,
            {**request.headers, **added},
            request.body,
            tuple(parse_qsl(address.query, keep_blank_values=True)),
        )
        authorization = signature.sign(message, access=self._access_key, secret=self._secret_key)
        return {**added, "Authorization": str(authorization)}

    def give_up(self, headers: dict[str, str], project_id: str) -> bool:
        """A key that was refused will be refused again, and five times lock it."""
        return False
