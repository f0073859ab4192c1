"""Counters that add up over the workers: one row of shared memory for each of them.

Nobody shares a row, so nothing has to be locked between processes and a killed worker leaves its
counts behind. The layout is fixed before the workers are forked: every label is known.
"""

import mmap
import struct
import threading
from typing import Final

ROUTES: Final = ("token", "recognise", "quality", "health", "metrics", "other")
OUTCOMES: Final = (
    "ok",
    "not_ready",
    "AIS.0101",
    "AIS.0102",
    "AIS.0103",
    "AIS.0104",
    "AIS.0105",
    "ModelArts.0212",
    "ModelArts.4104",
    "ModelArts.4105",
    "ModelArts.4401",
    "ModelArts.4601",
    "ModelArts.4603",
    "APIG.0101",
    "APIG.0201",
    "APIG.0301",
    "APIG.0302",
    "APIG.0307",
    "APIG.0308",
    "other",
)
BOUNDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds of reading; the last bucket has no bound."""

_REQUESTS: Final = len(ROUTES) * len(OUTCOMES)
_BUCKETS: Final = len(BOUNDS) + 1
_SUM: Final = _REQUESTS + _BUCKETS
_READY: Final = _SUM + 1
_CALLS: Final = _READY + 1
_COLUMNS: Final = _CALLS + 1
_ROW: Final = struct.Struct(f"{_COLUMNS}d")
_CELL: Final = struct.Struct("d")


class Board:
    """The rows of all workers; made once, before any of them is forked."""

    def __init__(self, rows: int) -> None:
        self._memory = mmap.mmap(-1, rows * _ROW.size)
        self._rows = rows

    def row(self, number: int) -> "Row":
        """The row of one worker, which nobody else may write."""
        return Row(self._memory, number * _ROW.size)

    def fewest_calls(self) -> float:
        """How many calls the worker has in hand that has fewest, of those that read."""
        rows = [_ROW.unpack_from(self._memory, n * _ROW.size) for n in range(self._rows)]
        return min((row[_CALLS] for row in rows if row[_READY]), default=0.0)

    def text(self) -> str:
        """The sums, in the text format of Prometheus."""
        rows = (_ROW.unpack_from(self._memory, n * _ROW.size) for n in range(self._rows))
        return _rendered([sum(column) for column in zip(*rows, strict=True)])


class Row:
    """What one worker counts; its threads may."""

    def __init__(self, memory: mmap.mmap, offset: int) -> None:
        self._memory = memory
        self._offset = offset
        self._lock = threading.Lock()

    def count(self, route: str, outcome: str) -> None:
        """One request was answered."""
        known = outcome if outcome in OUTCOMES else "other"
        self._add(ROUTES.index(route) * len(OUTCOMES) + OUTCOMES.index(known), 1)

    def observe(self, seconds: float) -> None:
        """One picture was read, or refused by the reader."""
        bucket = next((i for i, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))
        self._add(_REQUESTS + bucket, 1)
        self._add(_SUM, seconds)

    @property
    def calls(self) -> float:
        """How many calls this worker has in hand."""
        return self._value(_CALLS)

    def begin_call(self) -> None:
        """A connection was taken."""
        self._add(_CALLS, 1)

    def end_call(self) -> None:
        """A call was answered, or its caller was sent away."""
        self._add(_CALLS, -1)

    def set_ready(self, *, ready: bool) -> None:
        """Whether this worker reads; a row's next worker starts with False, and no calls."""
        with self._lock:
            self._set(_READY, float(ready))
            if not ready:
                self._set(_CALLS, 0)

    def _add(self, column: int, amount: float) -> None:
        with self._lock:
            self._set(column, self._value(column) + amount)

    def _value(self, column: int) -> float:
        return float(_CELL.unpack_from(self._memory, self._offset + column * _CELL.size)[0])

    def _set(self, column: int, value: float) -> None:
        _CELL.pack_into(self._memory, self._offset + column * _CELL.size, value)


def _rendered(sums: list[float]) -> str:
    lines = [
        "# HELP ocr_requests_total Requests answered, by route and outcome.",
        "# TYPE ocr_requests_total counter",
    ]
    for i, route in enumerate(ROUTES):
        for j, outcome in enumerate(OUTCOMES):
            if count := sums[i * len(OUTCOMES) + j]:
                labels = f'route="{route}",outcome="{outcome}"'
                lines.append(f"ocr_requests_total{{{labels}}} {count:.0f}")
    lines += [
        "# HELP ocr_reading_seconds Time to read one picture.",
        "# TYPE ocr_reading_seconds histogram",
    ]
    total = 0.0
    bounds = (*map(str, BOUNDS), "+Inf")
    for bound, count in zip(bounds, sums[_REQUESTS:_SUM], strict=True):
        total += count
        lines.append(f'ocr_reading_seconds_bucket{{le="{bound}"}} {total:.0f}')
    lines += [
        f"ocr_reading_seconds_sum {sums[_SUM]:.6f}",
        f"ocr_reading_seconds_count {total:.0f}",
        "# HELP ocr_calls Calls in hand: arriving, waiting or being answered.",
        "# TYPE ocr_calls gauge",
        f"ocr_calls {sums[_CALLS]:.0f}",
        "# HELP ocr_workers_ready Workers that have loaded their reader and read a picture.",
        "# TYPE ocr_workers_ready gauge",
        f"ocr_workers_ready {sums[_READY]:.0f}",
    ]
    return "\n".join(lines) + "\n"
