import json

import pytest

from ocr_integration.server.credentials import BadCredentials, User, load

GOOD = {
    "projects": {"p": "r"},
    "keys": {"AK": "SECRET"},
    "users": [{"domain": "D", "name": "N", "password": "PASSWORD"}],
}


@pytest.fixture
def file(tmp_path):
    def write(said):
        path = tmp_path / "credentials.json"
        path.write_text(said if isinstance(said, str) else json.dumps(said))
        return str(path)

    return write


def test_it_takes_projects_keys_and_users(file):
    taken = load(file(GOOD))
    assert taken.projects == {"p": "r"}
    assert taken.keys == {"AK": "SECRET"}
    assert taken.users == (User("D", "N", "PASSWORD"),)
    assert "SECRET" not in repr(taken)
    assert "PASSWORD" not in repr(taken)


@pytest.mark.parametrize(
    "change",
    [
        {"projects": {}},
        {"projects": []},
        {"projects": {"p": ""}},
        {"projects": {"p": 7}},
        {"keys": {"": "SECRET"}},
        {"keys": {}, "users": []},
        {"keys": ["SECRET"]},
        {"users": {}},
        {"users": [{"domain": "D", "name": "N"}]},
        {"users": [{"domain": "D", "name": "N", "password": ""}]},
    ],
)
def test_what_is_malformed_stops_the_start_with_the_variables_name(file, change):
    with pytest.raises(BadCredentials, match="OCR_SERVER_CREDENTIALS") as caught:
        load(file({**GOOD, **change}))
    assert "SECRET" not in str(caught.value)


def test_it_takes_quotas_and_hosts_where_they_are_given(file):
    more = {"calls_a_minute": {"p": 60}, "url_hosts": ["Pictures.example", "x.example:8080"]}
    taken = load(file({**GOOD, **more}))
    assert taken.calls_a_minute == {"p": 60}
    assert taken.url_hosts == {"pictures.example", "x.example:8080"}
    assert load(file(GOOD)).url_hosts == frozenset()


@pytest.mark.parametrize(
    "change",
    [
        {"calls_a_minute": 60},
        {"calls_a_minute": {"other": 60}},
        {"calls_a_minute": {"p": 0}},
        {"calls_a_minute": {"p": True}},
        {"calls_a_minute": {"p": "60"}},
        {"url_hosts": "pictures.example"},
        {"url_hosts": ["https://pictures.example/"]},
        {"url_hosts": [""]},
    ],
)
def test_malformed_permissions_stop_the_start(file, change):
    with pytest.raises(BadCredentials, match=next(iter(change))):
        load(file({**GOOD, **change}))


@pytest.mark.parametrize("path", [None, "", "/nowhere/credentials.json"])
def test_what_is_missing_stops_the_start(path):
    with pytest.raises(BadCredentials, match="OCR_SERVER_CREDENTIALS"):
        load(path)


@pytest.mark.parametrize("said", ["", "SECRET", "[]", '"SECRET"', "[" * 100_000])
def test_what_is_no_such_json_is_not_quoted(file, said):
    with pytest.raises(BadCredentials) as caught:
        load(file(said))
    assert "SECRET" not in str(caught.value)


def test_the_token_key_is_the_same_however_the_file_is_written(file):
    one = load(file(GOOD)).token_key()
    other = load(file(json.dumps(dict(reversed(GOOD.items())), indent=4))).token_key()
    changed = load(file({**GOOD, "keys": {"AK": "CHANGED"}})).token_key()
    assert one == other != changed
