"""Sets one line of text on a card: face, size, spacing and width as an issue of a card has them."""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from training.render.faces import Face

Box = tuple[int, int, int, int]
Ink = tuple[int, int, int]


@dataclass(frozen=True)
class Setting:
    """How a line is set. `spacing` adds to each step, as a share of the size; `squeeze` narrows."""

    face: Face
    size: int
    spacing: float = 0.0
    squeeze: float = 1.0

    def width(self, text: str) -> int:
        font = self.face.at(self.size)
        natural = font.getlength(text) + self.spacing * self.size * max(0, len(text) - 1)
        return round(natural * self.squeeze)

    def fitted(self, text: str, room: int) -> "Setting":
        """Set smaller where the text would be wider than its room, but never by half."""
        shrink = min(1.0, max(0.55, room / max(1, self.width(text))))
        return Setting(self.face, round(self.size * shrink), self.spacing, self.squeeze)


def write(
    card: Image.Image, at: tuple[int, int], text: str, setting: Setting, ink: Ink, anchor: str = "l"
) -> Box:
    """Write with the middle left (or, anchored "m", the very middle) at a point; give the box."""
    width, size = setting.width(text), setting.size
    left = at[0] - (width // 2 if anchor == "m" else 0)
    box = (left, at[1] - round(0.6 * size), left + width, at[1] + round(0.6 * size))
    font = setting.face.at(size)
    natural = max(1, round(width / setting.squeeze)) + 2 * size
    mask = Image.new("L", (natural, 2 * size), 0)
    draw = ImageDraw.Draw(mask)
    if setting.spacing:
        x = float(size)
        for character in text:
            draw.text((x, size), character, font=font, fill=255, anchor="lm")
            x += font.getlength(character) + setting.spacing * size
    else:
        draw.text((size, size), text, font=font, fill=255, anchor="lm")
    if setting.squeeze != 1:
        narrow = (round(natural * setting.squeeze), 2 * size)
        mask = mask.resize(narrow, Image.Resampling.LANCZOS)
    card.paste(ink, (left - round(size * setting.squeeze), at[1] - size), mask)
    return box
