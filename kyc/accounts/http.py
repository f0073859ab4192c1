"""Request classes whose `.user` is a User."""

from django.http import HttpRequest

from kyc.accounts.models import User


class SignedInRequest(HttpRequest):
    """Somebody is signed in."""

    user: User


class ApplicantRequest(SignedInRequest):
    """An applicant, or staff that applies for themselves."""


class StaffRequest(SignedInRequest):
    """Somebody with the role that the view asks for."""
