"""What the person who took a picture could do better."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import cv2
import numpy as np

from ocr_integration.engine import frames, geometry
from ocr_integration.engine.decode import Picture
from ocr_integration.engine.models import Floats, Pixels
from ocr_integration.engine.views import HEIGHT, WIDTH, View, small
from ocr_integration.protocol.quality import Problem, ProblemCode
from ocr_integration.protocol.result import Corners

DARK: Final = 95
"""Brightness, 0 to 255, that nine tenths of a card's pixels stay under in the dark."""

NARROW: Final = 560
"""Stored pixels across the card: below, its small print is under ten pixels high."""

BLURRED: Final = 0.2
"""Steepest step between neighbouring pixels in a line of text, as a share of its contrast."""

_WHITE: Final = 250
_GLARE_SHARE: Final = 0.15
_GLARE_UNSEEN: Final = 0.08
_GLARE_OF_CARD: Final = 0.012
_OUTSIDE: Final = 0.02

_STEP: Final = 2
_COARSE: Final = (WIDTH // _STEP, HEIGHT // _STEP)
"""Light is looked at on every other pixel of the card."""


def of_pixels(picture: Picture) -> list[Problem]:
    """For a picture in which no permit was found."""
    found = [Problem(ProblemCode.NOT_A_PERMIT)]
    if _brightness(picture.pixels) < DARK:
        found.append(Problem(ProblemCode.DARK))
    if max(picture.width, picture.height) < NARROW:
        found.append(Problem(ProblemCode.TOO_SMALL))
    return found


def of_card(
    picture: Picture,
    frame: frames.Frame,
    places: Mapping[str, Floats],
    unseen: Collection[str] = (),
) -> list[Problem]:
    """For a permit, with the places of its fields on the straightened card.

    `unseen` are the fields of which nothing was seen: their places are supposed, or not known.
    """
    scale = np.array(picture.scale, np.float32)
    card = clipped(frame.quad * scale, picture)
    found = []
    coarse = small(frame.card, *_COARSE)
    if _brightness(coarse) < DARK:
        found.append(Problem(ProblemCode.DARK, None, card))
    if geometry.sides(frame.quad * scale)[0] < NARROW:
        found.append(Problem(ProblemCode.TOO_SMALL, None, card))
    if frame.outlined and _leaves(frame.quad, picture):
        found.append(Problem(ProblemCode.CUT_OFF, None, card))
    for code, field, place in _spoiled(frame.card, _glare(coarse), places, unseen):
        quad = None if place is None else frame.in_picture(place) * scale
        found.append(Problem(code, field, card if quad is None else clipped(quad, picture)))
    return found


def clipped(quad: Floats, picture: Picture) -> Corners:
    """As far as it lies on the picture: outside it the API knows no place."""
    return corners(np.clip(quad, 0, (picture.width, picture.height)))


def corners(quad: Floats) -> Corners:
    """Whole pixels, as the API gives them."""
    one, two, three, four = ((round(float(x)), round(float(y))) for x, y in quad)
    return one, two, three, four


def _brightness(pixels: Pixels) -> float:
    return float(np.percentile(pixels[::4, ::4].max(axis=2), 90))


def _leaves(quad: Floats, picture: Picture) -> bool:
    """Whether the card's corners lie outside the picture."""
    height, width = picture.pixels.shape[:2]
    reach = _OUTSIDE * geometry.sides(quad)[0]
    beyond = (quad < -reach) | (quad > np.array([width, height]) + reach)
    return bool(beyond.any())


def _spoiled(
    card: View, white: Pixels, places: Mapping[str, Floats], unseen: Collection[str]
) -> Iterator[tuple[ProblemCode, str | None, Floats | None]]:
    """Glare and blur, field by field; blur of most fields counts for the card as a whole.

    `white` is 1 where the coarse card is dazzled.
    """
    shares = {field: _share(white, place / np.float32(_STEP)) for field, place in places.items()}
    much = float(white.mean()) > _GLARE_OF_CARD
    dazzled = [field for field in places if much and shares[field] > _GLARE_SHARE]
    dazzled += [field for field in unseen if shares.get(field, 0) > _GLARE_UNSEEN]
    for field in dict.fromkeys(dazzled):
        yield ProblemCode.GLARE, field, places[field]
    spot = _spot_among(white, places) if much and unseen and not dazzled else None
    if spot is not None:
        yield ProblemCode.GLARE, None, spot
    blurred = [field for field, place in places.items() if _sharpness(card, place) < BLURRED]
    if len(blurred) > len(places) / 2:
        yield ProblemCode.BLURRED, None, None
    else:
        for field in blurred:
            yield ProblemCode.BLURRED, field, places[field]


def _glare(card: Pixels) -> Pixels:
    """1 where the light left nothing to see; nowhere on a card that is white as a whole."""
    white = (card.min(axis=2) >= _WHITE).astype(np.uint8)
    if white.mean() > 0.5:
        return np.zeros_like(white)
    return np.asarray(cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), np.uint8)


def _share(white: Pixels, place: Floats) -> float:
    width, height = (max(1, round(side)) for side in geometry.sides(place))
    return float(geometry.cut(white, place, width, height).mean())


def _spot_among(white: Pixels, places: Mapping[str, Floats]) -> Floats | None:
    """The largest spot, if it lies among the fields; beside them it hides none."""
    _count, _labels, boxes, middles = cv2.connectedComponentsWithStats(white)
    if len(boxes) < 2 or not places:
        return None
    largest = 1 + int(np.argmax(boxes[1:, cv2.CC_STAT_AREA]))
    corners = np.concatenate(list(places.values()))
    middle = middles[largest] * _STEP
    if (middle < corners.min(axis=0)).any() or (middle > corners.max(axis=0)).any():
        return None
    x, y, width, height = boxes[largest, :4] * _STEP
    spot = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return np.array(spot, np.float32)


def _sharpness(card: View, place: Floats) -> float:
    width, height = (max(4, round(side)) for side in geometry.sides(place))
    line = card.cut(place, width, height).min(axis=2).astype(np.float32)
    contrast = float(np.percentile(line, 90) - np.percentile(line, 4))
    steps = np.abs(np.diff(line, axis=1))
    return float(np.percentile(steps, 98)) / max(contrast, 8)
