import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_integration.client.errors import QuotaUsedUp
from ocr_integration.client.throttle import MemoryThrottle, interval_of, pushed_back, slot


def test_slots_come_one_at_a_time_a_little_slower_than_allowed():
    throttle = MemoryThrottle(10)
    waits = [throttle.reserve(longest=1.0) for _ in range(5)]
    assert waits[0] == 0
    assert waits[4] == pytest.approx(4 / 9.5, abs=0.05)


def test_who_would_wait_too_long_takes_nothing():
    throttle = MemoryThrottle(1)
    throttle.reserve(longest=0.5)
    for _ in range(3):
        with pytest.raises(QuotaUsedUp) as caught:
            throttle.reserve(longest=0.5)
        assert 0.9 < caught.value.after < 1.1


def test_a_refusal_keeps_everybody_waiting():
    throttle = MemoryThrottle(100)
    throttle.reserve(longest=1.0)
    throttle.slow_down(5.0)
    with pytest.raises(QuotaUsedUp) as caught:
        throttle.reserve(longest=1.0)
    assert caught.value.after == pytest.approx(5.0, abs=0.1)


def test_a_refused_call_gives_its_slot_back():
    assert pushed_back(10.0, 5.0, 0.5, seconds=1.0) == 9.5


@given(st.lists(st.floats(0, 0.5), min_size=12, max_size=60))
def test_no_second_ever_has_more_calls_than_allowed(pauses):
    interval, now, next_free, calls = interval_of(10), 0.0, 0.0, []
    for pause in pauses:
        now += pause
        taken = slot(next_free, now, interval, longest=60)
        next_free = taken.next_free
        calls.append(now + taken.wait)
    assert all(later - earlier > 1 for earlier, later in zip(calls, calls[10:], strict=False))
