"""`./run bench review`: keys and seconds from one case opened to the next, a thousand waiting.

A script works through fifty cases in Chromium, on a desk of its own: every other one is clean, the
others have two values that were read wrong. It looks at each for three seconds, which are not
counted, then does what a person would by keyboard. Keys are those pressed, letters of a corrected
value apart; seconds go from the first of them to the next case on the screen, pictures and all.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from tests.end_to_end.desk import PASSWORD, Desk

FLAGS: Final = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
SCREEN: Final = {"width": 1440, "height": 900}
RIGHT: Final = {"front-name": "陈大文", "front-issuing_authority": "中华人民共和国出入境管理局"}
"""What stands on the card where the machine read something else."""
GOAL_MS: Final = 100.0
GOAL_KEYS: Final = {"clean": 3, "two corrections": 6}
LONGEST_MS: Final = 30_000
WATCH: Final = """
(() => {
  const log = (window.permitdesk = { pressed: 0, shown: 0, at: 0 });
  addEventListener("keydown", (event) => {
    log.pressed += 1;
    log.at = event.timeStamp;
  }, true);
  const seen = () => {
    const page = document.querySelector("[data-case]");
    const pictures = page ? [...page.querySelectorAll("[data-sheet] img")] : [];
    if (!pictures.length || !pictures.every((one) => one.complete && one.naturalWidth)) return;
    if (page.dataset.reference === log.reference) return;
    log.reference = page.dataset.reference;
    requestAnimationFrame(() => setTimeout(() => (log.shown = performance.now())));
  };
  new MutationObserver(seen).observe(document, { childList: true, subtree: true });
  addEventListener("load", seen);
})();
"""


class Walk(NamedTuple):
    """One case, from its first key to the next case."""

    kind: str
    keys: int
    seconds: float
    switch_ms: float


def main() -> None:
    """Seed a desk, work, say what came out; fails when a goal is missed."""
    parser = argparse.ArgumentParser(prog="./run bench review", description=__doc__)
    parser.add_argument("--cases", type=int, default=50)
    parser.add_argument("--waiting", type=int, default=1000)
    parser.add_argument("--look", type=float, default=3.0, help="seconds at each, not counted")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="permitdesk-bench-") as folder:
        desk = Desk(Path(folder) / "var")
        try:
            desk.start()
            sow(desk, waiting=arguments.waiting, misread=arguments.cases)
            walks = measure(desk, cases=arguments.cases, look=arguments.look)
        finally:
            desk.stop()
    for kind in GOAL_KEYS:
        print(summary(kind, [one for one in walks if one.kind == kind]))
    switches = [one.switch_ms for one in walks]
    slow = quantiles(switches, n=20, method="inclusive")[-1]
    typical = median(switches)
    print(f"decision to next case on the screen: median {typical:.0f} ms, p95 {slow:.0f} ms")
    if any(one.keys > GOAL_KEYS[one.kind] for one in walks) or typical > GOAL_MS:
        raise SystemExit("A goal is missed.")


def summary(kind: str, walks: list[Walk]) -> str:
    """One line of figures."""
    seconds = [one.seconds for one in walks]
    slowest = quantiles(seconds, n=20, method="inclusive")[-1]
    return (
        f"{kind}: {len(walks)} cases, {max(one.keys for one in walks)} keys at most, "
        f"median {median(seconds):.2f} s, p95 {slowest:.2f} s"
    )


def sow(desk: Desk, *, waiting: int, misread: int) -> None:
    """Put cases into the queue of a running desk, older than what it has of its own."""
    code = f"from bench._waiting import seed; seed({waiting}, misread={misread})"
    made = desk.manage("shell", "--no-imports", "-c", code)
    if made.returncode:
        raise SystemExit(made.stderr)


def measure(desk: Desk, *, cases: int, look: float) -> list[Walk]:
    """Work through so many cases by keyboard."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *sandbox])
        try:
            return list(_work(browser, desk, cases=cases, look=look))
        finally:
            browser.close()


def _work(browser: Browser, desk: Desk, *, cases: int, look: float) -> Iterator[Walk]:
    page = browser.new_page(base_url=desk.url, viewport=SCREEN)  # type: ignore[arg-type]
    page.add_init_script(WATCH)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "reviewer@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/review/")
    page.keyboard.press("n")
    page.wait_for_selector("[data-case]")
    page.wait_for_load_state("networkidle")
    for _ in range(cases):
        time.sleep(look)
        yield _decide(page)


def _decide(page: Page) -> Walk:
    """What a person does: correct what is wrong, approve; the keys that type a value apart."""
    before = _log(page)
    began = time.monotonic()
    corrected = 0
    while name := page.evaluate("document.activeElement.name || ''"):
        if not page.evaluate("document.activeElement.closest('[data-row]') !== null"):
            break
        page.keyboard.press("e")
        page.keyboard.insert_text(RIGHT[name])
        page.keyboard.press("Enter")
        page.wait_for_function("was => document.activeElement.name !== was", arg=name)
        corrected += 1
    page.keyboard.press("a")
    page.wait_for_function(
        "was => window.permitdesk.reference !== was && window.permitdesk.shown > 0",
        arg=before["reference"],
        timeout=LONGEST_MS,
    )
    seconds = time.monotonic() - began
    after = _log(page)
    kind = "two corrections" if corrected else "clean"
    keys = after["pressed"] - before["pressed"]
    return Walk(kind, keys, seconds, after["shown"] - after["at"])


def _log(page: Page) -> dict[str, Any]:
    log: dict[str, Any] = page.evaluate(
        "() => { const was = { ...window.permitdesk }; window.permitdesk.shown = 0; return was; }"
    )
    return log


if __name__ == "__main__":
    main()
