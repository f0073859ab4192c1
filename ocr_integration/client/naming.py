"""Find a host's addresses within a time: the system's own look-up takes as long as it likes."""

import socket
import threading
from concurrent.futures import Future
from typing import Final

Place = tuple[str, int]


class Names:
    """Looks names up in threads of its own, one for each name, whoever waits for it."""

    def __init__(self) -> None:
        self._pending: dict[Place, Future[list[str]]] = {}
        self._lock = threading.Lock()

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """In the system's order. Raises OSError; TimeoutError when nobody answers in time."""
        return self._asked((host.strip("[]"), port)).result(timeout=seconds)

    def _asked(self, place: Place) -> "Future[list[str]]":
        with self._lock:
            found = self._pending.get(place)
            if found is None:
                found = self._pending[place] = Future()
                look = threading.Thread(target=self._look_up, args=(place, found), daemon=True)
                look.start()
        return found

    def _look_up(self, place: Place, found: "Future[list[str]]") -> None:
        try:
            said = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)
            found.set_result([str(address[0]) for *_, address in said])
        except (OSError, UnicodeError) as error:
            found.set_exception(error if isinstance(error, OSError) else OSError("no such name"))
        finally:
            with self._lock:
                del self._pending[place]


NAMES: Final = Names()
