"""Turns answers and truth into figures, and figures into tables."""

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from bench.engine import Answer

Truth = dict[str, Any]

DOUBTFUL: Final = 0.95
BINS: Final = 10
MACHINE_CODE: Final = ("machine_code1", "machine_code2", "machine_code3")


def report(
    truths: Sequence[Truth], answers: Sequence["Answer"], wrong: Sequence["Answer"]
) -> dict[str, Any]:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    scored: list[tuple[float, bool]] = []
    whole = 0
    for truth, answer in zip(truths, answers, strict=True):
        expected = _expected(truth)
        hits = {name: answer.fields.get(name) == value for name, value in expected.items()}
        total.update(hits.keys())
        right.update(name for name, hit in hits.items() if hit)
        whole += all(hits.values())
        scored += [(answer.confidence.get(name, 0.0), hit) for name, hit in hits.items()]
    overlaps = [
        overlap(truth["result"]["portrait_location"], answer.portrait)
        for truth, answer in zip(truths, answers, strict=True)
        if "portrait_location" in truth["result"]
    ]
    return {
        "fields": {name: [right[name], total[name]] for name in total},
        "all": [right.total(), total.total()],
        "whole_sides": [whole, len(truths)],
        "code_lines": [sum(right[n] for n in MACHINE_CODE), sum(total[n] for n in MACHINE_CODE)],
        "portrait_overlap": statistics.fmean(overlaps) if overlaps else None,
        "wrong_refused": [sum(answer.refused == "AIS.0104" for answer in wrong), len(wrong)],
        **_trust(scored),
        **_times(answers),
    }


def peer_report(truths: Sequence[Truth], answers: Sequence["Answer"]) -> dict[str, Any]:
    """A field counts for a reader of plain text if its value is inside one line it read."""
    right = total = 0
    for truth, answer in zip(truths, answers, strict=True):
        lines = [_folded(line) for line in answer.lines]
        for name, value in truth["result"].items():
            if name in ("type", "side", "portrait_location"):
                continue
            total += 1
            right += any(_folded(value) in line for line in lines)
    return {"all": [right, total], **_times(answers)}


def overlap(one: list[list[int]], other: list[list[int]] | None) -> float:
    """Shared part of two quadrilaterals, 0 to 1."""
    if other is None:
        return 0.0
    first, second = np.array(one, np.float32), np.array(other, np.float32)
    shared = float(cv2.intersectConvexConvex(first, second)[0])
    return shared / (cv2.contourArea(first) + cv2.contourArea(second) - shared)


def calibration_error(scored: Sequence[tuple[float, bool]]) -> float:
    """Mean distance between a stated confidence and the share that was right, over ten bins."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, hit in scored:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, hit))
    gaps = (abs(sum(c for c, _ in part) - sum(hit for _, hit in part)) for part in bins)
    return sum(gaps) / max(1, len(scored))


def _expected(truth: Truth) -> dict[str, str]:
    expected = {k: v for k, v in truth["result"].items() if k != "portrait_location"}
    if "sex" in expected:
        expected["sex"] = {"男": "M", "女": "F"}.get(expected["sex"], expected["sex"])
    return expected


def _folded(text: str) -> str:
    return text.replace(" ", "").replace("（", "(").replace("）", ")").replace("，", ",")


def _trust(scored: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    wrong = [confidence for confidence, hit in scored if not hit]
    right = [confidence for confidence, hit in scored if hit]
    return {
        "doubted_wrong": [sum(c < DOUBTFUL for c in wrong), len(wrong)],
        "doubted_right": [sum(c < DOUBTFUL for c in right), len(right)],
        "calibration_error": calibration_error(scored),
    }


def _times(answers: Sequence["Answer"]) -> dict[str, float]:
    wall = [answer.seconds * 1000 for answer in answers]
    cpu = [answer.cpu_seconds * 1000 for answer in answers]
    return {
        "ms_median": statistics.median(wall),
        "ms_p95": float(np.percentile(wall, 95)),
        "cpu_ms_median": statistics.median(cpu),
    }


def rows(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Every figure as a name and a text."""
    table = [(name, _share(*pair)) for name, pair in report["fields"].items()]
    overlap_text = f"{report['portrait_overlap']:.3f}" if report["portrait_overlap"] else "-"
    table += [
        ("all fields", _share(*report["all"])),
        ("sides with every field right", _share(*report["whole_sides"])),
        ("machine code lines", _share(*report["code_lines"])),
        ("portrait overlap (mean IoU)", overlap_text),
        ("other documents refused", _share(*report["wrong_refused"])),
        ("wrong values under 0.95", _share(*report["doubted_wrong"])),
        ("right values under 0.95", _share(*report["doubted_right"])),
        ("expected calibration error", f"{report['calibration_error']:.4f}"),
        ("ms a side, median / p95", f"{report['ms_median']:.0f} / {report['ms_p95']:.0f}"),
        ("ms of processor a side, median", f"{report['cpu_ms_median']:.0f}"),
        ("peak memory", f"{report['memory_mb']:.0f} MB"),
    ]
    if "peer" in report:
        table += _peer_rows(report, report["peer"])
    return table


def _peer_rows(report: dict[str, Any], peer: dict[str, Any]) -> list[tuple[str, str]]:
    faster = peer["cpu_ms_median"] / report["cpu_ms_median"]
    return [
        ("RapidOCR: fields inside a line", _share(*peer["all"])),
        ("RapidOCR: ms of processor a side", f"{peer['cpu_ms_median']:.0f} ({faster:.1f} x)"),
        ("RapidOCR: peak memory", f"{peer['memory_mb']:.0f} MB"),
    ]


def plain(report: dict[str, Any]) -> str:
    table = rows(report)
    width = max(len(name) for name, _ in table)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in table)


def markdown(report: dict[str, Any]) -> str:
    lines = [f"| {name} | {text} |" for name, text in rows(report)]
    return "\n".join(["| measure | figure |", "| --- | --- |", *lines])


def _share(right: int, total: int) -> str:
    return f"{right}/{total}" + (f" ({right / total:.1%})" if total else "")
