"""A stand-in for the network: answers from a list, and remembers what it was sent."""

import json
from io import BytesIO

from PIL import Image

from ocr_integration.client.http import HttpAnswer

HK_FRONT = {
    "name": "陈大文",
    "name_en": "CHAN, TAI MAN",
    "birth_date": "1990.01.01",
    "sex": "M",
    "valid_period": "2024.06.15-2034.06.14",
    "issuing_authority": "公安部出入境管理局",
    "number": "H12345678",
    "issue_times": "01",
    "type": "Mainland Travel Permit for Hong Kong and Macao Residents",
    "side": "front",
    "confidence": {"name": 0.9, "number": 1, "type": 0.99, "side": 1.0},
}


def picture(width=60, height=50, kind="JPEG", **options):
    """A plain picture of this size."""
    file = BytesIO()
    Image.new("RGB", (width, height), "#c8d8d2").save(file, kind, **options)
    return file.getvalue()


PICTURE = picture()


def answer(body=None, *, status=200, **headers):
    """An answer with this JSON; header names with underscores for dashes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpAnswer(status, {k.replace("_", "-"): v for k, v in headers.items()}, raw)


def result(**changes):
    """A 200 for the front of a Hong Kong card with some members changed."""
    return answer({"result": {**HK_FRONT, **changes}})


def refusal(status, code, **headers):
    return answer({"error_code": code, "error_msg": "secret words"}, status=status, **headers)


def token(value="token-1", expires_at="2099-01-01T00:00:00.000000Z"):
    return answer({"token": {"expires_at": expires_at}}, status=201, x_subject_token=value)


class Network:
    """A transport that gives the next answer, or raises it."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    def __call__(self, request, deadline):
        self.sent.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer
