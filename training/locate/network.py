"""The card finder's network: how likely every second pixel of a small picture shows a permit."""

from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from training.blocks import Added, Sure, apart, dense, point

WIDTHS: Final = (12, 24, 40, 64, 96)
DEPTHS: Final = (1, 2, 3, 4)
_SIDE: Final = 5


class Network(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """Pictures, (pictures, 3, height, width), to scores, (pictures, height / 2, width / 2).

    Down to a thirty-second, where one cell sees all of the picture, and up to a fourth again.
    """

    def __init__(self) -> None:
        super().__init__()
        steps = [dense(3, WIDTHS[0], 2)]
        for (before, after), depth in zip(pairwise(WIDTHS), DEPTHS, strict=True):
            steps.append(
                nn.Sequential(
                    apart(before, after, 2, _SIDE), *(Added(after, _SIDE) for _ in range(depth))
                )
            )
        self.down = nn.ModuleList(steps)
        self.beside = nn.ModuleList(point(after, before) for before, after in pairwise(WIDTHS[1:]))
        self.up = nn.ModuleList(Added(width, _SIDE) for width in WIDTHS[1:-1])
        # Of each fourth pixel four scores, laid out two by two.
        self.last = nn.Sequential(nn.Conv2d(WIDTHS[1], 4, 1), nn.PixelShuffle(2))

    def forward(self, pictures: Any) -> Any:
        signal, kept = pictures, []
        for step in self.down:
            signal = step(signal)
            kept.append(signal)
        for place in (2, 1, 0):
            wide = nn.functional.interpolate(self.beside[place](signal), scale_factor=2)
            signal = self.up[place](wide + kept[place + 1])
        return self.last(signal)[:, 0]


def export(network: Network, out: Path) -> None:
    network.eval()
    torch.onnx.export(
        Sure(network),
        (torch.zeros(1, 3, 192, 256),),
        str(out),
        input_names=["picture"],
        output_names=["card"],
        dynamic_axes={"picture": {2: "height", 3: "width"}, "card": {1: "height", 2: "width"}},
        opset_version=17,
        dynamo=False,
    )
