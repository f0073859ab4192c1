"""Prints a permit on a blank card: many layouts, since the real geometry is not public."""

import random
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from training.render import art, faces
from training.render.permits import TITLES, Permit

Box = tuple[int, int, int, int]
Ink = tuple[int, int, int]

LABELS: Final = {
    "name": ("姓名", "Name"),
    "birth_date": ("出生日期", "Date of Birth"),
    "sex": ("性别", "Sex"),
    "valid_period": ("有效期限", "Period of Validity"),
    "issuing_authority": ("签发机关", "Authority"),
    "issue_place": ("签发地点", "Place of Issue"),
    "number": ("证件号码", "Card No."),
    "issue_times": ("换证次数", "Times of Issue"),
    "nationality": ("国籍", "Nationality"),
}
REGIONS: Final = {"hk": "香港居民", "macao": "澳门居民", "tw": "台湾居民"}
NOTES: Final = (
    "本证件仅限持证人本人使用，不得转借、涂改。",
    "如有遗失或者损坏，应当及时向签发机关报告。",
    "持证人应当在有效期内使用本证件。",
    "本证由公安部出入境管理局制作签发。",
)


@dataclass(frozen=True)
class Side:
    """A printed side; `portrait` is the photo's box on it."""

    image: Image.Image
    portrait: Box | None = None


@dataclass(frozen=True)
class Style:
    """What one issue of a card looks like."""

    labels: str
    bilingual: bool
    value_size: int
    label_size: int
    han: faces.Face
    latin: faces.Face
    label_face: faces.Face
    ink: Ink
    label_ink: Ink

    @property
    def lift(self) -> int:
        """How far a label stands above the middle of its value."""
        return round(0.52 * self.value_size + 0.62 * self.label_size)


def _style(rng: random.Random, *, bilingual: bool) -> Style:
    han = rng.choice(faces.HAN)
    dark = rng.randrange(10, 60)
    labels = rng.choice(("left", "above", "before"))
    return Style(
        labels=labels,
        bilingual=bilingual,
        value_size=rng.randrange(50, 64 if labels == "left" else 60),
        label_size=rng.randrange(28, 36 if bilingual else 42),
        han=han,
        latin=rng.choice((han, *faces.LATIN)),
        label_face=rng.choice((han, faces.HAN[0], faces.MICROHEI)),
        ink=(dark, dark, dark + rng.randrange(20)),
        label_ink=rng.choice(((70, 110, 90), (40, 70, 130), (90, 60, 60), (80, 80, 80))),
    )


class Printer:
    """Writes lines on one card in one style."""

    def __init__(self, card: Image.Image, style: Style) -> None:
        self.draw = ImageDraw.Draw(card)
        self.style = style

    def label(self, at: tuple[int, int], field: str, *, taiwan: bool = False) -> int:
        """Print a field's label, middle left at a point; give its width."""
        chinese, english = LABELS[field]
        if field == "issue_times" and taiwan:
            chinese = "签发次数"
        text = f"{chinese} {english}" if self.style.bilingual else chinese
        return self.words(at, text)

    def words(self, at: tuple[int, int], text: str) -> int:
        font = self.style.label_face.at(self.style.label_size)
        self.draw.text(at, text, font=font, fill=self.style.label_ink, anchor="lm")
        return round(font.getlength(text))

    def value(self, at: tuple[int, int], text: str, face: faces.Face | None = None) -> int:
        face = face or (self.style.latin if text.isascii() else self.style.han)
        font = face.at(self.style.value_size)
        self.draw.text(at, text, font=font, fill=self.style.ink, anchor="lm")
        return round(font.getlength(text))


def front(rng: random.Random, permit: Permit) -> Side:
    card = art.blank(rng)
    portrait_left = rng.random() < 0.6
    photo = _photo(rng, card, permit, left=portrait_left)
    _title(rng, card, permit)
    style = _style(rng, bilingual=permit.kind == "foreign" and rng.random() < 0.6)
    left = photo[2] + rng.randrange(30, 70) if portrait_left else rng.randrange(60, 120)
    _rows(rng, Printer(card, style), permit, left, _right_edge(photo, left=portrait_left))
    _ghost(rng, card, photo, left=portrait_left)
    _specimen(rng, card)
    return Side(card, photo)


def _right_edge(photo: Box, *, left: bool) -> int:
    return art.WIDTH - 40 if left else photo[0] - 20


def _photo(rng: random.Random, card: Image.Image, permit: Permit, *, left: bool) -> Box:
    width = rng.randrange(310, 390)
    height = round(width * rng.uniform(1.24, 1.42))
    x = rng.randrange(50, 100)
    x = x if left else art.WIDTH - x - width
    y = rng.randrange(200, max(201, min(330, 960 - height)))
    picture = faces.portrait(rng, (width, height), permit.front["sex"])
    card.paste(picture, (x, y))
    if rng.random() < 0.25:
        outline = ImageDraw.Draw(card)
        outline.rectangle((x, y, x + width, y + height), outline=(120, 120, 120), width=2)
    return (x, y, x + width, y + height)


def _ghost(rng: random.Random, card: Image.Image, photo: Box, *, left: bool) -> None:
    """The small pale repeat of the photo that some cards carry."""
    if rng.random() < 0.5 or not left:
        return
    small = card.crop(photo).resize((130, 165)).convert("L").filter(ImageFilter.SMOOTH)
    pale = Image.new("RGB", small.size, (235, 235, 235))
    ghost = Image.blend(pale, Image.merge("RGB", (small,) * 3), 0.35)
    card.paste(ghost, (art.WIDTH - 130 - rng.randrange(30, 70), rng.randrange(560, 780)))


def _title(rng: random.Random, card: Image.Image, permit: Permit) -> None:
    text = TITLES[permit.kind]
    face = rng.choice(faces.HAN)
    size = rng.randrange(72, 92) if permit.kind != "foreign" else rng.randrange(62, 76)
    font = face.at(size)
    width = round(font.getlength(text))
    x = rng.choice((rng.randrange(60, 200), (art.WIDTH - width) // 2))
    y = rng.randrange(70, 110)
    ink = rng.choice(((30, 50, 130), (150, 30, 40), (40, 40, 50), (20, 90, 80)))
    ImageDraw.Draw(card).text((x, y), text, font=font, fill=ink, anchor="lm")


def _rows(rng: random.Random, printer: Printer, permit: Permit, left: int, right: int) -> None:
    rows = ["name", "name_en", "birth_date", "valid_period", "issuing_authority"]
    rows += ["issue_place"] if permit.kind == "tw" else []
    rows += ["number"]
    top, bottom = rng.randrange(200, 260), rng.randrange(850, 930)
    step = (bottom - top) / (len(rows) - 1)
    second = left + round((right - left) * rng.uniform(0.62, 0.7))
    for place, field in enumerate(rows):
        y = round(top + step * place)
        _cell(printer, permit, field, (left, y), indent=round(printer.style.label_size * 5.2))
        if field == "birth_date":
            _cell(printer, permit, "sex", (second, y))
        if field == "number":
            _cell(printer, permit, "issue_times", (second, y))
        if field == "name" and permit.nationality:
            _cell(printer, permit, "nationality", (second, y))


def _cell(
    printer: Printer, permit: Permit, field: str, at: tuple[int, int], indent: int = 0
) -> None:
    """A label and its value; where there is no `indent` the value follows its label closely."""
    style = printer.style
    value = permit.nationality if field == "nationality" else permit.front[field]
    x, y = at
    taiwan = permit.kind == "tw"
    if style.labels == "above" or (style.bilingual and style.labels == "left"):
        if field in LABELS:
            printer.label((x, y - style.lift), field, taiwan=taiwan)
        printer.value((x, y), value)
    elif field not in LABELS:
        printer.value((x + (indent if style.labels == "left" else 0), y), value)
    else:
        width = printer.label((x, y), field, taiwan=taiwan)
        step = indent if style.labels == "left" and indent else width + 24
        printer.value((x + step, y), value)


def back(rng: random.Random, permit: Permit) -> Side:
    card = art.blank(rng)
    style = _style(rng, bilingual=False)
    printer = Printer(card, style)
    left = rng.randrange(60, 130)
    y = rng.randrange(70, 100)
    printer.words((left, y), "持证人须知")
    for note in rng.sample(NOTES, rng.randrange(1, 4)):
        y += round(style.label_size * 1.5)
        printer.words((left, y), note)
    _identity(rng, printer, permit, left, y + rng.randrange(90, 130))
    _code(rng, card, permit)
    _specimen(rng, card)
    return Side(card)


def _identity(rng: random.Random, printer: Printer, permit: Permit, left: int, top: int) -> None:
    style = printer.style
    region = REGIONS[permit.id_region]
    prefix = f"{region}身份证"
    if permit.id_region != "tw" and rng.random() < 0.3:
        prefix = f"{region[:2]}永久性居民身份证"
    bottom = min(560, top + 200)
    face = rng.choice(faces.HAN_TRADITIONAL)
    rows = (("姓名", permit.back["id_name"], face), ("号码", permit.back["id_number"], style.latin))
    step = min(150, bottom - top) if style.labels == "above" else 100
    for place, (noun, value, font) in enumerate(rows):
        y = top + place * step
        if style.labels == "above":
            printer.words((left, y - style.lift), prefix + noun)
            printer.value((left, y), value, font)
        else:
            width = printer.words((left, y), prefix + noun)
            printer.value((left + width + rng.choice((24, 60)), y), value, font)
    if permit.former_number:
        x = art.WIDTH - rng.randrange(420, 500)
        printer.words((x, top - 40), "曾持证件号码")
        small = style.latin.at(40)
        printer.draw.text((x, top + 20), permit.former_number, font=small, fill=style.ink)


def _code(rng: random.Random, card: Image.Image, permit: Permit) -> None:
    pitch = art.WIDTH * rng.uniform(0.0275, 0.0303)
    step = rng.uniform(82, 112)
    top = art.HEIGHT - 2 * step - rng.uniform(70, 110)
    left = (art.WIDTH - 30 * pitch) / 2 + rng.uniform(-20, 20)
    draw = ImageDraw.Draw(card)
    if rng.random() < 0.6:
        pale = rng.randrange(225, 256)
        draw.rectangle((0, top - step * 0.8, art.WIDTH, art.HEIGHT), fill=(pale,) * 3)
    cut = faces.MACHINE[rng.choice(("regular", "regular", "sharp"))]
    font = cut.at(round(pitch / 0.723))
    ink = (rng.randrange(60),) * 3
    for place in range(3):
        text = permit.back[f"machine_code{place + 1}"]
        for column, glyph in enumerate(text):
            at = (left + column * pitch, top + place * step)
            draw.text(at, glyph, font=font, fill=ink, anchor="ls")


def _specimen(rng: random.Random, card: Image.Image) -> None:
    font = faces.HAN[0].at(34)
    at = (rng.randrange(700, 1200), art.HEIGHT - 34)
    ImageDraw.Draw(card).text(at, "SPECIMEN 样本", font=font, fill=(150, 140, 150), anchor="lm")
