"""A share with what it is worth: its count and its 95 % interval."""

import math
from dataclasses import dataclass
from typing import Final

ENOUGH: Final = 200
"""Under so many values a share says nothing that should be acted on."""
_Z: Final = 1.959964


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share in percent, 0 of none."""
        return 100 * self.part / self.whole if self.whole else 0.0

    @property
    def enough(self) -> bool:
        """Whether there are enough values to say something."""
        return self.whole >= ENOUGH

    @property
    def low(self) -> float:
        """The lower end of the interval, in percent."""
        return 100 * max(0.0, self._middle - self._reach)

    @property
    def high(self) -> float:
        """The upper end of the interval, in percent."""
        return 100 * min(1.0, self._middle + self._reach)

    @property
    def _middle(self) -> float:
        """Wilson's: an interval round the plain share would lie outside of what is possible."""
        if not self.whole:
            return 0.5
        return (self.part + _Z**2 / 2) / (self.whole + _Z**2)

    @property
    def _reach(self) -> float:
        if not self.whole:
            return 0.5
        rest = self.part * (self.whole - self.part) / self.whole + _Z**2 / 4
        return _Z * math.sqrt(rest) / (self.whole + _Z**2)
