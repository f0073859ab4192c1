"""One line of the machine readable code, as read."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CodeLine:
    """`sure` has a probability for each character; `repaired` says that a check digit chose one
    that did not look best."""

    text: str = field(repr=False)
    sure: tuple[float, ...]
    repaired: bool = False
