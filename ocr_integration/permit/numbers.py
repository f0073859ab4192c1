"""Numbers of permits and of the local identity cards named on their backs.

Every function takes a number in its plain form (see `plain`).
Sources: public security ministry notices of 2010, 2012 and 2015, exit-entry administration notice
of 2024 (permit numbers); teaching pages and public validators (check digits of local cards).
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final

from ocr_integration.permit.verdict import Verdict, judge, settle
from ocr_integration.protocol.fields import PermitType


class NumberKind(StrEnum):
    """What a permit number's pattern says about the document that bears it."""

    HK_MACAO = "hk_macao"
    HK_MACAO_NON_CHINESE = "hk_macao_non_chinese"
    HK_MACAO_1999 = "hk_macao_1999"
    TAIWAN = "taiwan"
    TAIWAN_BOOKLET = "taiwan_booklet"
    EXIT_ENTRY = "exit_entry"
    IDENTITY_CARD = "identity_card"


class Place(StrEnum):
    """Where a local identity card comes from."""

    HONG_KONG = "hong_kong"
    MACAO = "macao"
    TAIWAN = "taiwan"


PERMITS: Final = {
    NumberKind.HK_MACAO: PermitType.HK_MACAO,
    NumberKind.HK_MACAO_NON_CHINESE: PermitType.HK_MACAO,
    NumberKind.TAIWAN: PermitType.TAIWAN,
}
"""The kinds that a permit in use today can bear; the others are expired or other documents."""

_KINDS: Final = (
    (NumberKind.HK_MACAO, re.compile(r"[HM][0-9]{8}")),
    # That they are nine characters and begin so is published; that seven are digits is inferred.
    (NumberKind.HK_MACAO_NON_CHINESE, re.compile(r"[HM]A[0-9]{7}")),
    (NumberKind.HK_MACAO_1999, re.compile(r"[HM][0-9]{10}")),
    (NumberKind.TAIWAN, re.compile(r"[0-9]{8}")),
    (NumberKind.TAIWAN_BOOKLET, re.compile(r"[0-9]{10}(\([A-Z0-9]\))?")),
    (NumberKind.EXIT_ENTRY, re.compile(r"C[A-HJ-NP-Z0-9][0-9]{7}|[LT][0-9]{8}")),
    # Residence permits (81, 82, 83) and mainland identity cards share their format.
    (NumberKind.IDENTITY_CARD, re.compile(r"[0-9]{17}[0-9X]")),
)
_LOCAL: Final = (
    (Place.HONG_KONG, re.compile(r"[A-Z]{1,2}[0-9]{6}[0-9A]")),
    (Place.TAIWAN, re.compile(r"[A-Z][0-9]{9}")),
    (Place.MACAO, re.compile(r"[0-9]{8}")),
)
_TAIWAN_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_RENEWAL_DIGITS: Final = 2


def plain(text: str) -> str:
    """Fold width and case and drop spaces, so that two spellings of one number are one text."""
    capitals = "".join(unicodedata.normalize("NFKC", text).upper().split())
    # Becoming capitals, and losing the space between them, can leave letters decomposed.
    return unicodedata.normalize("NFKC", capitals)


def plain_id(text: str) -> str:
    """As `plain`, without the brackets, strokes and fillers around a local card's check digit."""
    return plain(re.sub(r"[()/<.\-]", "", plain(text)))


def kind_of(number: str) -> NumberKind | None:
    """Tell the document by its number; None for a number of no known pattern."""
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(number)), None)


def fits(number: str, permit_type: PermitType | None) -> Verdict:
    """Say whether this number can stand on this permit, or on either where it is unknown."""
    if not number:
        return Verdict.CANNOT_TELL
    kind = kind_of(number)
    bearer = PERMITS.get(kind) if kind else None
    return settle(holds=bearer is not None and permit_type in (None, bearer))


def lifelong(number: str) -> str:
    """Cut a number to the part that stays when its permit is renewed.

    Old numbers end in two digits that count the renewals. Other documents' numbers, and what is
    no number, come back as they are.
    """
    match kind_of(number):
        case NumberKind.HK_MACAO_1999:
            return number[:-_RENEWAL_DIGITS]
        case NumberKind.TAIWAN_BOOKLET:
            return number.partition("(")[0][:-_RENEWAL_DIGITS]
        case _:
            return number


def place_of(id_number: str) -> Place | None:
    """Tell where a local card comes from by the form of its number (see `plain_id`)."""
    return next((place for place, pattern in _LOCAL if pattern.fullmatch(id_number)), None)


def check_id(id_number: str) -> Verdict:
    """Check a local card's own check digit; Macao's rule is not published: cannot tell.

    A number of no known form disagrees.
    """
    if not id_number:
        return Verdict.CANNOT_TELL
    match place_of(id_number):
        case Place.HONG_KONG:
            return judge(hong_kong_check_digit(id_number[:-1]), id_number[-1])
        case Place.TAIWAN:
            return judge(taiwan_check_digit(id_number[:-1]), id_number[-1])
        case Place.MACAO:
            return Verdict.CANNOT_TELL
        case None:
            return Verdict.DISAGREE


def hong_kong_check_digit(body: str) -> str:
    """0-9 or A for one or two letters and six digits: weights 9 to 2, a blank counts 36."""
    values = (36 if c == " " else int(c, 36) for c in body.rjust(8))
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return "0123456789A"[-total % 11]


def taiwan_check_digit(body: str) -> str:
    """The last digit for a letter and eight digits: the letter counts as two digits from 10."""
    tens, units = divmod(10 + _TAIWAN_LETTERS.index(body[0]), 10)
    digits = (tens, units, *map(int, body[1:]))
    total = sum(value * weight for value, weight in zip(digits, (1, *range(9, 0, -1)), strict=True))
    return str(-total % 10)


def sex_of_taiwan_id(id_number: str) -> str:
    """M or F by the second character of a Taiwan number; "" where it says neither."""
    if place_of(id_number) is not Place.TAIWAN:
        return ""
    return {"1": "M", "8": "M", "2": "F", "9": "F"}.get(id_number[1], "")
