"""Every address of the product, and what each kind of person is answered there.

A row of statuses is in the order of WHO; one status alone holds for everybody. A route without an
entry fails the walk. The objects in the addresses are ana's: bruno is a stranger to them.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kyc.accounts.models import Role, User
from kyc.applications.models import Application, Document, Extraction
from kyc.applications.status import Status
from kyc.audit import log
from kyc.audit.actions import Action
from tests import factories

WHO: Final = ("anonymous", "ana", "bruno", "reviewer", "senior", "auditor", "administrator")
NOT_ALLOWED: Final = "405"
LIBRARY: Final = "302 405 405 405 405 405 405"
"""Pages of allauth ask who you are before they look at the method."""
SIGNED_IN: Final = "302 200 200 200 200 200 200"
OWN_STATUS: Final = "302 302 404 404 404 404 404"
"""What only a post does leads a GET back to the page it belongs to."""


@dataclass(frozen=True)
class World:
    """The objects that addresses name."""

    people: dict[str, User | None]
    case: Application
    front: Document
    portrait: Extraction
    decided: Application


@dataclass(frozen=True)
class Route:
    """What a GET and a POST are answered; `named` gives the address its objects."""

    get: str = NOT_ALLOWED
    post: str = NOT_ALLOWED
    named: Callable[[World], dict[str, object]] = lambda _: {}
    data: Callable[[World], dict[str, object]] = lambda _: {}

    def expected(self, method: str) -> dict[str, int]:
        """The status for each of WHO."""
        statuses = [int(status) for status in getattr(self, method).split()]
        return dict(zip(WHO, statuses * len(WHO) if len(statuses) == 1 else statuses, strict=False))


def by_case(world: World) -> dict[str, object]:
    return {"reference": world.case.reference}


def by_decided(world: World) -> dict[str, object]:
    return {"reference": world.decided.reference}


ACCOUNTS: Final = {
    "home": Route("200 302 302 302 302 302 302"),
    "set_language": Route(post="302"),
    "account_login": Route("200 302 302 302 302 302 302", "200 302 302 302 302 302 302"),
    "account_request_login_code": Route(
        "200 302 302 302 302 302 302", "200 302 302 302 302 302 302"
    ),
    "account_confirm_login_code": Route("302", "302"),
    "account_logout": Route(SIGNED_IN, "302"),
    "account_reauthenticate": Route("302 403 403 200 200 200 200", "302 403 403 200 200 200 200"),
    "account_change_password": Route("302 302 302 200 200 200 200", "302 302 302 200 200 200 200"),
    "mfa_index": Route(SIGNED_IN, LIBRARY),
    "mfa_authenticate": Route("302", "302"),
    "mfa_reauthenticate": Route("302 403 403 302 302 302 302", "302 403 403 302 302 302 302"),
    "mfa_activate_totp": Route("302 200 200 302 302 302 302", "302 200 200 302 302 302 302"),
    "mfa_deactivate_totp": Route("302 404 404 404 404 404 404", "302 404 404 404 404 404 404"),
    "mfa_view_recovery_codes": Route("302 404 404 404 404 404 404", LIBRARY),
    "mfa_generate_recovery_codes": Route(
        "302 200 200 302 302 302 302", "302 200 200 302 302 302 302"
    ),
    "mfa_download_recovery_codes": Route(
        "302 404 404 404 404 404 404", "302 404 404 404 404 404 404"
    ),
    "usersessions_list": Route(SIGNED_IN, "302"),
}
APPLICATIONS: Final = {
    "applications:apply": Route(SIGNED_IN, "302 422 422 422 422 422 422"),
    "applications:hand_over": Route("302", SIGNED_IN),
    "applications:phone": Route("200", "422"),
    "applications:advice": Route(
        "302 404 404 404 404 404 404", named=lambda world: {"uuid": world.front.uuid}
    ),
    "applications:index": Route(SIGNED_IN),
    "applications:status": Route("302 200 404 404 404 404 404", named=by_case),
    "applications:status_json": Route("302 200 404 404 404 404 404", named=by_case),
    "applications:resubmit": Route(OWN_STATUS, "302 409 404 404 404 404 404", named=by_case),
    "applications:withdraw": Route(OWN_STATUS, "302 422 404 404 404 404 404", named=by_case),
    "applications:check": Route(
        "302 200 404 404 404 404 404", "302 303 404 404 404 404 404", named=by_case
    ),
    "applications:own_data": Route(OWN_STATUS, "302 200 404 404 404 404 404", named=by_case),
    "applications:privacy": Route("200"),
    "applications:picture": Route(
        "302 200 404 200 200 200 404", named=lambda world: {"uuid": world.front.uuid}
    ),
    "applications:portrait": Route(
        "302 404 404 200 200 200 404", named=lambda world: {"uuid": world.portrait.uuid}
    ),
}
REVIEW: Final = {
    "review:queue": Route("302 403 403 200 200 200 403", "302 403 403 302 302 302 403"),
    "review:next": Route(post="302 403 403 302 302 403 403"),
    "review:keys": Route(post="302 403 403 204 204 204 403", data=lambda _: {"usual": "1"}),
    "review:let_go": Route(post="302 403 403 204 204 403 403"),
    "review:case": Route(
        "302 403 403 200 200 200 403", "302 403 403 409 409 403 403", named=by_case
    ),
    "review:case_data": Route("302 403 403 403 200 403 200", named=by_case),
    "review:judge": Route(post="302 403 403 200 200 403 403", named=by_case),
    "review:claim": Route(post="302 403 403 302 302 403 403", named=by_case),
    "review:release": Route(post="302 403 403 302 302 403 403", named=by_case),
    "review:take_over": Route(post="302 403 403 422 422 403 403", named=by_case),
    "review:note": Route(post="302 403 403 422 422 403 403", named=by_case),
    "review:reopen": Route(post="302 403 403 403 422 403 403", named=by_decided),
}
QUALITY: Final = {
    "quality:team": Route("302 403 403 403 200 403 200"),
    "quality:threshold": Route("302 403 403 403 200 403 403", "302 403 403 403 422 403 403"),
}
AUDIT: Final = {
    "audit:search": Route("302 403 403 403 403 200 200"),
    "audit:export_jsonl": Route("302 403 403 403 403 200 200"),
    "audit:export_csv": Route("302 403 403 403 403 200 200"),
    "audit:verifier": Route("302 403 403 403 403 200 200"),
    "audit:verify": Route(post="302 403 403 403 403 302 302"),
    "audit:subject": Route(
        "302 403 403 403 403 200 200", named=lambda world: {"subject": world.decided.reference}
    ),
}
MACHINES: Final = {
    "health_live": Route("200"),
    "health_ready": Route("200"),
    "metrics": Route("200"),
}
OPERATIONS: Final = {
    "providers": Route("302 403 403 403 403 403 200"),
    "try_provider": Route(post="302 403 403 403 403 403 302", named=lambda _: {"place": 1}),
}
ROUTES: Final = {**ACCOUNTS, **APPLICATIONS, **REVIEW, **QUALITY, **AUDIT, **MACHINES, **OPERATIONS}


def names() -> Iterator[str]:
    """Name every route of the resolver, or give its pattern where it has no name."""
    yield from _names(get_resolver().url_patterns)


def _names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _names(pattern.url_patterns, space)
        else:
            yield f"{prefix}{pattern.name}" if pattern.name else str(pattern.pattern)


def address(name: str, world: World) -> str:
    """The address of a route in a world."""
    return reverse(name, kwargs=ROUTES[name].named(world))


def make_world() -> World:
    """Make one account of each kind, a case of ana's that waits and one that is decided."""
    ana = factories.account("ana@example.org")
    people = {
        "anonymous": None,
        "ana": ana,
        "bruno": factories.account("bruno@example.org"),
        **{role.value: factories.account(f"{role.value}@example.org", role) for role in Role},
    }
    case, decided = factories.case(ana), factories.application(ana, Status.DECLINED)
    with log.act():
        decided.record(Action.APPLICATION_DECIDED, actor=people["reviewer"])
    front = case.current_round.front
    return World(people, case, front, _with_portrait(front), decided)


def _with_portrait(document: Document) -> Extraction:
    extraction, portrait = document.extractions.get(), factories.jpeg(80, 100)
    extraction.put_file("portrait_stored_as", portrait)
    extraction.portrait_sha256 = hashlib.sha256(portrait).hexdigest()
    extraction.save()
    return extraction


def ask(
    world: World, who: str, method: str, path: str, data: Mapping[str, object] | None = None
) -> HttpResponse:
    """Ask as somebody, and undo what it did."""
    cache.clear()
    client = Client()
    if person := world.people[who]:
        client.force_login(person)
    with transaction.atomic():
        response = getattr(client, method)(path, data or {})
        response.getvalue()
        transaction.set_rollback(True)
    return response
