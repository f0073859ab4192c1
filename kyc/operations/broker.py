"""Look at the doorbell: does it answer, and what waits in it."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Final, cast

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

QUEUE: Final = "celery"
UNACKED: Final = "unacked"
SECONDS: Final = 1.0


@dataclass(frozen=True)
class Ring:
    """One message as it stands in the broker."""

    text: str
    is_one_number: bool


def answers() -> bool:
    """Whether the broker answers within a second."""
    try:
        with _connected() as redis:
            return bool(redis.ping())
    except (RedisError, OSError):
        return False


def waiting() -> list[Ring] | None:
    """Read the messages that wait or are being worked on; None when the broker does not answer."""
    try:
        with _connected() as redis:
            queued = cast("list[bytes]", redis.lrange(QUEUE, 0, -1))
            taken = cast("list[bytes]", redis.hvals(UNACKED))
    except (RedisError, OSError):
        return None
    return [_ring(json.loads(raw)) for raw in queued] + [_ring(json.loads(raw)[0]) for raw in taken]


def _connected() -> "Redis":
    return Redis.from_url(
        settings.BROKER_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
    )


def _ring(message: dict[str, Any]) -> Ring:
    try:
        body = base64.b64decode(message["body"], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        body = str(message["body"])
    args, kwargs, _embed = json.loads(body)
    one = len(args) == 1 and type(args[0]) is int and not kwargs
    return Ring(json.dumps([message.get("headers"), args, kwargs], ensure_ascii=False), one)
