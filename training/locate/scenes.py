"""Small pictures of cards on tables, made as fast as a network learns from them."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats
from training.locate.flats import WIDTH, Flat, Pixels
from training.locate.lens import photographed
from training.render.hands import SKINS

_LONG_SIDES: Final = (256, 320, 400)
_OUTSIDE: Final = 0.15
_OTHERS: Final = 0.06
"""Share of the pictures that show another card instead."""

_TRIES: Final = 30


@dataclass(frozen=True)
class Scene:
    """A small picture, and the corners of the permit on it, if there is one."""

    pixels: Pixels
    quad: Floats | None


class Photographer:
    """Takes small pictures of flat things."""

    def __init__(self, seed: int, flats: list[Flat], grounds: list[Pixels]) -> None:
        self._noise = np.random.default_rng(seed)
        self._flats, self._grounds = flats, grounds
        kinds = np.array([flat.is_permit for flat in flats])
        self._permits, self._others = np.flatnonzero(kinds), np.flatnonzero(~kinds)

    def take(self, aspect: float) -> Scene:
        """A picture so many times as wide as tall."""
        rng = self._noise
        long_side = int(rng.choice(_LONG_SIDES))
        size = (round(long_side * min(1, aspect)), round(long_side / max(1, aspect)))
        picture = self._ground(size)
        if rng.random() < 0.04:
            self._things_on(picture, None)
            return Scene(photographed(rng, picture), None)
        flat = self._chosen(permit=rng.random() > _OTHERS)
        scan = rng.random() < 0.1
        quad = self._filling(size) if scan else self._pose(flat, size)
        if rng.random() < 0.4 and not scan:
            self._neighbours(picture, quad)
        style = rng.random()
        if style < 0.07:
            picture[:] = rng.uniform(225, 256)
        elif style < 0.2:
            self._like_card(picture, flat)
        picture = self._laid(picture, flat, quad)
        if rng.random() < 0.35:
            self._things_on(picture, quad)
        seen = photographed(rng, picture, copied=style < 0.07)
        return Scene(seen, quad if flat.is_permit else None)

    def _ground(self, size: tuple[int, int]) -> Pixels:
        """Any part of a stored ground, its colours changed; or plain, striped or a page."""
        rng = self._noise
        if rng.random() < 0.2:
            return self._drawn_ground(size)
        ground = self._grounds[rng.integers(len(self._grounds))]
        height, width = ground.shape[:2]
        share = rng.uniform(0.3, 1)
        wide, tall = int(width * share), int(height * share)
        x, y = rng.integers(width - wide + 1), rng.integers(height - tall + 1)
        part = ground[y : y + tall, x : x + wide]
        if rng.random() < 0.5:
            part = part.transpose(1, 0, 2)
        part = part[:: rng.choice((1, -1)), :: rng.choice((1, -1))]
        cut = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_LINEAR)
        if rng.random() < 0.5:
            gain = rng.uniform(0.5, 1.3, 3).astype(np.float32)
            order = rng.permutation(3)
            cut = np.clip(cut[:, :, order] * gain + rng.uniform(-40, 40), 0, 255)
        return np.ascontiguousarray(cut, np.uint8)

    def _drawn_ground(self, size: tuple[int, int]) -> Pixels:
        rng = self._noise
        width, height = size
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        base = rng.uniform(0, 255, 3)
        turn, length = rng.uniform(0, math.tau), rng.uniform(3, 60)
        phase = (x * math.cos(turn) + y * math.sin(turn)) / length * math.tau
        kind = rng.integers(4)
        if kind == 0:
            shade = np.zeros((height, width))
        elif kind == 3:
            coarse = rng.normal(0, rng.uniform(5, 60), (rng.integers(3, 40), 30))
            shade = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC))
        else:
            other = (y * math.cos(turn) - x * math.sin(turn)) / length * math.tau
            waves = np.sin(phase) * (np.sin(other) if kind == 2 else 1)
            shade = np.sign(waves) * rng.uniform(5, 90)
        return np.clip(base + shade[..., None], 0, 255).astype(np.uint8)

    def _like_card(self, picture: Pixels, flat: Flat) -> None:
        """A ground of the card's own colour."""
        rng = self._noise
        edge = np.concatenate([flat.pixels[2:6].reshape(-1, 3), flat.pixels[-6:-2].reshape(-1, 3)])
        tone = np.median(edge, axis=0) + rng.normal(0, 10, 3)
        texture = picture.astype(np.float32) - picture.mean(axis=(0, 1))
        picture[:] = np.clip(tone + texture * rng.uniform(0, 0.25), 0, 255)

    def _pose(self, flat: Flat, size: tuple[int, int]) -> Floats:
        """Corners of a card turned, tilted and scaled, nearly all of it in the picture."""
        rng = self._noise
        for _ in range(_TRIES):
            quad = self._tilted(flat.pixels.shape[0] / WIDTH)
            span = np.ptp(quad, axis=0)
            near, far = rng.random() < 0.2, rng.random() < 0.25
            share = rng.uniform(0.18, 0.45) if far else rng.uniform(0.4, 0.97)
            share = rng.uniform(0.95, 1.2) if near else share
            quad = (quad - quad.min(axis=0)) * share * min(np.array(size) / span)
            room = np.array(size) - np.ptp(quad, axis=0)
            at = rng.uniform(-0.03, 1.03, 2) if rng.random() < 0.5 else rng.normal(0.5, 0.15, 2)
            quad = quad + room * at
            margin = _OUTSIDE * max(size)
            if (quad > -margin).all() and (quad < np.array(size) + margin).all():
                break
        else:
            return self._filling(size)
        return np.asarray(quad, np.float32)

    def _tilted(self, shape: float) -> Floats:
        rng = self._noise
        flat = np.array([(-1, -shape), (1, -shape), (1, shape), (-1, shape)]) / 2
        quarter = rng.choice((0, 0, 0, 90, 180, 270))
        turn = rng.uniform(0, 360) if rng.random() < 0.4 else rng.normal(quarter, 6)
        radians, away = math.radians(turn), rng.uniform(0, math.tau)
        tilt = math.radians(abs(rng.normal(0, 16)))
        turned = flat @ np.array(
            [(math.cos(radians), math.sin(radians)), (-math.sin(radians), math.cos(radians))]
        )
        axis = np.array([math.cos(away), math.sin(away)])
        along = turned @ axis
        depth = 1 + along * math.sin(min(tilt, 0.9)) / rng.uniform(1.1, 4)
        squeezed = turned + (along * (math.cos(min(tilt, 0.9)) - 1))[:, None] * axis
        return np.asarray(squeezed / depth[:, None], np.float32)

    def _filling(self, size: tuple[int, int]) -> Floats:
        """A scan: the card is the picture, or nearly."""
        rng = self._noise
        quad = geometry.rectangle(*size)
        quad = np.roll(quad, -1, axis=0) if size[1] > size[0] else quad
        if rng.random() < 0.5:
            slips = rng.normal(0, 0.012, (4, 2)) * max(size)
            quad = np.asarray(quad + slips, np.float32)
        return np.asarray(geometry.turned(quad) if rng.random() < 0.25 else quad, np.float32)

    def _neighbours(self, picture: Pixels, quad: Floats) -> None:
        """Other things of paper or plastic, the card itself being laid over them."""
        rng = self._noise
        for _ in range(rng.integers(1, 4)):
            flat = self._chosen(permit=False)
            size = (picture.shape[1], picture.shape[0])
            beside = self._tilted(flat.pixels.shape[0] / WIDTH)
            beside = beside * math.sqrt(geometry.area(quad)) * rng.uniform(0.5, 1.2)
            centre = rng.uniform(-0.1, 1.1, 2) * size
            picture[:] = self._laid(picture, flat, np.asarray(beside + centre, np.float32))

    def _chosen(self, *, permit: bool) -> Flat:
        places = self._permits if permit else self._others
        return self._flats[int(self._noise.choice(places))]

    def _laid(self, picture: Pixels, flat: Flat, quad: Floats) -> Pixels:
        rng = self._noise
        height, width = picture.shape[:2]
        face = flat.pixels
        if max(geometry.sides(quad)) < 0.6 * WIDTH:
            face = np.asarray(cv2.pyrDown(face), np.uint8)
        tall, wide = face.shape[:2]
        mask = self._outline(wide, tall)
        matrix = geometry.homography(geometry.rectangle(wide, tall), quad)
        seen = cv2.warpPerspective(self._tinted(face), matrix, (width, height))
        alpha = cv2.warpPerspective(mask, matrix, (width, height))[..., None]
        ground = picture.astype(np.float32)
        if rng.random() < 0.7:
            reach = rng.uniform(0.6, width / 40)
            shift = rng.normal(0, reach, 2)
            drop = cv2.warpAffine(
                cv2.GaussianBlur(alpha, (0, 0), reach),
                np.array([[1, 0, shift[0]], [0, 1, shift[1]]]),
                (width, height),
            )
            ground *= 1 - rng.uniform(0.05, 0.6) * drop[..., None]
        if rng.random() < 0.08:
            ground = self._sleeved(ground, quad)
        return np.asarray(ground * (1 - alpha) + seen * alpha, np.uint8)

    def _outline(self, wide: int, tall: int) -> Floats:
        """The card's shape: round corners, and rarely one that is cut off."""
        rng = self._noise
        mask = np.zeros((tall, wide), np.float32)
        radius = int(rng.choice((0, 0.02, 0.037, 0.037, 0.05)) * wide)
        cv2.rectangle(mask, (radius, 0), (wide - radius - 1, tall), 1, -1)
        cv2.rectangle(mask, (0, radius), (wide, tall - radius - 1), 1, -1)
        for x in (radius, wide - radius - 1):
            for y in (radius, tall - radius - 1):
                cv2.circle(mask, (x, y), radius, 1, -1, cv2.LINE_AA)
        if rng.random() < 0.06:
            corner = geometry.rectangle(wide, tall)[rng.integers(4)]
            middle = np.array([wide, tall]) / 2
            inward = (middle - corner) * rng.uniform(0.1, 0.4, 2)
            cut = [corner, corner + inward * (1, 0), corner + inward * (0, 1)]
            cv2.fillPoly(mask, [np.round(cut).astype(np.int32)], 0)
        return mask

    def _tinted(self, face: Pixels) -> Pixels:
        """Another print of the same card: tint, contrast, and sometimes a bright or dark rim."""
        rng = self._noise
        if rng.random() < 0.6:
            tint = rng.uniform(0.72, 1.08, 3)
            power = rng.uniform(0.7, 1.5)
            level = np.arange(256, dtype=np.float32)[:, None] / 255
            table = np.clip(level**power * 255 * tint, 0, 255).astype(np.uint8)
            face = np.asarray(cv2.LUT(face, table.reshape(256, 1, 3)), np.uint8)
        if rng.random() < 0.2:
            face = face.copy()
            rim = (int(rng.integers(256)),) * 3
            cv2.rectangle(face, (0, 0), (face.shape[1] - 1, face.shape[0] - 1), rim, 2)
        return face

    def _sleeved(self, ground: Floats, quad: Floats) -> Floats:
        """A plastic sleeve or a sheet that is a little larger than the card."""
        rng = self._noise
        middle = quad.mean(axis=0)
        outer = middle + (quad - middle) * rng.uniform(1.03, 1.25, (4, 1))
        mask = np.zeros(ground.shape[:2], np.float32)
        cv2.fillConvexPoly(mask, np.round(outer).astype(np.int32), 1, cv2.LINE_AA)
        share = (rng.uniform(0.2, 1) * mask)[..., None]
        return np.asarray(ground * (1 - share) + rng.uniform(120, 255) * share, np.float32)

    def _things_on(self, picture: Pixels, quad: Floats | None) -> None:
        """Fingers, pens and papers, over the card's rim where there is a card."""
        rng = self._noise
        size = np.array([picture.shape[1], picture.shape[0]], np.float32)
        unit = float(geometry.sides(quad)[1]) if quad is not None else float(size.min()) / 2
        for _ in range(rng.integers(1, 5)):
            tip, away = rng.uniform(0, 1, 2) * size, rng.normal(0, 1, 2)
            if quad is not None:
                side = rng.integers(4)
                rim = quad[side] + rng.uniform(0, 1) * (quad[(side + 1) % 4] - quad[side])
                away = (rim - quad.mean(axis=0)) / unit + rng.normal(0, 0.25, 2)
                tip = rim - away * rng.uniform(0, 0.22) * unit
            far = tip + away / max(float(np.linalg.norm(away)), 0.1) * unit * 1.5
            tone = np.array(SKINS[rng.integers(len(SKINS))])[::-1] * rng.uniform(0.6, 1.1)
            if rng.random() < 0.4:
                tone = rng.uniform(0, 255, 3)
            width = max(2, round(unit * rng.uniform(0.04, 0.22)))
            ends = [tuple(round(float(part)) for part in end) for end in (tip, far)]
            shade = tuple(float(part) * 0.8 for part in tone)
            cv2.line(picture, ends[0], ends[1], shade, width, cv2.LINE_AA)
            cv2.line(picture, ends[0], ends[1], tone.tolist(), max(1, width * 2 // 3), cv2.LINE_AA)
