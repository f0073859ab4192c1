"""The line finder's network: how likely every second pixel of a card lies in a line's core."""

from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from training.blocks import Added, Sure, apart, dense, grown, point

WIDTHS: Final = (16, 32, 64, 96)
_DETAIL: Final = 24


class Network(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """Cards, (cards, 3, height, width), to scores, (cards, height / 2, width / 2)."""

    def __init__(self) -> None:
        super().__init__()
        stem, fine, middle, coarse = WIDTHS
        self.stem = dense(3, stem, 2)
        self.fine = nn.Sequential(apart(stem, fine, 2), Added(fine))
        self.middle = nn.Sequential(apart(fine, middle, 2), Added(middle), Added(middle))
        self.coarse = nn.Sequential(apart(middle, coarse, 2), *(Added(coarse, 5) for _ in range(3)))
        self.to_middle = point(coarse, middle)
        self.to_fine = nn.Sequential(Added(middle), point(middle, fine))
        # What lies within a fourth pixel is not lost on the way down: two by two, side by side.
        self.detail = nn.Sequential(nn.Conv2d(stem, _DETAIL, 2, 2), nn.ReLU())
        self.last = nn.Sequential(
            apart(fine + _DETAIL, fine, 1), nn.Conv2d(fine, 4, 1), nn.PixelShuffle(2)
        )

    def forward(self, cards: Any) -> Any:
        stem = self.stem(cards)
        fine = self.fine(stem)
        middle = self.middle(fine)
        middle = middle + grown(self.to_middle(self.coarse(middle)), middle)
        fine = fine + grown(self.to_fine(middle), fine)
        return self.last(torch.cat([fine, self.detail(stem)], 1))[:, 0]


def export(network: Network, out: Path, size: tuple[int, int]) -> None:
    network.eval()
    torch.onnx.export(
        Sure(network),
        (torch.zeros(1, 3, size[1], size[0]),),
        str(out),
        input_names=["card"],
        output_names=["heat"],
        opset_version=17,
        dynamo=False,
    )
