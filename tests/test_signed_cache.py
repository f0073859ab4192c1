"""What is kept between requests is data, and ours: the table that holds it runs nothing."""

import base64
import pickle
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache, caches
from django.db import connection
from django.utils import timezone

pytestmark = pytest.mark.usefixtures("clean_cache")

RAN = []


class Trap:
    """Runs something in whoever unpickles it."""

    def __reduce__(self):
        return RAN.append, ("code from the table",)


def write(name: str, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cache SET value = %s WHERE cache_key LIKE %s", [text, f"%:{name}"])
        assert cursor.rowcount == 1


def read(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM cache WHERE cache_key LIKE %s", [f"%:{name}"])
        return cursor.fetchone()[0]


def later(**time: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**time))


@pytest.mark.parametrize("value", [[1.5, 2.5], {"a": None}, "陈大文", True, 0, "", []])
def test_it_gives_back_what_was_kept(value):
    cache.set("it", value)
    assert cache.get("it") == value
    assert "it" in cache


def test_a_pickle_in_the_table_is_never_opened():
    cache.set("it", [1])
    write("it", base64.b64encode(pickle.dumps(Trap())).decode())
    assert cache.get("it") is None
    assert cache.get("it", "nothing") == "nothing"
    assert RAN == []


def test_what_was_not_signed_here_counts_as_absent(settings):
    cache.set("it", [1])
    for text in ("[1]", "[1]:forged", read("it").replace("[1]", "[2]"), ""):
        write("it", text)
        assert cache.get("it") is None
    cache.set("it", [3])
    settings.SECRET_KEY = "another-key-that-is-long-enough-to-be-one"
    assert cache.get("it") is None


def test_a_signed_row_does_not_count_under_another_key():
    cache.set("it", "for it")
    cache.set("other", "for another")
    write("other", read("it"))
    assert cache.get("other") is None


def test_only_what_json_can_say_is_kept():
    with pytest.raises(TypeError):
        cache.set("it", object())


def test_it_forgets_in_time():
    cache.set("soon", 1, timeout=60)
    cache.set("never", 1, timeout=None)
    assert cache.touch("soon", 120)
    with later(seconds=90):
        assert cache.get("soon") == 1
    with later(seconds=121):
        assert cache.get("soon") is None
        assert not cache.touch("soon", 120)
    with later(days=3650):
        assert cache.get("never") == 1


def test_one_of_two_adds_the_same():
    assert cache.add("lock", 1, timeout=10)
    assert not cache.add("lock", 2, timeout=10)
    assert cache.get("lock") == 1
    with later(seconds=11):
        assert cache.add("lock", 3, timeout=10)
        assert cache.get("lock") == 3
    assert cache.delete("lock")
    assert not cache.delete("lock")


def test_it_counts():
    cache.set("hits", 1)
    assert cache.incr("hits") == 2
    assert cache.get_many(["hits", "misses"]) == {"hits": 2}


def test_a_full_table_drops_what_ends_first(monkeypatch):
    # The cache itself: on the proxy, undoing would delete what it passes on.
    monkeypatch.setattr(caches["default"], "_max_entries", 4)
    for number in range(5):
        cache.set(f"k{number}", number, timeout=100 + number)
    cache.set("gone", 1, timeout=0)
    cache.set("last", 1, timeout=1000)
    kept = cache.get_many([f"k{number}" for number in range(5)] + ["last"])
    assert "k0" not in kept
    assert {"k4", "last"} <= kept.keys()
