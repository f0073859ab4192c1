"""`python -m training.render OUT --cards N --seed S`: pictures of N cards, both sides, with truth.

A share of the pictures are hard (see `captures.HARD`) and say so in their truth. Beside every
third card a picture of something that is no permit goes to OUT/wrong.
"""

import argparse
import json
import random
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, get_args

import numpy as np

from training.render import camera, captures, scenes, wrong
from training.render.backs import back
from training.render.captures import Capture
from training.render.fronts import front
from training.render.lettering import Box
from training.render.optics import Points
from training.render.permits import Kind, Permit, draw_up, type_of
from training.render.style import Side

HARD_SHARE = 0.4
UNUSUAL_NAMES = 0.06
ALONG = 7
"""Points along one edge of a line of text."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.render", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cards", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hard", type=float, default=HARD_SHARE, help="share of hard pictures")
    parser.add_argument("--jobs", type=int, default=1, help="processes to draw with")
    arguments = parser.parse_args()
    (arguments.out / "wrong").mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(arguments.jobs) as pool:
        drawn = [
            pool.submit(card, arguments.out, number, seed=arguments.seed, hard=arguments.hard)
            for number in range(arguments.cards)
        ]
        for each in drawn:
            each.result()


def render(out: Path, *, cards: int, seed: int, hard: float = HARD_SHARE) -> None:
    """Draw as the command does, in this process."""
    (out / "wrong").mkdir(parents=True, exist_ok=True)
    for number in range(cards):
        card(out, number, seed=seed, hard=hard)


def card(out: Path, number: int, *, seed: int, hard: float) -> None:
    """Write `NNN_KIND_SIDE.EXT` and `.json` pairs, the same whenever the arguments are."""
    rng = random.Random(f"{seed}/{number}")
    kind = rng.choices(get_args(Kind), (5, 2, 3))[0]
    chosen = [_capture(rng, hard) for _ in range(2)]
    unusual = any(capture.name == "names" for capture in chosen)
    permit = draw_up(rng, kind, unusual_name=unusual or rng.random() < UNUSUAL_NAMES)
    for side, capture in zip(("front", "back"), chosen, strict=True):
        photograph(rng, out, f"{number:03}", permit, side, capture)
    if number % 3 == 0:
        wrong_picture(rng, out / "wrong", f"{number:03}", _capture(rng, hard))


def _capture(rng: random.Random, hard: float) -> Capture:
    return captures.choose_hard(rng) if rng.random() < hard else captures.choose(rng)


def photograph(
    rng: random.Random, out: Path, name: str, permit: Permit, side: str, capture: Capture
) -> None:
    printed = front(rng, permit) if side == "front" else back(rng, permit)
    photo = camera.take(rng, printed, capture)
    result: dict[str, Any] = dict(permit.front if side == "front" else permit.back)
    result["type"] = type_of(permit.kind).value
    result["side"] = side
    if printed.portrait:
        result["portrait_location"] = photo.locate(_corners(printed.portrait))
    truth = {
        "result": result,
        "kind": permit.kind,
        "capture": capture.name,
        "hard": capture.hard,
        "turn": round(capture.turn % 360, 1),
        "exif_orientation": capture.orientation,
        "quad": photo.locate(_corners((0, 0, *printed.image.size))),
        "places": {
            field: photo.locate(_corners(box))
            for field, box in printed.places.items()
            if field in result
        },
        "lines": [photo.locate(_around(box)) for box in printed.lines],
    }
    stem = f"{name}_{permit.kind}_{side}"
    (out / f"{stem}.{photo.suffix}").write_bytes(photo.encoded)
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (out / f"{stem}.json").write_text(text + "\n", encoding="utf-8")


def _corners(box: Box) -> Points:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def _around(box: Box) -> Points:
    """Points along the top of a box and back along its foot: on a bent card lines arch."""
    left, top, right, bottom = box
    x = np.linspace(left, right, ALONG)
    upper, lower = (np.column_stack([x, np.full(ALONG, y)]) for y in (top, bottom))
    return np.concatenate([upper, lower[::-1]]).astype(np.float32)


def wrong_picture(rng: random.Random, out: Path, name: str, capture: Capture) -> None:
    kind = rng.choice((*wrong.KINDS, "desk"))
    if kind == "desk":
        size = (capture.long_side, capture.long_side * 3 // 4)
        photo = camera.encode(scenes.table(rng, size, "any", things=3), capture)
    else:
        photo = camera.take(rng, Side(wrong.KINDS[kind](rng)), capture)
    (out / f"{name}_{kind}.{photo.suffix}").write_bytes(photo.encoded)


if __name__ == "__main__":
    main()
