"""Who may come in."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from kyc.accounts.models import Role, User
from kyc.accounts.permissions import reviewer_required, role_required, signed_in_required

ACTIVATE = "/accounts/2fa/totp/activate/"


@reviewer_required
def role_page(request):
    return HttpResponse("in")


@signed_in_required
def own_page(request):
    return HttpResponse("in")


@pytest.fixture
def ask(rf):
    def ask(view, user, path="/review/?page=2"):
        request = rf.get(path)
        request.user = User.objects.get(pk=user.pk) if user.pk else user
        return view(request)

    return ask


@pytest.mark.parametrize(
    ("view", "page"),
    [(role_page, "/accounts/login/"), (own_page, "/accounts/login/code/")],
)
def test_strangers_sign_in_first(ask, view, page):
    response = ask(view, AnonymousUser())
    assert response.status_code == 302
    assert response["Location"] == f"{page}?next=/review/%3Fpage%3D2"


def test_a_role_opens_its_page(ask, rui, sofia):
    assert ask(role_page, rui).content == ask(role_page, sofia).content == b"in"


def test_the_wrong_role_is_refused(ask, ana, eva, adam):
    for user in (ana, eva, adam):
        with pytest.raises(PermissionDenied):
            ask(role_page, user)


def test_losing_a_role_counts_from_the_next_request(ask, rui):
    ask(role_page, rui)
    rui.groups.clear()
    with pytest.raises(PermissionDenied):
        ask(role_page, rui)


def test_any_account_opens_its_own_pages(ask, ana, rui):
    assert ask(own_page, ana).content == ask(own_page, rui).content == b"in"


def test_staff_without_a_second_factor_are_sent_to_set_one_up(ask, settings, rui):
    settings.STAFF_SECOND_FACTOR = True
    response = ask(role_page, rui)
    assert (response.status_code, response["Location"]) == (302, ACTIVATE)


@pytest.mark.parametrize("role", Role)
def test_every_role_needs_the_second_factor(ask, settings, rui, role):
    settings.STAFF_SECOND_FACTOR = True
    rui.groups.set([rui.groups.model.objects.get(name=role.value)])
    assert ask(role_required(role)(own_page), rui)["Location"] == ACTIVATE


def test_recovery_codes_alone_are_no_second_factor(ask, settings, rui, second_factors):
    settings.STAFF_SECOND_FACTOR = True
    RecoveryCodes.activate(rui)
    assert ask(role_page, rui)["Location"] == ACTIVATE


def test_an_authenticator_opens_the_role_pages(ask, settings, rui, second_factors):
    settings.STAFF_SECOND_FACTOR = True
    TOTP.activate(rui, generate_totp_secret())
    assert ask(role_page, rui).content == b"in"


def test_applicants_need_no_second_factor(ask, settings, ana):
    settings.STAFF_SECOND_FACTOR = True
    assert ask(own_page, ana).content == b"in"


def test_the_second_factors_secret_is_sealed(rui, second_factors):
    secret = generate_totp_secret()
    TOTP.activate(rui, secret)
    stored = Authenticator.objects.get()
    assert secret not in str(stored.data)
    assert stored.wrap().instance.data["secret"].startswith("gAAAA")


def test_the_roles_are_there_after_migrating(db, django_user_model):
    from django.contrib.auth.models import Group

    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


@pytest.fixture
def second_factors(rf):
    """Give allauth the request it looks for while it makes authenticators."""
    from allauth.core import context

    with context.request_context(rf.get("/")):
        yield
