"""Pictures with the truth about them, and what a reader answered."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

PICTURES: Final = {".jpg", ".png", ".bmp", ".tif"}
MACHINE_CODE: Final = ("machine_code1", "machine_code2", "machine_code3")
_PRINTED_SEX: Final = {"男": "M", "女": "F"}
_TURNED: Final = 20
"""Degrees from upright; what a hand does unmeant is less."""


@dataclass(frozen=True)
class Sample:
    """One picture; `truth` is the JSON beside it, or nothing for what is no permit."""

    path: Path
    truth: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def expected(self) -> dict[str, str]:
        """The API's fields as a perfect reader answers them, without the portrait."""
        result = dict(self.truth["result"])
        result.pop("portrait_location", None)
        if "sex" in result:
            result["sex"] = _PRINTED_SEX.get(result["sex"], result["sex"])
        return result

    @property
    def card(self) -> str:
        """What the pictures of one card have in common."""
        return self.path.name.partition("_")[0]

    @property
    def capture(self) -> str:
        return str(self.truth.get("capture", "unknown"))

    @property
    def hard(self) -> bool:
        return bool(self.truth.get("hard", False))

    @property
    def turned(self) -> bool:
        """Whether the card does not stand upright in the stored pixels."""
        turn = math.radians(float(self.truth.get("turn", 0)))
        off = math.degrees(math.acos(max(-1.0, min(1.0, math.cos(turn)))))
        return off > _TURNED or self.truth.get("exif_orientation", 1) != 1

    @property
    def portrait(self) -> list[list[int]] | None:
        location: list[list[int]] | None = self.truth["result"].get("portrait_location")
        return location


@dataclass(frozen=True)
class Answer:
    """What a reader made of one picture; `lines` where it knows no fields."""

    fields: Mapping[str, str] = field(default_factory=dict)
    confidence: Mapping[str, float] = field(default_factory=dict)
    portrait: list[list[int]] | None = None
    refused: str = ""
    lines: tuple[str, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float = 0.0


def load(folder: Path) -> tuple[list[Sample], list[Sample]]:
    """The permits of a folder, and what is none in its `wrong/`."""
    permits = [
        Sample(path, json.loads(path.with_suffix(".json").read_text("utf-8")))
        for path in _pictures(folder)
    ]
    return permits, [Sample(path) for path in _pictures(folder / "wrong")]


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in PICTURES)
