"""A code that is tried by many at the same time."""

import threading
from types import SimpleNamespace

import pytest
from django.db import connection

from kyc.accounts import codes
from kyc.accounts.models import LoginCode, User

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="one writer at a time anyway"),
]


def all_at_once(email, typed):
    """Try codes of one browser at the same moment, and say how each try ended."""
    digest = codes._digest(email, "12345678")
    row = LoginCode.objects.create(email=email, digest=digest)
    start, ends = threading.Barrier(len(typed)), []

    def attempt(code):
        request = SimpleNamespace(session={codes._SESSION_KEY: row.pk})
        try:
            start.wait()
            ends.append(codes.redeem(request, code).email)
        except (codes.Gone, codes.Wrong) as end:
            ends.append(type(end).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=[code]) for code in typed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_guesses_are_counted_one_by_one():
    ends = all_at_once("ana@example.org", [f"{guess:08}" for guess in range(12)])
    assert ends == ["Gone"] * 7 + ["Wrong"] * 5


def test_a_right_code_lets_one_in():
    ends = all_at_once("ana@example.org", ["12345678"] * 4)
    assert ends == ["Gone"] * 3 + ["ana@example.org"]
    assert User.objects.count() == 1
