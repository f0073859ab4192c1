import numpy as np

from ocr_integration.engine import glyphs
from ocr_integration.permit.mrz import ALPHABET
from training import mrz

LETTERS_LIKE_DIGITS = {"O": "0", "Q": "0", "I": "1"}


def folded(indices) -> list[str]:
    return [LETTERS_LIKE_DIGITS.get(ALPHABET[i], ALPHABET[i]) for i in indices]


def test_it_knows_the_glyphs_of_a_cut_it_never_saw():
    batch = mrz.draw(np.random.default_rng(3), 60, (mrz.HELD_OUT,))
    read = folded(glyphs.GlyphReader().read(batch.cells)[0].argmax(axis=1))
    assert np.mean([a == b for a, b in zip(read, folded(batch.labels), strict=True)]) > 0.975


def test_its_probabilities_add_up_to_one():
    batch = mrz.draw(np.random.default_rng(4), 2, (mrz.HELD_OUT,))
    assert np.allclose(glyphs.GlyphReader().read(batch.cells)[0].sum(axis=1), 1, atol=1e-4)


def test_the_same_seed_trains_the_same_weights():
    batch = mrz.draw(np.random.default_rng(5), 20, mrz.TRAINED)
    one, other = (mrz.fit(np.random.default_rng(6), batch, 1) for _ in range(2))
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(one, other, strict=True))
