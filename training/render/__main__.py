"""`python -m training.render OUT --cards N --seed S`: pictures of N cards, both sides, with truth.

Every third picture drawn besides is no permit and goes to OUT/wrong.
"""

import argparse
import json
import random
from pathlib import Path
from typing import Any, get_args

import numpy as np

from training.render import camera, scenes, sides, wrong
from training.render.permits import Kind, Permit, draw_up, type_of


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.render", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cards", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    render(arguments.out, cards=arguments.cards, seed=arguments.seed)


def render(out: Path, *, cards: int, seed: int) -> None:
    """Write `NNN_KIND_SIDE.EXT` and `.json` pairs; card NNN depends on the seed and NNN alone."""
    (out / "wrong").mkdir(parents=True, exist_ok=True)
    for number in range(cards):
        rng = random.Random(f"{seed}/{number}")
        kind = rng.choices(get_args(Kind), (5, 2, 3))[0]
        permit = draw_up(rng, kind)
        for side in ("front", "back"):
            photograph(rng, out, f"{number:03}", permit, side, camera.choose(rng))
        if number % 3 == 0:
            wrong_picture(rng, out / "wrong", f"{number:03}")


def photograph(
    rng: random.Random, out: Path, name: str, permit: Permit, side: str, capture: camera.Capture
) -> None:
    printed = sides.front(rng, permit) if side == "front" else sides.back(rng, permit)
    photo = camera.take(rng, printed.image, capture)
    result: dict[str, Any] = dict(permit.front if side == "front" else permit.back)
    result["type"] = type_of(permit.kind).value
    result["side"] = side
    if printed.portrait:
        left, top, right, bottom = printed.portrait
        box = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
        result["portrait_location"] = photo.locate(box)
    width, height = printed.image.size
    card = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    truth = {
        "result": result,
        "kind": permit.kind,
        "capture": capture.name,
        "turn": round(capture.turn % 360, 1),
        "exif_orientation": capture.orientation,
        "quad": photo.locate(card),
    }
    stem = f"{name}_{permit.kind}_{side}"
    (out / f"{stem}.{photo.suffix}").write_bytes(photo.encoded)
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (out / f"{stem}.json").write_text(text + "\n", encoding="utf-8")


def wrong_picture(rng: random.Random, out: Path, name: str) -> None:
    kind = rng.choice((*wrong.KINDS, "desk"))
    capture = camera.choose(rng)
    if kind == "desk":
        size = (capture.long_side, capture.long_side * 3 // 4)
        photo = camera.encode(scenes.table(rng, size, "any", clutter=True), capture)
    else:
        photo = camera.take(rng, wrong.KINDS[kind](rng), capture)
    (out / f"{name}_{kind}.{photo.suffix}").write_bytes(photo.encoded)


if __name__ == "__main__":
    main()
