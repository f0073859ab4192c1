"""The demo's five accounts."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from kyc.accounts.demo import PASSWORD, make_demo_accounts
from kyc.accounts.models import Role, User


@pytest.fixture
def demo(settings, db):
    settings.DEMO = True


def test_there_is_one_of_each_kind(demo):
    accounts = make_demo_accounts()
    assert {user.email: user.roles for user in accounts.values()} == {
        "applicant@demo.example": frozenset(),
        "reviewer@demo.example": {Role.REVIEWER},
        "senior@demo.example": {Role.SENIOR},
        "auditor@demo.example": {Role.AUDITOR},
        "admin@demo.example": {Role.ADMINISTRATOR},
    }


def test_their_addresses_are_verified(demo):
    for user in make_demo_accounts().values():
        address = user.emailaddress_set.get()
        assert (address.email, address.verified, address.primary) == (user.email, True, True)


@pytest.mark.parametrize("name", ["applicant", "reviewer", "senior", "auditor", "admin"])
def test_each_signs_in_by_the_known_password(demo, client, clean_cache, name):
    make_demo_accounts()
    response = client.post(
        "/accounts/login/", {"login": f"{name}@demo.example", "password": PASSWORD}
    )
    assert response.status_code == 302


def test_making_them_again_changes_nothing(demo):
    make_demo_accounts()
    before = list(User.objects.order_by("pk").values("pk", "password", "email"))
    make_demo_accounts()
    assert list(User.objects.order_by("pk").values("pk", "password", "email")) == before


def test_outside_the_demo_there_are_none(settings, db):
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured):
        make_demo_accounts()
    assert not User.objects.exists()
