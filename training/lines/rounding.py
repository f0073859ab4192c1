"""Lets the small reader mix its channels in bytes, which takes half the time.

Rounded when it is trained already, a network is no longer sure of a fifth of what it was sure of.
So it goes on learning while it is rounded, and what it learns is what it said before: the same
probabilities, step by step (quantisation-aware training by distillation).
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn

from training.blocks import Descent
from training.lines import fitting
from training.lines.network import Network, export, mixings, wean
from training.lines.stock import Stock

_RATE: Final = 5e-5
_WATCHED: Final = 0.6
"""The share of the steps in which ranges still follow what is seen."""

_KEPT: Final = 0.95
_OUTLIERS: Final = 1e-5
_LOOKED_AT: Final = 200_000
_WEIGHT: Final = 10.0
_SEVEN_BITS: Final = 63
"""Where a processor has no dot product of bytes, sums of two products must fit into 16 bits."""

_BYTE: Final = 255
_LEAST: Final = 1e-8
_PLACES: Final = ("before", "between", "after")


class Rounded(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """Two pointwise convolutions with a rectifier between, all that goes in and out as bytes."""

    def __init__(self, first: Any, last: Any) -> None:
        super().__init__()
        self.first, self.last = first, last
        self.watches = True
        self.register_buffer("low", torch.zeros(len(_PLACES)))
        self.register_buffer("high", torch.zeros(len(_PLACES)))

    def forward(self, signal: Any) -> Any:
        mixed = nn.functional.relu(_mixed(self.first, self._byte(signal, 0)))
        return self._byte(_mixed(self.last, self._byte(mixed, 1)), 2)

    def steps(self) -> list[tuple[float, int]]:
        """Scale and zero point at each of the three places."""
        steps = (_steps(*ends) for ends in zip(self.low.tolist(), self.high.tolist(), strict=True))
        return list(steps)

    def _byte(self, signal: Any, place: int) -> Any:
        if self.training and self.watches:
            self._watch(signal.detach().flatten(), place)
        scale, zero = _steps(float(self.low[place]), float(self.high[place]))
        return torch.fake_quantize_per_tensor_affine(signal, scale, zero, 0, _BYTE)

    def _watch(self, seen: Any, place: int) -> None:
        """Let the range follow, but for what is seldom so far out."""
        if len(seen) > _LOOKED_AT:
            seen = seen[torch.randint(len(seen), (_LOOKED_AT,))]
        ends = torch.quantile(seen, _OUTLIERS).clamp(max=0), torch.quantile(seen, 1 - _OUTLIERS)
        kept = _KEPT if self.high[place] else 0.0
        for end, now in zip((self.low, self.high), ends, strict=True):
            end[place] = kept * end[place] + (1 - kept) * now


def fit(network: Network, stocks: list[tuple[Stock, float]], steps: int, seed: int) -> Network:
    """Return the network rounded, taught by itself on lines like those it was trained with."""
    torch.manual_seed(seed)
    teacher, pupil = network.eval(), copy.deepcopy(network)
    for mixing in mixings(pupil):
        mixing.change = Rounded(mixing.change[0], mixing.change[2])
    rounded = [part for part in pupil.modules() if isinstance(part, Rounded)]
    for each in (teacher, pupil):
        each.to(memory_format=torch.channels_last)
    descent = Descent(pupil.train(), _RATE, steps, decay=1e-3)
    for step, (lines, _) in zip(range(steps), fitting.batches(stocks, seed), strict=False):
        for part in rounded:
            part.watches = step < steps * _WATCHED
        with torch.no_grad():
            wanted = teacher(lines).log_softmax(2)
        off = nn.functional.kl_div(
            pupil(lines).log_softmax(2), wanted, log_target=True, reduction="none"
        )
        descent.step(_WEIGHT * off.sum(2).mean())
    return pupil


def loaded(path: Path) -> Network:
    """A network that `network.export` has written."""
    network = Network()
    wean(network, 1)
    stored = onnx.load(path).graph.initializer
    weights = {each.name.removeprefix("network."): numpy_helper.to_array(each) for each in stored}
    own = network.state_dict()
    # What it was weaned of is not in the file.
    own.update({name: torch.from_numpy(weights[name].copy()) for name in own if name in weights})
    network.load_state_dict(own)
    return network


def write(pupil: Network, out: Path) -> None:
    """Write an ONNX file as `network.export` does, whose runtime finds out what to do in bytes."""
    parts = {name: part for name, part in pupil.named_modules() if isinstance(part, Rounded)}
    plain = copy.deepcopy(pupil)
    for mixing in mixings(plain):
        change = mixing.change
        mixing.change = nn.Sequential(change.first, nn.ReLU(), change.last)
    export(plain, out)
    model = onnx.load(out)
    for name, part in parts.items():
        _round(model.graph, f"network.{name}", part.steps())
    used = {name for node in model.graph.node for name in node.input}
    kept = [each for each in model.graph.initializer if each.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    onnx.checker.check_model(model)
    onnx.save(model, out)


def _round(graph: Any, name: str, steps: list[tuple[float, int]]) -> None:
    """Say of two convolutions and the rectifier between in which steps they count."""
    by_weight = {node.input[1]: node for node in graph.node if node.op_type == "Conv"}
    first, last = (by_weight[f"{name}.{place}.weight"] for place in (0, 2))
    rectifier = next(node for node in graph.node if first.output[0] in node.input)
    after = [
        *_converted(graph, first.input[0], f"{name}.{_PLACES[0]}", steps[0]),
        *_weights(graph, first, steps[0][0]),
        *_weights(graph, last, steps[1][0]),
    ]
    first.input[0] = after[1].output[0]
    nodes = list(graph.node)
    at = nodes.index(first)
    nodes[at:at] = after
    for node, place in ((rectifier, 1), (last, 2)):
        told = node.output[0]
        node.output[0] = f"{told}.exact"
        at = nodes.index(node) + 1
        nodes[at:at] = _converted(
            graph, node.output[0], f"{name}.{_PLACES[place]}", steps[place], told
        )
    del graph.node[:]
    graph.node.extend(nodes)


def _converted(
    graph: Any, signal: str, name: str, step: tuple[float, int], told: str = ""
) -> list[Any]:
    """A signal to bytes and back."""
    scale, zero = np.float32(step[0]), np.uint8(step[1])
    ends = [_stored(graph, f"{name}.scale", scale), _stored(graph, f"{name}.zero", zero)]
    return [
        helper.make_node("QuantizeLinear", [signal, *ends], [f"{name}.bytes"]),
        helper.make_node("DequantizeLinear", [f"{name}.bytes", *ends], [told or f"{name}.told"]),
    ]


def _weights(graph: Any, convolution: Any, scale: float) -> Iterator[Any]:
    """A convolution's weights in seven bits, and its bias in the steps of what they multiply."""
    stored = {each.name: each for each in graph.initializer}
    weight, bias = (numpy_helper.to_array(stored[name]) for name in convolution.input[1:])
    scales = np.maximum(np.abs(weight).max((1, 2, 3)) / _SEVEN_BITS, _LEAST).astype(np.float32)
    counted = np.rint(weight / scales[:, None, None, None]).astype(np.int8)
    biased = scales * np.float32(scale)
    whole = np.rint(bias / biased).astype(np.int32)
    for place, (values, of) in enumerate(((counted, scales), (whole, biased)), start=1):
        name = convolution.input[place]
        zero = np.zeros(len(of), values.dtype)
        inputs = [
            _stored(graph, f"{name}.{kind}", each)
            for kind, each in (("whole", values), ("scale", of), ("zero", zero))
        ]
        convolution.input[place] = f"{name}.told"
        yield helper.make_node("DequantizeLinear", inputs, [f"{name}.told"], axis=0)


def _stored(graph: Any, name: str, values: Any) -> str:
    graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
    return name


def _mixed(convolution: Any, signal: Any) -> Any:
    weight = convolution.weight
    scales = (weight.detach().abs().amax((1, 2, 3)) / _SEVEN_BITS).clamp(min=_LEAST)
    zeros = torch.zeros(len(scales), dtype=torch.int32)
    weight = torch.fake_quantize_per_channel_affine(
        weight, scales, zeros, 0, -_SEVEN_BITS - 1, _SEVEN_BITS
    )
    return nn.functional.conv2d(signal, weight, convolution.bias)


def _steps(low: float, high: float) -> tuple[float, int]:
    scale = max((high - low) / _BYTE, _LEAST)
    return scale, min(_BYTE, max(0, round(-low / scale)))
