import json
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from ocr_integration.client import __main__ as command
from tests.ocr_integration.client.fakes import PICTURE
from tests.ocr_integration.client.wire import serving

TOP = Path(__file__).parents[3]
MOST_MEGABYTES = 250
AKSK = {"OCR_AUTH": "aksk", "OCR_AK": "AKHUSH", "OCR_SK": "HUSH"}


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(PICTURE)
    return str(path)


def one_each(left):
    """Give each connection the next answer, or let it be answered by a function."""

    def behave(connection, stopped):
        answer = left.pop(0)
        if callable(answer):
            answer(connection, stopped)
        else:
            connection.sendall(answer)

    return behave


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command against a server that says this, one answer a connection.

    Gives the exit status, what was read, the lines of complaint, and the answers not asked for.
    """

    def run(said, *arguments, tls=None, **environ):
        left = list(said)
        for name in [name for name in os.environ if name.startswith("OCR_")]:
            monkeypatch.delenv(name)

        before, began = peak(), time.monotonic()
        with serving(one_each(left), tls) as url:
            for name, value in {**AKSK, "OCR_ENDPOINT": url.rstrip("/"), **environ}.items():
                monkeypatch.setenv(name, value)
            status = command.main(list(arguments))
        out, err = capsys.readouterr()
        assert peak() - before < MOST_MEGABYTES
        assert time.monotonic() - began < 60
        assert "Traceback" not in err
        assert "HUSH" not in out + err
        return status, [json.loads(line) for line in out.splitlines()], err.splitlines(), left

    return run


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture
def shell():
    """Start the command as a process of its own, against a server that says this."""
    with ExitStack() as stack:

        def shell(said, *arguments, out=subprocess.PIPE, **environ):
            url = stack.enter_context(serving(one_each(list(said)))).rstrip("/")
            process = subprocess.Popen(
                [sys.executable, "-m", "ocr_integration.client", *arguments],
                cwd=TOP,
                env={"PATH": os.environ["PATH"], **AKSK, "OCR_ENDPOINT": url, **environ},
                stdout=out,
                stderr=subprocess.PIPE,
                preexec_fn=_hearing_interrupts,
            )
            stack.callback(end, process)
            return process

        yield shell


def _hearing_interrupts():
    """A shell's job in the background is deaf to them, and so is all it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end(process):
    process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
