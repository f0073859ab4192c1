"""`python -m training.finder FOLDER...`: train the finder of lines on a straightened card.

The folders hold pictures of `training.render`, whose truth says where every line is printed;
every tenth card is kept to measure with. PyTorch is needed (the dependency group `training`); half
an hour on two cores. The weights here were trained on `training.render --cards 240 --hard 0.5
--seed 4711`.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import torch

from ocr_integration.engine.detect import CARD_SIZE, WEIGHTS
from training.finder import fitting, network
from training.finder.samples import samples

SEED: Final = 11
_KEPT: Final = 0.9


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.finder", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="of pictures by training.render")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    both = [sample for folder in arguments.folders for sample in samples(folder)]
    cards, marks = (np.stack(each) for each in zip(*both, strict=True))
    # Both sides of a card stand together: those measured are of cards that training never sees.
    held_out = np.arange(len(cards)) >= _KEPT * len(cards)
    fitted = fitting.fit(cards[~held_out], marks[~held_out], arguments.steps, SEED)
    network.export(fitted, arguments.out, CARD_SIZE)
    shared = fitting.overlap(fitted, cards[held_out], marks[held_out])
    print(f"overlap on held-out cards: {shared:.3f}")


if __name__ == "__main__":
    main()
