"""`python -m ocr_integration.engine PHOTO [PHOTO…]`: read pictures without a server.

The API's `result` of each as a line of JSON on standard output, or a line on what is wrong on
standard error. Exit status 0: all were read; 65: one was not; 64: the call's words are off.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from ocr_integration.engine.decode import open_picture
from ocr_integration.engine.drawing import drawn
from ocr_integration.engine.errors import FORMAT, NO_PERMIT, PictureRefused
from ocr_integration.engine.reader import Reader

PICTURE_AT_FAULT: Final = 65
USAGE: Final = 64


def main(arguments: list[str]) -> int:
    """Read each picture, and draw on the one if asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m ocr_integration.engine", description="Read photos of travel permits."
    )
    parser.add_argument("photos", metavar="PHOTO", nargs="+", type=Path)
    parser.add_argument("--draw", metavar="OUT", type=Path, help="draw what was found in one photo")
    asked = parser.parse_args(arguments)
    if asked.draw and len(asked.photos) > 1:
        sys.stderr.write("--draw takes one photo\n")
        return USAGE
    reader = Reader()
    statuses = [_read(reader, photo, asked.draw) for photo in asked.photos]
    return max(statuses)


def _read(reader: Reader, photo: Path, draw: Path | None) -> int:
    try:
        picture = open_picture(_bytes(photo))
        found = reader.find(picture)
        if found is None:
            raise PictureRefused(NO_PERMIT, "No Mainland Travel Permit was found in the picture.")
    except PictureRefused as refused:
        sys.stderr.write(f"{photo}: {refused.code} {refused.message}\n")
        return PICTURE_AT_FAULT
    result = reader.result(picture, found)
    print(json.dumps(result.to_json(), ensure_ascii=False))
    if draw:
        drawn(picture, found, result).save(draw)
    return 0


def _bytes(photo: Path) -> bytes:
    try:
        return photo.read_bytes()
    except OSError as error:
        raise PictureRefused(FORMAT, f"The file cannot be read: {error.strerror}.") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
