"""Pictures and keys in an object store, over its own protocol."""

from uuid import uuid4

import boto3
import pytest
from django.core.files.storage import default_storage, storages

from kyc import settings as configured
from kyc.operations import buckets
from kyc.vault import files, keys
from kyc.vault.files import FileLost
from kyc.vault.keys import KeyGone
from kyc.vault.sealing import Place, SealBroken

pytestmark = pytest.mark.loopback

PICTURE = b"a picture, or so we say" * 1000


@pytest.fixture
def stores(settings, s3, monkeypatch):
    """Both stores as STORAGE_URL and KEYS_URL name them, in new buckets of their own."""
    monkeypatch.setenv("STORAGE_ACCESS_KEY", "desk")
    monkeypatch.setenv("STORAGE_SECRET_KEY", "desk-secret")
    named = {}
    for alias, variable in (("default", "STORAGE_URL"), ("keys", "KEYS_URL")):
        bucket = f"{alias}-{uuid4().hex}"
        monkeypatch.setenv(variable, f"s3://{bucket}/desk?endpoint={s3.endpoint}&region=us-east-1")
        named[alias] = configured._store(variable, configured.VAR)
    settings.STORAGES = {**settings.STORAGES, **named}
    return named


@pytest.fixture
def place():
    return Place("0123456789AB", "applications_document", "stored_as", uuid4())


@pytest.fixture
def key_id(stores):
    buckets.make_missing()
    keys_made = keys.create()
    keys._kept.clear()
    return keys_made


def _objects(s3, bucket):
    client = boto3.client(
        "s3",
        endpoint_url=s3.endpoint,
        region_name="us-east-1",
        aws_access_key_id="desk",
        aws_secret_access_key="desk-secret",
    )
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        entry["Key"]: client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
        for entry in listed
    }


def test_missing_buckets_are_made_once(stores):
    made = buckets.make_missing()
    assert sorted(made) == sorted(store["OPTIONS"]["bucket_name"] for store in stores.values())
    assert buckets.make_missing() == []


def test_a_sealed_picture_comes_back_as_it_was(key_id, place):
    name = files.store(PICTURE, key_id=key_id, place=place)
    keys._kept.clear()
    assert files.load(name, place=place) == PICTURE


def test_the_store_holds_nothing_readable(key_id, place, s3, stores):
    files.store(PICTURE, key_id=key_id, place=place)
    pictures = _objects(s3, stores["default"]["OPTIONS"]["bucket_name"])
    wrapped = _objects(s3, stores["keys"]["OPTIONS"]["bucket_name"])
    assert [len(pictures), len(wrapped)] == [1, 1]
    assert all(name.startswith("desk/") for name in (*pictures, *wrapped))
    assert not any(PICTURE[:23] in stored for stored in pictures.values())
    assert keys.load(key_id) not in next(iter(wrapped.values()))


def test_a_picture_at_another_place_does_not_open(key_id, place):
    name = files.store(PICTURE, key_id=key_id, place=place)
    with pytest.raises(SealBroken):
        files.load(name, place=place._replace(row=uuid4()))


def test_a_lost_file_is_called_lost(key_id, place):
    with pytest.raises(FileLost):
        files.load("00/not-there.sealed", place=place)


def test_a_removed_picture_is_gone_and_may_be_removed_again(key_id, place):
    name = files.store(PICTURE, key_id=key_id, place=place)
    files.remove(name)
    assert not default_storage.exists(name)
    files.remove(name)
    with pytest.raises(FileLost):
        files.load(name, place=place)


def test_an_erased_key_takes_the_picture_with_it(key_id, place):
    name = files.store(PICTURE, key_id=key_id, place=place)
    keys.destroy(key_id)
    assert not keys.exists(key_id)
    with pytest.raises(KeyGone):
        files.load(name, place=place)


def test_two_files_never_share_a_name(key_id, place):
    names = {files.store(PICTURE, key_id=key_id, place=place) for _ in range(5)}
    assert len(names) == 5
    assert storages["default"].exists(names.pop())
