"""Photos that are none, or hardly, given to `python -m ocr_integration.client`."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest
from PIL import Image

from tests.ocr_integration.client.fakes import HK_FRONT, picture
from tests.ocr_integration.client.wire import reply

pytestmark = [pytest.mark.loopback, pytest.mark.enable_socket]

READ = reply({"result": HK_FRONT})
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)
ENDS_EARLY = picture(9000, 600)[:3000]
SCANS = picture(9000, 600, progressive=True)

NO_PHOTOS = {
    "empty": b"",
    "a text": b"a photo",
    "a page": b"%PDF-1.7\n",
    "HEIC": HEIC,
    "a GIF": picture(kind="GIF"),
    "a WebP": picture(kind="WEBP"),
    "too small": picture(14, 400),
    "too narrow": picture(9000, 16),
    "large and cut off": ENDS_EARLY,
    "gone over for ever": SCANS[:-2] + SCANS[SCANS.rindex(b"\xff\xda") : -2] * 60 + SCANS[-2:],
    "large and nothing": bytes(100_000_000),
    "large and only begun": b"\xff\xd8\xff" + bytes(60_000_000),
}


@pytest.mark.parametrize("name", NO_PHOTOS)
def test_what_is_no_photo_is_not_sent(name, run, tmp_path):
    (tmp_path / "photo").write_bytes(NO_PHOTOS[name])
    status, out, err, left = run([READ], str(tmp_path / "photo"))
    assert (status, out, len(err), left) == (65, [], 1, [READ])


@pytest.mark.parametrize("path", ["", ".", "/", "/dev/zero", "missing.jpg", "a" * 300, "a\nb"])
def test_what_is_no_file_is_not_read(path, run):
    status, out, err, left = run([READ], path)
    assert (status, out, len(left)) == (65, [], 1)
    assert err


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\n\x1b[2Jb.jpg", "a??[2Jb.jpg"), ("x" * 300, "…" + "x" * 200), ("名.jpg", "名.jpg")],
)
def test_a_name_is_told_in_one_line(name, shown, run):
    _, _, err, _ = run([READ], name)
    assert [line.partition(": ")[0] for line in err] == [shown]


def test_a_pipe_that_nobody_writes_to_keeps_nobody(run, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert run([READ], str(tmp_path / "pipe"))[0] == 65


def test_a_file_larger_than_any_photo_is_not_read(run, tmp_path):
    with (tmp_path / "photo").open("wb") as file:
        file.truncate(10**12)
    assert run([READ], str(tmp_path / "photo"))[0] == 65


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_a_photo_over_the_limits_is_sent_within_them(kind, run, tmp_path):
    arrived = []

    def behave(connection, _):
        received = bytearray()
        while not received.endswith(b"}"):
            received += connection.recv(1_000_000)
        arrived.append(len(received))
        connection.sendall(READ)

    Image.effect_noise((8400, 300), 20).convert("RGB").save(tmp_path / "photo", kind)
    assert run([behave], str(tmp_path / "photo"))[0] == 0
    assert 100_000 < arrived[0] < 10 * 1024 * 1024 + 200


def test_what_is_read_is_written_as_utf_8_whatever_the_terminal_speaks(shell, photo):
    ended = shell([READ], photo, PYTHONIOENCODING="ascii")
    assert json.loads(ended.communicate()[0].decode("utf-8"))["name"] == HK_FRONT["name"]
    assert ended.returncode == 0


def test_odd_headers_and_names_are_told_in_one_line(shell, photo, tmp_path):
    """Libraries warn of both in their own words, with a traceback, where nobody keeps them."""
    odd = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    odd.write_bytes(ENDS_EARLY)
    ended = shell([reply({"result": HK_FRONT}, 200, "\x01 hush")], str(odd), photo)
    out, err = ended.communicate()
    assert (ended.returncode, len(out.splitlines()), len(err.splitlines())) == (65, 1, 1)


def test_output_that_cannot_be_written_is_no_traceback(shell, photo):
    with Path("/dev/full").open("wb") as full:
        ended = shell([READ], photo, out=full)
        _, err = ended.communicate()
    assert (ended.returncode, err) == (74, b"")


def test_an_interrupt_ends_it_in_a_line(shell, photo):
    asked = threading.Event()

    def behave(_, stopped):
        asked.set()
        stopped.wait(30)

    ended = shell([behave], photo)
    assert asked.wait(60)
    ended.send_signal(signal.SIGINT)
    out, err = ended.communicate(timeout=20)
    assert (ended.returncode, out, err) == (130, b"", b"interrupted\n")
