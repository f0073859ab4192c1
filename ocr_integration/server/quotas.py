"""How many calls a minute a project may make, counted over all workers."""

import fcntl
import os
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ocr_integration.server import refusal

_MINUTE: Final = 60
_CELL: Final = struct.Struct("qq")


class Quotas:
    """Limits by project; made before the workers are forked. A project without one has none.

    The counts stand in a file without a name. Its lock belongs to a process, and goes with it.
    """

    def __init__(
        self, limits: Mapping[str, int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = dict(limits)
        self._places = {project: _CELL.size * n for n, project in enumerate(self._limits)}
        self._clock = clock
        self._threads = threading.Lock()
        self._file, name = tempfile.mkstemp()
        Path(name).unlink()
        os.ftruncate(self._file, _CELL.size * len(self._limits))

    def look(self, project_id: str) -> None:
        """Raise Refused if the project has no call left in this minute."""
        self._check(project_id, taken=0)

    def take(self, project_id: str) -> None:
        """Count one call. Raises Refused if there is none left."""
        self._check(project_id, taken=1)

    def _check(self, project_id: str, *, taken: int) -> None:
        limit = self._limits.get(project_id)
        if limit is None:
            return
        place, now = self._places[project_id], self._clock()
        minute = int(now // _MINUTE)
        with self._locked():
            last, calls = _CELL.unpack(os.pread(self._file, _CELL.size, place))
            calls = calls if last == minute else 0
            if calls >= limit:
                raise refusal.over_quota(limit, round(_MINUTE - now % _MINUTE) + 1)
            if taken:
                os.pwrite(self._file, _CELL.pack(minute, calls + taken), place)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
