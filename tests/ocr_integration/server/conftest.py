import json
from types import SimpleNamespace

import pytest
from werkzeug.test import Client

from ocr_integration.engine.errors import PictureRefused
from ocr_integration.protocol.fields import PermitType, Side
from ocr_integration.protocol.quality import Problem, ProblemCode
from ocr_integration.protocol.result import Result, Spot
from ocr_integration.server.app import Application
from ocr_integration.server.credentials import Credentials, User
from ocr_integration.server.fetching import Fetcher
from ocr_integration.server.metrics import Board
from ocr_integration.server.quotas import Quotas
from ocr_integration.server.slot import ReadingSlot

PROJECT = "0123456789abcdef0123456789abcdef"
OTHER_PROJECT = "fedcba9876543210fedcba9876543210"
CREDENTIALS = Credentials(
    projects={PROJECT: "local-1", OTHER_PROJECT: "local-2"},
    keys={"AK": "SECRET"},
    users=(User("D", "N", "PASSWORD"),),
)
CORNERS = ((1, 2), (30, 2), (30, 40), (1, 40))
RESULT = Result(
    type=PermitType.HK_MACAO,
    side=Side.FRONT,
    values={"name": "陈大文", "number": "H12345678"},
    confidence={"name": 0.9, "number": 1.0},
    type_confidence=0.9,
    side_confidence=0.8,
    portrait_image=b"jpeg",
    portrait_location=CORNERS,
    places={"card": Spot(CORNERS)},
)


class FakeReader:
    """Reads what the picture's bytes say it should."""

    version = "fake-1"

    def read(self, picture):
        if picture == b"no permit":
            raise PictureRefused("AIS.0104", "No permit was found.")
        if picture == b"crash":
            raise RuntimeError("H12345678 stood in the picture")
        return RESULT

    def problems(self, picture):
        self.read(picture)
        return [Problem(ProblemCode.GLARE, "number", CORNERS), SimpleNamespace(**DARK)]


DARK = {"code": "dark", "field": None, "where": None}


def post_token(client, **user):
    said = {"name": "N", "password": "PASSWORD", "domain": {"name": "D"}, **user}
    identity = {"methods": ["password"], "password": {"user": said}}
    scope = {"project": {"id": PROJECT}}
    return client.post("/v3/auth/tokens", json={"auth": {"identity": identity, "scope": scope}})


@pytest.fixture
def board():
    return Board(2)


@pytest.fixture
def app(board):
    return Application(
        reader=FakeReader(),
        credentials=CREDENTIALS,
        token_key=b"key of the tokens",
        board=board,
        row=board.row(0),
        slot=ReadingSlot(),
        quotas=Quotas({}),
        fetcher=Fetcher(),
        ready=True,
    )


@pytest.fixture
def client(app):
    return Client(app)


@pytest.fixture
def token(client):
    return post_token(client).headers["X-Subject-Token"]


@pytest.fixture
def ask(client, token):
    """Post a body, JSON or raw bytes, to the recognition route with a good token."""

    def post(body, *, path="", **headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(
            f"/v2/{PROJECT}/ocr/mainland-travel-permit{path}",
            data=raw,
            headers={"X-Auth-Token": token, "Content-Type": "application/json", **headers},
        )

    return post
