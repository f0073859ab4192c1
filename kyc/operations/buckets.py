"""Buckets that the configuration names: a new installation's object store has none."""

from botocore.exceptions import ClientError
from django.core.files.storage import storages
from storages.backends.s3 import S3Storage


def make_missing() -> list[str]:
    """Make them where they are missing, and name those that were made."""
    made = []
    for alias in ("default", "keys"):
        storage = storages[alias]
        if isinstance(storage, S3Storage) and not _exists(storage):
            storage.connection.create_bucket(Bucket=storage.bucket_name)
            made.append(storage.bucket_name)
    return made


def _exists(storage: S3Storage) -> bool:
    try:
        storage.connection.meta.client.head_bucket(Bucket=storage.bucket_name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        return False
    return True
