"""How a call says who makes it: a token of IAM, or a signature with an access key."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

from ocr_integration.client.errors import OcrError, TryAgain
from ocr_integration.client.http import Deadline, HttpRequest, Transport
from ocr_integration.client.tokens import Account, MemoryTokenStore, Token, TokenStore, fetch
from ocr_integration.protocol import signature
from ocr_integration.protocol.token import AUTH_TOKEN_HEADER

REFRESH_BEFORE: Final = timedelta(hours=1)
PATIENCE: Final = timedelta(minutes=5)
"""Between early attempts that fail: a changed password must not be tried until IAM locks."""


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
    """Signs in to IAM by password; one token for each project, kept in `store`."""

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
        self._refresher = threading.Lock()
        self._refused = ""
        self._not_before = datetime.min.replace(tzinfo=UTC)

    def __repr__(self) -> str:
        return f"TokenAuth({self._iam_endpoint!r})"

    def headers(
        self, request: HttpRequest, project_id: str, transport: Transport, deadline: Deadline
    ) -> dict[str, str]:
        """A kept token, or a new one: early by one caller, at its end by one while others wait."""
        account = self._account(project_id)
        token = self._kept(account)
        if token is None:
            token = self._renewed(account, transport, deadline)
        elif token.expires_at - datetime.now(UTC) < REFRESH_BEFORE:
            token = self._early(account, token, transport, deadline)
        return {AUTH_TOKEN_HEADER: token.value}

    def give_up(self, headers: dict[str, str], project_id: str) -> bool:
        """Forget a token that was refused; a new one may be taken."""
        self._refused = headers[AUTH_TOKEN_HEADER]
        return True

    def _account(self, project_id: str) -> Account:
        return Account(self._iam_endpoint, self._domain, self._username, self._password, project_id)

    def _kept(self, account: Account) -> Token | None:
        token = self._store.get(account.key)
        if token is None or token.value == self._refused or token.expires_at <= datetime.now(UTC):
            return None
        return token

    def _renewed(self, account: Account, transport: Transport, deadline: Deadline) -> Token:
        with self._store.refreshing(account.key, timeout=deadline.remaining()) as entered:
            if not entered:
                raise TryAgain("another call is still signing in")
            # Whoever was let in before may have brought one.
            token = self._kept(account)
            if token is None:
                token = fetch(account, transport, deadline)
                self._store.put(account.key, token)
            return token

    def _early(
        self, account: Account, token: Token, transport: Transport, deadline: Deadline
    ) -> Token:
        early = datetime.now(UTC) < self._not_before
        if early or not self._refresher.acquire(blocking=False):
            return token
        try:
            fresh = fetch(account, transport, deadline)
        except OcrError:
            # The kept one still holds.
            self._not_before = datetime.now(UTC) + PATIENCE
            return token
        else:
            self._store.put(account.key, fresh)
            return fresh
        finally:
            self._refresher.release()


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
            request.method, address.path, {**request.headers, **added}, request.body
        )
        authorization = signature.sign(message, access=self._access_key, secret=self._secret_key)
        return {**added, "Authorization": str(authorization)}

    def give_up(self, headers: dict[str, str], project_id: str) -> bool:
        """A key that was refused will be refused again, and five times lock it."""
        return False
