"""How allauth treats our accounts, and their second factors."""

import base64
import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from kyc.accounts import session_rules
from kyc.accounts.http import client_address

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up page, no pages for other addresses: an account is made by its first code."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Start the session's clocks."""
        super().login(request, user)
        session_rules.start(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Send a closed account back to the start; it gets no page of its own."""
        return HttpResponseRedirect(reverse("account_login"))

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell the owner of a change, which has happened whether or not the mail goes out."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except (SMTPException, OSError):
            logger.warning("the mail server did not take a notice about an account")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures by address and client, so that nobody locks somebody else out."""
        login = str(credentials.get("email", "")).lower()
        return f"{client_address(request)}|{login}"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keep the authenticators' secrets sealed: the database alone makes no codes."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"permitdesk second factors")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.MEDIA_KEY)))
