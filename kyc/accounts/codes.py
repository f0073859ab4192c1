"""Sign in by a mailed code. What is answered never depends on whether the address is known.

For each request a row is made and a mail is sent; only the mail knows the difference. An address
without an account gets one when its code is used: having read the mail is all the proof there is.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from smtplib import SMTPException
from typing import Final

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from kyc.accounts.models import LoginCode, User

LASTS: Final = timedelta(minutes=15)
DIGITS: Final = 8
_SESSION_KEY: Final = "login_code"
_OPENS_NOTHING: Final = ""


class NotSent(Exception):
    """The mail server did not take the mail."""


class Gone(Exception):
    """There is no code to use: used, too old, too often mistyped, or never asked for."""


class Wrong(Exception):
    """That is not the code."""


def send(request: HttpRequest, email: str) -> None:
    """Mail a code to an address, good for the browser that asks."""
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    welcome = _may_use_code(User.objects.filter(email=email).first())
    LoginCode.objects.filter(made_at__lt=timezone.now() - LASTS).delete()
    row = LoginCode.objects.create(
        email=email, digest=_digest(email, code) if welcome else _OPENS_NOTHING
    )
    request.session[_SESSION_KEY] = row.pk
    _mail("login_code" if welcome else "login_by_password", email, code)


def address(request: HttpRequest) -> str:
    """Where the code went that this browser asked for; "" once it cannot be used any more."""
    return _open_rows(request).values_list("email", flat=True).first() or ""


def redeem(request: HttpRequest, code: str) -> User:
    """Use up the code that this browser asked for, and say whose account it opens.

    A try is counted by a conditional UPDATE before it is looked at, and a right code deletes its
    row, so guesses made at the same time count one by one and a code works once. Raises Gone or
    Wrong.
    """
    if _open_rows(request).update(tries=F("tries") + 1) != 1:
        raise Gone
    row = LoginCode.objects.filter(pk=request.session[_SESSION_KEY]).first()
    if row is None:
        raise Gone
    right = hmac.compare_digest(row.digest, _digest(row.email, _digits(code)))
    if not right:
        user_login_failed.send(sender=LoginCode, credentials={}, request=request)
        raise Wrong
    with transaction.atomic():
        if not LoginCode.objects.filter(pk=row.pk).delete()[0]:
            raise Gone
        user = _account_of(row.email)
    del request.session[_SESSION_KEY]
    if not _may_use_code(user):
        raise Gone
    return user


def _may_use_code(user: User | None) -> bool:
    return user is None or (user.is_active and not user.is_staff_member)


def _open_rows(request: HttpRequest) -> QuerySet[LoginCode]:
    return LoginCode.objects.filter(
        pk=request.session.get(_SESSION_KEY, 0),
        made_at__gt=timezone.now() - LASTS,
        tries__lt=LoginCode.MOST_TRIES,
    )


def _account_of(email: str) -> User:
    user, _ = User.objects.get_or_create(
        email=email,
        defaults={"password": make_password(None), "language": get_language() or "en"},
    )
    EmailAddress.objects.update_or_create(
        user=user, email=email, defaults={"verified": True, "primary": True}
    )
    return user


def _digits(typed: str) -> str:
    return "".join(sign for sign in typed if sign.isdecimal())


def _digest(email: str, code: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"login code|{email}|{code}".encode(), hashlib.sha256).hexdigest()


def _mail(template: str, email: str, code: str) -> None:
    context = {
        "code": code,
        "minutes": LASTS.seconds // 60,
        "login_url": f"{settings.PUBLIC_URL}{reverse('account_login')}",
    }
    try:
        get_adapter().send_mail(f"account/email/{template}", email, context)
    except (SMTPException, OSError) as error:
        raise NotSent from error
