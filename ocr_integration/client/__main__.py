"""`python -m ocr_integration.client PHOTO [PHOTO…]`: read pictures with the environment's settings.

A line of JSON, UTF-8, on standard output for each picture read, a line on what is wrong for each
that was not. The exit status is the first failure's: 65 the picture, 75 try again later, 76 the
provider answered nonsense, 78 configuration; 74 when the output cannot be written, 130 when it was
interrupted. `--check` proves address and credentials with a grey picture.
"""

import argparse
import json
import logging
import os
import stat
import sys
import threading
import warnings
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from ocr_integration import providers
from ocr_integration.client.client import OcrClient
from ocr_integration.client.connecting import connect
from ocr_integration.client.errors import (
    Misconfigured,
    OcrError,
    PictureAtFault,
    ProviderAtFault,
    RequestAtFault,
    TryAgain,
)
from ocr_integration.client.http import Deadline
from ocr_integration.protocol.errors import BAD_FORMAT, BAD_SIZE, NO_PERMIT, NOT_RECOGNISED
from ocr_integration.providers import BadSetting

SECONDS: Final = 26.0
"""For all pictures together, so that the process has ended within 30."""
GRACE: Final = 1.5
GLANCE: Final = 0.25
"""Python hears an interrupt that comes just before a wait at that wait's end."""

LARGEST_FILE: Final = 200 * 1024 * 1024
LONGEST_NAME: Final = 200
REFUSALS: Final = (BAD_FORMAT, BAD_SIZE, NO_PERMIT)
UNWRITTEN: Final = 74
INTERRUPTED: Final = 130
STATUSES: Final[dict[type[OcrError], int]] = {
    PictureAtFault: 65,
    TryAgain: 75,
    ProviderAtFault: 76,
    Misconfigured: 78,
}


def main(arguments: list[str]) -> int:
    """Do what is asked in a thread, so that not even a slow disk can hold the process."""
    # What libraries say of a large picture or an odd answer is said here in a line of our own.
    warnings.simplefilter("ignore")
    logging.lastResort = None
    asked = _parsed(arguments)
    statuses: list[int] = []
    worker = threading.Thread(target=lambda: statuses.append(_guarded(asked)), daemon=True)
    worker.start()
    try:
        for _ in range(round((SECONDS + GRACE) / GLANCE)):
            worker.join(GLANCE)
            if not worker.is_alive():
                break
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    if not statuses:
        _complain("the call took too long")
    return statuses[0] if statuses else STATUSES[TryAgain]


def _guarded(asked: argparse.Namespace) -> int:
    try:
        return _run(asked)
    except OSError:
        # Of pictures and of the network it is told apart; what is left is the output.
        return UNWRITTEN
    except Exception as error:  # noqa: BLE001  an answer that breaks the client is no answer
        _complain(f"the answer cannot be handled: {type(error).__name__}")
        return STATUSES[ProviderAtFault]


def _run(asked: argparse.Namespace) -> int:
    try:
        client = connect(_first_provider(), longest_wait=SECONDS)
    except OcrError as error:
        return _refused(error)
    try:
        if asked.check:
            return _check(client)
        return next(iter(_read_all(client, asked.photos)), 0)
    finally:
        client.close()


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ocr_integration.client", description="Read photos of travel permits."
    )
    parser.add_argument("photos", metavar="PHOTO", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true", help="prove address and credentials")
    asked = parser.parse_args(arguments)
    if bool(asked.photos) == asked.check:
        parser.error("give photos, or --check")
    return asked


def _first_provider() -> providers.Provider:
    try:
        return providers.read(os.environ)[0]
    except BadSetting as bad:
        raise Misconfigured(str(bad)) from None


def _check(client: OcrClient) -> int:
    """A grey picture of nothing: whoever refuses it has understood who asks, and what."""
    grey = BytesIO()
    Image.new("RGB", (640, 404), "#808080").save(grey, "JPEG")
    try:
        client.recognise(grey.getvalue(), deadline=Deadline(SECONDS))
    except PictureAtFault as error:
        if error.code not in REFUSALS:
            return _refused(Misconfigured("a small picture is not let through"))
    except OcrError as error:
        if error.code != NOT_RECOGNISED:
            return _refused(error)
    print(json.dumps({"checked": True}), flush=True)
    return 0


def _read_all(client: OcrClient, photos: list[Path]) -> list[int]:
    """Try every picture, unless all would fail alike; a status for each that was not read."""
    deadline = Deadline(SECONDS)
    statuses = []
    for photo in photos:
        try:
            answer = client.recognise(_bytes(photo), deadline=deadline)
        except OcrError as error:
            statuses.append(_refused(error, photo))
            if isinstance(error, Misconfigured) and not isinstance(error, RequestAtFault):
                break
        else:
            print(json.dumps(answer.result.to_json(), ensure_ascii=False), flush=True)
            for note in answer.notes:
                _complain(note, photo)
    return statuses


def _bytes(photo: Path) -> bytes:
    try:
        found = photo.stat()
        if not stat.S_ISREG(found.st_mode):
            raise PictureAtFault("this is no file")
        if found.st_size > LARGEST_FILE:
            raise PictureAtFault("the file is too large")
        return photo.read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its name makes no sense"
        raise PictureAtFault(f"the file cannot be read: {why}") from None


def _refused(error: OcrError, photo: Path | None = None) -> int:
    _complain(str(error), photo)
    return next(status for kind, status in STATUSES.items() if isinstance(error, kind))


def _complain(what: str, photo: Path | None = None) -> None:
    print(f"{_shown(photo)}: {what}" if photo else what, file=sys.stderr, flush=True)


def _shown(photo: Path) -> str:
    """A name may hold what breaks lines or drives terminals, and be long; its end tells most."""
    printable = "".join(each if each.isprintable() else "?" for each in str(photo))
    kept = printable[-LONGEST_NAME:]
    return kept if kept == printable else f"…{kept}"


if __name__ == "__main__":
    # JSON is UTF-8 whatever the terminal's language is.
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    status = main(sys.argv[1:])
    # A thread that still waits, for whatever reason, does not keep the process.
    os._exit(status)
