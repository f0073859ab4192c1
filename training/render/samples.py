"""`python -m training.render.samples OUT`: the pictures in tests/samples, clear and well lit."""

import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from training.render import camera, captures, wrong
from training.render.__main__ import photograph
from training.render.captures import Capture
from training.render.permits import Kind, draw_up
from training.render.style import Side

CLEAR: Final = Capture(
    "good phone",
    turn=2.0,
    tilt=0.15,
    harm=0.02,
    long_side=1200,
    share=0.9,
    clutter=2,
    quality=60,
    ground="boards",
)
CARDS: Final[tuple[tuple[str, Kind, tuple[Capture | None, Capture | None]], ...]] = (
    ("01", "hk", (CLEAR, replace(CLEAR, turn=-3.0))),
    ("02", "tw", (replace(CLEAR, turn=-2.0), CLEAR)),
    ("03", "foreign", (CLEAR, replace(CLEAR, turn=1.0))),
    (
        "04",
        "hk",
        (
            replace(CLEAR, name="any angle", turn=27.0),
            replace(CLEAR, orientation=captures.TURN_RIGHT),
        ),
    ),
    ("05", "tw", (replace(CLEAR, name="quarter turn", turn=181.0), None)),
)
WRONG: Final = (("06", "bank-card"), ("07", "receipt"))
SEEDS: Final = {"01": 1, "02": 5, "03": 4, "04": 5, "05": 1, "06": 3, "07": 1}
"""Chosen by eye: faces, layouts and desks that look well."""


def main() -> None:
    out = Path(sys.argv[1])
    (out / "wrong").mkdir(parents=True, exist_ok=True)
    for name, kind, both in CARDS:
        rng = random.Random(f"sample/{name}/{SEEDS[name]}")
        permit = draw_up(rng, kind)
        for side, capture in zip(("front", "back"), both, strict=True):
            if capture:
                photograph(rng, out, name, permit, side, capture)
    for name, document in WRONG:
        rng = random.Random(f"sample/{name}/{SEEDS[name]}")
        photo = camera.take(rng, Side(wrong.KINDS[document](rng)), CLEAR)
        (out / "wrong" / f"{name}_{document}.jpg").write_bytes(photo.encoded)


if __name__ == "__main__":
    main()
