"""Fits the card finder's network to small pictures drawn without end, and to rendered ones."""

from collections.abc import Iterator
from typing import Any, Final

import cv2
import numpy as np
import torch
from torch import nn

from ocr_integration.engine.locate import looked_at
from ocr_integration.engine.models import Floats, Pixels, signal
from training.blocks import Descent, marking_loss
from training.locate.flats import Flat
from training.locate.network import Network
from training.locate.rendered import Rendered
from training.locate.scenes import Photographer, Scene

BATCH: Final = 24
_ASPECTS: Final = (4 / 3, 4 / 3, 3 / 2, 16 / 9, 1.0, 8 / 5, 2.0)
_RENDERED: Final = 0.6
"""Share of the batches that are pictures of the renderer's camera."""

_RATE: Final = 4e-3
_RIM: Final = 3.0
"""How much more the cells along a card's edge count."""


class Batches(torch.utils.data.IterableDataset):  # type: ignore[misc]
    """Pictures of one size and masks, without end, of another seed in each process."""

    def __init__(self, flats: list[Flat], grounds: list[Pixels], rendered: Rendered, seed: int):
        self._flats, self._grounds, self._rendered = flats, grounds, rendered
        self._seed = seed

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        worker = torch.utils.data.get_worker_info()
        seed = self._seed + (worker.id if worker else 0)
        rng = np.random.default_rng(seed)
        photographer = Photographer(seed, self._flats, self._grounds)
        while True:
            aspect = float(rng.choice(_ASPECTS))
            aspect = 1 / aspect if rng.random() < 0.4 else aspect
            drawn = rng.random() > _RENDERED
            scenes = [
                photographer.take(aspect) if drawn else self._rendered.take(rng, aspect)
                for _ in range(BATCH)
            ]
            size = looked_at(aspect)
            examples = [example(scene, size) for scene in scenes]
            yield np.stack([seen for seen, _ in examples]), np.stack([mask for _, mask in examples])


def example(scene: Scene, size: tuple[int, int]) -> tuple[Pixels, Pixels]:
    """Pixels, (height, width, 3), and mask, (height / 2, width / 2), 0 to 255."""
    height, width = scene.pixels.shape[:2]
    seen = cv2.resize(scene.pixels, size, interpolation=cv2.INTER_AREA)
    mask = np.zeros((size[1], size[0]), np.uint8)
    if scene.quad is not None:
        corners = scene.quad * (np.array(size) / (width, height)) - 0.5
        cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    small = cv2.resize(mask, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(seen, np.uint8), np.asarray(small, np.uint8)


def fit(batches: Batches, steps: int, seed: int) -> Network:
    torch.manual_seed(seed)
    network = Network()
    network.to(memory_format=torch.channels_last)
    loader = torch.utils.data.DataLoader(batches, None, num_workers=1, prefetch_factor=4)
    descent = Descent(network, _RATE, steps, decay=1e-3)
    for _, (pictures, masks) in zip(range(steps), loader, strict=False):
        network.train()
        with torch.autocast("cpu", torch.bfloat16):
            scores = network(_tensor(pictures))
        wanted = masks.float() / 255
        descent.step(marking_loss(scores.float(), wanted, _weights(wanted)))
    return network


def _tensor(pictures: Any) -> Any:
    pixels = torch.from_numpy(np.concatenate([signal(picture) for picture in pictures.numpy()]))
    return pixels.to(memory_format=torch.channels_last)


def _weights(masks: Any) -> Any:
    """More along the edges."""
    around = nn.functional.avg_pool2d(masks[:, None], 5, 1, 2)[:, 0]
    return 1 + _RIM * 4 * around * (1 - around)


def overlap(network: Network, scenes: list[tuple[Pixels, Pixels]]) -> Floats:
    """Of each picture, cells that both mark, over those that either marks."""
    network.eval()
    shares = []
    with torch.no_grad():
        for seen, mask in scenes:
            said = network(torch.from_numpy(signal(seen))).numpy()[0] > 0
            card = mask > 127
            shares.append(float((said & card).sum() + 1) / float((said | card).sum() + 1))
    return np.array(shares, np.float32)
