import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_integration.engine.decode import open_picture
from ocr_integration.engine.reader import Reader

SAMPLES = Path(__file__).parents[2] / "samples"


def sample(name: str) -> tuple[Any, Any, dict[str, Any]]:
    """Pixels of a sample, the corners of its card in them, and what is printed on it."""
    opened = open_picture((SAMPLES / f"{name}.jpg").read_bytes())
    truth = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    quad = np.array(truth["quad"], np.float32) / np.array(opened.scale, np.float32)
    return opened.pixels, quad, truth["result"]


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="session")
def results(reader) -> dict[str, Any]:
    """Every sample read once, as the API's `result`."""
    return {path.stem: reader.read(path.read_bytes()).to_json() for path in SAMPLES.glob("*.jpg")}


@pytest.fixture(scope="session")
def truths() -> dict[str, Any]:
    """What is printed on each sample, `sex` in the API's letters."""
    found = {}
    for path in SAMPLES.glob("*.json"):
        truth = json.loads(path.read_text("utf-8"))["result"]
        if "sex" in truth:
            truth["sex"] = {"男": "M", "女": "F"}[truth["sex"]]
        found[path.stem] = truth
    return found
