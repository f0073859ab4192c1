"""Figures as text."""

from collections.abc import Sequence
from typing import Any

from bench.reading.scores import Judged

Row = tuple[str, str]


def sections(report: dict[str, Any]) -> list[tuple[str, list[Row]]]:
    """Every figure as a name and a text, under headings."""
    found = [
        ("What is read", _read(report)),
        ("Confidence", _confidence(report)),
        ("Speed and memory", _speed(report)),
        ("By field", [(name, share(*pair)) for name, pair in report["fields"].items()]),
        ("By capture", [(name, share(*pair)) for name, pair in report["captures"].items()]),
        ("Wrong values by cause", _causes(report)),
    ]
    if "peer" in report:
        found.insert(3, ("Beside RapidOCR's default", _peer(report, report["peer"])))
    return found


def plain(report: dict[str, Any]) -> str:
    parts = []
    for heading, rows in sections(report):
        width = max((len(name) for name, _ in rows), default=0)
        parts += ["", heading, *(f"  {name:<{width}}  {text}" for name, text in rows)]
    return "\n".join(parts).strip("\n")


def markdown(report: dict[str, Any]) -> str:
    parts = []
    for heading, rows in sections(report):
        parts += ["", f"| {heading} | |", "| --- | --- |"]
        parts += [f"| {name} | {text} |" for name, text in rows]
    return "\n".join(parts).strip("\n")


def errors(values: Sequence[Judged]) -> str:
    """Every wrong value, the most trusted first."""
    wrong = sorted((v for v in values if not v.right), key=lambda v: -v.confidence)
    return "\n".join(
        f"{v.confidence:.4f}  {v.sample.path.name}  [{v.sample.capture}]  {v.field}: "
        f"{v.value or '-'}  for  {v.expected}  ({v.cause})"
        for v in wrong
    )


def share(right: int, total: int) -> str:
    return f"{right}/{total}" + (f" ({right / total:.1%})" if total else "")


def _read(report: dict[str, Any]) -> list[Row]:
    overlap = report["portrait_overlap"]
    return [
        ("values right", share(*report["printed"])),
        ("the same on hard captures", share(*report["hard"])),
        ("the same on others, upright", share(*report["upright"])),
        ("the same on others, turned", share(*report["turned"])),
        ("all fields, type and side too", share(*report["all"])),
        ("sides with every field right", share(*report["whole_sides"])),
        ("machine readable lines exact", share(*report["code_lines"])),
        ("portrait, mean overlap (IoU)", f"{overlap:.3f}" if overlap else "-"),
        ("other documents refused", share(*report["wrong_refused"])),
    ]


def _confidence(report: dict[str, Any]) -> list[Row]:
    low, high = report["calibration_interval"]
    error = f"{report['calibration_error']:.4f} ({low:.4f} to {high:.4f})"
    return [
        ("wrong values under 0.95", share(*report["doubted_wrong"])),
        ("right values under 0.95", share(*report["doubted_right"])),
        (f"calibration error, 95 % interval over {report['cards']} cards", error),
    ]


def _speed(report: dict[str, Any]) -> list[Row]:
    rows = [
        (f"ms a {side}, whole call / of processor, medians", _pair(report, side))
        for side in ("front", "back")
        if f"ms_{side}" in report
    ]
    rows.append(("ms a side, p95", f"{report['ms_p95']:.0f}"))
    if "sides_a_second" in report:
        rows.append(("sides a second, two workers", f"{report['sides_a_second']:.1f}"))
    return [
        *rows,
        (
            "memory of a worker, at most / now",
            f"{report['peak_mb']:.0f} / {report['rss_mb']:.0f} MB",
        ),
        ("from start to ready", f"{report['seconds_to_ready']:.2f} s"),
    ]


def _pair(report: dict[str, Any], side: str) -> str:
    return f"{report[f'ms_{side}']:.0f} / {report[f'cpu_ms_{side}']:.0f}"


def _peer(report: dict[str, Any], peer: dict[str, Any]) -> list[Row]:
    """A value counts as found by RapidOCR where it stands inside a line it read."""
    clock = peer["ms_median"] / report["ms_median"]
    work = peer["cpu_ms_median"] / report["cpu_ms_median"]
    memory = peer["peak_mb"] / report["peak_mb"]
    return [
        ("values found", share(*peer["printed"])),
        ("values found on hard captures", share(*peer["hard"])),
        ("machine readable lines exact", share(*peer["code_lines"])),
        ("ms a side, median", f"{peer['ms_median']:.0f} ({clock:.1f} times ours)"),
        ("ms of processor a side", f"{peer['cpu_ms_median']:.0f} ({work:.1f} times ours)"),
        ("memory at most", f"{peer['peak_mb']:.0f} MB ({memory:.1f} times ours)"),
    ]


def _causes(report: dict[str, Any]) -> list[Row]:
    return [
        (name, f"{sum(fields.values())}: " + ", ".join(f"{f} {n}" for f, n in fields.items()))
        for name, fields in report["causes"].items()
    ]
