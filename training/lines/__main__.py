"""`python -m training.lines draw|cut|fit|round|measure`: train the small reader of lines.

The network starts as PP-OCRv6 tiny's recogniser and is made smaller while it learns. `draw` sets
lines of every kind in this machine's fonts and photographs them badly; fonts that
`fonts.HELD_OUT` names are kept to measure with. `cut` takes lines from pictures that
`training.render` drew. `fit` and `round`, which lets the network count in bytes,
need PyTorch (the dependency group `training`).
"""

import argparse
import multiprocessing
import random
from pathlib import Path

from ocr_integration.engine.models import Pixels
from ocr_integration.engine.small import WEIGHTS, SmallReader, is_clear
from training.lines import cards, drawing, fonts
from training.lines.stock import Stock

SEED = 2026
DRAWN_SHARE = 0.7
"""Of the lines trained with; the rest are cut from cards."""

ROUNDED_WITH = 0.65
"""Share of the lines of cards where the network is rounded: it is to say of those what it said."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.lines", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    draw = steps.add_parser("draw", help="draw lines to train or to measure with")
    draw.add_argument("out", type=Path)
    draw.add_argument("--lines", type=int, default=110_000)
    draw.add_argument("--seed", type=int, default=SEED)
    draw.add_argument("--held-out", action="store_true", help="in the fonts training never sees")
    draw.add_argument("--processes", type=int, default=2)
    cut = steps.add_parser("cut", help="cut lines from pictures of rendered cards")
    cut.add_argument("folder", type=Path)
    cut.add_argument("out", type=Path)
    learn = steps.add_parser("fit", help="train on drawn lines and on lines of cards")
    learn.add_argument("drawn", type=Path)
    learn.add_argument("of_cards", type=Path)
    learn.add_argument("out", type=Path)
    learn.add_argument("--steps", type=int, default=5000)
    less = steps.add_parser("round", help="teach the network to say the same in bytes")
    less.add_argument("network", type=Path, help="what `fit` wrote")
    less.add_argument("drawn", type=Path)
    less.add_argument("of_cards", type=Path)
    less.add_argument("--steps", type=int, default=1500)
    less.add_argument("--out", type=Path, default=WEIGHTS)
    measure = steps.add_parser("measure", help="say how many lines are read, and how surely")
    measure.add_argument("lines", type=Path)
    arguments = parser.parse_args()
    if arguments.step == "draw":
        shelf = fonts.shelf(held_out=arguments.held_out)
        _draw(shelf, arguments.lines, arguments.seed, arguments.processes).save(arguments.out)
    elif arguments.step == "cut":
        Stock.of(list(cards.cut(arguments.folder, SEED))).save(arguments.out)
    elif arguments.step == "fit":
        _fit(Stock.load(arguments.drawn), Stock.load(arguments.of_cards), arguments)
    elif arguments.step == "round":
        _round(Stock.load(arguments.drawn), Stock.load(arguments.of_cards), arguments)
    else:
        _measure(Stock.load(arguments.lines))


def _draw(shelf: fonts.Shelf, lines: int, seed: int, processes: int) -> Stock:
    share = lines // processes
    with multiprocessing.Pool(processes) as pool:
        drawn = pool.starmap(_drawn, [(seed + place, share, shelf) for place in range(processes)])
    return Stock.of([line for part in drawn for line in part])


def _drawn(seed: int, count: int, shelf: fonts.Shelf) -> list[tuple[Pixels, str]]:
    rng = random.Random(seed)
    lines = list[tuple[Pixels, str]]()
    while len(lines) < count:
        line = drawing.line(rng, shelf)
        if line is not None:
            lines.append(line)
    return lines


def _fit(drawn: Stock, of_cards: Stock, arguments: argparse.Namespace) -> None:
    from training.lines import fitting, network

    shares = [(drawn, DRAWN_SHARE), (of_cards, 1 - DRAWN_SHARE)]
    network.export(fitting.fit(shares, arguments.steps, SEED), arguments.out)


def _round(drawn: Stock, of_cards: Stock, arguments: argparse.Namespace) -> None:
    from training.lines import rounding

    shares = [(drawn, 1 - ROUNDED_WITH), (of_cards, ROUNDED_WITH)]
    network = rounding.loaded(arguments.network)
    rounding.write(rounding.fit(network, shares, arguments.steps, SEED), arguments.out)


def _measure(stock: Stock) -> None:
    reader = SmallReader()
    read = [reader.read(stock.line(place)) for place in range(len(stock))]
    right = [said.plain.text == text for said, text in zip(read, stock.texts, strict=True)]
    clear = [is_clear(said) for said in read]
    both = sum(a and b for a, b in zip(right, clear, strict=True))
    print(f"{sum(right) / len(stock):.2%} of {len(stock)} lines read exactly")
    exact = both / max(sum(clear), 1)
    print(f"{sum(clear) / len(stock):.2%} read clearly, {exact:.2%} of those exactly")


if __name__ == "__main__":
    main()
