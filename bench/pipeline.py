"""`./run bench pipeline`: from upload to a reviewer, on a desk of its own.

Both sides are sent at once, one application after another and then several together; what is
timed begins with the first byte of the post and ends when `status.json` says `in_review`.
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from tests.end_to_end.desk import TOP, Desk, Visitor

SAMPLES: Final = TOP / "tests" / "samples"
PAIRS: Final = [
    (SAMPLES / f"{name}_front.jpg", SAMPLES / f"{name}_back.jpg")
    for name in ("01_hk", "02_tw", "03_foreign", "04_hk")
]
ASK_EVERY: Final = 0.1
LONGEST: Final = 120.0
GOAL_SECONDS: Final = 10.0


def main() -> None:
    """Start a desk, measure, say what came out; fails when the goal is missed."""
    parser = argparse.ArgumentParser(prog="./run bench pipeline", description=__doc__)
    parser.add_argument("--applications", type=int, default=20)
    parser.add_argument("--together", type=int, default=4, help="applicants at once, second part")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="permitdesk-bench-") as folder:
        desk = Desk(Path(folder) / "var")
        try:
            desk.start()
            alone = measure(desk, applications=arguments.applications, together=1)
            crowded = measure(
                desk, applications=arguments.applications, together=arguments.together
            )
        finally:
            desk.stop()
    print(summary("one after another", alone))
    print(summary(f"{arguments.together} at once", crowded))
    if worst_but_one_in_twenty(alone) > GOAL_SECONDS:
        raise SystemExit(f"The goal is a p95 of {GOAL_SECONDS:.0f} s, one after another.")


def measure(desk: Desk, *, applications: int, together: int) -> list[float]:
    """Send so many applications, so many at a time; seconds each took."""
    visitor = desk.visitor("applicant")
    with ThreadPoolExecutor(together) as pool:
        pairs = [PAIRS[number % len(PAIRS)] for number in range(applications)]
        return list(pool.map(lambda pair: _seconds(visitor.copy(), pair), pairs))


def worst_but_one_in_twenty(seconds: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(seconds, n=20, method="inclusive")[-1]


def summary(title: str, seconds: list[float]) -> str:
    """One line of figures."""
    return (
        f"{title}: {len(seconds)} applications, median {median(seconds):.2f} s, "
        f"p95 {worst_but_one_in_twenty(seconds):.2f} s, slowest {max(seconds):.2f} s"
    )


def _seconds(visitor: Visitor, pair: tuple[Path, Path]) -> float:
    began = time.monotonic()
    reference = visitor.apply(*pair)
    while visitor.status(reference)["status"] != "in_review":
        if time.monotonic() - began > LONGEST:
            raise TimeoutError(f"no reviewer has it after {LONGEST:.0f} s")
        time.sleep(ASK_EVERY)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
