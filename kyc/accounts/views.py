"""The front door: landing page, language, sign-in by code."""

from allauth.account.utils import perform_login
from allauth.account.views import password_change
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_POST, require_safe

from kyc.accounts import codes
from kyc.accounts.forms import CodeForm, CodeRequestForm
from kyc.accounts.http import SignedInRequest, client_address
from kyc.accounts.models import Language, Role, User
from kyc.accounts.permissions import signed_in_required

_NEXT = "login_code_next"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead everybody to where their day begins."""
    if not request.user.is_authenticated:
        return render(request, "home.html")
    if request.user.has_role(Role.REVIEWER, Role.SENIOR):
        return redirect("/review/")
    return redirect("/audit/" if request.user.is_staff_member else "/apply/")


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the choice in the browser, and on the account for mails and other devices."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in Language.values:
        User.objects.filter(pk=request.user.pk).update(language=language)
    return i18n.set_language(request)


@signed_in_required
def change_password(request: SignedInRequest) -> HttpResponseBase:
    """Let those who have a password change it; the others sign in by code."""
    if not request.user.has_usable_password():
        return redirect("home")
    return password_change(request)


def request_code(request: HttpRequest) -> HttpResponse:
    """Mail a sign-in code, or say in the mail why there is none."""
    if request.user.is_authenticated:
        return redirect("home")
    form = CodeRequestForm(
        request.POST if request.method == "POST" else None,
        initial={"email": codes.address(request)},
    )
    status = 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        if not _may_ask(request, email):
            return ratelimit.respond_429(request)
        try:
            codes.send(request, email)
        except codes.NotSent:
            form.add_error(None, _("The mail could not be sent. Try again in a few minutes."))
            status = 503
        else:
            request.session[_NEXT] = _own_page(request, request.GET.get("next", ""))
            return redirect("account_confirm_login_code")
    return render(request, "account/request_login_code.html", {"form": form}, status=status)


def confirm_code(request: HttpRequest) -> HttpResponse:
    """Let somebody in who has read the mail."""
    if request.user.is_authenticated:
        return redirect("home")
    if not (address := codes.address(request)):
        return _ask_anew(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = codes.redeem(request, form.cleaned_data["code"])
        except codes.Wrong:
            form.add_error("code", _("That is not the code in the latest mail."))
        except codes.Gone:
            return _ask_anew(request)
        else:
            onward = request.session.pop(_NEXT, "") or reverse("home")
            return _enter(request, user, onward)
    context = {"form": form, "address": address}
    return render(request, "account/confirm_login_code.html", context)


def _may_ask(request: HttpRequest, email: str) -> bool:
    """Count by who asks for whom, then by the address that would get all these mails."""
    asked = f"{client_address(request)}|{email}"
    return ratelimit.consume(request, action="request_login_code", key=asked) and ratelimit.consume(
        request, action="send_login_code", key=email
    )


def _enter(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    """Go through the rest of signing in: a second factor is asked for where there is one."""
    response: HttpResponse = perform_login(request, user, email=user.email, redirect_url=onward)
    return response


def _ask_anew(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("That code no longer works. Ask for a new one."))
    return redirect("account_request_login_code")


def _own_page(request: HttpRequest, address: str) -> str:
    own = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if own else ""
