"""Pictures that are no permit of the two: other cards, papers, an empty desk."""

import random
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageDraw

from training.render import art, faces, names


def _lines(
    card: Image.Image, rng: random.Random, lines: list[str], at: tuple[int, int], step: int
) -> None:
    face = rng.choice(faces.HAN)
    draw = ImageDraw.Draw(card)
    for place, text in enumerate(lines):
        font = face.at(76 if place == 0 else 52)
        draw.text((at[0], at[1] + place * step), text, font=font, fill=(40, 40, 60), anchor="lm")


def _with_photo(rng: random.Random, lines: list[str]) -> Image.Image:
    card = art.blank(rng)
    left = rng.random() < 0.5
    card.paste(faces.portrait(rng, (340, 440), rng.choice("男女")), (80 if left else 1180, 300))
    _lines(card, rng, lines, (480 if left else 80, 110), 120)
    return card


def exit_entry_permit(rng: random.Random) -> Image.Image:
    person = names.chinese_name(rng, taiwan=False)
    title = rng.choice(("往来港澳通行证", "往来台湾通行证"))
    number = f"C{rng.choice('ABCDE')}{rng.randrange(10**6, 10**7)}"
    lines = [title, f"姓名 {person.simplified}", person.latin, "出生日期 1991.02.03", "性别 男"]
    lines += ["有效期限 2021.05.06-2031.05.05", f"证件号码 {number}"]
    return _with_photo(rng, lines)


def identity_card(rng: random.Random) -> Image.Image:
    person = names.chinese_name(rng, taiwan=False)
    lines = [f"姓名 {person.simplified}", "性别 女 民族 汉", "出生 1988 年 7 月 9 日"]
    lines += [
        "住址 某省某市某路 21 号",
        "公民身份号码",
        f"11010119880709{rng.randrange(1000, 9999)}",
    ]
    return _with_photo(rng, lines)


def residence_permit(rng: random.Random) -> Image.Image:
    person = names.chinese_name(rng, taiwan=False)
    title = rng.choice(("港澳居民居住证", "台湾居民居住证"))
    lines = [title, f"姓名 {person.simplified}", "性别 男", "出生 1991 年 2 月 3 日"]
    lines += ["公民身份号码", f"81000019910203{rng.randrange(1000, 9999)}"]
    return _with_photo(rng, lines)


def identity_back(rng: random.Random) -> Image.Image:
    """A card with ICAO's own three lines, which are not these permits'."""
    card = art.blank(rng)
    font = faces.MACHINE["regular"].at(66)
    draw = ImageDraw.Draw(card)
    lines = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6")
    for place, text in enumerate((*lines, "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")):
        draw.text((110, 720 + place * 96), text, font=font, fill=(20, 20, 20), anchor="ls")
    return card


def bank_card(rng: random.Random) -> Image.Image:
    card = art.blank(rng).point(lambda level: level * 3 // 5)
    draw = ImageDraw.Draw(card)
    bank = rng.choice(("Harbour & Hill Bank", "Lotus Savings", "北岸合作银行"))
    draw.text((90, 120), bank, font=faces.HAN[1].at(84), fill=(250, 250, 250), anchor="lm")
    number = "  ".join(str(rng.randrange(1000, 9999)) for _ in range(4))
    draw.text((90, 580), number, font=faces.LATIN[0].at(104), fill=(240, 236, 220), anchor="lm")
    draw.text((90, 760), "VALID THRU 09/31", font=faces.LATIN[0].at(48), fill=(240, 240, 240))
    name = names.chinese_name(rng, taiwan=False).latin.replace(",", " ")
    draw.text((90, 850), name, font=faces.LATIN[0].at(64), fill=(240, 240, 240))
    draw.rounded_rectangle((90, 280, 270, 420), 20, fill=(214, 184, 110))
    draw.line((90, 350, 270, 350), fill=(130, 100, 50), width=4)
    draw.line((180, 280, 180, 420), fill=(130, 100, 50), width=4)
    return card


def receipt(rng: random.Random) -> Image.Image:
    paper = Image.new("RGB", (900, 1500), (247, 246, 242))
    lines = [rng.choice(("HILLSIDE CAFE", "晨光便利店", "港岛文具"))]
    goods = ("牛奶", "面包", "苹果", "Coffee", "Notebook", "茶叶", "Taxi", "雨伞")
    for _ in range(rng.randrange(7, 11)):
        amount = f"{rng.randrange(5, 300)}.{rng.randrange(10)}0"
        lines.append(f"{rng.choice(goods)}  x{rng.randrange(1, 5)}   {amount}")
    lines += ["合计 TOTAL  1,208.50", "2025-03-14 18:22", "谢谢惠顾"]
    _lines(paper, rng, lines, (90, 120), 100)
    return paper


KINDS: Final[dict[str, Callable[[random.Random], Image.Image]]] = {
    "exit-entry-permit": exit_entry_permit,
    "identity-card": identity_card,
    "residence-permit": residence_permit,
    "identity-back": identity_back,
    "bank-card": bank_card,
    "receipt": receipt,
}
