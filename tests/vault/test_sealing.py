"""A sealed value opens at its own place, under its own key, and nowhere else."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.vault import keys
from kyc.vault.keys import KeyDamaged, KeyGone
from kyc.vault.sealing import Place, SealBroken, seal, unseal

PLACE = Place("0123456789AB", "table", "field", uuid4())


@pytest.fixture
def key_id():
    return keys.create()


def test_it_opens_where_it_was_sealed(key_id):
    assert (
        unseal(seal("陈大文".encode(), key_id=key_id, place=PLACE), place=PLACE).decode()
        == "陈大文"
    )


def test_an_empty_value_is_sealed_as_well(key_id):
    sealed = seal(b"", key_id=key_id, place=PLACE)
    assert len(sealed) == 45
    assert unseal(sealed, place=PLACE) == b""


def test_the_same_value_never_looks_the_same(key_id):
    assert seal(b"x", key_id=key_id, place=PLACE) != seal(b"x", key_id=key_id, place=PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        PLACE._replace(application="BA9876543210"),
        PLACE._replace(table="other"),
        PLACE._replace(field="other"),
        PLACE._replace(row=uuid4()),
    ],
)
def test_moved_to_another_place_it_does_not_open(key_id, elsewhere):
    sealed = seal(b"H12345678", key_id=key_id, place=PLACE)
    with pytest.raises(SealBroken):
        unseal(sealed, place=elsewhere)


@given(st.data())
def test_a_single_changed_bit_anywhere_is_noticed(data):
    key_id = keys.create()
    sealed = bytearray(seal(b"H12345678", key_id=key_id, place=PLACE))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises((SealBroken, KeyGone)):
        unseal(bytes(sealed), place=PLACE)


@pytest.mark.parametrize("cut", [b"", b"\x01", b"\x01" * 40])
def test_what_was_cut_off_is_noticed(cut):
    with pytest.raises(SealBroken):
        unseal(cut, place=PLACE)


def test_an_erased_key_leaves_nothing_to_read(key_id):
    sealed = seal(b"H12345678", key_id=key_id, place=PLACE)
    keys.destroy(key_id)
    assert not keys.exists(key_id)
    with pytest.raises(KeyGone):
        unseal(sealed, place=PLACE)


def test_another_media_key_opens_nothing(key_id, settings, monkeypatch):
    sealed = seal(b"H12345678", key_id=key_id, place=PLACE)
    monkeypatch.setattr(keys, "_kept", {})
    settings.MEDIA_KEY = b"\x33" * 32
    with pytest.raises(KeyDamaged):
        unseal(sealed, place=PLACE)


def test_a_key_is_forgotten_after_a_minute(key_id, monkeypatch):
    now = keys.time.monotonic()
    keys.storages["keys"].delete(keys._name(key_id))
    assert keys.load(key_id)
    monkeypatch.setattr(keys.time, "monotonic", lambda: now + keys.KEPT_SECONDS + 1)
    with pytest.raises(KeyGone):
        keys.load(key_id)


def test_a_fingerprint_says_the_same_and_nothing_else(key_id):
    first = keys.fingerprint(key_id, "number", "H12345678")
    assert first == keys.fingerprint(key_id, "number", "H12345678")
    assert first != keys.fingerprint(key_id, "id_number", "H12345678")
    assert first != keys.fingerprint(keys.create(), "number", "H12345678")
