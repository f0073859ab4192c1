"""Lines are read by the small reader, and by the large one where that is in doubt."""

from types import SimpleNamespace

import numpy as np
import pytest

from ocr_integration.engine.decode import open_picture
from ocr_integration.engine.front import Spot
from ocr_integration.engine.recognise import Alphabet, Posterior, large_reader
from ocr_integration.engine.sheet import Line, Piece
from ocr_integration.engine.small import OTHER, QuickReader, SmallReader, is_clear
from ocr_integration.engine.values import FieldReader
from ocr_integration.engine.views import PictureView
from ocr_integration.engine.words import labels_in, title_of
from ocr_integration.protocol.fields import PermitType
from tests.ocr_integration.engine.conftest import SAMPLES

CLASSES = ("", *"0123456789OI姓名持证人签发机天关有效期/PenodfValidty", OTHER)
BOX = np.array([(0, 0), (9, 0), (9, 3), (0, 3)], np.float32)
CARD = PictureView(np.zeros((8, 20, 3), np.uint8))


class Says:
    """A reader that always sees one text, so surely."""

    def __init__(self, text, sure):
        self.posterior = posterior(text, sure)
        self.looks = 0

    def look(self, picture, quad):
        self.looks += 1
        return self.posterior


def posterior(text, sure=0.95, also=""):
    """Each character at its own step, blanks between; `also` has what else may stand there."""
    steps = np.zeros((2 * len(text) + 1, len(CLASSES)), np.float32)
    steps[1::2, 0] = 1
    steps[-1] = [sure, *[(1 - sure) / (len(CLASSES) - 1)] * (len(CLASSES) - 1)]
    for place, character in enumerate(text):
        steps[2 * place, CLASSES.index(character)] = sure
        steps[2 * place, CLASSES.index(also[place]) if also else 0] += 1 - sure
    return Posterior(steps, CLASSES)


def test_an_alphabet_leaves_out_what_a_field_cannot_hold():
    seen = posterior("2O", sure=0.7, also="20")
    assert seen.plain.text == "2O"
    assert seen.read(Alphabet.of("0123456789")).text == "20"


@pytest.mark.parametrize("allowed", ["012", "0123456789OI姓名持"])
def test_few_or_many_characters_of_an_alphabet_share_all_of_the_probability(allowed):
    seen = posterior("1I", sure=0.6, also="2持")
    reading = seen.read(Alphabet.of(allowed))
    assert reading.text == ("1I" if "I" in allowed else "1")
    assert reading.probabilities[0] == pytest.approx(0.6)


def test_a_weight_makes_a_character_less_likely():
    seen = posterior("O", sure=0.7, also="0")
    assert seen.read(Alphabet(lambda c: 0.1 if c == "O" else 1)).text == "0"


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("20240506", 0.99),
        ("姓名", 0.6),
        ("签发机天", 0.55),
        (f"有效期{OTHER}/PenodofValidity", 0.55),
        ("", 0.95),
        (f"持证人{OTHER}", 0.97),
    ],
)
def test_what_is_clear_or_known_or_surely_nothing_is_not_read_again(text, sure):
    small, large = Says(text, sure), Says("20250506", 0.99)
    assert QuickReader(small, large).look(CARD, BOX).plain.text == text
    assert large.looks == 0


@pytest.mark.parametrize(
    ("text", "sure"),
    [("20240506", 0.6), ("2024", 0.99), (f"1{OTHER}", 0.99), ("", 0.5), ("签发机关12", 0.6)],
)
def test_doubt_an_unknown_character_and_perhaps_nothing_are_looked_at_again(text, sure):
    small, large = Says(text, sure), Says("20250506", 0.95)
    assert QuickReader(small, large).look(CARD, BOX).plain.text == "20250506"


def test_the_surer_of_both_readers_is_believed():
    reader = QuickReader(Says("20240506", 0.8), Says("20250506", 0.6))
    assert reader.look(CARD, BOX).plain.text == "20240506"


def test_a_label_that_only_the_small_reader_sees_is_kept():
    reader = QuickReader(Says(f"姓名{OTHER}", 0.6), Says("持证人", 0.9))
    assert reader.look(CARD, BOX).plain.text == f"姓名{OTHER}"


def test_a_character_that_may_have_been_overlooked_is_looked_for_again():
    steps = posterior("12", sure=0.99)._steps.copy()
    steps[1, [0, CLASSES.index("7")]] = 0.6, 0.4
    seen = Posterior(steps, CLASSES)
    assert seen.plain.text == "12"
    assert seen.overlooked == pytest.approx(0.4)
    assert not is_clear(seen)
    assert is_clear(posterior("12", sure=0.99))


def test_a_value_of_a_wrong_shape_is_read_by_the_large_reader():
    sheet = SimpleNamespace(card=CARD, reader=Says("8416712", 0.98))
    fields = FieldReader(Says("", 0.9), Says("84167112", 0.9), Says("", 0.9))
    assert fields.read(sheet, "number", Spot(BOX), PermitType.TAIWAN).text == "84167112"


def test_a_value_that_both_readers_saw_is_doubted_where_they_differ_and_not_read_again():
    small, large = Says("20240506", 0.8), Says("20240606", 0.78)
    line = Line(BOX, QuickReader(small, large).look(CARD, BOX))
    sheet = SimpleNamespace(card=CARD, reader=small)
    spot = Spot(BOX, Piece(line, line.text, BOX, whole=True))
    fields = FieldReader(Says("", 0.9), large, small)
    value = fields.read(sheet, "birth_date", spot, PermitType.TAIWAN)
    assert value.text == "2024.05.06"
    assert value.weakest < 0.7
    assert large.looks == 1


def test_the_small_reader_knows_the_words_of_permits(reader):
    small, large, clear, known = SmallReader(), large_reader(), 0, 0
    for path in sorted(SAMPLES.glob("*_front.jpg")):
        frame = reader.find(open_picture(path.read_bytes())).frame
        for box in frame.boxes:
            text = large.look(frame.card, box).plain.text
            if title_of(text) or labels_in(text):
                read = small.look(frame.card, box)
                known += 1
                clear += is_clear(read)
    assert known > 30
    assert clear > 0.8 * known
