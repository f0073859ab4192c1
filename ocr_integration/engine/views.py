"""What is looked at: a picture, or a card in it as if it lay straight. Both give pieces of
themselves, cut from the picture's own pixels once, as small as they are asked for."""

from functools import cached_property
from typing import Final, Protocol

import cv2
import numpy as np

from ocr_integration.engine import geometry
from ocr_integration.engine.models import Floats, Pixels

WIDTH: Final = 1280
HEIGHT: Final = 808
"""Of a card lying straight, pixels."""

SHAPE: Final = WIDTH / HEIGHT
_CARD: Final = geometry.rectangle(WIDTH, HEIGHT)
_COARSE: Final = 2.0
"""Pixels of a picture to one of a piece: at so many, half of the picture is looked at instead."""


class View(Protocol):
    """Something flat to look at; places on it are counted in its pixels."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""

    def cut(self, quad: Floats, width: int, height: int) -> Pixels:
        """Straighten a quadrilateral: (height, width, 3), blue first."""

    def grey(self, quad: Floats, width: int, height: int) -> Pixels:
        """The same without colours: (height, width)."""


class PictureView:
    """A picture, and half of it, and half of that, each made when it is first needed."""

    def __init__(self, pixels: Pixels) -> None:
        """`pixels` is (height, width, 3), blue first, or (height, width)."""
        self.pixels = pixels

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[1], self.pixels.shape[0]

    def cut(self, quad: Floats, width: int, height: int) -> Pixels:
        across, down = geometry.sides(quad)
        step = min(across / width, down / height)
        if step >= _COARSE and min(self.pixels.shape[:2]) > 1:
            return self.half.cut(np.asarray(quad / 2, np.float32), width, height)
        return geometry.cut(self.pixels, quad, width, height)

    def grey(self, quad: Floats, width: int, height: int) -> Pixels:
        return self.without_colours.cut(quad, width, height)

    @cached_property
    def half(self) -> "PictureView":
        return PictureView(geometry.halved(self.pixels))

    @cached_property
    def without_colours(self) -> "PictureView":
        return PictureView(np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY), np.uint8))


class CardView:
    """A card in a picture, WIDTH by HEIGHT pixels if it was straightened as a whole.

    `quad` are its corners in the picture; `bend` is by how many of the card's pixels it is lower
    at both ends than in its middle.
    """

    def __init__(self, picture: PictureView, quad: Floats, bend: float = 0.0) -> None:
        self._picture = picture
        self.quad = quad
        self.bend = bend

    @property
    def size(self) -> tuple[int, int]:
        return WIDTH, HEIGHT

    def cut(self, quad: Floats, width: int, height: int) -> Pixels:
        if self.bend:
            return self._flattened.cut(quad, width, height)
        return self._picture.cut(self.in_picture(quad), width, height)

    def grey(self, quad: Floats, width: int, height: int) -> Pixels:
        if self.bend:
            return self._flattened.grey(quad, width, height)
        return self._picture.grey(self.in_picture(quad), width, height)

    @cached_property
    def pixels(self) -> Pixels:
        """All of it, straight: (HEIGHT, WIDTH, 3)."""
        return self._flattened.pixels if self.bend else self.cut(_CARD, WIDTH, HEIGHT)

    def turned(self) -> "CardView":
        """The card the other way up."""
        return CardView(self._picture, geometry.turned(self.quad), -self.bend)

    def in_picture(self, points: Floats) -> Floats:
        """Where points of the card are in the picture."""
        to_picture = geometry.homography(_CARD, self.quad)
        return geometry.moved(self._arched(points), to_picture)

    @cached_property
    def _flattened(self) -> PictureView:
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        spots = self.in_picture(np.stack([x, y], axis=-1))
        seen = cv2.remap(
            self._picture.pixels,
            spots[..., 0],
            spots[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return PictureView(np.asarray(seen, np.uint8))

    def _arched(self, points: Floats) -> Floats:
        """Where points of the straight card are on the bent one."""
        if not self.bend:
            return points
        off = points[..., 0] * 2 / WIDTH - 1
        return np.asarray(np.stack([points[..., 0], points[..., 1] + self.bend * off**2], axis=-1))


def small(view: View, width: int, height: int) -> Pixels:
    """All that there is to see, in few pixels."""
    return view.cut(geometry.rectangle(*view.size), width, height)
