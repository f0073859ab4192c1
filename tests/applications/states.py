"""Every page an applicant meets, in every state: how to get there, and what to do there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone, translation
from playwright.sync_api import Page, Route, expect

from kyc.accounts.models import User
from kyc.applications import flagging, handover, intake
from kyc.applications.models import Application, HandOver
from kyc.applications.models.handovers import OFFERED
from kyc.applications.status import Outcome, Reason, Status
from kyc.jobs.models import Job, Kind
from ocr_integration.protocol.fields import Side
from tests import factories
from tests.applications.browsing import BACK, FRONT, put

_visits = count(1)
LEAVING: Final = "leaving"
"""What the page's console says before it is closed, so that nothing held arrives after all."""


@dataclass(frozen=True)
class World:
    """Who looks, and who decides."""

    ana: User
    rui: User


def _nothing(page: Page) -> None:
    pass


@dataclass(frozen=True)
class State:
    """An address, made where it needs rows, and what is done once it is open."""

    name: str
    path: Callable[[World], str]
    act: Callable[[Page], object] = _nothing
    signed_in: bool = True


def _status(application: Application) -> str:
    return f"/applications/{application.reference}/"


def _in(status: Status) -> Callable[[World], str]:
    return lambda world: _status(factories.application(world.ana, status))


def _waiting(world: World) -> str:
    return _status(factories.case(world.ana))


def _decided(outcome: Outcome, **how: str) -> Callable[[World], str]:
    return lambda world: _status(
        factories.decide(factories.case(world.ana), outcome, by=world.rui, **how)
    )


_asked_for_the_back = _decided(Outcome.RESUBMISSION_REQUESTED, reason=Reason.CUT_OFF, side="back")


def _draft(*sides: str) -> Callable[[World], str]:
    def made(world: World) -> str:
        for left in world.ana.applications.filter(status=Status.DRAFT):
            intake.withdraw(left)
        draft = factories.application(world.ana, Status.DRAFT)
        for side in sides:
            factories.document(draft, side)
        return "/apply/"

    return made


def _before(made: Callable[[World], str]) -> Callable[[World], str]:
    """The first page of somebody who has sent something that waits."""

    def address(world: World) -> str:
        for left in world.ana.applications.filter(status=Status.DRAFT):
            intake.withdraw(left)
        made(world)
        return "/apply/"

    return address


def _flagged(world: World) -> str:
    case = factories.case(world.ana)
    flagging.flag(case, says={(Side.FRONT, "name"): "陈大杰"})
    return f"{_status(case)}check/"


def _refused(page: Page) -> None:
    page.set_input_files(
        "input[name=front]",
        {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"},
    )
    expect(page.locator("[data-panel=front] [data-refusal]")).to_be_visible()


def _sending(page: Page) -> None:
    held: list[Route] = []
    page.route("**/apply/", lambda route: held.append(route))
    page.on("console", lambda said: [one.abort() for one in held if said.text == LEAVING])
    put(page, "front", FRONT)
    expect(page.locator("[data-panel=front] [data-progress]")).to_be_visible()


def _lost(page: Page) -> None:
    page.route("**/apply/", lambda route: route.abort())
    put(page, "front", FRONT)
    expect(page.locator("[data-panel=front] [data-retry]")).to_be_visible()


def _advised(page: Page) -> None:
    put(page, "front", FRONT)
    expect(page.locator("[data-panel=front] [data-findings]")).to_be_visible()


def _chosen(page: Page) -> None:
    put(page, "back", BACK)
    expect(page.locator("[data-send]")).to_be_visible()


def _opened(page: Page) -> None:
    for summary in page.locator("main summary").all():
        summary.click()


def _handed_over(page: Page) -> None:
    page.locator(".hand-over button").click()
    expect(page.locator(".handover__code")).to_be_visible()


def _asked_for_a_code(page: Page) -> None:
    """Each address once: one is mailed so many codes only."""
    page.fill("[name=email]", f"visit{next(_visits)}@example.org")
    page.locator("main form button").click()
    expect(page.locator("[name=code]")).to_be_visible()


def _wrong_code(page: Page) -> None:
    _asked_for_a_code(page)
    page.fill("[name=code]", "12")
    page.locator("main form button").click()
    expect(page.locator("[aria-invalid]")).to_be_visible()


def _wrong_password(page: Page) -> None:
    page.fill("[name=login]", f"visit{next(_visits)}@example.org")
    page.fill("[name=password]", "not the password")
    page.locator("main form button").click()
    expect(page.locator("[role=alert]")).to_be_visible()


def _code(world: World) -> str:
    return f"/apply/phone/#{handover.offer(world.ana)[1]}"


def _scanned(page: Page) -> None:
    expect(page.locator("[name=agreed]")).to_be_visible()


def _lent(page: Page) -> None:
    _scanned(page)
    page.locator("[name=agreed]").click()
    expect(page.locator("#photos")).to_be_visible()


def _done(page: Page) -> None:
    _lent(page)
    HandOver.objects.all().delete()
    page.reload()


def _followed(world: World, *, over: bool = False) -> str:
    _draft("front")(world)
    offered, secret = handover.offer(world.ana)
    if over:
        past = timezone.now() - OFFERED - timedelta(minutes=1)
        HandOver.objects.filter(pk=offered.pk).update(offered_at=past)
    else:
        handover.take(secret)
    return "/apply/hand-over/"


def _photographing(page: Page) -> None:
    page.context.grant_permissions(["camera"])
    page.locator("[data-panel=front] [data-camera]").click()
    expect(page.locator("#viewfinder [data-fit]")).to_be_visible()


def _camera_refused(page: Page) -> None:
    page.context.clear_permissions()
    page.locator("[data-panel=front] [data-camera]").click()
    expect(page.locator("[data-panel=front] [data-refusal]")).to_be_visible()


def _reader_down(world: World) -> str:
    made = factories.application(world.ana, Status.READING)
    front = factories.document(made)
    Job.objects.create(kind=Kind.EXTRACTION, subject=front.uuid, attempts=1, last_error="TryAgain")
    return _status(made)


def _posted(form: str) -> Callable[[Page], None]:
    """Send a form as it is, past what the browser or a script would say."""

    def post(page: Page) -> None:
        page.locator(form).evaluate("form => form.submit()")
        expect(page.locator("[aria-invalid]:visible, [role=alert]:visible").first).to_be_visible()

    return post


def _sent_elsewhere(page: Page) -> None:
    draft = Application.objects.get(status=Status.DRAFT)
    intake.withdraw(draft)
    factories.application(draft.applicant, Status.READING)
    _posted("#photos")(page)


def _trouble(template: str) -> State:
    """An error page as it is drawn for somebody on the first page."""

    def show(page: Page) -> None:
        request = RequestFactory().get("/apply/")
        request.user = AnonymousUser()
        request.resolver_match = resolve("/apply/")
        with translation.override(str(page.locator("html").get_attribute("lang"))):
            body = render(request, template).content
        page.route("**/trouble/", lambda route: route.fulfill(body=body, content_type="text/html"))
        page.goto(page.url + "trouble/")

    return State(template, lambda _: "/", show, signed_in=False)


STATES: Final = [
    State("home", lambda _: "/", signed_in=False),
    State("sign in", lambda _: "/accounts/login/", signed_in=False),
    State("sign in by code", lambda _: "/accounts/login/code/", signed_in=False),
    State("privacy", lambda _: "/privacy/", signed_in=False),
    State("phone without a code", lambda _: "/apply/phone/", signed_in=False),
    State("no applications", lambda _: "/applications/"),
    State("empty", _draft()),
    State("sending", _draft(), _sending),
    State("lost on the way", _draft(), _lost),
    State("refused", _draft(), _refused),
    State("advised", _draft(), _advised),
    State("front sent", _draft("front")),
    State("both sent", _draft("front", "back")),
    State("handed over", _draft("front"), _handed_over),
    State("being read", _in(Status.READING)),
    State("waiting", _waiting, _opened),
    State("checking", lambda world: f"{_waiting(world)}check/"),
    State("flagged", _flagged),
    State("asked again", _asked_for_the_back, _chosen),
    State(
        "asked again for both",
        _decided(Outcome.RESUBMISSION_REQUESTED, reason=Reason.DIFFERENT_CARDS, side="both"),
    ),
    State("declined", _decided(Outcome.DECLINED, reason=Reason.EXPIRED), _opened),
    State("approved", _decided(Outcome.APPROVED)),
    State("withdrawn", _in(Status.WITHDRAWN)),
    State("expired", _in(Status.EXPIRED)),
    State("erased", _in(Status.ERASED)),
    State("sent before", _before(_in(Status.IN_REVIEW))),
    State("asked before", _before(_asked_for_the_back)),
    State("applications", lambda _: "/applications/"),
    State("nothing there", lambda _: "/applications/0000-0000-0000/"),
    State("not allowed", lambda _: "/review/"),
    State("code asked", lambda _: "/accounts/login/code/", _asked_for_a_code, signed_in=False),
    State("wrong code", lambda _: "/accounts/login/code/", _wrong_code, signed_in=False),
    State("wrong password", lambda _: "/accounts/login/", _wrong_password, signed_in=False),
    State("code scanned", _code, _scanned, signed_in=False),
    State("phone connected", _code, _lent, signed_in=False),
    State("phone done", _code, _done, signed_in=False),
    State("phone followed", _followed),
    State("code over", lambda world: _followed(world, over=True)),
    State("photographing", _draft(), _photographing),
    State("camera refused", _draft(), _camera_refused),
    State("reader down", _reader_down),
    State("not agreed", _draft("front", "back"), _posted("#photos")),
    State("sent elsewhere", _draft("front"), _sent_elsewhere),
    State("not withdrawn", _waiting, _posted("form[action$='/withdraw/']")),
    State("nothing chosen", _draft(), _posted("#photos")),
    *(_trouble(f"{code}.html") for code in ("400", "403_csrf", "409", "413", "429", "500", "503")),
    _trouble("applications/tomorrow.html"),
]
