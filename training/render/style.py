"""What one issue of a card looks like: where labels stand, and how they and values are set."""

import random
from dataclasses import dataclass, field, replace
from typing import Final

from PIL import Image

from training.render import faces
from training.render.lettering import Box, Ink, Setting, write

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
_GAP: Final = 24


@dataclass
class Side:
    """A side as printed; `portrait` is the photo's box on it, `places` those of the values.

    `lines` has all that is written, values and labels and notes.
    """

    image: Image.Image
    portrait: Box | None = None
    places: dict[str, Box] = field(default_factory=dict)
    lines: list[Box] = field(default_factory=list)

    def write(self, at: tuple[int, int], text: str, setting: Setting, ink: Ink) -> Box:
        """Write with the middle left at a point; give the box."""
        box = write(self.image, at, text, setting, ink)
        self.lines.append(box)
        return box


@dataclass(frozen=True)
class Style:
    """`labels` says where they stand: in a column, before, above, below or behind their values.

    `english` is what stands between a label and its English, "" for none, a new line for below.
    """

    labels: str
    english: str
    han: Setting
    latin: Setting
    label: Setting
    ink: Ink
    label_ink: Ink

    @property
    def lift(self) -> int:
        """How far the middle of a label stands from the middle of a value above or below it."""
        return round(0.52 * self.han.size + 0.62 * self.label.size)


def choose(rng: random.Random, *, bilingual: bool) -> Style:
    labels = rng.choices(("column", "above", "before", "below", "behind"), (30, 30, 25, 8, 7))[0]
    english = rng.choice((" ", "/", "\n")) if bilingual else ""
    if bilingual and labels in ("below", "behind"):
        labels = "above"
    if english == "\n" and labels == "above":
        labels = "column"
    tall = labels in ("column", "before", "behind")
    size = rng.randrange(46, 64 if tall else 58)
    face = rng.choice(faces.HAN)
    spacing = rng.choice((0, 0, 0, rng.uniform(0.02, 0.3)))
    dark = rng.randrange(5, 75)
    return Style(
        labels=labels,
        english=english,
        han=Setting(face, size, spacing, rng.choice((1, 1, rng.uniform(0.86, 1.1)))),
        latin=Setting(
            rng.choice((face, *faces.LATIN)),
            round(size * rng.uniform(0.86, 1.06)),
            rng.choice((0, 0, rng.uniform(0.01, 0.12))),
            rng.choice((1, 1, rng.uniform(0.84, 1.08))),
        ),
        label=Setting(
            rng.choice((face, faces.HAN[0], faces.MICROHEI)),
            rng.randrange(26, 34 if bilingual else 43),
            rng.choice((0, 0, rng.uniform(0.05, 0.4))),
        ),
        ink=(dark, dark, dark + rng.randrange(30)),
        label_ink=rng.choice(
            ((70, 110, 90), (40, 70, 130), (110, 50, 60), (80, 80, 80), (30, 30, 40))
        ),
    )


class Printer:
    """Writes labels and values on one side, and remembers where the values stand."""

    def __init__(self, side: Side, style: Style) -> None:
        self._side = side
        self.style = style

    def words(self, at: tuple[int, int], text: str) -> int:
        """Print in the labels' face; give the width."""
        first, _, below = text.partition("\n")
        setting = self.style.label
        if not below:
            self._side.write(at, first, setting, self.style.label_ink)
            return setting.width(first)
        small = replace(setting, size=round(setting.size * 0.8), spacing=0)
        drop = round(setting.size * 0.55)
        self._side.write((at[0], at[1] - drop), first, setting, self.style.label_ink)
        self._side.write((at[0], at[1] + drop), below, small, self.style.label_ink)
        return max(setting.width(first), small.width(below))

    def value(
        self, at: tuple[int, int], field: str, text: str, room: int, *, han: Setting | None = None
    ) -> int:
        """Print a value, smaller where it needs more than its room; give its width."""
        setting = self.style.latin if text.isascii() else han or self.style.han
        box = self._side.write(at, text, setting.fitted(text, room), self.style.ink)
        known = self._side.places.get(field, box)
        self._side.places[field] = (
            min(box[0], known[0]),
            min(box[1], known[1]),
            max(box[2], known[2]),
            max(box[3], known[3]),
        )
        return box[2] - box[0]

    def cell(
        self, at: tuple[int, int], field: str, label: str, text: str, right: int, *, column: int = 0
    ) -> int:
        """Print a label and its value where the style has them; give where they end.

        `column` is how far values stand from their labels' beginning in a style with a column.
        """
        x, y = at
        match self.style.labels:
            case "above" | "below":
                lift = -self.style.lift if self.style.labels == "above" else self.style.lift
                end = x + self.words((x, y + lift), label) if label else x
                return max(end, x + self.value(at, field, text, right - x))
            case "behind":
                room = right - x - self.style.label.width(label) - _GAP
                end = x + self.value(at, field, text, room)
                return end + _GAP + self.words((end + _GAP, y), label) if label else end
            case _:
                width = self.words(at, label) + _GAP if label else 0
                step = max(column, width) if self.style.labels == "column" else width
                return x + step + self.value((x + step, y), field, text, right - x - step)


def label_of(field: str, style: Style, *, taiwan: bool) -> str:
    """A field's label, "" for one without."""
    if field not in LABELS:
        return ""
    chinese, english = LABELS[field]
    if field == "issue_times" and taiwan:
        chinese = "签发次数"
    return f"{chinese}{style.english}{english}" if style.english else chinese
