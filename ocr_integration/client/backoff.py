"""How long to wait before the next call for the same picture."""

from random import Random
from typing import Final

from ocr_integration.client.errors import TryAgain

BASE_SECONDS: Final = 2.0
CAP_SECONDS: Final = 600.0


def backoff(attempt: int, error: TryAgain, random: Random) -> float:
    """Seconds to wait after `attempt` calls (1 at least) have failed.

    Full jitter under a doubling ceiling. What the service asks for is waited in full, up to the
    cap, and a little more, so that everybody it sent away does not come back at once.
    """
    if error.after is not None:
        return min(CAP_SECONDS, max(0.0, error.after)) + random.uniform(0, BASE_SECONDS)
    # 2 ** 9 is over the cap already; a larger exponent would only be a larger number.
    ceiling = min(CAP_SECONDS, BASE_SECONDS * 2 ** min(attempt - 1, 9))
    return random.uniform(0, ceiling)
