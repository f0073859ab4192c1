"""Several processes against a provider that fails in every way that passes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from kyc.applications.models import Extraction
from kyc.applications.status import Status
from kyc.jobs.models import Job, Kind, Outcome
from tests import factories
from tests.applications.faulty_provider import Provider, digest, serving

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket, pytest.mark.timeout(300)]

TOP = Path(__file__).parents[2]
PICTURES = 12
PROCESSES = 3
CALLS_A_SECOND = 20


def database_url() -> str:
    """This very database's, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", os.environ["DATABASE_URL"], count=1)


def waiting(picture):
    """A document of an application that waits to be read."""
    made = factories.document(factories.application(status=Status.READING), "front", picture)
    Job.objects.create(kind=Kind.EXTRACTION, subject=made.uuid)
    return made


@pytest.mark.django_db(transaction=True)
def test_every_picture_is_read_once_and_each_login_was_needed(valkey, tmp_path):
    pictures = [factories.jpeg(color=f"#c8d8{n:02x}") for n in range(PICTURES)]
    documents = {digest(picture): waiting(picture) for picture in pictures}
    provider = Provider(pictures, CALLS_A_SECOND)
    with serving(provider) as url:
        environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("OCR_")},
            "DJANGO_SETTINGS_MODULE": "kyc.settings",
            "DATABASE_URL": database_url(),
            "STORAGE_URL": (tmp_path / "media").as_uri(),
            "KEYS_URL": (tmp_path / "keys").as_uri(),
            "BROKER_URL": valkey.url,
            "OCR_ENDPOINT": url,
            "OCR_AUTH": "token",
            "OCR_USERNAME": "desk",
            "OCR_PASSWORD": "a password",
            "OCR_DOMAIN": "domain",
            "OCR_QPS": str(CALLS_A_SECOND),
        }
        command = [sys.executable, "-m", "tests.applications.hurried_worker"]
        said = tmp_path / "said"
        with said.open("wb") as out:
            workers = [
                subprocess.Popen(command, cwd=TOP, env=environ, stdout=out, stderr=out)
                for _ in range(PROCESSES)
            ]
            try:
                statuses = [worker.wait(240) for worker in workers]
            finally:
                for worker in workers:
                    worker.kill()
                    worker.wait()
    assert statuses == [0] * PROCESSES, said.read_text()

    assert not any(provider.faults.values())
    assert not provider.login_faults
    assert set(Job.objects.values_list("outcome", flat=True)) == {Outcome.DONE}
    for picture, document in documents.items():
        read = Extraction.objects.get(document=document, outcome=Extraction.Outcome.READ)
        number = read.readings.get(field="number").get("value")
        assert (read.current, number) == (True, f"H{provider.numbers[picture]}")
    # Each answer that was given, and is paid for, is written down.
    assert sum(provider.answered.values()) == Extraction.objects.count()
    assert provider.needless_logins == 0
    assert provider.refused_tokens > 0
