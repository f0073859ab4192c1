"""`python -m training.portrait`: train the network that finds the printed photo on a card.

Cards are laid out at random at the network's own small size: grounds, bars and real lines of text,
ghost pictures, chips, and one photo anywhere on either half, of any common shape; every third is a
flat card of `training.render` instead. All are then bent, lit, blurred and coloured. PyTorch is
needed (the dependency group `training`); half an hour on one core.
"""

import argparse
import random
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import nn

from ocr_integration.engine.photo_net import CELLS, SIZE, WEIGHTS
from training.blocks import Descent, apart, dense
from training.small_cards import NOWHERE, Artist

SEED: Final = 31
BATCH: Final = 32
STRIDE: Final = 4


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.portrait", description=__doc__)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--flats", type=int, default=400, help="cards of training.render")
    parser.add_argument("--faces", type=Path, action="append", default=[], help="further faces")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    artist = Artist(random.Random(SEED), arguments.flats, arguments.faces)
    network = Network()
    fit(network, artist, arguments.steps)
    print(f"held-out cards: {_error(network, Artist(random.Random(SEED + 1), 40, [])):.2f} px")
    export(network, arguments.out)


_apart: Final = partial(apart, side=5)


class Network(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """Four heat maps, one for each corner of the photo, and whether there is a photo at all."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(dense(3, 12, 2), _apart(12, 28, 2), _apart(28, 28, 1))
        self.coarse = nn.Sequential(
            *(
                _apart(28, 48, 2),
                _apart(48, 48, 1),
                _apart(48, 72, 2),
                _apart(72, 72, 1),
            ),
            *(_apart(72, 72, 1), _apart(72, 48, 1)),
        )
        self.grow = nn.Upsample(size=(CELLS[1], CELLS[0]), mode="bilinear", align_corners=False)
        self.heat = nn.Sequential(_apart(76, 48, 1), _apart(48, 32, 1), nn.Conv2d(32, 4, 1))
        self.there = nn.Linear(48, 1)

    def forward(self, pixels: Any) -> tuple[Any, Any]:
        fine = self.fine(pixels)
        coarse = self.coarse(fine)
        heat = self.heat(torch.cat([fine, self.grow(coarse)], 1))
        return heat.flatten(2), self.there(coarse.mean((2, 3)))[:, 0]


def _batch(artist: Artist, size: int) -> tuple[Any, Any, Any]:
    """Pixels, corners in cells, and 1 where there is a photo."""
    cards = [artist.card() for _ in range(size)]
    pixels = np.stack([card for card, _ in cards]).astype(np.float32) / 127.5 - 1
    corners = np.stack([corners for _, corners in cards])
    there = np.array([place is not NOWHERE for _, place in cards], np.float32)
    cells = ((corners + 0.5) / STRIDE - 0.5).astype(np.float32)
    return (
        torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))),
        torch.from_numpy(cells),
        torch.from_numpy(there),
    )


def fit(network: Network, artist: Artist, steps: int) -> None:
    descent = Descent(network, 3e-3, steps, decay=1e-3)
    for _ in range(steps):
        pixels, corners, there = _batch(artist, BATCH)
        network.train()
        descent.step(_loss(network(pixels), corners, there))


def _loss(said: tuple[Any, Any], corners: Any, there: Any) -> Any:
    """Heat where the corners are, their mean place, and whether there is a photo."""
    heat, present = said
    loss = nn.functional.binary_cross_entropy_with_logits(present, there)
    if there.sum() > 0:
        heat, corners = heat[there > 0], corners[there > 0]
        spread = torch.softmax(heat, 2)
        wanted = _bumps(corners)
        loss = loss - (wanted * torch.log_softmax(heat, 2)).sum(2).mean()
        loss = loss + 0.4 * nn.functional.smooth_l1_loss(_middle(spread), corners, beta=0.5)
    return loss


def _grid() -> Any:
    y, x = torch.meshgrid(torch.arange(CELLS[1]), torch.arange(CELLS[0]), indexing="ij")
    return torch.stack([x, y], -1).reshape(-1, 2).float()


def _bumps(corners: Any) -> Any:
    """One bump of a cell's width around each corner, summing to 1."""
    away = ((_grid()[None, None] - corners[:, :, None]) ** 2).sum(-1)
    return torch.softmax(-away / (2 * 0.7**2), 2)


def _middle(spread: Any) -> Any:
    return spread @ _grid()


def _error(network: Network, artist: Artist) -> float:
    """Mean distance of the four corners from the truth, in pixels of SIZE."""
    network.eval()
    with torch.no_grad():
        pixels, corners, there = _batch(artist, 300)
        spread = torch.softmax(network(pixels)[0], 2)
    away = (_middle(spread) - corners)[there > 0].norm(dim=-1)
    return float(away.mean()) * STRIDE


def export(network: Network, out: Path) -> None:
    network.eval()
    torch.onnx.export(
        network,
        (torch.zeros(1, 3, SIZE[1], SIZE[0]),),
        str(out),
        input_names=["pixels"],
        output_names=["heat", "there"],
        opset_version=17,
        dynamo=False,
    )
    print(f"{out}: {out.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
