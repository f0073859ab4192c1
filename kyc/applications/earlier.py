"""Other applications that share something with this one: a lifelong number, a local ID number."""

from django.db.models import QuerySet

from kyc.applications.models import Application, SearchToken
from kyc.applications.status import Status
from kyc.vault.models import TokenKind

KINDS = (TokenKind.NUMBER.value, TokenKind.ID_NUMBER.value)


def tokens(application: Application) -> QuerySet[SearchToken]:
    """The tokens that other applications have in common with this one, newest first."""
    own = application.search_tokens.filter(kind__in=KINDS).values_list("digest", flat=True)
    return (
        SearchToken.objects.filter(digest__in=[bytes(digest) for digest in own], kind__in=KINDS)
        .exclude(application=application)
        .exclude(application__status=Status.DRAFT)
        .order_by("-application__since", "kind")
    )


def exists(application: Application) -> bool:
    """Whether the same number was sent before, or since."""
    return tokens(application).order_by().exists()
