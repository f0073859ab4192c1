"""Finds the outline of a card on whatever it lies on."""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats, Pixels

_SIDE: Final = 360
_SMALLEST_SHARE: Final = 0.03
_SHAPES: Final = (1.25, 2.05)
_FILLED: Final = 0.9
_SAMPLES: Final = 48
_PERFECT: Final = 1.88
"""An edge all along each side, and two fifths of the picture or more within."""

_BESIDE: Final = np.array([-2, -1, 0, 1, 2], np.float32)[:, None, None]


def find(picture: Pixels, limit: int = 3) -> Iterator[Floats]:
    """The likeliest outlines, best first, long edges on top and bottom; which is up is not known.

    A good outline says little of what the card is: the caller looks at what is printed on it, and
    asks for the next while it finds nothing. One that could not be better is not waited for.
    """
    height, width = picture.shape[:2]
    scale = _SIDE / max(height, width)
    small = _small(picture, (round(width * scale), round(height * scale)))
    slopes = _slopes(small)
    floor = float(np.median(slopes)) * 2 + 12
    kept: list[Floats] = []
    scored: list[tuple[float, Floats]] = []
    for mask in _masks(small):
        for quad in _quads(mask):
            score = _score(quad, slopes, floor)
            scored.append((score, quad))
            if score >= _PERFECT and not kept:
                kept.append(quad)
                yield np.asarray(quad / scale, np.float32)
    scored.sort(key=lambda pair: -pair[0])
    for score, quad in scored:
        if len(kept) < limit and score > 0 and not any(_same(quad, other) for other in kept):
            kept.append(quad)
            yield np.asarray(quad / scale, np.float32)


def _small(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """Every so many pixels, then their means: averaging all of them takes ten times as long."""
    double = (2 * size[0], 2 * size[1])
    if picture.shape[1] > double[0]:
        picture = np.asarray(cv2.resize(picture, double, interpolation=cv2.INTER_NEAREST), np.uint8)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.medianBlur(small, 5), np.uint8)


def _masks(small: Pixels) -> Iterator[Pixels]:
    """Several ways to tell a card from its ground; each fails on other grounds."""
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB)
    for channel in cv2.split(lab):
        level, mask = cv2.threshold(channel, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        if level > 0:
            yield np.asarray(mask, np.uint8)
    yield _unlike_border(np.asarray(lab, np.uint8))
    edges = cv2.Canny(small, 30, 90)
    for reach in (3, 7):
        thick = cv2.dilate(edges, np.ones((reach, reach), np.uint8))
        yield np.asarray(thick, np.uint8)


def _unlike_border(lab: Pixels) -> Pixels:
    """Pixels whose colour is far from each of the four borders'."""
    rim = 6
    bands = (lab[:rim], lab[-rim:], lab[:, :rim], lab[:, -rim:])
    nearest = np.full(lab.shape[:2], 255, np.uint8)
    for band in bands:
        flat = band.reshape(-1, 3).astype(np.float32)
        middle = np.median(flat, axis=0)
        spread = np.abs(flat - middle).mean(axis=0) + 4
        # Distances in tenths of a spread, kept in bytes: this runs over every pixel four times.
        away = [
            np.abs(channel.astype(np.float32) - centre) * np.float32(10 / reach)
            for channel, centre, reach in zip(cv2.split(lab), middle, spread, strict=True)
        ]
        total = np.minimum(away[0] + away[1] + away[2], 255)
        nearest = np.minimum(nearest, total.astype(np.uint8))
    return np.asarray((nearest > 60) * np.uint8(255), np.uint8)


def _quads(mask: Pixels) -> Iterator[Floats]:
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    smallest = mask.size * _SMALLEST_SHARE
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:3]:
        hull = cv2.convexHull(outline)
        if cv2.contourArea(hull) < smallest:
            continue
        quad = around(np.asarray(hull, np.float32).reshape(-1, 2))
        if quad is not None:
            yield quad


def around(hull: Floats) -> Floats | None:
    """Fit four lines to a hull with round corners and cross them, or None: it is no card's."""
    rough = _four_corners(hull)
    if rough is None:
        return None
    dense = _dense(hull)
    lines = []
    for first, last in zip(rough, np.roll(rough, -1, axis=0), strict=True):
        along = last - first
        length = float(np.linalg.norm(along))
        if length < 20:
            return None
        unit = along / length
        off = dense - first
        place = off @ unit / length
        away = np.abs(off @ np.array([-unit[1], unit[0]]))
        near = dense[(place > 0.12) & (place < 0.88) & (away < 0.06 * length + 3)]
        if len(near) < 8:
            return None
        lines.append(cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel())
    corners = [_crossing(lines[i - 1], lines[i]) for i in range(4)]
    if any(corner is None for corner in corners):
        return None
    quad = _upright(np.array(corners, np.float32))
    return quad if _card_like(quad, cv2.contourArea(hull)) else None


def _four_corners(hull: Floats) -> Floats | None:
    length = cv2.arcLength(hull, closed=True)
    for tolerance in (0.02, 0.03, 0.045, 0.06, 0.08):
        rough = cv2.approxPolyDP(hull, tolerance * length, closed=True).reshape(-1, 2)
        if len(rough) == 4:
            return np.asarray(rough, np.float32)
        if len(rough) < 4:
            break
    return np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float32)


def _dense(hull: Floats) -> Floats:
    """Points about two pixels apart along the hull."""
    along = np.roll(hull, -1, axis=0) - hull
    counts = np.maximum(1, (np.linalg.norm(along, axis=1) / 2).astype(int))
    starts = np.repeat(hull, counts, axis=0)
    shares = np.concatenate([np.arange(count) / count for count in counts])
    return np.asarray(starts + shares[:, None] * np.repeat(along, counts, axis=0), np.float32)


def _crossing(one: Floats, other: Floats) -> Floats | None:
    (x, y, left, top), (other_x, other_y, other_left, other_top) = one, other
    turn = other_x * y - x * other_y
    if abs(turn) < 0.2:
        return None
    step = (other_x * (other_top - top) - other_y * (other_left - left)) / turn
    return np.array([left + step * x, top + step * y], np.float32)


def _upright(quad: Floats) -> Floats:
    """Order corners clockwise, a long edge first, the one that reads left to right."""
    middle = quad.mean(axis=0)
    order = np.argsort(np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0]))
    quad = quad[order]
    width, height = geometry.sides(quad)
    if width < height:
        quad = np.roll(quad, -1, axis=0)
    return geometry.turned(quad) if quad[1][0] < quad[0][0] else quad


def _card_like(quad: Floats, hull_area: float) -> bool:
    width, height = geometry.sides(quad)
    shape = width / max(height, 1)
    filled = hull_area / max(geometry.area(quad), 1)
    return _SHAPES[0] < shape < _SHAPES[1] and _FILLED < filled < 1.05


def _slopes(small: Pixels) -> Floats:
    """Steepness of the strongest channel at each pixel."""
    wide = small.astype(np.float32)
    across, down = (cv2.Sobel(wide, cv2.CV_32F, dx, 1 - dx) for dx in (1, 0))
    blue, green, red = cv2.split(cv2.magnitude(across, down))
    return np.asarray(cv2.max(cv2.max(blue, green), red), np.float32)


def _score(quad: Floats, slopes: Floats, floor: float) -> float:
    """Share of the four sides that lie on an edge, weighted by the card's size."""
    height, width = slopes.shape
    steps = np.linspace(0.08, 0.92, _SAMPLES, dtype=np.float32)[:, None]
    along = np.roll(quad, -1, axis=0) - quad
    unit = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1)
    across = np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    # Four sides, five lines beside each other along a side, so many points on a line.
    lines = quad[:, None, None] + along[:, None, None] * steps
    points = lines + across[:, None, None] * _BESIDE
    spots = np.round(points).astype(np.intp)
    inside = ((spots >= 0) & (spots < (width, height))).all(axis=-1)
    spots = np.clip(spots, 0, (width - 1, height - 1))
    steepest = (slopes[spots[..., 1], spots[..., 0]] * inside).max(axis=1)
    shares = (steepest > floor).mean(axis=1)
    if shares.min() < 0.25:
        return 0.0
    share = geometry.area(quad) / slopes.size
    return float(shares.mean() + shares.min() / 2) + 0.4 * min(1.0, share / 0.4)


def _same(one: Floats, other: Floats) -> bool:
    gap = np.linalg.norm(one - other, axis=1).max()
    return float(gap) < 0.05 * geometry.sides(one)[0]
