"""One quota for all workers on all machines: counted in the broker, or in the database without it.

The broker's clock, or the database's, is everybody's: workers' clocks differ.
"""

import logging
import threading
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, cast

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from redis import Redis
from redis.exceptions import RedisError

from kyc.applications.models import CallQuota
from ocr_integration.client.errors import QuotaUsedUp
from ocr_integration.client.throttle import Throttle, interval_of, pushed_back, slot

LONGEST_WAIT: Final = 2.5
"""Seconds a call waits for its slot; longer than the sweeper's round, so that between two of its
rings no slot goes by unused."""
SILENT_SECONDS: Final = 5.0
"""How long the broker is not even asked after it did not answer."""
_ANSWER_SECONDS: Final = 1.0

_RESERVE: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local begins = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
if begins - now <= tonumber(ARGV[2]) then
  local free = begins + ARGV[1]
  redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000))
  return {1, begins - now}
end
return {0, begins - now}
"""
_SLOW_DOWN: Final = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
free = math.max(free - ARGV[1], now + ARGV[2])
redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000))
return 1
"""

logger = logging.getLogger(__name__)


class BrokerThrottle:
    """Counts in the broker, in a script that nothing comes between. Raises RedisError."""

    def __init__(self, redis: "Redis", provider: str, calls_per_second: float) -> None:
        self._keys = [f"permitdesk:quota:{provider}"]
        self._interval = round(interval_of(calls_per_second) * 1_000_000)
        self._reserve = redis.register_script(_RESERVE)
        self._slow_down = redis.register_script(_SLOW_DOWN)

    def reserve(self, *, longest: float) -> float:
        said: Any = self._reserve(self._keys, [self._interval, round(longest * 1_000_000)])
        taken, microseconds = cast("list[int]", said)
        if not taken:
            raise QuotaUsedUp("the quota is used up", after=microseconds / 1_000_000)
        return microseconds / 1_000_000

    def slow_down(self, seconds: float) -> None:
        self._slow_down(self._keys, [self._interval, round(seconds * 1_000_000)])


class DatabaseThrottle:
    """Counts in a row that is locked meanwhile; on SQLite the transaction is the lock."""

    def __init__(self, provider: str, calls_per_second: float) -> None:
        self._provider = provider
        self._interval = interval_of(calls_per_second)

    def reserve(self, *, longest: float) -> float:
        with transaction.atomic():
            row, now = self._locked()
            taken = slot(row.next_free.timestamp(), now, self._interval, longest=longest)
            self._write(row, taken.next_free)
        return taken.wait

    def slow_down(self, seconds: float) -> None:
        with transaction.atomic():
            row, now = self._locked()
            later = pushed_back(row.next_free.timestamp(), now, self._interval, seconds)
            self._write(row, later)

    def _locked(self) -> tuple[CallQuota, float]:
        CallQuota.objects.get_or_create(provider=self._provider)
        rows = CallQuota.objects.select_for_update().annotate(now=Now())
        row = rows.get(provider=self._provider)
        return row, row.now.timestamp()

    def _write(self, row: CallQuota, next_free: float) -> None:
        row.next_free = datetime.fromtimestamp(next_free, UTC)
        row.save(update_fields=["next_free"])


class SharedThrottle:
    """Counts in the broker while it answers. A stopped one slows reading and never stops it."""

    def __init__(self, broker: Throttle, database: Throttle) -> None:
        self._broker, self._database = broker, database
        self._used = broker
        self._silent_until = 0.0
        self._turn = threading.Lock()

    def reserve(self, *, longest: float) -> float:
        if time.monotonic() >= self._silent_until:
            try:
                # Others may count in the database for as long as they leave the broker alone.
                self._change_to(self._broker, SILENT_SECONDS + LONGEST_WAIT)
                return self._broker.reserve(longest=longest)
            except (RedisError, OSError):
                self._fall_silent()
        self._change_to(self._database, LONGEST_WAIT)
        return self._database.reserve(longest=longest)

    def slow_down(self, seconds: float) -> None:
        if time.monotonic() >= self._silent_until:
            try:
                self._broker.slow_down(seconds)
            except (RedisError, OSError):
                self._fall_silent()
            else:
                return
        self._database.slow_down(seconds)

    def _fall_silent(self) -> None:
        if self._used is self._broker:
            logger.warning("the broker does not answer; the quota is counted in the database")
        self._silent_until = time.monotonic() + SILENT_SECONDS

    def _change_to(self, throttle: Throttle, seconds: float) -> None:
        """Slots that the other one handed out may still come: leave them time."""
        with self._turn:
            if self._used is not throttle:
                throttle.slow_down(seconds)
                self._used = throttle


def throttle_of(provider: str, calls_per_second: float) -> SharedThrottle:
    """The quota of one provider, by its key."""
    return SharedThrottle(
        BrokerThrottle(_redis(), provider, calls_per_second),
        DatabaseThrottle(provider, calls_per_second),
    )


@lru_cache(maxsize=1)
def _redis() -> "Redis":
    return Redis.from_url(
        settings.BROKER_URL,
        socket_timeout=_ANSWER_SECONDS,
        socket_connect_timeout=_ANSWER_SECONDS,
        max_connections=64,
    )
