"""Whose address throttles count: a header is believed as far as our own proxies wrote it."""

import pytest

from kyc.accounts.http import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", "10.0.0.1"),
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (2, "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_it_counts_hops_from_the_right(rf, settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.1", headers=headers)) == expected


def test_throttles_count_by_it(client, clean_cache, settings):
    settings.TRUSTED_PROXIES = 1
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "1/m/ip"}
    statuses = [
        client.post(
            "/accounts/login/code/",
            {"email": "a@example.org"},
            headers={"X-Forwarded-For": f"{invented}, {real}"},
        ).status_code
        for invented, real in [
            ("1.1.1.1", "203.0.113.9"),
            ("2.2.2.2", "203.0.113.9"),
            ("1.1.1.1", "203.0.113.8"),
        ]
    ]
    assert statuses == [302, 429, 302]
