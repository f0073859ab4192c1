"""Fits the line finder's network to the cores of printed lines."""

from typing import Any, Final

import cv2
import numpy as np
import torch

from ocr_integration.engine import geometry
from ocr_integration.engine.detect import CARD_SIZE, batch
from ocr_integration.engine.models import Pixels
from training.blocks import Descent, marking_loss
from training.finder.network import Network
from training.finder.samples import MARGIN, SIZE

BATCH: Final = 12
_RATE: Final = 4e-3


class Views(torch.utils.data.IterableDataset):  # type: ignore[misc]
    """Cards and what is marked on them, without end, as a process of its own makes them."""

    def __init__(self, cards: Pixels, marks: Pixels, seed: int) -> None:
        self._cards, self._marks, self._seed = cards, marks, seed

    def __iter__(self) -> Any:
        rng = np.random.default_rng(self._seed)
        while True:
            views = [
                view(rng, self._cards[place], self._marks[place])
                for place in rng.choice(len(self._cards), BATCH, replace=False)
            ]
            yield np.stack([card for card, _ in views]), np.stack([mark for _, mark in views])


def fit(cards: Pixels, marks: Pixels, steps: int, seed: int) -> Network:
    """`cards` (n, height, width, 3) and `marks` (n, height, width, 2) of SIZE, both 0 to 255."""
    torch.manual_seed(seed)
    network = Network()
    network.to(memory_format=torch.channels_last)
    loader = torch.utils.data.DataLoader(
        Views(cards, marks, seed), None, num_workers=1, prefetch_factor=4
    )
    descent = Descent(network, _RATE, steps, decay=1e-3)
    for _, (seen, marked) in zip(range(steps), loader, strict=False):
        network.train()
        pixels = torch.from_numpy(np.concatenate([batch(card) for card in seen.numpy()]))
        with torch.autocast("cpu", torch.bfloat16):
            scores = network(pixels.to(memory_format=torch.channels_last))
        cores, inside = (marked.float() / 255).unbind(-1)
        # Of what is beside the card nothing is known.
        descent.step(marking_loss(scores.float(), cores * inside, 4 * inside))
    return network


def view(rng: np.random.Generator, card: Pixels, marks: Pixels) -> tuple[Pixels, Pixels]:
    """A card as one outline or another has it, upright or not, in another light; marks of half the
    size."""
    width, height = SIZE
    quad = geometry.rectangle(width - 2 * MARGIN, height - 2 * MARGIN) + np.float32(MARGIN)
    reach = rng.choice((2.0, 6.0, 14.0))
    quad = quad + rng.normal(0, reach, (4, 2)) + rng.normal(0, reach, 2)
    quad = np.roll(quad, rng.choice((0, 0, 0, 2)), axis=0).astype(np.float32)
    seen = geometry.cut(card, quad, *CARD_SIZE)
    marked = geometry.halved(geometry.cut(marks, quad, *CARD_SIZE))
    light = seen.astype(np.float32) * rng.uniform(0.6, 1.2) * rng.uniform(0.85, 1.15, 3)
    light += rng.normal(rng.uniform(-12, 12), rng.choice((0.1, 2.0, 8.0)), light.shape)
    if rng.random() < 0.25:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), rng.uniform(0.4, 1.3)))
    return np.clip(light, 0, 255).astype(np.uint8), marked


def overlap(network: Network, cards: Pixels, marks: Pixels) -> float:
    """Marked cells that both have, over those that either has, on each card's own outline."""
    network.eval()
    quad = geometry.rectangle(SIZE[0] - 2 * MARGIN, SIZE[1] - 2 * MARGIN) + np.float32(MARGIN)
    both, either = 0, 0
    with torch.no_grad():
        for card, mark in zip(cards, marks, strict=True):
            seen = geometry.cut(card, quad, *CARD_SIZE)
            wanted = geometry.halved(geometry.cut(mark, quad, *CARD_SIZE))[..., 0] > 127
            said = network(torch.from_numpy(batch(seen))).numpy()[0] > 0
            both, either = both + int((said & wanted).sum()), either + int((said | wanted).sum())
    return both / max(either, 1)
