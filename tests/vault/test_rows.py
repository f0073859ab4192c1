"""Rows hold sealed values and name sealed files; tokens find them without storing them."""

from pathlib import Path

import pytest

from kyc.vault.files import FileLost
from kyc.vault.models import TokenKind, token
from kyc.vault.sealing import SealBroken
from tests import factories


@pytest.fixture
def document(ana):
    return factories.document(factories.application(ana), picture=factories.jpeg())


def test_a_picture_is_stored_sealed_and_comes_back(document, settings):
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    assert document.get_file("stored_as") == factories.jpeg()
    assert b"JFIF" not in (folder / document.stored_as).read_bytes()


def test_two_rows_that_swap_their_files_open_neither(document, bruno):
    other = factories.document(factories.application(bruno))
    document.stored_as, other.stored_as = other.stored_as, document.stored_as
    for row in (document, other):
        with pytest.raises(SealBroken):
            row.get_file("stored_as")


def test_a_lost_file_says_so(document):
    document.stored_as = "00/nothing.sealed"
    with pytest.raises(FileLost):
        document.get_file("stored_as")


def test_a_value_is_not_legible_in_its_column(document):
    reading = factories.reading(factories.extraction(document, {}), "number", "H12345678")
    reading.refresh_from_db()
    assert reading.get("value") == "H12345678"
    assert b"H12345678" not in bytes(reading.value)


def test_a_token_is_of_one_kind_and_of_one_installation(settings):
    number = token(TokenKind.NUMBER, "H12345678")
    assert len(number) == 32
    assert number != token(TokenKind.ID_NUMBER, "H12345678")
    settings.INDEX_KEY = b"\x44" * 32
    assert number != token(TokenKind.NUMBER, "H12345678")
