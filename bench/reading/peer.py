"""RapidOCR's default pipeline on the same pictures, in a process of its own."""

import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from bench.reading.samples import Answer, Sample


def read_all(samples: Sequence[Sample]) -> tuple[list[Answer], float]:
    """An answer for each picture, and the most memory the process held, in megabytes."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_read, [str(sample.path) for sample in samples]).result()


def _read(names: list[str]) -> tuple[list[Answer], float]:
    from rapidocr import RapidOCR

    reader = RapidOCR(params={"Global.log_level": "error"})
    reader(names[0])
    answers = []
    for name in names:
        started, worked = time.perf_counter(), time.process_time()
        found: Any = reader(name)
        seconds, cpu = time.perf_counter() - started, time.process_time() - worked
        lines = tuple(found.txts or ())
        answers.append(Answer(lines=lines, seconds=seconds, cpu_seconds=cpu))
    return answers, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
