"""The doorbell on a real Valkey, from a process of its own."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from kyc.jobs.models import Kind

pytestmark = pytest.mark.loopback

TOP = Path(__file__).parent.parent.parent
RING = """
import django; django.setup()
from kyc.jobs.doorbell import ring
from kyc.jobs.models import Kind
import time; began = time.monotonic()
print(ring({job}, Kind("{kind}")), time.monotonic() - began)
"""


@pytest.fixture
def ring(valkey):
    """Ring in another process; whether it was heard, and after how many seconds that was known."""

    def ring(job: int) -> tuple[bool, float]:
        environment = {
            **os.environ,
            "BROKER_URL": valkey.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        program = RING.format(job=job, kind=Kind.EXTRACTION.value)
        said = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            cwd=TOP,
            capture_output=True,
            text=True,
            check=True,
        )
        heard, seconds = said.stdout.split()
        return heard == "True", float(seconds)

    return ring


def test_what_is_rung_carries_an_id_and_nothing_else(ring, valkey):
    heard, _ = ring(4711)
    assert heard
    broker = redis.Redis(unix_socket_path=str(valkey.socket))
    message = json.loads(broker.rpop("celery"))
    arguments, keywords, _ = json.loads(base64.b64decode(message["body"]))
    assert (arguments, keywords) == ([4711], {})
    assert message["headers"]["argsrepr"] == "[4711]"


def test_a_broker_that_hangs_is_given_up_within_seconds(ring, valkey):
    os.kill(valkey.process.pid, signal.SIGSTOP)
    try:
        heard, seconds = ring(1)
    finally:
        os.kill(valkey.process.pid, signal.SIGCONT)
    assert not heard
    assert seconds < 10


def test_what_was_rung_before_the_broker_was_killed_is_there_afterwards(ring, valkey):
    assert ring(12)[0]
    time.sleep(1.5)  # its file is written every second
    valkey.process.kill()
    valkey.process.wait()
    valkey.start()
    broker = redis.Redis(unix_socket_path=str(valkey.socket))
    assert broker.llen("celery") >= 1
