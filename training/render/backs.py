"""Prints the back of a permit: notes, what the local identity card says, machine readable code."""

import random
from dataclasses import replace
from typing import Final

from PIL import ImageDraw

from training.render import art, faces, style
from training.render.fronts import specimen
from training.render.permits import Permit
from training.render.style import Printer, Side

_REGIONS: Final = {"hk": "香港居民", "macao": "澳门居民", "tw": "台湾居民"}
_NOTES: Final = (
    "本证件仅限持证人本人使用，不得转借、涂改。",
    "如有遗失或者损坏，应当及时向签发机关报告。",
    "持证人应当在有效期内使用本证件。",
    "本证由公安部出入境管理局制作签发。",
    "持证人来往内地应当向边防检查机关出示本证件。",
)
_STAY: Final = "持证人每次入境停留不得超过90日。"


def back(rng: random.Random, permit: Permit) -> Side:
    side = Side(art.blank(rng))
    chosen = style.choose(rng, bilingual=False)
    if chosen.labels == "column":
        chosen = replace(chosen, labels="before")
    printer = Printer(side, chosen)
    left = rng.randrange(50, 150)
    top = rng.randrange(60, 110)
    notes = [_STAY] if permit.kind == "foreign" else []
    notes += rng.sample(_NOTES, rng.randrange(1, 4 - len(notes)))
    if rng.random() < 0.3:
        last = _identity(rng, printer, permit, left, top + 40)
        _notes(printer, notes[:1], left, last + 80)
    else:
        last = _notes(printer, ["持证人须知", *notes], left, top)
        _identity(rng, printer, permit, left, last + rng.randrange(90, 130))
    _code(rng, side, permit)
    specimen(rng, side)
    return side


def _notes(printer: Printer, notes: list[str], left: int, y: int) -> int:
    """Print notes one below the other; give the last one's height."""
    for note in notes:
        printer.words((left, y), note)
        y += round(printer.style.label.size * 1.5)
    return y - round(printer.style.label.size * 1.5)


def _identity(rng: random.Random, printer: Printer, permit: Permit, left: int, top: int) -> int:
    """Print name and number of the local identity card; give the lower row's height."""
    chosen = printer.style
    region = _REGIONS[permit.id_region]
    prefix = f"{region}身份证"
    if permit.id_region != "tw" and rng.random() < 0.3:
        prefix = f"{region[:2]}永久性居民身份证"
    top = min(top, 440)
    stacked = chosen.labels in ("above", "below")
    step = min(150, 580 - top) if stacked else 100
    faced = replace(chosen.han, face=rng.choice(faces.HAN_TRADITIONAL))
    printer.style = replace(chosen, han=faced)
    rows = (("id_name", "姓名"), ("id_number", "号码"))
    side_by_side = stacked and rng.random() < 0.25
    for place, (field, noun) in enumerate(rows):
        at = (left + 780 * place, top) if side_by_side else (left, top + place * step)
        printer.cell(at, field, prefix + noun, permit.back[field], art.WIDTH - 60)
    if permit.former_number and not side_by_side:
        x = art.WIDTH - rng.randrange(420, 500)
        printer.words((x, top - 46), "曾持证件号码")
        small = replace(chosen.latin, size=40, spacing=0)
        printer.style = replace(chosen, latin=small)
        printer.value((x, top + 14), "former_number", permit.former_number, 400)
    return top if side_by_side else top + step


def _code(rng: random.Random, side: Side, permit: Permit) -> None:
    pitch = art.WIDTH * rng.uniform(0.0268, 0.0306)
    step = rng.uniform(80, 114)
    top = art.HEIGHT - 2 * step - rng.uniform(60, 110)
    left = (art.WIDTH - 30 * pitch) / 2 + rng.uniform(-20, 20)
    draw = ImageDraw.Draw(side.image)
    if rng.random() < 0.6:
        pale = rng.randrange(225, 256)
        draw.rectangle((0, top - step * 0.8, art.WIDTH, art.HEIGHT), fill=(pale,) * 3)
    cut = faces.MACHINE[rng.choice(("regular", "regular", "sharp"))]
    size = pitch / 0.723
    letters = cut.at(round(size * rng.uniform(0.94, 1.03)))
    ink = (rng.randrange(70),) * 3
    for place in range(3):
        y = top + place * step
        for column, glyph in enumerate(permit.back[f"machine_code{place + 1}"]):
            draw.text(
                (left + (column + 0.5) * pitch, y), glyph, font=letters, fill=ink, anchor="ms"
            )
        box = (round(left), round(y - 0.9 * size), round(left + 30 * pitch), round(y))
        side.places[f"machine_code{place + 1}"] = box
        side.lines.append((box[0], round(y - 0.95 * size), box[2], round(y + 0.25 * size)))
