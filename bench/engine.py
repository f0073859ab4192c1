"""`./run bench engine [FOLDER]`: how well and how fast the OCR server reads pictures.

FOLDER holds pictures with a JSON file of the truth beside each, and perhaps `wrong/` with pictures
that are no permit. Without one, cards are rendered with a seed that training never uses. Every
answer is one of the real server's over HTTP: one worker, one caller, both portraits asked for.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.reading import diagram, peer, scores, service, tables
from bench.reading.samples import load

CARDS: Final = 120
SEED: Final = 60607
TOP: Final = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench engine", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--cards", type=int, default=CARDS, help="how many cards to render")
    parser.add_argument("--peer", action="store_true", help="measure RapidOCR's default beside it")
    parser.add_argument("--answers", action="store_true", help="leave out sides a second")
    parser.add_argument("--errors", action="store_true", help="print every wrong value")
    parser.add_argument("--diagram", type=Path, metavar="SVG", help="draw the reliability diagram")
    parser.add_argument("--markdown", action="store_true", help="print tables for a README")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    arguments = parser.parse_args()
    # One thread a process, whoever reads these: NumPy, onnxruntime, the server's workers.
    os.environ.update(OPENBLAS_NUM_THREADS="1")
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or _rendered(Path(scratch), arguments.cards)
        report, values = measure(folder, beside=arguments.peer, flow=not arguments.answers)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    if arguments.diagram:
        stated = [v.stated for v in values if v.field not in ("type", "side")]
        arguments.diagram.write_text(diagram.svg(stated))
    print(tables.markdown(report) if arguments.markdown else tables.plain(report))
    if arguments.errors:
        print("\nWrong values, the most trusted first\n" + tables.errors(values))


def measure(
    folder: Path, *, beside: bool, flow: bool
) -> tuple[dict[str, Any], list[scores.Judged]]:
    """Have a folder read and compare with the truth beside its pictures."""
    permits, wrong = load(folder)
    answers, held = service.read_all([*permits, *wrong])
    own = answers[: len(permits)]
    report = {**scores.report(permits, own, answers[len(permits) :]), **held}
    if flow:
        report["sides_a_second"] = service.sides_a_second(permits)
    if beside:
        others, memory = peer.read_all(permits)
        report["peer"] = {**scores.peer_report(permits, others), "peak_mb": memory}
    return report, scores.judged(permits, own)


def _rendered(scratch: Path, cards: int) -> Path:
    """Draw in processes of their own: drawing needs memory that is not the reader's."""
    command = [sys.executable, "-m", "training.render", str(scratch)]
    command += ["--cards", str(cards), "--seed", str(SEED), "--jobs", str(os.cpu_count() or 1)]
    subprocess.run(command, cwd=TOP, check=True)
    return scratch


if __name__ == "__main__":
    main()
