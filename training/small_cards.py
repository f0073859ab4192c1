"""Small cards with a photo somewhere, laid out at random: what `training.portrait` learns from."""

import math
import random
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_integration.engine.models import Floats
from ocr_integration.engine.photo_net import SIZE
from training.render import faces
from training.render.backs import back
from training.render.fronts import front
from training.render.permits import Kind, draw_up

Image = NDArray[np.uint8]
Points = NDArray[np.float32]
Box = tuple[int, int, int, int]

DRAWN: Final = (400, 252)
"""A card is laid out at this size, then bent to SIZE."""

NOWHERE: Final[Points] = np.full((4, 2), -1, np.float32)


class Artist:
    """Draws small cards with a photo somewhere."""

    def __init__(self, rng: random.Random, flats: int, more_faces: list[Path]) -> None:
        self._rng = rng
        self._noise = np.random.default_rng(rng.getrandbits(32))
        self._faces = [_opened(path) for path in _pictures(more_faces)]
        self._flats = [self._flat() for _ in range(flats)]

    def card(self) -> tuple[Image, Points]:
        """Pixels of SIZE and the photo's corners in them, or NOWHERE."""
        rng = self._rng
        card, corners = rng.choice(self._flats) if rng.random() < 0.4 else self._drawn()
        return self._seen(card, corners)

    def _flat(self) -> tuple[Image, Points]:
        """A card of the renderer, and sometimes its other side, which has no photo."""
        rng = self._rng
        kinds: tuple[Kind, ...] = ("hk", "foreign", "tw")
        permit = draw_up(rng, rng.choice(kinds))
        if rng.random() < 0.06:
            printed, corners = back(rng, permit), NOWHERE
        else:
            printed = front(rng, permit)
            corners = _corners(printed.portrait or (0, 0, 1, 1))
            corners = corners * (DRAWN[0] / printed.image.width)
        small = cv2.resize(np.asarray(printed.image), DRAWN, interpolation=cv2.INTER_AREA)
        return np.asarray(small[:, :, ::-1], np.uint8), corners

    def _drawn(self) -> tuple[Image, Points]:
        rng = self._rng
        card = self._ground()
        if rng.random() < 0.04:
            self._text(card, None)
            return card, NOWHERE
        box = self._photo_box()
        self._extras(card, box)
        self._text(card, box)
        self._photo(card, box)
        return card, _corners(box)

    def _ground(self) -> Image:
        rng = self._rng
        width, height = DRAWN
        ends = self._noise.uniform(130, 252, (2, 3)).astype(np.float32)
        ends[1] = ends[0] + (ends[1] - ends[0]) * rng.uniform(0, 1)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        turn = rng.uniform(0, math.tau)
        along = (x / width - 0.5) * math.cos(turn) + (y / height - 0.5) * math.sin(turn) + 0.5
        card = ends[0] + (ends[1] - ends[0]) * along[..., None]
        for _ in range(rng.randrange(4)):
            swing, length = rng.uniform(2, 20), rng.uniform(30, 200)
            phase = y + swing * np.sin(x / length * math.tau)
            wave = np.sin(phase / rng.uniform(3, 12) * math.tau) > rng.uniform(0.3, 0.9)
            card = card - (wave * rng.uniform(2, 24))[..., None]
        return np.asarray(np.clip(card, 0, 255), np.uint8)

    def _photo_box(self) -> Box:
        rng = self._rng
        width = round(DRAWN[0] * rng.uniform(0.15, 0.32))
        height = min(round(width / rng.uniform(0.66, 0.86)), DRAWN[1] - 24)
        margin = rng.randrange(5, 46)
        left = margin if rng.random() < 0.5 else DRAWN[0] - margin - width
        top = rng.randrange(8, DRAWN[1] - height - 8)
        return left, top, left + width, top + height

    def _extras(self, card: Image, box: Box) -> None:
        """Ghost pictures, chips, emblems, panels: large things that are not the photo."""
        rng = self._rng
        for _ in range(rng.randrange(4)):
            width, height = rng.randrange(16, 90), rng.randrange(14, 90)
            left, top = rng.randrange(DRAWN[0] - width), rng.randrange(DRAWN[1] - height)
            if not _apart_from(box, (left, top, left + width, top + height)):
                continue
            part = card[top : top + height, left : left + width]
            match rng.randrange(4):
                case 0:
                    ghost = cv2.resize(self._face(), (width, height))
                    ghost = cv2.cvtColor(ghost, cv2.COLOR_BGR2GRAY)[..., None]
                    share = rng.uniform(0.1, 0.4)
                    part[:] = np.clip(part * (1 - share) + ghost * share, 0, 255)
                case 1:
                    part[:] = [rng.randrange(120, 230) for _ in range(3)]
                    cv2.rectangle(part, (width // 4, 2), (width // 2, height - 3), (90, 90, 90), 1)
                case 2:
                    middle = (width // 2, height // 2)
                    ink = [rng.randrange(60, 240) for _ in range(3)]
                    cv2.circle(part, middle, min(middle), ink, rng.choice((1, 2, -1)))
                case _:
                    part[:] = np.clip(part.astype(np.int16) + rng.randrange(-40, 41), 0, 255)

    def _text(self, card: Image, box: Box | None) -> None:
        rng = self._rng
        for _ in range(rng.randrange(6, 20)):
            height = rng.randrange(6, 22)
            width = rng.randrange(16, 240)
            left = rng.randrange(4, max(5, DRAWN[0] - width))
            top = rng.randrange(4, DRAWN[1] - height)
            if box is not None and not _apart_from(box, (left, top, left + width, top + height)):
                continue
            ink = [rng.randrange(130) for _ in range(3)]
            step = height * rng.uniform(0.5, 1)
            for x in np.arange(left, left + width, step):
                self._glyph(card, (int(x), top, max(2, int(step * 0.8)), height), ink)

    def _glyph(self, card: Image, at: Box, ink: list[int]) -> None:
        x, y, width, height = at
        strokes = self._rng.randrange(2, 6)
        ends = self._noise.integers(0, (width, height), (strokes, 2, 2))
        for one, other in ends.tolist():
            cv2.line(card, (x + one[0], y + one[1]), (x + other[0], y + other[1]), ink, 1)

    def _face(self) -> Image:
        rng = self._rng
        if self._faces and rng.random() < 0.75:
            return rng.choice(self._faces)
        drawn = faces.portrait(rng, (150, 200), rng.choice("男女"))
        return np.asarray(np.asarray(drawn)[:, :, ::-1], np.uint8)

    def _photo(self, card: Image, box: Box) -> None:
        rng = self._rng
        left, top, right, bottom = box
        face = self._face()
        tall, wide = face.shape[:2]
        share = rng.uniform(0.72, 1)
        width = round(wide * share)
        height = min(tall, round(width * (bottom - top) / (right - left)))
        x, y = rng.randrange(wide - width + 1), rng.randrange(tall - height + 1)
        photo = cv2.resize(face[y : y + height, x : x + width], (right - left, bottom - top))
        if rng.random() < 0.5:
            photo = photo[:, ::-1]
        if rng.random() < 0.4:
            photo = self._backdrop(np.asarray(photo, np.uint8))
        if rng.random() < 0.3:
            grey = photo.mean(axis=2, keepdims=True)
            photo = photo + (grey - photo) * rng.uniform(0.5, 1)
        share = rng.uniform(0, 0.25) if rng.random() < 0.5 else 0.0
        part = card[top:bottom, left:right]
        part[:] = np.clip(photo * (1 - share) + part * share, 0, 255)
        if rng.random() < 0.25:
            ink = [rng.randrange(60, 255) for _ in range(3)]
            cv2.rectangle(card, (left, top), (right - 1, bottom - 1), ink, 1)

    def _backdrop(self, photo: Image) -> Image:
        """A light wall fades into the card's ground more than any other."""
        rng = self._rng
        height, width = photo.shape[:2]
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        head = ((x / width - 0.5) / 0.34) ** 2 + ((y / height - 0.5) / 0.44) ** 2 < 1
        body = ((x / width - 0.5) / 0.55) ** 2 + ((y / height - 1.1) / 0.42) ** 2 < 1
        kept = cv2.GaussianBlur((head | body).astype(np.float32), (0, 0), 2)[..., None]
        wall = np.array([rng.uniform(170, 255) for _ in range(3)], np.float32)
        return np.asarray(photo * kept + wall * (1 - kept), np.uint8)

    def _seen(self, card: Image, corners: Points) -> tuple[Image, Points]:
        """Bend, light and blur a card as it comes out of a straightened picture."""
        rng, noise = self._rng, self._noise
        reach = rng.choice((0.01, 0.02, 0.05))
        whole = _corners((0, 0, *DRAWN))
        target = _corners((0, 0, *SIZE)) + noise.normal(0, reach, (4, 2)) * SIZE
        if rng.random() < 0.15:
            middle = np.array(SIZE, np.float32) / 2
            target = middle + (target - middle) * rng.uniform(0.75, 1.2)
        matrix = cv2.getPerspectiveTransform(whole, target.astype(np.float32))
        table = [rng.randrange(256) for _ in range(3)]
        flag = cv2.BORDER_REPLICATE if rng.random() < 0.3 else cv2.BORDER_CONSTANT
        bent = cv2.warpPerspective(
            card, matrix, SIZE, flags=cv2.INTER_LINEAR, borderMode=flag, borderValue=table
        )
        seen = self._lit(np.asarray(bent, np.float32))
        if corners is NOWHERE:
            return seen, corners
        moved = cv2.perspectiveTransform(corners.reshape(-1, 1, 2).astype(np.float64), matrix)
        inside = np.clip(moved.reshape(4, 2), (0, 0), (SIZE[0] - 1, SIZE[1] - 1))
        return seen, np.asarray(inside, np.float32)

    def _lit(self, bent: Floats) -> Image:
        rng, noise = self._rng, self._noise
        seen = bent.astype(np.float64)
        height, width = seen.shape[:2]
        y, x = np.mgrid[0:height, 0:width].astype(np.float64)
        if rng.random() < 0.6:
            slope = noise.uniform(-0.5, 0.5, 2)
            light = 1 + slope[0] * (x / width - 0.5) + slope[1] * (y / height - 0.5)
            seen = seen * light[..., None]
        if rng.random() < 0.3:
            edge = x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1)
            seen = seen * np.where(edge > rng.uniform(-40, 80), rng.uniform(0.4, 0.9), 1)[..., None]
        if rng.random() < 0.25:
            at, wide = (rng.uniform(0, width), rng.uniform(0, height)), rng.uniform(8, 40)
            spot = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * wide**2))
            seen = seen + (255 - seen) * (spot * rng.uniform(0.3, 1))[..., None]
        seen = seen * (rng.uniform(0.25, 1.15) * noise.uniform(0.85, 1.12, 3))
        if rng.random() < 0.12:
            seen = seen.mean(axis=2, keepdims=True) * np.ones(3)
        if rng.random() < 0.5:
            seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, 1.4)), np.float64)
        seen = seen + noise.normal(0, rng.uniform(0, 9), seen.shape)
        return np.asarray(np.clip(seen, 0, 255), np.uint8)


def _corners(box: Box) -> Points:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def _apart_from(one: Box, other: Box) -> bool:
    return (
        other[2] < one[0] - 3
        or other[0] > one[2] + 3
        or other[3] < one[1] - 3
        or other[1] > one[3] + 3
    )


def _pictures(folders: list[Path]) -> list[Path]:
    return sorted(path for folder in folders for path in folder.glob("*.jpg"))


def _opened(path: Path) -> Image:
    return np.asarray(cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR), np.uint8)
