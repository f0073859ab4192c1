"""The ways in which applicants take pictures, kind ones and hard ones."""

import random
from dataclasses import dataclass
from typing import Final

UPSIDE_DOWN, TURN_RIGHT, TURN_LEFT = 3, 6, 8

HARD: Final = (
    "clutter",
    "hand",
    "sleeve",
    "hologram",
    "screen",
    "photocopy",
    "wear",
    "lens",
    "dim",
    "far",
    "bent",
    "messenger",
    "security print",
    "names",
    "cut corner",
)


@dataclass(frozen=True)
class Capture:
    """How one picture is taken. Strengths run from 0 (kind) to 1 (hard)."""

    name: str
    turn: float = 0.0
    tilt: float = 0.0
    harm: float = 0.0
    long_side: int = 1800
    share: float = 0.8
    clutter: int = 0
    orientation: int = 1
    suffix: str = "jpg"
    quality: int = 88
    ground: str = "any"
    light: float = 1.0

    @property
    def hard(self) -> bool:
        return self.name in HARD


def choose(rng: random.Random) -> Capture:
    """Draw one way of taking a picture, weighted as applicants' photos fall."""
    orientation = rng.choice((1, 1, 1, 1, 1, 1, TURN_RIGHT, TURN_LEFT, UPSIDE_DOWN))
    name = rng.choices(
        ("scan", "good phone", "fair phone", "hard phone", "small", "quarter turn", "any angle"),
        (8, 30, 24, 14, 6, 8, 10),
    )[0]
    if name == "scan":
        suffix = rng.choice(("jpg", "jpg", "png", "bmp"))
        return Capture(name, long_side=rng.randrange(1100, 2000), suffix=suffix)
    harm = {"good phone": 0.2, "fair phone": 0.5, "hard phone": 0.9}.get(name, 0.35)
    quarter = rng.choice((90, 180, 270)) if name == "quarter turn" else 0
    turn = rng.uniform(0, 360) if name == "any angle" else rng.gauss(quarter, 2 + 7 * harm)
    return Capture(
        name,
        turn=turn,
        tilt=harm * rng.uniform(0.3, 1),
        harm=harm,
        long_side=rng.randrange(700, 900) if name == "small" else rng.randrange(1300, 3400),
        share=rng.uniform(0.88, 0.97) if name == "small" else rng.uniform(0.6, 0.95),
        clutter=rng.randrange(1, 5) if rng.random() < 0.5 else 0,
        orientation=orientation,
        quality=rng.randrange(60 if harm > 0.8 else 78, 95),
    )


def choose_hard(rng: random.Random) -> Capture:
    """Draw one of HARD, each as likely, what is not hard about it fair."""
    name = rng.choice(HARD)
    harm = rng.uniform(0.15, 0.5)
    long_side, share = rng.randrange(1400, 3200), rng.uniform(0.62, 0.92)
    clutter, light = rng.randrange(3), 1.0
    if name == "far":
        share = rng.uniform(0.26, 0.42)
        long_side = round(rng.uniform(560, 900) / share)
    elif name == "clutter":
        share, clutter = rng.uniform(0.4, 0.72), rng.randrange(8, 15)
    elif name == "dim":
        light = rng.uniform(0.22, 0.45)
    elif name == "photocopy":
        long_side, share, harm = rng.randrange(1200, 2400), rng.uniform(0.55, 0.85), 0.1
    elif name == "cut corner":
        share = rng.uniform(0.85, 0.97)
    return Capture(
        name,
        turn=rng.gauss(rng.choice((0, 0, 0, 0, 0, 90, 180, 270)), 5),
        tilt=harm * rng.uniform(0.3, 1.2),
        harm=harm,
        long_side=long_side,
        share=share,
        clutter=clutter,
        orientation=rng.choice((1, 1, 1, 1, TURN_RIGHT, TURN_LEFT)),
        quality=rng.randrange(72, 95),
        light=light,
    )
