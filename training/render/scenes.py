"""What a card lies on: boards, cloth, stone, and the things people leave on a desk."""

import math
import random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.render import faces
from training.render.art import Pixels

Size = tuple[int, int]


def table(rng: random.Random, size: Size, ground: str, *, things: int) -> Pixels:
    """A table top of width x height pixels with so many things on it; `ground` is "any" or
    "boards"."""
    noise = np.random.default_rng(rng.getrandbits(32))
    make = rng.choice((_boards, _boards, _cloth, _stone, _plain))
    picture = (_boards if ground == "boards" else make)(rng, noise, size)
    for _ in range(things):
        rng.choice((_paper, _paper, _pen, _cup, _book, _card))(rng, picture)
    return picture


def window(rng: random.Random, size: Size) -> Pixels:
    """A screen around a picture: one tone, and the bars of a program."""
    picture = np.full((size[1], size[0], 3), rng.choice((24, 40, 235, 250)), np.uint8)
    for y in (0, size[1] - size[1] // 14):
        picture[y : y + size[1] // 14] = rng.randrange(30, 240)
    return picture


def _colour(rng: random.Random, low: int, high: int) -> NDArray[np.float32]:
    return np.array([rng.uniform(low, high) for _ in range(3)], np.float32)


def _finish(pixels: NDArray[np.float32]) -> Pixels:
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _grain(noise: np.random.Generator, size: Size, cells: Size) -> NDArray[np.float32]:
    coarse = noise.normal(0, 1, (cells[1], cells[0])).astype(np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _boards(rng: random.Random, noise: np.random.Generator, size: Size) -> Pixels:
    shares = np.array([1.0, rng.uniform(0.66, 0.82), rng.uniform(0.38, 0.62)], np.float32)
    base = rng.uniform(80, 205) * shares
    grain = _grain(noise, size, (6, 160)) * 10 + _grain(noise, size, (12, 500)) * 6
    grain += _grain(noise, size, (4, 20)) * 8
    wood = base + grain[..., None] * np.array([1.0, 0.85, 0.6], np.float32)
    height = rng.randrange(size[1] // 6, size[1])
    for y in range(rng.randrange(height), size[1], height):
        wood[y : y + max(2, size[1] // 400)] *= 0.55
    picture = _finish(wood)
    if rng.random() < 0.3:
        picture = np.ascontiguousarray(picture.transpose(1, 0, 2))
        picture = np.asarray(cv2.resize(picture, size), np.uint8)
    return picture


def _cloth(rng: random.Random, noise: np.random.Generator, size: Size) -> Pixels:
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    step = rng.uniform(5, 18) * size[0] / 1600
    weave = np.sin(x * math.tau / step) * np.sin(y * math.tau / step)
    folds = _grain(noise, size, (5, 4)) * rng.uniform(4, 22)
    return _finish(_colour(rng, 30, 210) + (weave * rng.uniform(2, 14) + folds)[..., None])


def _stone(rng: random.Random, noise: np.random.Generator, size: Size) -> Pixels:
    base, vein = _colour(rng, 60, 235), rng.uniform(8, 40)
    cloud = sum(_grain(noise, size, (4 * 2**i, 3 * 2**i)) / 1.7**i for i in range(6))
    veins = np.asarray(cloud, np.float32)[..., None] * vein * _colour(rng, 0, 1)
    return _finish(base + veins)


def _plain(rng: random.Random, noise: np.random.Generator, size: Size) -> Pixels:
    drift = _grain(noise, size, (2, 2)) * 8
    speckle = noise.normal(0, rng.uniform(0, 6), (size[1], size[0])).astype(np.float32)
    return _finish(_colour(rng, 20, 240) + (drift + speckle)[..., None])


def _place(picture: Pixels, thing: Image.Image, rng: random.Random) -> None:
    """Lay a thing down turned, its shadow beside it."""
    turned = thing.rotate(rng.uniform(0, 360), expand=True, resample=Image.Resampling.BILINEAR)
    height, width = picture.shape[:2]
    x, y = (rng.randrange(-turned.width // 2, limit) for limit in (width, height))
    board = Image.fromarray(picture)
    alpha = turned.getchannel("A")
    shade = Image.new("RGB", turned.size, (20, 20, 20))
    board.paste(shade, (x + 8, y + 10), alpha.point(lambda level: level * 2 // 5))
    board.paste(turned.convert("RGB"), (x, y), alpha)
    picture[:] = np.asarray(board)


def _sheet(rng: random.Random, picture: Pixels, share: Size, fill: tuple[int, ...]) -> Image.Image:
    side = picture.shape[1]
    size = (side * share[0] // 100, side * share[1] // 100)
    return Image.new("RGBA", size, (*fill, 255))


def _paper(rng: random.Random, picture: Pixels) -> None:
    sheet = _sheet(rng, picture, (rng.randrange(15, 45), rng.randrange(15, 55)), (244, 243, 238))
    draw = ImageDraw.Draw(sheet)
    font = rng.choice(faces.HAN).at(max(10, picture.shape[1] // rng.randrange(55, 110)))
    words = (
        "会议记录 请于本周五前完成 项目进度 联系电话 2024 合同编号 签字 备注 Invoice total 128.00"
    )
    for y in range(20, sheet.height - 20, round(font.size * 1.7)):
        text = " ".join(rng.sample(words.split(), 3))
        draw.text((sheet.width // 12, y), text, font=font, fill=(70, 70, 80))
    _place(picture, sheet, rng)


def _book(rng: random.Random, picture: Pixels) -> None:
    tone = tuple(rng.randrange(20, 230) for _ in range(3))
    _place(picture, _sheet(rng, picture, (rng.randrange(15, 35), rng.randrange(20, 45)), tone), rng)


def _pen(rng: random.Random, picture: Pixels) -> None:
    tone = tuple(rng.randrange(10, 200) for _ in range(3))
    pen = _sheet(rng, picture, (rng.randrange(18, 40), rng.randrange(1, 3) + 1), tone)
    tip = ImageDraw.Draw(pen)
    tip.rectangle((0, 0, pen.width // 10, pen.height), fill=(200, 200, 205, 255))
    _place(picture, pen, rng)


def _cup(rng: random.Random, picture: Pixels) -> None:
    size = picture.shape[1] * rng.randrange(12, 26) // 100
    cup = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(cup)
    draw.ellipse((0, 0, size - 1, size - 1), fill=(235, 235, 230, 255))
    inner = size // 10
    draw.ellipse((inner, inner, size - inner, size - inner), fill=(80, 50, 30, 255))
    _place(picture, cup, rng)


def _card(rng: random.Random, picture: Pixels) -> None:
    """Some other card, as lies in the same purse."""
    tone = tuple(rng.randrange(40, 240) for _ in range(3))
    card = _sheet(rng, picture, (27, 17), tone)
    draw = ImageDraw.Draw(card)
    font = rng.choice(faces.LATIN).at(max(10, card.width // 13))
    number = " ".join(str(rng.randrange(1000, 9999)) for _ in range(4))
    draw.text((card.width // 12, card.height // 2), number, font=font, fill=(250, 250, 250))
    draw.text(
        (card.width // 12, card.height // 8), "会员卡 CLUB", font=_han(card), fill=(250, 250, 90)
    )
    _place(picture, card, rng)


def _han(card: Image.Image) -> ImageFont.FreeTypeFont:
    return faces.HAN[1].at(max(10, card.width // 11))
