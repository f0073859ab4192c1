"""Finds the two printed fields of a back."""

import re
from typing import Final

from ocr_integration.engine import words
from ocr_integration.engine.front import Spot, joined
from ocr_integration.engine.layout import Layout
from ocr_integration.engine.sheet import Piece, Sheet
from ocr_integration.permit import names, numbers
from ocr_integration.permit.mrz import Code

_ID: Final = re.compile(r"[A-Z]{1,2}\d{6}\(?[0-9A]\)?|\d{7}\([0-9A]\)?|[A-Z]\d{9}|\d{8}")
_LABEL_WORDS: Final = frozenset("香港澳门台湾永久性居民身份证姓名号码")
_LEGIBLE: Final = 0.5
_SURE: Final = 1.0
"""What a piece scores beside its label, or where it says what the code says."""

_PERMIT: Final = re.compile(r"[HM]\d{8}")


def spots(sheet: Sheet, code: Code) -> tuple[dict[str, Spot], bool]:
    """Where name and number of the local identity card stand, and whether both do for certain.

    What looks like the name and the number in the machine readable code is them: papers beside a
    card hold Chinese words as well, and a former permit's number looks like an identity card's.
    """
    labels = sheet.labels
    wanted = names.fold_chinese(code.name)

    def is_name(piece: Piece) -> float:
        return _is_name(piece) * (1 + 3 * words.alike(wanted, names.fold_chinese(piece.text)))

    def is_id(piece: Piece) -> float:
        return _is_id(piece) * (1 + 3 * words.alike(code.id_number, numbers.plain_id(piece.text)))

    found: dict[str, Spot] = {}
    layout, sure = Layout([]), True
    # A plain 姓名 on a back can only be the identity card's.
    for field, plain, fits in (("id_number", "number", is_id), ("id_name", "name", is_name)):
        label = labels.get(field) or labels.get(plain)
        scored = [(_score(piece, label, fits(piece), layout), piece) for piece in sheet.values]
        score, piece = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        sure = sure and score > _SURE
        if piece is not None and score > 0:
            found[field] = Spot(piece.quad, piece)
            # The number shows where the name stands.
            layout = Layout([(label, piece.quad)] if label else [])
    if "id_name" in found:
        found["id_name"] = joined(found["id_name"], sheet.values)
    return found, sure


def _score(piece: Piece, label: Piece | None, fits: float, layout: Layout) -> float:
    if not fits:
        return 0.0
    if label is None:
        return fits * 0.5
    beside = layout.usual != "left" and piece.after == label.label
    return fits * (0.2 + layout.near(label, piece) + beside)


def _is_id(piece: Piece) -> float:
    text = piece.text.replace(" ", "")
    match = _ID.search(text)
    if match is None or _PERMIT.fullmatch(text):
        return 0.0
    return 0.5 + 0.5 * len(match[0]) / len(text)


def _is_name(piece: Piece) -> float:
    text = words.chinese(piece.text)
    if not 1 < len(text) <= 8 or len(text) < 0.7 * len(piece.text) or "样本" in text:
        return 0.0
    if words.is_small_print(piece.line.text) or piece.line.reading.mean < _LEGIBLE:
        return 0.2
    return 0.1 if len(_LABEL_WORDS & set(text)) > 2 else 1.0
