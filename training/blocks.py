"""What the small networks are built of, and the loop that all of them learn in."""

import time
from typing import Any, Final

import torch
from torch import nn

_SHOWN: Final = 100


class Added(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """What a block finds is added to what was there."""

    def __init__(self, width: int, side: int = 3) -> None:
        super().__init__()
        self.block = apart(width, width, 1, side)

    def forward(self, signal: Any) -> Any:
        return signal + self.block(signal)


def dense(before: int, after: int, stride: int) -> Any:
    """A convolution of all channels."""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )


def point(before: int, after: int) -> Any:
    """Each pixel by itself."""
    return nn.Sequential(nn.Conv2d(before, after, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


def apart(before: int, after: int, stride: int, side: int = 3) -> Any:
    """A depthwise and a pointwise convolution."""
    return nn.Sequential(
        nn.Conv2d(before, before, side, stride, side // 2, groups=before, bias=False),
        nn.BatchNorm2d(before),
        *point(before, after),
    )


def grown(small: Any, like: Any) -> Any:
    """As many pixels as another signal has."""
    return nn.functional.interpolate(small, size=like.shape[2:], mode="nearest")


def marking_loss(scores: Any, wanted: Any, weights: Any) -> Any:
    """Of masks (n, height, width): cross entropy, weighted, and how little of the marks is shared.

    Where `weights` is 0 nothing is known.
    """
    each = nn.functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none")
    likely = scores.sigmoid() * (weights > 0)
    shared = 2 * (likely * wanted).sum((1, 2)) + 1
    both = likely.square().sum((1, 2)) + wanted.square().sum((1, 2)) + 1
    return (each * weights).mean() + 0.5 * (1 - shared / both).mean()


class Sure(nn.Module):  # type: ignore[misc]
    """A network as it is used: probabilities instead of scores."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Any) -> Any:
        return self.network(pixels).sigmoid()


class Descent:
    """Steps down the loss at a rate that rises and falls once; says now and then how far it is."""

    def __init__(self, network: nn.Module, rate: float, steps: int, decay: float) -> None:
        self._network = network
        self._rates = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay)
        self._slower = torch.optim.lr_scheduler.OneCycleLR(
            self._rates, rate, total_steps=steps, pct_start=0.1
        )
        self._started, self._taken, self._shown = time.monotonic(), 0, 0.0

    def step(self, loss: Any) -> None:
        self._rates.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._network.parameters(), 5.0)
        self._rates.step()
        self._slower.step()
        self._taken += 1
        self._shown += float(loss.detach()) / _SHOWN
        if self._taken % _SHOWN == 0:
            passed = time.monotonic() - self._started
            print(f"{self._taken} {self._shown:.4f} {passed:.0f} s", flush=True)
            self._shown = 0.0
