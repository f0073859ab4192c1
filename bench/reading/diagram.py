"""The reliability diagram: stated confidence across, share that is right upwards."""

from collections.abc import Iterator, Sequence
from typing import Final

from bench.reading.trust import Bin, Stated, bins, calibration_error, calibration_interval

_SIDE: Final = 420
_EDGE: Final = 60
_WHOLE: Final = _SIDE + 2 * _EDGE
_END: Final = _EDGE + _SIDE
_INK: Final = "#1660a8"


def svg(stated: Sequence[Stated]) -> str:
    """A point for each bin, larger for more values, with the share's 95 % interval."""
    low, high = calibration_interval(stated)
    error = calibration_error(stated)
    heading = f"{len(stated)} values; calibration error {error:.4f} ({low:.4f} to {high:.4f})"
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WHOLE} {_WHOLE}">',
        "<style>text { font: 13px sans-serif }</style>",
        f'<rect width="{_WHOLE}" height="{_WHOLE}" fill="white"/>',
        _text(_WHOLE / 2, 30, heading),
        *_axes(),
        *(row for each in bins(stated) for row in _point(each)),
        "</svg>",
    ]
    return "\n".join(rows) + "\n"


def _axes() -> Iterator[str]:
    yield f'<path d="M{_EDGE} {_EDGE}H{_END}V{_END}H{_EDGE}Z" fill="none" stroke="#888"/>'
    yield f'<path d="M{_EDGE} {_END}L{_END} {_EDGE}" stroke="#888" stroke-dasharray="4"/>'
    for step in range(0, 11, 2):
        share = step / 10
        yield _text(_EDGE + _SIDE * share, _END + 20, f"{share}")
        yield _text(_EDGE - 18, _END - _SIDE * share + 4, f"{share}")
    yield _text(_WHOLE / 2, _END + 44, "stated confidence")
    yield f'<g transform="rotate(-90 18 {_WHOLE / 2})">'
    yield _text(18, _WHOLE / 2, "share that is right")
    yield "</g>"


def _point(each: Bin) -> Iterator[str]:
    x = _EDGE + _SIDE * each.confidence
    y, low, high = (_END - _SIDE * share for share in (each.share, each.low, each.high))
    radius = 3 + min(6.0, each.count**0.5 / 8)
    yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{_INK}" stroke-width="2"/>'
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_INK}">'
    yield f"<title>{each.count} values, {each.confidence:.3f}: {each.share:.3f} right</title>"
    yield "</circle>"


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle">{text}</text>'
