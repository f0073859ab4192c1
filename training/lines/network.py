"""The small reader's network: PP-OCRv6 tiny's recogniser for lower grey lines and fewer characters.

It starts with that network's weights, at two thirds of the height, with its own last layer and
twice as many steps along a line. While it learns it is weaned of two blocks and of a smooth curve
that takes long: what is taken away at once is forgotten, what goes slowly is made up for.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from onnx import numpy_helper
from torch import nn

from ocr_integration.engine.models import characters, packaged
from ocr_integration.engine.small import HEIGHT, OTHER
from training.lines.texts import CLASSES

TEACHER: Final = "ppocrv6/tiny/rec/rec.onnx"
DICTIONARY: Final = "ppocrv6/ppocrv6_tiny_dict.txt"
_STEM: Final = (24, 48)
_WIDTHS: Final = (48, 96, 160)
_SQUEEZED: Final = 4
_LAST: Final = 80
_BLOCKS: Final = (2, 2, 3)
_LEFT_OUT: Final = (4, 11)
"""Parts of the body that the small network does without: a block of the first and of the last
width."""


class Network(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """Grey lines, (lines, 1, HEIGHT, width), to scores, (lines, width / STEP, classes)."""

    def __init__(self) -> None:
        super().__init__()
        first, second = _STEM
        parts = [nn.Conv2d(1, first, 3, 2, 1), _Curve(), nn.Conv2d(first, second, 3, 2, 1)]
        before = second
        for width, blocks in zip(_WIDTHS, _BLOCKS, strict=True):
            if width != before:
                parts.append(_Narrowed(before, width))
            parts += [_Block(width, weighs=place == 0) for place in range(blocks)]
            before = width
        for place in _LEFT_OUT:
            parts[place] = _Leaving(parts[place])
        self.body = nn.Sequential(*parts)
        self.along = nn.Conv2d(before, before, (1, 5), 1, (0, 4), (1, 2), groups=before)
        self.mixed = nn.Conv2d(before, before, 1)
        self.last = nn.Conv2d(before, _LAST, 1)
        self.head = nn.Conv2d(_LAST, len(CLASSES), 1)
        self.curve = nn.Hardswish()

    def forward(self, lines: Any) -> Any:
        seen = self.body(lines).mean(2, keepdim=True)
        # Of every two steps next to each other the mean: the other network has half as many.
        pairs = (seen + nn.functional.pad(seen, (0, 1))[..., 1:]) / 2
        signal = self.curve(self.mixed(self.curve(self.along(pairs))))
        return self.head(self.last(signal))[:, :, 0].transpose(1, 2)


class _Curve(nn.Module):  # type: ignore[misc]
    """The teacher's curve, less and less of it, then a rectifier."""

    gone = 0.0

    def forward(self, signal: Any) -> Any:
        straight = nn.functional.relu(signal)
        if self.gone == 1:
            return straight
        return torch.lerp(nn.functional.gelu(signal), straight, self.gone)


class _Leaving(nn.Module):  # type: ignore[misc]
    """A block of the teacher's, less and less of it, then nothing."""

    gone = 0.0

    def __init__(self, block: Any) -> None:
        super().__init__()
        self.block = block

    def forward(self, signal: Any) -> Any:
        return signal if self.gone == 1 else torch.lerp(self.block(signal), signal, self.gone)


class _Block(nn.Module):  # type: ignore[misc]
    """Each channel by itself, weighed by the whole line's mean or not, then all of them mixed."""

    def __init__(self, width: int, *, weighs: bool) -> None:
        super().__init__()
        self.apart = nn.Conv2d(width, width, 3, 1, 1, groups=width)
        narrow = width // _SQUEEZED
        self.weights = (
            nn.Sequential(
                nn.Conv2d(width, narrow, 1),
                nn.ReLU(),
                nn.Conv2d(narrow, width, 1),
                nn.Hardsigmoid(),
            )
            if weighs
            else None
        )
        self.change = nn.Sequential(
            nn.Conv2d(width, 2 * width, 1), _Curve(), nn.Conv2d(2 * width, width, 1)
        )

    def forward(self, signal: Any) -> Any:
        apart = self.apart(signal)
        if self.weights is not None:
            apart = apart * self.weights(apart.mean((2, 3), keepdim=True))
        return apart + self.change(apart)


class _Narrowed(nn.Module):  # type: ignore[misc]
    """Half as tall."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.apart = nn.Conv2d(before, before, 3, (2, 1), 1, groups=before)
        self.change = nn.Sequential(
            nn.Conv2d(before, 2 * before, 1), _Curve(), nn.Conv2d(2 * before, after, 1)
        )

    def forward(self, signal: Any) -> Any:
        return self.change(self.apart(signal))


def prepared() -> Network:
    """A network with the weights that PP-OCRv6 tiny's recogniser has."""
    network = Network()
    given = list(_convolutions(onnx.load(packaged(TEACHER)).graph))
    taken = [part for part in network.modules() if isinstance(part, nn.Conv2d)]
    # The teacher sees grey as three equal colours, and has classes of its own.
    given[0] = given[0][0].sum(1, keepdim=True), given[0][1]
    given[-1] = _own_classes(*given[-1])
    for part, (weight, bias) in zip(taken, given, strict=True):
        part.weight.data.copy_(weight.reshape(part.weight.shape))
        part.bias.data.copy_(bias)
    return network


def wean(network: Network, share: float) -> None:
    """Take away so much, 0 to 1, of what the small network does without."""
    for part in network.modules():
        if isinstance(part, _Curve | _Leaving):
            part.gone = share


def mixings(network: Network) -> list[Any]:
    """The parts that stay and mix their channels, in `change`."""
    return [part for part in network.body if isinstance(part, _Block | _Narrowed)]


def _own_classes(weight: Any, bias: Any) -> tuple[Any, Any]:
    """The rows of the last layer that are classes here; unknown characters begin as their mean."""
    places = {character: place for place, character in enumerate(characters(DICTIONARY))}
    others = [place for text, place in places.items() if text >= OTHER and text not in CLASSES]
    rows = [[places[character]] if character in places else others for character in CLASSES]
    return (
        torch.stack([weight[row].mean(0) for row in rows]),
        torch.stack([bias[row].mean(0) for row in rows]),
    )


def _convolutions(graph: Any) -> Iterator[tuple[Any, Any]]:
    """Weights and biases of a graph's layers in order, with what stands behind them folded in."""
    stored = {
        each.name: torch.from_numpy(numpy_helper.to_array(each)) for each in graph.initializer
    }
    users = {name: node for node in graph.node for name in node.input}
    for node in graph.node:
        if node.op_type not in {"Conv", "MatMul"}:
            continue
        weight, after = stored[node.input[1]], users[node.output[0]]
        if node.op_type == "MatMul":
            weight = weight.T
        while after.op_type == "Squeeze":
            after = users[after.output[0]]
        if after.op_type == "BatchNormalization":
            scale, shift, mean, spread = (stored[name] for name in after.input[1:])
            scale = scale / (spread + 1e-5).sqrt()
            yield weight * scale.reshape(-1, *(1 for _ in weight.shape[1:])), shift - mean * scale
        else:
            yield weight, stored[after.input[1]].reshape(-1)


class _Sure(nn.Module):  # type: ignore[misc]
    """The network as it is used: probabilities instead of scores."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, lines: Any) -> Any:
        return self.network(lines).softmax(2)


def export(network: Network, out: Path) -> None:
    """Write an ONNX file that says itself which characters its classes after the blank are."""
    network.eval()
    torch.onnx.export(
        _Sure(network),
        (torch.zeros(1, 1, HEIGHT, 160),),
        str(out),
        input_names=["lines"],
        output_names=["probabilities"],
        dynamic_axes={"lines": {3: "width"}, "probabilities": {1: "steps"}},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(out)
    onnx.helper.set_model_props(model, {"characters": "".join(CLASSES)})
    onnx.save(model, out)
