"""What an acceptable photo is; makes the one canonical picture of it.

Decoding happens in `decoder`, a child process with nothing to steal and little to spend.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_BYTES: Final = 10 * 1024 * 1024
LONGEST_DECODING: Final = 20.0
LONGEST_WAIT: Final = 3.0
CORES: Final = os.cpu_count() or 1
MOST_WAITING: Final = 16 * CORES
SMALLEST: Final = 300
SMALLEST_PORTRAIT: Final = 32
DECODER: Final = Path(__file__).with_name("decoder.py")

_MARKS: Final = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"BM": "BMP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
}
_PHONE_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

_turns = threading.BoundedSemaphore(CORES)
_places = threading.BoundedSemaphore(CORES + MOST_WAITING)


class Refusal(models.TextChoices):
    """Why a photo is not taken, and what to do about it."""

    EMPTY = "empty", _("The file is empty. Choose another one, or take a photo.")
    TOO_LARGE = (
        "too_large",
        _("The file is larger than 10 MB. Take the photo again at a lower resolution."),
    )
    HEIC = (
        "heic",
        _(
            "This is a HEIC photo, which cannot be read here. On an iPhone, open Settings, Camera, "
            "Formats, choose Most Compatible and take the photo again: that makes a JPEG."
        ),
    )
    PDF = "pdf", _("This is a PDF. Take a photo of the card instead, or save the page as a JPEG.")
    FORMAT = (
        "format",
        _("This is not a JPEG, PNG, BMP or TIFF picture. Take a photo, or save it as a JPEG."),
    )
    TOO_SMALL = (
        "too_small",
        _("The picture is too small: its shorter side needs 300 pixels or more. Go closer."),
    )
    TOO_MANY_PIXELS = (
        "too_many_pixels",
        _("The picture has too many pixels: at most 50 million, and 8192 on a side."),
    )
    PAGES = "pages", _("The file has more than one page. Send one picture of this side.")
    DAMAGED = (
        "damaged",
        _("The picture cannot be opened: it is damaged or cut short. Take the photo again."),
    )


class PictureRefused(Exception):
    """The upload is no acceptable photo."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code


class Busy(Exception):
    """As many photos are being looked at as this machine can bear; nothing was looked at."""


class Canonical(NamedTuple):
    """The picture that is stored, sent, shown and decided on."""

    jpeg: bytes
    width: int
    height: int
    sha256: str


def canonical(
    upload: bytes, *, smallest: int = SMALLEST, patience: float | None = None
) -> Canonical:
    """Make the canonical picture of an upload; raises PictureRefused or Busy.

    Upright, 8-bit RGB, without metadata, its long side at most 3840 px: see `decoder`. The
    shorter side must have `smallest` pixels. Who waits at a page waits LONGEST_WAIT, who does not
    has more `patience`.
    """
    kind = _kind(upload)
    with _turn(LONGEST_WAIT if patience is None else patience):
        answer = _decoded(upload, kind, smallest)
    head, _newline, jpeg = answer.partition(b"\n")
    if not head:
        raise PictureRefused(Refusal.DAMAGED)
    said = json.loads(head)
    if "refused" in said:
        raise PictureRefused(Refusal(said["refused"]))
    return Canonical(jpeg, said["width"], said["height"], hashlib.sha256(jpeg).hexdigest())


def _kind(upload: bytes) -> str:
    """Tell the format by content: names and declared types say nothing."""
    if not upload:
        raise PictureRefused(Refusal.EMPTY)
    if len(upload) > MOST_BYTES:
        raise PictureRefused(Refusal.TOO_LARGE)
    for mark, kind in _MARKS.items():
        if upload.startswith(mark):
            return kind
    if upload[4:8] == b"ftyp" and upload[8:12] in _PHONE_BRANDS:
        raise PictureRefused(Refusal.HEIC)
    raise PictureRefused(Refusal.PDF if upload.startswith(b"%PDF-") else Refusal.FORMAT)


@contextmanager
def _turn(patience: float) -> Iterator[None]:
    """Wait for a core; at most one picture a core is decoded, and few may wait."""
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        if not _turns.acquire(timeout=patience):
            raise Busy
        try:
            yield
        finally:
            _turns.release()
    finally:
        _places.release()


def _decoded(upload: bytes, kind: str, smallest: int) -> bytes:
    """Run the decoder, without our environment; one that dies or dawdles has said nothing."""
    try:
        child = subprocess.run(  # noqa: S603 our own module under our own interpreter
            [sys.executable, "-I", "-B", str(DECODER), kind, str(smallest)],
            input=upload,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=LONGEST_DECODING,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return child.stdout if child.returncode == 0 else b""
