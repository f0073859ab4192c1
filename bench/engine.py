"""`python -m bench.engine [FOLDER]`: how well and how fast the engine reads pictures.

FOLDER holds pictures with a JSON file of the truth beside each, and perhaps `wrong/` with pictures
that are no permit. Without one, a set is rendered with a seed that training never uses. Each
reader runs in a process of its own, on one thread.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from bench import figures
from ocr_integration.engine.errors import PictureRefused

CARDS: Final = 60
SEED: Final = 90210
PICTURES: Final = {".jpg", ".png", ".bmp", ".tif"}


@dataclass(frozen=True)
class Answer:
    """What one reader made of one picture."""

    fields: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    portrait: list[list[int]] | None = None
    refused: str = ""
    lines: tuple[str, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float = 0.0


@dataclass(frozen=True)
class Pass:
    """One reader's answers to all pictures, and the most memory it held, in megabytes."""

    answers: list[Answer]
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.engine", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--cards", type=int, default=CARDS, help="how many cards to render")
    parser.add_argument("--peer", action="store_true", help="measure RapidOCR's default beside it")
    parser.add_argument("--markdown", action="store_true", help="print the README's table")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    arguments = parser.parse_args()
    # Read by NumPy and onnxruntime when a child process imports them.
    os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or _rendered(Path(scratch), arguments.cards)
        report = measure(folder, peer=arguments.peer)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    print(figures.markdown(report) if arguments.markdown else figures.plain(report))


def measure(folder: Path, *, peer: bool) -> dict[str, Any]:
    """Read a folder and compare with the truth beside its pictures."""
    pictures = _pictures(folder)
    truths = [json.loads(path.with_suffix(".json").read_text("utf-8")) for path in pictures]
    wrong = _pictures(folder / "wrong")
    names = [str(path) for path in (*pictures, *wrong)]
    own = _apart(engine_pass, names)
    report = figures.report(truths, own.answers[: len(pictures)], own.answers[len(pictures) :])
    report["memory_mb"] = own.memory
    if peer:
        other = _apart(peer_pass, names[: len(pictures)])
        report["peer"] = figures.peer_report(truths, other.answers)
        report["peer"]["memory_mb"] = other.memory
    return report


def engine_pass(names: Sequence[str]) -> Pass:
    from ocr_integration.engine.reader import Reader

    reader = Reader()

    def read(name: str) -> Answer:
        try:
            result = reader.read(Path(name).read_bytes()).to_json()
        except PictureRefused as refused:
            return Answer(refused=refused.code)
        confidence = result.pop("confidence")
        portrait = result.pop("portrait_location", None)
        result.pop("portrait_image", None)
        return Answer(fields=result, confidence=confidence, portrait=portrait)

    return _timed(read, names)


def peer_pass(names: Sequence[str]) -> Pass:
    from rapidocr import RapidOCR

    threads = {
        f"EngineConfig.onnxruntime.{scope}_op_num_threads": 1 for scope in ("intra", "inter")
    }
    reader = RapidOCR(params={"Global.log_level": "error", **threads})

    def read(name: str) -> Answer:
        found: Any = reader(name)
        return Answer(lines=tuple(found.txts or ()))

    return _timed(read, names)


def _timed(read: Callable[[str], Answer], names: Sequence[str]) -> Pass:
    read(names[0])
    answers = []
    for name in names:
        started, worked = time.perf_counter(), time.process_time()
        answer = read(name)
        seconds, cpu = time.perf_counter() - started, time.process_time() - worked
        answers.append(Answer(**{**answer.__dict__, "seconds": seconds, "cpu_seconds": cpu}))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Pass(answers, kilobytes / 1024)


def _apart(work: Callable[[Sequence[str]], Pass], names: Sequence[str]) -> Pass:
    """Run one pass in a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, names).result()


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in PICTURES)


def _rendered(scratch: Path, cards: int) -> Path:
    from training.render.__main__ import render

    render(scratch, cards=cards, seed=SEED)
    return scratch


if __name__ == "__main__":
    main()
