"""One line of the machine readable code, as read."""

from dataclasses import dataclass, field

from ocr_integration.engine.models import Floats


@dataclass(frozen=True)
class CodeLine:
    """`sure` has a probability for each character; `repaired` says that a check digit chose one
    that did not look best; `quad` is where the line stands on the card, where that is known."""

    text: str = field(repr=False)
    sure: tuple[float, ...]
    repaired: bool = False
    quad: Floats | None = field(default=None, repr=False, compare=False)
