"""One quota for everybody, in the broker, and in the database while the broker is away."""

import threading

import pytest
from django.db import connection
from redis import Redis

from kyc.applications.models import CallQuota
from kyc.applications.quota import (
    LONGEST_WAIT,
    SILENT_SECONDS,
    BrokerThrottle,
    DatabaseThrottle,
    SharedThrottle,
)
from ocr_integration.client.errors import QuotaUsedUp
from ocr_integration.client.throttle import MemoryThrottle

INTERVAL = 1 / 9.5


def waits(throttle, number):
    return [throttle.reserve(longest=5.0) for _ in range(number)]


def check(one, other):
    """Two workers that count on the same quota."""
    found = [throttle.reserve(longest=5.0) for _ in range(3) for throttle in (one, other)]
    assert found[0] == 0
    assert found == sorted(found)
    assert found[-1] == pytest.approx(5 * INTERVAL, abs=0.15)
    with pytest.raises(QuotaUsedUp) as caught:
        one.reserve(longest=0.01)
    assert 0.2 < caught.value.after < 1.0
    other.slow_down(20.0)
    with pytest.raises(QuotaUsedUp) as caught:
        one.reserve(longest=5.0)
    assert caught.value.after == pytest.approx(20.0, abs=0.5)


@pytest.mark.django_db
def test_the_database_counts_for_all():
    check(DatabaseThrottle("p", 10), DatabaseThrottle("p", 10))
    assert DatabaseThrottle("another", 10).reserve(longest=0.0) == 0
    assert CallQuota.objects.count() == 2


@pytest.mark.loopback
def test_the_broker_counts_for_all(valkey):
    redis = Redis.from_url(valkey.url)
    check(BrokerThrottle(redis, "p", 10), BrokerThrottle(redis, "p", 10))
    assert BrokerThrottle(redis, "another", 10).reserve(longest=0.0) == 0
    assert redis.ttl("permitdesk:quota:p") <= 21
    redis.close()


@pytest.mark.loopback
def test_the_broker_may_forget_what_it_was_told(valkey):
    redis = Redis.from_url(valkey.url)
    throttle = BrokerThrottle(redis, "forgetful", 10)
    throttle.reserve(longest=0.0)
    redis.flushall()
    redis.script_flush()
    assert throttle.reserve(longest=0.0) == 0
    redis.close()


@pytest.mark.django_db
def test_a_stopped_broker_slows_reading_and_never_stops_it():
    redis = Redis.from_url("unix:///nowhere/valkey.sock")
    shared = SharedThrottle(BrokerThrottle(redis, "p", 10), DatabaseThrottle("p", 10))
    found = waits(shared, 4)
    # Slots that the broker handed out may still come.
    assert found[0] == pytest.approx(2.5, abs=0.2)
    assert found == sorted(found)
    shared.slow_down(30.0)
    with pytest.raises(QuotaUsedUp):
        shared.reserve(longest=5.0)


@pytest.mark.django_db
def test_a_broker_that_does_not_answer_is_not_asked_each_time():
    class Hanging:
        asked = 0

        def reserve(self, *, longest):
            self.asked += 1
            raise TimeoutError

        slow_down = reserve

    broker = Hanging()
    shared = SharedThrottle(broker, DatabaseThrottle("p", 1000))
    waits(shared, 5)
    assert broker.asked == 1


@pytest.mark.django_db
def test_a_broker_that_is_back_is_left_time_until_everybody_counts_in_it():
    class Restarted(MemoryThrottle):
        down, slowed = True, ()

        def reserve(self, *, longest):
            if self.down:
                raise TimeoutError
            return super().reserve(longest=longest)

        def slow_down(self, seconds):
            self.slowed += (seconds,)

    broker = Restarted(1000)
    shared = SharedThrottle(broker, DatabaseThrottle("p", 1000))
    waits(shared, 2)
    broker.down, shared._silent_until = False, 0.0
    waits(shared, 2)
    assert broker.slowed == (SILENT_SECONDS + LONGEST_WAIT,)


@pytest.mark.django_db(transaction=True)
def test_callers_at_the_same_time_get_slots_of_their_own():
    DatabaseThrottle("p", 10).reserve(longest=0.0)
    first = CallQuota.objects.get().next_free

    def call():
        try:
            DatabaseThrottle("p", 10).reserve(longest=9.0)
        finally:
            connection.close()

    callers = [threading.Thread(target=call) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    taken = CallQuota.objects.get().next_free - first
    assert taken.total_seconds() >= 8 * INTERVAL - 0.001
