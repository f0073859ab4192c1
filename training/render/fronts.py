"""Prints the front of a permit: many layouts, since the real geometry is not public."""

import random
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from training.render import art, faces, style
from training.render.lettering import Box, Setting
from training.render.permits import TITLES, Permit
from training.render.style import Printer, Side

_SUBTITLES: Final = {
    "hk": "Mainland Travel Permit for Hong Kong and Macao Residents",
    "foreign": "Mainland Travel Permit for Hong Kong and Macao Residents (Non-Chinese Citizens)",
    "tw": "Mainland Travel Permit for Taiwan Residents",
}
_TWO_LINES: Final = 0.6
"""A Latin name that would be set smaller than this is broken into two lines instead."""


def front(rng: random.Random, permit: Permit) -> Side:
    side = Side(art.blank(rng))
    left = rng.random() < 0.65
    side.portrait = _photo(rng, side.image, permit, left=left)
    _title(rng, side, permit)
    chosen = style.choose(rng, bilingual=permit.kind == "foreign" and rng.random() < 0.7)
    start = side.portrait[2] + rng.randrange(28, 80) if left else rng.randrange(50, 130)
    end = art.WIDTH - 40 if left else side.portrait[0] - 20
    _rows(rng, Printer(side, chosen), permit, start, end)
    if left and rng.random() < 0.5:
        _ghost(rng, side)
    specimen(rng, side)
    return side


def _photo(rng: random.Random, card: Image.Image, permit: Permit, *, left: bool) -> Box:
    width = rng.randrange(300, 400)
    height = round(width * rng.uniform(1.22, 1.44))
    x = rng.randrange(40, 110)
    x = x if left else art.WIDTH - x - width
    y = rng.randrange(190, max(191, min(340, 960 - height)))
    card.paste(faces.portrait(rng, (width, height), permit.front["sex"]), (x, y))
    if rng.random() < 0.25:
        outline = ImageDraw.Draw(card)
        outline.rectangle((x, y, x + width, y + height), outline=(120, 120, 120), width=2)
    return (x, y, x + width, y + height)


def _ghost(rng: random.Random, side: Side) -> None:
    """The small pale repeat of the photo that some cards carry."""
    assert side.portrait
    small = side.image.crop(side.portrait).resize((130, 165)).convert("L")
    small = small.filter(ImageFilter.SMOOTH)
    pale = Image.new("RGB", small.size, (235, 235, 235))
    ghost = Image.blend(pale, Image.merge("RGB", (small,) * 3), rng.uniform(0.2, 0.4))
    spot = (art.WIDTH - 130 - rng.randrange(30, 70), rng.randrange(560, 780))
    where = (*spot, spot[0] + 130, spot[1] + 165)
    if not any(overlap(where, place) for place in side.places.values()):
        side.image.paste(ghost, spot)


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _title(rng: random.Random, side: Side, permit: Permit) -> None:
    text = TITLES[permit.kind]
    face = rng.choice(faces.HAN)
    spacing = rng.choice((0, 0, rng.uniform(0.02, 0.15)))
    setting = Setting(face, rng.randrange(66, 94), spacing).fitted(text, art.WIDTH - 160)
    width = setting.width(text)
    room = art.WIDTH - width
    x = rng.choice((rng.randrange(50, max(51, min(200, room - 40))), room // 2, room - 60))
    y = rng.randrange(66, 112)
    ink = rng.choice(((30, 50, 130), (150, 30, 40), (40, 40, 50), (20, 90, 80), (10, 10, 10)))
    side.write((x, y), text, setting, ink)
    if rng.random() < (0.5 if permit.kind == "foreign" else 0.1):
        latin = Setting(rng.choice(faces.LATIN), rng.randrange(26, 34))
        spot = (x, y + round(0.75 * setting.size))
        side.write(spot, _SUBTITLES[permit.kind], latin.fitted(text, width), ink)


def _rows(rng: random.Random, printer: Printer, permit: Permit, left: int, right: int) -> None:
    rows = _order(rng, permit)
    latin = permit.front["name_en"]
    setting, column = printer.style.latin, _column(rng, printer)
    room = right - left - (column if printer.style.labels == "column" else 0)
    lines = _broken(latin) if room / max(1, setting.width(latin)) < _TWO_LINES else [latin]
    if rng.random() < 0.5 and setting.width(latin) > room:
        lines = _broken(latin)
    top, bottom = rng.randrange(200, 260), rng.randrange(850, 930)
    step = (bottom - top) / (len(rows) - 1 + 0.6 * (len(lines) - 1))
    second = left + round((right - left) * rng.uniform(0.58, 0.7))
    y = float(top)
    for row in rows:
        x = left
        # After a single character there is room for a date.
        after = left + round((right - left) * 0.36) if row[0] == "sex" else second
        for field in row:
            if field == "name_en":
                _latin_name(printer, lines, (x, round(y)), right, step, column)
                y += 0.6 * step * (len(lines) - 1)
                continue
            value = permit.nationality if field == "nationality" else permit.front[field]
            label = style.label_of(field, printer.style, taiwan=permit.kind == "tw")
            end = printer.cell(
                (x, round(y)), field, label, value, right, column=column if x == left else 0
            )
            x = max(after, end + 40)
        y += step


def _order(rng: random.Random, permit: Permit) -> list[list[str]]:
    """Which fields share a row, from top to bottom."""
    born = ["birth_date", "sex"] if rng.random() < 0.85 else ["sex", "birth_date"]
    rows = [["name"], ["name_en"], born, ["valid_period"], ["issuing_authority"]]
    if permit.nationality:
        rows[0].append("nationality")
    number = ["number", "issue_times"]
    if permit.kind == "tw":
        rows.append(["issue_place"])
    if rng.random() < 0.12:
        return [number, *rows]
    if rng.random() < 0.12:
        return [*rows[:2], number, *rows[2:]]
    return [*rows, number]


def _column(rng: random.Random, printer: Printer) -> int:
    """Room for the longest label, with a gap."""
    longest = 4 if not printer.style.english else 4.6
    return round(printer.style.label.width("出生日期") * longest / 4 + rng.uniform(20, 80))


def _latin_name(
    printer: Printer, lines: list[str], at: tuple[int, int], right: int, step: float, column: int
) -> None:
    x, y = at
    if printer.style.labels == "column":
        x += column
    for place, line in enumerate(lines):
        spot = (x, y + round(0.6 * step * place))
        printer.value(spot, "name_en", line, right - x)


def _broken(latin: str) -> list[str]:
    surname, _, given = latin.partition(",")
    return [surname + ",", given]


def specimen(rng: random.Random, side: Side) -> None:
    at = (rng.randrange(700, 1200), art.HEIGHT - 34)
    side.write(at, "SPECIMEN 样本", Setting(faces.HAN[0], 34), (150, 140, 150))
