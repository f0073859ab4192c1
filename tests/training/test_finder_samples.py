import json

import numpy as np
import pytest

from ocr_integration.engine import detect, geometry
from tests.ocr_integration.engine.conftest import SAMPLES
from training.finder import samples
from training.finder.samples import MARGIN, SIZE, core


def outline(width, height, count=7):
    x = np.linspace(0, width, count)
    top = np.column_stack([x, np.zeros(count)])
    return np.concatenate([top, np.column_stack([x[::-1], np.full(count, height)])])


@pytest.mark.parametrize(("width", "height"), [(300, 20), (60, 20), (22, 20)])
def test_a_core_grows_to_its_line_again(width, height):
    found = core(outline(width, height))
    low, high = found.min(axis=0), found.max(axis=0)
    grown = detect.grown((low + high) / 2, high - low, 0.0)
    assert geometry.sides(grown) == pytest.approx((width + 0.2 * height, height), rel=0.02)


def test_a_core_keeps_the_arch_of_its_line():
    bent = outline(300, 20)
    bent[:, 1] += 0.001 * (bent[:, 0] - 150) ** 2
    found = core(bent)
    middle, end = found[3], found[0]
    assert end[1] - middle[1] == pytest.approx(0.001 * (end[0] - 150) ** 2, abs=1)


def test_a_sample_marks_cores_on_the_card_only(tmp_path):
    truth = json.loads((SAMPLES / "01_hk_front.json").read_text("utf-8"))
    flat = geometry.rectangle(100, 60)
    to_picture = geometry.homography(flat, np.array(truth["quad"], np.float32))
    lines = [outline(60, 6) + np.array([20, top]) for top in (10, 30, 50)]
    truth["lines"] = [geometry.moved(line, to_picture).tolist() for line in lines]
    (tmp_path / "a.json").write_text(json.dumps(truth), "utf-8")
    (tmp_path / "a.jpg").write_bytes((SAMPLES / "01_hk_front.jpg").read_bytes())
    [(card, marks)] = samples.samples(tmp_path)
    assert card.shape == (SIZE[1], SIZE[0], 3)
    cores, inside = marks[..., 0] > 127, marks[..., 1] > 127
    assert not (cores & ~inside).any()
    middle = SIZE[0] // 2
    starts = np.flatnonzero(np.diff(cores[:, middle].astype(int)) == 1)
    shares = (starts - MARGIN) / (SIZE[1] - 2 * MARGIN)
    assert shares == pytest.approx([13 / 60, 33 / 60, 53 / 60], abs=0.03)
