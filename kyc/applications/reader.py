"""The client that reads documents, built once a process from the settings."""

from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from ocr_integration.client.auth import AkSkAuth, Auth, TokenAuth
from ocr_integration.client.client import Answer, OcrClient


class Recognise(Protocol):
    """Read one picture; raises the errors of `ocr_integration.client.errors`."""

    def __call__(self, picture: bytes, /) -> Answer: ...


@lru_cache(maxsize=1)
def client() -> OcrClient:
    """Build the client of the provider that the settings name; raises Misconfigured."""
    return OcrClient(
        settings.OCR_ENDPOINT,
        settings.OCR_PROJECT_ID,
        _auth(),
        ca_file=settings.OCR_CA_FILE or None,
        plain_http_hosts=settings.OCR_PLAIN_HTTP_HOSTS,
        enterprise_project_id=settings.OCR_ENTERPRISE_PROJECT_ID or None,
    )


def provider() -> str:
    """Name who reads: the host of the endpoint."""
    return urlsplit(settings.OCR_ENDPOINT).netloc


def _auth() -> Auth:
    if settings.OCR_AUTH == "aksk":
        return AkSkAuth(
            settings.OCR_AK, settings.OCR_SK, security_token=settings.OCR_SECURITY_TOKEN or None
        )
    return TokenAuth(
        settings.OCR_IAM_ENDPOINT,
        domain=settings.OCR_DOMAIN,
        username=settings.OCR_USERNAME,
        password=settings.OCR_PASSWORD,
    )
