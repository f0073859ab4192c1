"""Fits the small reader's network to drawn lines, and to lines cut from pictures of cards."""

from collections.abc import Iterator
from typing import Any, Final

import cv2
import numpy as np
import torch
from torch import nn

from ocr_integration.engine.models import Pixels
from ocr_integration.engine.small import HEIGHT, NARROWEST, SQUEEZE, STEP, normalised
from training.blocks import Descent
from training.lines.network import Network, prepared, wean
from training.lines.stock import Stock
from training.lines.texts import CLASSES

BATCH: Final = 64
_RATE: Final = 5e-4
_WEANED: Final = (0.04, 0.34)
"""When the network begins to lose what it does without, and when all of that is gone."""

_INDEX: Final = {character: place for place, character in enumerate(CLASSES)}


def fit(stocks: list[tuple[Stock, float]], steps: int, seed: int) -> Network:
    """Minimise the CTC loss; each stock gives its share of the batches."""
    torch.manual_seed(seed)
    network = prepared()
    network.to(memory_format=torch.channels_last)
    descent = Descent(network, _RATE, steps, decay=1e-2)
    network.train()
    for step, (lines, texts) in zip(range(1, steps + 1), batches(stocks, seed), strict=False):
        wean(network, min(1.0, max(0.0, (step / steps - _WEANED[0]) / (_WEANED[1] - _WEANED[0]))))
        with torch.autocast("cpu", torch.bfloat16):
            scores = network(lines)
        descent.step(_loss(scores.float(), texts))
    return network


def batches(stocks: list[tuple[Stock, float]], seed: int) -> Iterator[tuple[Any, list[str]]]:
    """Lines (BATCH, 1, HEIGHT, width) and what they say, from each stock as often as its share."""
    rng = np.random.default_rng(seed)
    sources = [_of_stock(stock, rng) for stock, _ in stocks]
    shares = np.array([share for _, share in stocks]) / sum(share for _, share in stocks)
    while True:
        yield next(sources[rng.choice(len(sources), p=shares)])


def _loss(scores: Any, texts: list[str]) -> Any:
    said = scores.log_softmax(2).transpose(0, 1)
    steps = torch.full((len(texts),), said.shape[0])
    lengths = torch.tensor([len(text) for text in texts])
    wanted = torch.tensor([_INDEX[character] for text in texts for character in text])
    return nn.functional.ctc_loss(said, wanted, steps, lengths, zero_infinity=True)


def _of_stock(stock: Stock, rng: np.random.Generator) -> Iterator[tuple[Any, list[str]]]:
    """Lines of about one width together, in another order each time round."""
    widths = np.array([stock.width(place) for place in range(len(stock))]) * SQUEEZE
    while True:
        order = np.argsort(widths * rng.uniform(0.94, 1.06, len(widths)))
        chunks = np.array_split(order, max(1, len(order) // BATCH))
        for chunk in rng.permutation(len(chunks)):
            chosen = chunks[chunk]
            lines = [_shaken(stock.line(place), rng) for place in chosen]
            yield _tensor(lines), [stock.texts[place] for place in chosen]


def _tensor(lines: list[Pixels]) -> Any:
    """One batch as wide as its widest line; the others end in their last column."""
    wide = max(line.shape[1] for line in lines)
    batch = np.zeros((len(lines), 1, HEIGHT, wide), np.float32)
    for place, line in enumerate(lines):
        batch[place, 0] = normalised(np.pad(line, ((0, 0), (0, wide - line.shape[1])), "edge"))
    return torch.from_numpy(batch).to(memory_format=torch.channels_last)


def _shaken(line: Pixels, rng: np.random.Generator) -> Pixels:
    """The same line as wide as it is read, cut a little elsewhere than the last time round."""
    rows, columns = line.shape
    wide = max(NARROWEST, round(columns * SQUEEZE / STEP) * STEP)
    lean = rng.normal(0, 0.02) * rows / columns
    move = np.array(
        [[wide / columns, 0, rng.uniform(-2, 2)], [lean, rng.normal(1, 0.04), rng.uniform(-1, 1)]]
    )
    moved = np.asarray(cv2.warpAffine(line, move, (wide, rows), borderMode=cv2.BORDER_REPLICATE))
    if rng.random() < 0.3:
        moved = np.clip(moved + rng.normal(0, rng.uniform(1, 8), moved.shape), 0, 255)
    return np.asarray(moved, np.uint8)
