"""A server whose reader reads until it is allowed to finish: `patient.py CREDENTIALS PORT FOLDER`.

It says in FOLDER which process has begun to read, and answers with that process's number.
"""

import os
import sys
import time
from pathlib import Path

from ocr_integration.protocol.fields import PermitType, Side
from ocr_integration.protocol.result import Result
from ocr_integration.server import loading
from ocr_integration.server.credentials import load
from ocr_integration.server.process import Server

FOLDER = Path(sys.argv[3])


class PatientReader:
    version = "patient-1"

    def read(self, picture):
        (FOLDER / f"reading-{os.getpid()}").touch()
        while not (FOLDER / "go").exists():
            time.sleep(0.02)
        return Result(PermitType.TAIWAN, Side.BACK, {"id_name": str(os.getpid())}, {"id_name": 1})


loading.load = lambda: loading.Loaded(PatientReader(), ready=True)
Server(load(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), workers=2).run()
