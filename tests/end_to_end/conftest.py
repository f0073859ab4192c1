"""One desk for all tests of this folder: starting it takes longer than most of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.desk import Desk, Visitor

SAMPLES = Path(__file__).parent.parent / "samples"
PAIR = (SAMPLES / "01_hk_front.jpg", SAMPLES / "01_hk_back.jpg")


@pytest.fixture(autouse=True)
def _own_stores():
    """Nothing here touches the tests' own database or stores."""


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """What `./run` starts, in a path with a space."""
    desk = Desk(tmp_path_factory.mktemp("a desk") / "var")
    try:
        desk.start()
        yield desk
    finally:
        desk.stop()


@pytest.fixture(scope="session")
def applicant(desk: Desk) -> Visitor:
    return desk.visitor("applicant")


@pytest.fixture
def sound(desk: Desk) -> Iterator[None]:
    """Whatever a test does to the desk, all ten invariants hold at its end."""
    yield
    checked = desk.manage("invariants")
    assert checked.returncode == 0, checked.stdout + checked.stderr
