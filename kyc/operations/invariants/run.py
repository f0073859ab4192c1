"""Run the ten checks."""

from collections.abc import Callable
from typing import Final

from kyc.operations.invariants import (
    chain,
    counts,
    history,
    pictures,
    readings,
    secrecy,
    submissions,
    verdicts,
    waiting,
)
from kyc.operations.invariants.findings import Broken, Findings, Report
from kyc.operations.snapshot import snapshot

Check = Callable[[Findings], str]

CHECKS: Final[dict[str, tuple[str, Check]]] = {
    "I1": ("what was accepted is decided or visibly waits", waiting.check),
    "I2": ("one submission key, one application", submissions.check),
    "I3": ("one current reading a photo, none late", readings.check_current),
    "I4": ("one decision a round, by whom it may be", verdicts.check),
    "I5": ("each change has its entry, each entry its change", history.check),
    "I6": ("the audit chain verifies", chain.check),
    "I7": ("nothing outside its limits", readings.check_limits),
    "I8": ("each picture opens and is what was decided on", pictures.check),
    "I9": ("no personal value in plain sight", secrecy.check),
    "I10": ("counts add up", counts.check),
}
_WITHOUT_SNAPSHOT: Final = "I8"
"""Files change outside any snapshot: what is missing is looked up again in the rows as they are."""


def reports(*, newest: int | None = None, head: str = "") -> list[Report]:
    """Check all ten, the database's part as it stood at one moment."""
    done: dict[str, Report] = {}
    with snapshot():
        for name in CHECKS:
            if name != _WITHOUT_SNAPSHOT:
                done[name] = _report(name, newest, head)
    done[_WITHOUT_SNAPSHOT] = _report(_WITHOUT_SNAPSHOT, newest, head)
    return [done[name] for name in CHECKS]


def check(*, newest: int | None = None, head: str = "") -> list[Broken]:
    """List what is broken; empty when all ten hold."""
    return [broken for one in reports(newest=newest, head=head) for broken in one.broken]


def _report(name: str, newest: int | None, head: str) -> Report:
    title, run = CHECKS[name]
    findings = Findings(name, newest=newest, head=head)
    return Report(name, title, run(findings), findings.broken)
