"""Make the client of a provider that an operator described."""

from collections.abc import Callable

from ocr_integration.client.auth import AkSkAuth, Auth, TokenAuth
from ocr_integration.client.client import LONGEST_WAIT, OcrClient, nothing
from ocr_integration.client.errors import Misconfigured
from ocr_integration.client.http import Transport
from ocr_integration.client.throttle import MemoryThrottle, Throttle
from ocr_integration.client.tokens import TokenStore
from ocr_integration.providers import Provider


def connect(
    provider: Provider,
    *,
    store: TokenStore | None = None,
    throttle: Throttle | None = None,
    transport: Transport | None = None,
    longest_wait: float = LONGEST_WAIT,
    before_call: Callable[[], None] = nothing,
) -> OcrClient:
    """Tokens and quota are this process's own where neither is given. Raises Misconfigured."""
    if throttle is None and provider.qps:
        throttle = MemoryThrottle(provider.qps)
    return OcrClient(
        provider.endpoint,
        provider.project_id,
        _auth(provider, store),
        transport=transport,
        ca_file=provider.ca_file or None,
        plain_http_hosts=provider.plain_http_hosts,
        enterprise_project_id=provider.enterprise_project_id or None,
        throttle=throttle,
        longest_wait=longest_wait,
        before_call=before_call,
    )


def _auth(provider: Provider, store: TokenStore | None) -> Auth:
    needed = ("ak", "sk") if provider.auth == "aksk" else ("username", "password", "domain")
    missing = [f"OCR_{name.upper()}" for name in needed if not getattr(provider, name)]
    if missing:
        raise Misconfigured(f"not set: {', '.join(missing)}")
    if provider.auth == "aksk":
        return AkSkAuth(provider.ak, provider.sk, security_token=provider.security_token or None)
    return TokenAuth(
        provider.iam_endpoint or provider.endpoint,
        domain=provider.domain,
        username=provider.username,
        password=provider.password,
        store=store,
    )
