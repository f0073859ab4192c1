"""Whether this desk can take an application now."""

import threading
import time
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from kyc.operations import demo, probes

FRESH_SECONDS: Final = 3.0
REPORTED: Final = ("broker", "ocr")
"""Work waits for them and is never lost: they are said to be down and make nothing fail."""


@dataclass(frozen=True)
class Health:
    """Each part, and whether it is there."""

    parts: dict[str, bool]

    @property
    def ready(self) -> bool:
        """Whether everything is there that an application needs to be accepted."""
        return all(there for name, there in self.parts.items() if name not in REPORTED)

    def as_json(self) -> dict[str, object]:
        """One word for each part, and nothing that helps a stranger."""
        words = {name: "ok" if there else "down" for name, there in self.parts.items()}
        return {"ready": self.ready, **words}


class Recent:
    """What was found a moment ago: strangers may ask, and asking writes into both stores."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: Health | None = None
        self._until = 0.0

    def look(self) -> Health:
        """Ask every part, unless somebody did less than FRESH_SECONDS ago."""
        with self._lock:
            if self._found is None or time.monotonic() > self._until:
                self._found = look()
                self._until = time.monotonic() + FRESH_SECONDS
            return self._found

    def forget(self) -> None:
        """Ask afresh next time."""
        self._found = None


def look() -> Health:
    """Ask every part."""
    parts = {"database": probes.migrated()}
    parts["audit"] = parts["database"] and probes.guarded()
    parts |= probes.ask_outside()
    if settings.DEMO:
        parts["specimens"] = parts["database"] and demo.specimens_read()
    return Health(parts)


recent: Final = Recent()
