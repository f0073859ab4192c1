"""Every page an applicant meets, in every state: how to get there, and what to do there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page, Route, expect

from kyc.accounts.models import User
from kyc.applications import flagging, intake
from kyc.applications.models import Application
from kyc.applications.status import Outcome, Reason, Status
from ocr_integration.protocol.fields import Side
from tests import factories
from tests.applications.browsing import BACK, FRONT, put

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


def _draft(*sides: str) -> Callable[[World], str]:
    def made(world: World) -> str:
        for left in world.ana.applications.filter(status=Status.DRAFT):
            intake.withdraw(left)
        draft = factories.application(world.ana, Status.DRAFT)
        for side in sides:
            factories.document(draft, side)
        return "/apply/"

    return made


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
    State(
        "asked again",
        _decided(Outcome.RESUBMISSION_REQUESTED, reason=Reason.CUT_OFF, side="back"),
        _chosen,
    ),
    State(
        "asked again for both",
        _decided(Outcome.RESUBMISSION_REQUESTED, reason=Reason.DIFFERENT_CARDS, side="both"),
    ),
    State("declined", _decided(Outcome.DECLINED, reason=Reason.EXPIRED), _opened),
    State("approved", _decided(Outcome.APPROVED)),
    State("withdrawn", _in(Status.WITHDRAWN)),
    State("expired", _in(Status.EXPIRED)),
    State("erased", _in(Status.ERASED)),
    State("applications", lambda _: "/applications/"),
    State("nothing there", lambda _: "/applications/0000-0000-0000/"),
]
