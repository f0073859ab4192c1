"""Starts the OCR server: `python -m ocr_integration.server --host 127.0.0.1 --port 8001`."""

import argparse
import os
import sys

from ocr_integration.server.credentials import VARIABLE, BadCredentials, load
from ocr_integration.server.process import Server


def main() -> None:
    """Serve until told to stop; exits 2 with one sentence when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m ocr_integration.server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=_positive, default=2, help="one for each core")
    arguments = parser.parse_args()
    try:
        credentials = load(os.environ.get(VARIABLE))
    except BadCredentials as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    Server(credentials, host=arguments.host, port=arguments.port, workers=arguments.workers).run()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    main()
