"""Compares answers with the truth: every figure of one run."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from bench.reading import trust
from bench.reading.causes import CAUSES, cause
from bench.reading.samples import MACHINE_CODE, Answer, Sample
from bench.reading.trust import DOUBTFUL, Stated

_NOT_PRINTED: Final = ("type", "side")
"""Told by the whole card, not read from one line."""


@dataclass(frozen=True)
class Judged:
    """One value: what was answered for it, and whether that is right."""

    sample: Sample
    field: str
    value: str
    expected: str
    confidence: float
    cause: str = ""

    @property
    def right(self) -> bool:
        return not self.cause

    @property
    def stated(self) -> Stated:
        return Stated(self.confidence, self.right, self.sample.card)


def judged(samples: Sequence[Sample], answers: Sequence[Answer]) -> list[Judged]:
    return [
        _judge(sample, field, answer)
        for sample, answer in zip(samples, answers, strict=True)
        for field in sample.expected
    ]


def _judge(sample: Sample, field: str, answer: Answer) -> Judged:
    expected, value = sample.expected[field], answer.fields.get(field, "")
    why = "" if value == expected else cause(field, sample.expected, answer)
    return Judged(sample, field, value, expected, answer.confidence.get(field, 0.0), why)


def report(
    samples: Sequence[Sample], answers: Sequence[Answer], wrong: Sequence[Answer]
) -> dict[str, Any]:
    """Every figure of one reader that knows the fields; pairs are how many right of how many."""
    values = judged(samples, answers)
    read = [value for value in values if value.field not in _NOT_PRINTED]
    stated = [value.stated for value in read]
    low, high = trust.calibration_interval(stated)
    shares = portraits(samples, answers)
    return {
        "all": _share(values),
        "printed": _share(read),
        "hard": _share(v for v in read if v.sample.hard),
        "upright": _share(v for v in read if not v.sample.hard and not v.sample.turned),
        "turned": _share(v for v in read if not v.sample.hard and v.sample.turned),
        "whole_sides": _whole(values),
        "code_lines": _share(v for v in values if v.field in MACHINE_CODE),
        "fields": _by(values, lambda v: v.field),
        "captures": _by(read, lambda v: ("hard: " if v.sample.hard else "") + v.sample.capture),
        "causes": _causes(values),
        "portrait_overlap": statistics.fmean(shares) if shares else None,
        "wrong_refused": [sum(answer.refused == "AIS.0104" for answer in wrong), len(wrong)],
        "doubted_wrong": _doubted(v for v in read if not v.right),
        "doubted_right": _doubted(v for v in read if v.right),
        "calibration_error": trust.calibration_error(stated),
        "calibration_interval": [low, high],
        "cards": len({sample.card for sample in samples}),
        **times(samples, answers),
    }


def peer_report(samples: Sequence[Sample], answers: Sequence[Answer]) -> dict[str, Any]:
    """A field counts for a reader of plain text if its value is inside one line it read."""
    found: dict[str, list[int]] = {"printed": [0, 0], "hard": [0, 0], "code_lines": [0, 0]}
    for sample, answer in zip(samples, answers, strict=True):
        lines = [_folded(line) for line in answer.lines]
        for name, value in sample.truth["result"].items():
            if name in (*_NOT_PRINTED, "portrait_location"):
                continue
            hit = any(_folded(value) in line for line in lines)
            groups = ["printed"]
            groups += ["hard"] if sample.hard else []
            groups += ["code_lines"] if name in MACHINE_CODE else []
            for group in groups:
                found[group][0] += hit
                found[group][1] += 1
    return {**found, **times(samples, answers)}


def portraits(samples: Sequence[Sample], answers: Sequence[Answer]) -> list[float]:
    return [
        overlap(sample.portrait, answer.portrait)
        for sample, answer in zip(samples, answers, strict=True)
        if sample.portrait
    ]


def overlap(one: list[list[int]], other: list[list[int]] | None) -> float:
    """Shared part of two quadrilaterals, 0 to 1."""
    if other is None:
        return 0.0
    first, second = np.array(one, np.float32), np.array(other, np.float32)
    shared = float(cv2.intersectConvexConvex(first, second)[0])
    return shared / (cv2.contourArea(first) + cv2.contourArea(second) - shared)


def times(samples: Sequence[Sample], answers: Sequence[Answer]) -> dict[str, float]:
    """Milliseconds a side, by the clock and of processor."""
    found: dict[str, float] = {}
    for side in ("front", "back"):
        of_side = [
            answer
            for sample, answer in zip(samples, answers, strict=True)
            if sample.expected["side"] == side
        ]
        if of_side:
            found[f"ms_{side}"] = 1000 * statistics.median(a.seconds for a in of_side)
            found[f"cpu_ms_{side}"] = 1000 * statistics.median(a.cpu_seconds for a in of_side)
    found["ms_median"] = 1000 * statistics.median(a.seconds for a in answers)
    found["ms_p95"] = 1000 * float(np.percentile([a.seconds for a in answers], 95))
    found["cpu_ms_median"] = 1000 * statistics.median(a.cpu_seconds for a in answers)
    return found


def _share(values: Iterable[Judged]) -> list[int]:
    hits = [value.right for value in values]
    return [sum(hits), len(hits)]


def _doubted(values: Iterable[Judged]) -> list[int]:
    doubts = [value.confidence < DOUBTFUL for value in values]
    return [sum(doubts), len(doubts)]


def _whole(values: Sequence[Judged]) -> list[int]:
    sides: dict[str, bool] = defaultdict(lambda: True)
    for value in values:
        sides[value.sample.path.name] &= value.right
    return [sum(sides.values()), len(sides)]


def _by(values: Sequence[Judged], key: Any) -> dict[str, list[int]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for value in values:
        groups[key(value)].append(value)
    return {name: _share(group) for name, group in sorted(groups.items())}


def _causes(values: Sequence[Judged]) -> dict[str, Mapping[str, int]]:
    """How many values are wrong for each cause, field by field."""
    found: dict[str, Counter[str]] = {name: Counter() for name in CAUSES}
    for value in values:
        if not value.right:
            found[value.cause][value.field] += 1
    return {name: dict(fields.most_common()) for name, fields in found.items() if fields}


def _folded(text: str) -> str:
    return text.replace(" ", "").replace("（", "(").replace("）", ")").replace("，", ",")
