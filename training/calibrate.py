"""`python -m training.calibrate`: fit the confidence curves on rendered cards.

Half of the cards fit, the other half measures. Every field has a curve of its own that is drawn
towards the curve of all fields together, because a good reader makes too few errors for more.
"""

import argparse
import json
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.reading.samples import PICTURES
from bench.reading.trust import Stated, calibration_error, calibration_interval
from ocr_integration.engine import confidence, soundness
from ocr_integration.engine.decode import open_picture
from ocr_integration.engine.models import Floats
from ocr_integration.engine.reader import Reader
from ocr_integration.permit.verdict import Verdict
from training.render.__main__ import render

SEED = 4711
_STILL = 1e-6


@dataclass(frozen=True)
class Case:
    """One value: its field, its signs, whether it was right, and the card it stood on."""

    field: str
    signs: Floats
    right: bool
    card: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.calibrate", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="rendered cards; else drawn anew")
    parser.add_argument("--cards", type=int, default=130)
    parser.add_argument("--out", type=Path, default=confidence.CURVES)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.folder is None:
            render(Path(scratch), cards=arguments.cards, seed=SEED)
        cases = collect(arguments.folder or Path(scratch))
    chosen = set(
        random.Random(SEED).sample(cards := sorted({c.card for c in cases}), len(cards) // 2)
    )
    held_out = [case for case in cases if case.card not in chosen]
    curves = fit([case for case in cases if case.card in chosen])
    stated = [
        Stated(_likely(curves[case.field], case.signs), case.right, case.card) for case in held_out
    ]
    print(f"{len(stated)} held-out values, {sum(not each.right for each in stated)} wrong")
    low, high = calibration_interval(stated)
    print(f"calibration error {calibration_error(stated):.4f} ({low:.4f} to {high:.4f})")
    arguments.out.write_text(_spelled(fit(cases)), encoding="utf-8")


def collect(folder: Path) -> list[Case]:
    """Read every picture of a folder and compare with the truth beside it."""
    reader = Reader()
    cases = []
    for path in sorted(path for path in folder.glob("*") if path.suffix in PICTURES):
        found = reader.find(open_picture(path.read_bytes()))
        if found is None:
            continue
        truth = json.loads(path.with_suffix(".json").read_text("utf-8"))["result"]
        truth["sex"] = {"男": "M", "女": "F"}.get(truth.get("sex"), "")
        texts = {field: value.text for field, value in found.values.items()}
        evidence = soundness.evidence(texts, found.type)
        for field, value in found.values.items():
            if value.text:
                verdict = evidence.get(field, Verdict.CANNOT_TELL)
                right = truth.get(field) == value.text
                cases.append(Case(field, confidence.signs(value, verdict), right, path.name[:3]))
    return cases


def fit(cases: list[Case]) -> dict[str, Floats]:
    shared = _curve(cases, _prior(), 0.05)
    return {
        field: _curve([case for case in cases if case.field == field], shared, 1.0)
        for field in sorted({case.field for case in cases})
    }


def _prior() -> Floats:
    """What is believed before any card: the weakest character decides."""
    return np.array([1.0, 0.4, 0.2, -1.5, 1.5, -2.0], np.float32)


def _curve(cases: list[Case], prior: Floats, pull: float) -> Floats:
    """Logistic regression by Newton's steps, held near `prior` with the strength `pull`.

    A step that does not make the cases likelier is halved: where nearly all are right, the whole
    one leads far away.
    """
    signs = np.stack([case.signs for case in cases]).astype(np.float64)
    right = np.array([case.right for case in cases], np.float64)
    hold = pull * np.eye(len(prior))

    def merit(curve: NDArray[np.float64]) -> float:
        odds = signs @ curve
        off = curve - prior
        return float((right * odds - np.logaddexp(0, odds)).sum() - off @ hold @ off / 2)

    curve = prior.astype(np.float64)
    for _ in range(50):
        likely = 1 / (1 + np.exp(-np.clip(signs @ curve, -30, 30)))
        slope = signs.T @ (right - likely) - hold @ (curve - prior)
        bend = (signs * (likely * (1 - likely))[:, None]).T @ signs + hold
        step = np.linalg.solve(bend, slope)
        while merit(curve + step) < merit(curve) and np.abs(step).max() > _STILL:
            step = step / 2
        curve = curve + step
        if np.abs(step).max() < _STILL:
            break
    return curve.astype(np.float32)


def _likely(curve: Floats, signs: Floats) -> float:
    return float(1 / (1 + np.exp(-np.clip(curve @ signs, -30, 30))))


def _spelled(curves: dict[str, Floats]) -> str:
    lines = [
        f'  "{field}": {json.dumps([round(float(part), 4) for part in curve])}'
        for field, curve in curves.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
