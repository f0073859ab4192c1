"""Flat cards at low resolution: what `training.locate` lays on its tables.

Beside the renderer's cards there are some whose parts stand anywhere, so that a network learns
what a card's side is made of (a title, a photo, lines; or three long code lines) and no layout.
"""

import random
from dataclasses import dataclass
from typing import Final, get_args

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from training.render import faces, permits, scenes, wrong
from training.render.backs import back
from training.render.fronts import front
from training.render.lettering import Setting, write

Pixels = NDArray[np.uint8]

WIDTH: Final = 480
"""Pixels across a flat card: twice what a network of 256 pixels sees of most cards."""

_SIZE: Final = (WIDTH, 303)
_GROUND: Final = (640, 480)
_WORDS: Final = (
    "姓名出生日期性别有效期限签发机关证件号码换发次数香港澳门台湾居民身份证中华人民共和国公安部"
    "出入境管理局持证人须知本证件仅限使用不得转借涂改如有遗失应及时报失"
)
_CODE: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<<<<<<<<<<"


@dataclass(frozen=True)
class Flat:
    """One side of something flat, blue first, its top up."""

    pixels: Pixels
    is_permit: bool


def draw_flat(seed: str) -> list[Flat]:
    """Both sides of a permit, one such side laid out anyhow, and something else."""
    rng = random.Random(seed)
    permit = permits.draw_up(rng, rng.choice(get_args(permits.Kind)))
    return [
        Flat(_small(front(rng, permit).image), is_permit=True),
        Flat(_small(back(rng, permit).image), is_permit=True),
        Flat(_scrambled(rng), is_permit=True),
        Flat(_small(rng.choice(list(wrong.KINDS.values()))(rng)), is_permit=False),
    ]


def draw_ground(seed: str) -> Pixels:
    """A table top or a screen."""
    rng = random.Random(seed)
    if rng.random() < 0.12:
        return scenes.window(rng, _GROUND)
    table = scenes.table(rng, _GROUND, "any", things=rng.choice((0, 1, 2, 4, 8)))
    return np.ascontiguousarray(table[:, :, ::-1])


def _small(image: Image.Image) -> Pixels:
    height = round(WIDTH * image.height / image.width)
    small = cv2.resize(np.asarray(image), (WIDTH, height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[:, :, ::-1])


def _scrambled(rng: random.Random) -> Pixels:
    """A side that can be told by its parts, wherever they stand and whatever their tint."""
    card = _tinted(rng)
    kind = rng.choice(get_args(permits.Kind))
    if rng.random() < 0.5:
        _code_lines(rng, card, "CT" if kind == "tw" else "CR")
        _lines(rng, card, (30, 200), rng.randrange(2, 6))
    else:
        title = permits.TITLES[kind]
        _photo(rng, card)
        _lines(rng, card, (70, 280), rng.randrange(5, 10))
        setting = Setting(rng.choice(faces.HAN), rng.randrange(20, 32)).fitted(title, WIDTH - 30)
        room = WIDTH - setting.width(title)
        at = (rng.randrange(8, max(9, round(room) - 4)), rng.randrange(20, 44))
        write(card, at, title, setting, _ink(rng))
    return np.ascontiguousarray(np.asarray(card, np.uint8)[:, :, ::-1])


def _tinted(rng: random.Random) -> Image.Image:
    """Two tones, a panel or two, and fine lines."""
    low = rng.choice((60, 150, 190, 220))
    ends = [[rng.uniform(low, 255) for _ in range(3)] for _ in range(2)]
    share = np.linspace(0, 1, _SIZE[rng.random() < 0.5], dtype=np.float32)
    share = share[None, :] if len(share) == WIDTH else share[:, None]
    one, two = np.array(ends, np.float32)
    ground = np.ones((_SIZE[1], _SIZE[0], 1), np.float32) * one + share[..., None] * (two - one)
    y, x = np.mgrid[0 : _SIZE[1], 0 : _SIZE[0]].astype(np.float32)
    for _ in range(rng.randrange(3)):
        phase = y * rng.uniform(0.1, 0.7) + rng.uniform(5, 40) * np.sin(x / rng.uniform(15, 90))
        ground -= (np.sin(phase) > 0.6)[..., None] * rng.uniform(3, 22)
    card = Image.fromarray(np.clip(ground, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(card)
    for _ in range(rng.choice((0, 0, 1, 2))):
        left, top = rng.randrange(-60, 400), rng.randrange(-60, 250)
        tone = tuple(rng.randrange(60, 256) for _ in range(3))
        draw.rectangle(
            (left, top, left + rng.randrange(60, 500), top + rng.randrange(30, 200)), tone
        )
    return card


def _ink(rng: random.Random) -> tuple[int, int, int]:
    red, green, blue = (rng.randrange(0, 120) for _ in range(3))
    return red, green, blue


def _photo(rng: random.Random, card: Image.Image) -> None:
    width = rng.randrange(75, 135)
    height = round(width * rng.uniform(1.15, 1.45))
    x = rng.choice((rng.randrange(10, 50), WIDTH - width - rng.randrange(10, 50)))
    y = rng.randrange(40, max(41, 296 - height))
    card.paste(faces.portrait(rng, (width, height), rng.choice("男女")), (x, y))


def _lines(rng: random.Random, card: Image.Image, reach: tuple[int, int], count: int) -> None:
    """Words and figures of one size, begun at a common edge."""
    face, latin, ink = rng.choice(faces.HAN), rng.choice(faces.LATIN), _ink(rng)
    left, size = rng.randrange(12, 200), rng.randrange(9, 19)
    for y in np.linspace(*reach, count):
        text = "".join(rng.sample(_WORDS, rng.randrange(2, 12)))
        if rng.random() < 0.4:
            text = "".join(rng.choice("0123456789.-ABCHM") for _ in range(rng.randrange(4, 22)))
        setting = Setting(latin if text.isascii() else face, size)
        write(card, (left + rng.choice((0, 0, 40)), round(y)), text, setting, ink)


def _code_lines(rng: random.Random, card: Image.Image, start: str) -> None:
    size = rng.uniform(18, 21.5)
    setting = Setting(faces.MACHINE[rng.choice(("regular", "oblique"))], round(size))
    step = size * rng.uniform(1.3, 1.75)
    top = rng.uniform(200, 296 - 2 * step)
    if rng.random() < 0.5:
        box = (0, round(top - step), WIDTH, _SIZE[1])
        ImageDraw.Draw(card).rectangle(box, (rng.randrange(215, 256),) * 3)
    left = rng.uniform(10, max(11, WIDTH - 30 * size * 0.723 - 8))
    for place in range(3):
        text = start if place == 0 else ""
        text += "".join(rng.choice(_CODE) for _ in range(30 - len(text)))
        write(card, (round(left), round(top + place * step)), text, setting, (30, 30, 34))
