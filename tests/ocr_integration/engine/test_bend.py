import cv2
import numpy as np
import pytest

from ocr_integration.engine import bend
from tests.ocr_integration.engine.conftest import SAMPLES

SIZE = (480, 304)


def outlines(arch, slope=0.0):
    """Lines of text as the detector marks them, some short, three long."""
    mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    for left, right, y in ((20, 90, 40), (20, 160, 70), (300, 440, 70), (20, 200, 110), *LONG):
        x = np.arange(left, right)
        u = x * 2 / SIZE[0] - 1
        middle = y + slope * x + arch * u * u
        points = np.stack([x, middle], axis=1).round().astype(np.int32)
        cv2.polylines(mask, [points], isClosed=False, color=1, thickness=8)
    return cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]


LONG = ((20, 460, 200), (20, 460, 230), (20, 460, 260))


@pytest.mark.parametrize("arch", [-20.0, -8.0, 8.0, 20.0])
@pytest.mark.parametrize("slope", [0.0, 0.03])
def test_it_says_how_far_lines_arch(arch, slope):
    assert bend.of_lines(outlines(arch, slope), SIZE) == pytest.approx(arch, abs=1)


@pytest.mark.parametrize("slope", [0.0, 0.05])
def test_straight_lines_do_not_arch(slope):
    assert abs(bend.of_lines(outlines(0.0, slope), SIZE)) < 1


def test_too_few_lines_say_nothing():
    assert bend.of_lines(outlines(20.0)[:2], SIZE) == 0


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("01_hk_back", -0.025),
        ("02_tw_back", -0.03),
        ("02_tw_back", 0.02),
        ("03_foreign_front", -0.035),
        ("03_foreign_front", 0.035),
    ],
)
def test_a_bent_card_is_read(reader, truths, name, share):
    picture = cv2.imread(str(SAMPLES / f"{name}.jpg"), cv2.IMREAD_IGNORE_ORIENTATION | 1)
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along, down = (x, y) if width > height else (y, x)
    off = along * 2 / max(width, height) - 1
    bent = (down + share * max(width, height) * (off * off - 0.5)).astype(np.float32)
    source = (x, bent) if width > height else (bent, y)
    picture = cv2.remap(picture, *source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    result = reader.read(cv2.imencode(".jpg", picture)[1].tobytes()).to_json()
    truth = {f: v for f, v in truths[name].items() if f != "portrait_location"}
    right = sum(result[field] == value for field, value in truth.items())
    assert right >= len(truth) - 1
