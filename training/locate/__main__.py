"""`python -m training.locate FOLDER...`: train the network that finds a card in a picture.

Flat cards and table tops are drawn once; small pictures of them are then taken without end, by a
process of their own. The folders hold pictures of `training.render`, which are mixed in. PyTorch
is needed (the dependency group `training`); an hour on two cores. Measured on flats and grounds
that were held out. The weights here learned from other cards as counterexamples first, 5,000 steps
with a third of the batches rendered, then for 3,000 as it is now.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import torch

from ocr_integration.engine.locate import WEIGHTS, looked_at
from ocr_integration.engine.models import Pixels
from training.locate import fitting, network
from training.locate.flats import Flat, draw_flat, draw_ground
from training.locate.rendered import Rendered
from training.locate.scenes import Photographer

SEED: Final = 61
MEASURED: Final = 400
_ASPECT: Final = 4 / 3


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.locate", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="of pictures by training.render")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--cards", type=int, default=450, help="how many permits to draw")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rendered = Rendered(arguments.folders)
    batches = fitting.Batches(*drawn("train", arguments.cards), rendered, SEED)
    fitted = fitting.fit(batches, arguments.steps, SEED)
    network.export(fitted, arguments.out)
    photographer = Photographer(SEED, *drawn("held out", 40))
    held = [
        fitting.example(photographer.take(_ASPECT), looked_at(_ASPECT)) for _ in range(MEASURED)
    ]
    shares = fitting.overlap(fitted, held)
    print(f"overlap {shares.mean():.3f}, of the worst tenth {np.percentile(shares, 10):.3f}")


def drawn(name: str, cards: int) -> tuple[list[Flat], list[Pixels]]:
    """Flat things and grounds, the same for the same name."""
    with ProcessPoolExecutor() as pool:
        sides = pool.map(draw_flat, [f"{name}/{i}" for i in range(cards)], chunksize=4)
        flats = [flat for both in sides for flat in both]
        grounds = list(pool.map(draw_ground, [f"{name}/{i}" for i in range(cards)], chunksize=4))
    return flats, grounds


if __name__ == "__main__":
    main()
