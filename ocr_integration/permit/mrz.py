"""The machine readable code of a permit: three lines of thirty, but not ICAO's TD1.

Layout of the cards of 2013 (Hong Kong and Macao) and 2015 (Taiwan); positions from 0, end
excluded. It has no issuing state, puts expiry before birth, and spells the Chinese name in line 2
as the hexadecimal digits of its GBK bytes, written A to P.

    line 1   0-2 document, 2-11 number, 11 check, 12-14 renewals, 14 check, 15-21 expiry, 21 check,
             22 sex, 23-29 birth, 29 check
    line 2   0-16 Chinese name, 16 characters left out, 17 names left out, 18 century of birth,
             19-29 local ID number (Hong Kong and Macao: 28 is its check), 29 overall check
    line 3   SURNAME<<GIVEN<NAMES; Taiwan: 26-30 code of the authority

Sources: public readers of the code and chip (a passport reader's parser, two Android readers of
the mainland's exit-entry card) and a vendor's field list. Positions 0-18 of line 2 and the layout
of the 2024 card for non-Chinese residents are inferred, not published.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

from ocr_integration.permit.verdict import Verdict, judge
from ocr_integration.protocol.fields import PermitType

LINE_LENGTH: Final = 30
NAME_CHARACTERS: Final = 4
FILLER: Final = "<"
ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"

CHECKS: Final = ("number", "renewals", "expiry", "birth", "id_number", "overall")
_NO_DIGITS: Final = dict.fromkeys(CHECKS, ("", ""))

_LINE = re.compile(rf"[A-Z0-9<]{{{LINE_LENGTH}}}")
_VALUES: Final = {**{c: i for i, c in enumerate(ALPHABET[:36])}, FILLER: 0}
_OTHER_LAYOUTS: Final = ("C<", "CS", "CD")
"""The Hong Kong and Macao card of 1999, and the mainland's own exit-entry cards."""
_TO_LETTERS: Final = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")
_TO_HEX: Final = str.maketrans("ABCDEFGHIJKLMNOP", "0123456789abcdef")
_CENTURIES: Final = {"A": "18", "B": "19"}


@dataclass(frozen=True)
class Code:
    """The parts of one code, fillers taken away; what could not be read is "".

    `expiry` and `birth` are YYMMDD as printed. `name_letters` are the sixteen of line 2 with
    their fillers, `omitted` the two counts after them. `digits` has for each of CHECKS the check
    digit as computed and as printed, both "" where there is none: a Taiwan card has no digit of
    its own for the ID number. `name_is_full`: line 3 is filled to its end, so names may be cut.
    """

    document: str = ""
    number: str = field(default="", repr=False)
    renewals: str = ""
    expiry: str = field(default="", repr=False)
    sex: str = ""
    birth: str = field(default="", repr=False)
    name_letters: str = field(default="", repr=False)
    omitted: str = ""
    century: str = ""
    id_number: str = field(default="", repr=False)
    surname: str = field(default="", repr=False)
    given_names: str = field(default="", repr=False)
    authority: str = ""
    digits: Mapping[str, tuple[str, str]] = field(default_factory=lambda: dict(_NO_DIGITS))
    name_is_full: bool = False

    @property
    def checks(self) -> dict[str, Verdict]:
        """What each of CHECKS says."""
        return {part: judge(*digits) for part, digits in self.digits.items()}

    @property
    def permit_type(self) -> PermitType | None:
        """The permit that the document code names; None for another document or no line 1."""
        if not self.document or self.document in _OTHER_LAYOUTS or self.document[0] != "C":
            return None
        return PermitType.TAIWAN if self.document == "CT" else PermitType.HK_MACAO

    @property
    def name(self) -> str:
        """Up to four characters of the Chinese name; "" where they make no sense."""
        return decode_name(self.name_letters) or ""

    @property
    def expiry_date(self) -> str:
        """YYYYMMDD: every card of these layouts expires in this century."""
        return f"20{self.expiry}" if self.expiry else ""

    @property
    def birth_date(self) -> str:
        """YYYYMMDD; "" unless both lines were read."""
        if not self.birth or not self.century:
            return ""
        return century_of(self.century) + self.birth


def check_digit(text: str) -> str:
    """Sum the characters with weights 7, 3, 1 and give the last digit; `<` counts 0.

    Raises KeyError for a character outside ALPHABET.
    """
    total = sum(_VALUES[c] * weight for c, weight in zip(text, cycle((7, 3, 1)), strict=False))
    return str(total % 10)


def is_line(text: str) -> bool:
    """Whether this can be one of the three lines."""
    return _LINE.fullmatch(text) is not None


def century_of(letter: str) -> str:
    """First two digits of the year of birth, from the letter at 18 of line 2."""
    return _CENTURIES.get(letter, "20")


def encode_name(name: str) -> str:
    """Spell a Chinese name as sixteen letters and fillers; only its first four characters fit.

    Raises UnicodeEncodeError for a character that GBK lacks.
    """
    letters = name[:NAME_CHARACTERS].encode("gbk").hex().translate(_TO_LETTERS)
    return letters.ljust(4 * NAME_CHARACTERS, FILLER)


def decode_name(letters: str) -> str | None:
    """Read the Chinese name back, or None: bad letters, half a character, or not Chinese."""
    spelled = letters.rstrip(FILLER)
    if len(spelled) % 4 or not re.fullmatch(r"[A-P]*", spelled):
        return None
    try:
        name = bytes.fromhex(spelled.translate(_TO_HEX)).decode("gbk")
    except UnicodeDecodeError:
        return None
    # Bytes below 0x80 are ASCII in GBK: two characters out of one group of four letters.
    return name if len(name) == len(spelled) // 4 else None


def parse(lines: Sequence[str], permit_type: PermitType | None = None) -> Code:
    """Take a code apart. A line that is missing or not thirty of ALPHABET leaves its parts "".

    The document code of line 1 says which layout holds; `permit_type` where line 1 was not read.
    Of another document nothing but its code is known; with neither, the ID number stays "" too,
    because the two layouts cut it differently.
    """
    first, second, third = (_clean(lines[i]) if i < len(lines) else "" for i in range(3))
    code = Code(document=first[:2])
    if first and code.permit_type is None:
        return code
    bearer = code.permit_type or permit_type
    taiwan = bearer is PermitType.TAIWAN
    id_zone = "" if bearer is None else second[19 : 29 if taiwan else 28]
    name_zone = third[:26] if taiwan else third
    surname, _, given_names = name_zone.partition(FILLER * 2)
    return Code(
        document=first[:2],
        number=first[2:11].rstrip(FILLER),
        renewals=first[12:14],
        expiry=first[15:21],
        sex=first[22:23].rstrip(FILLER),
        birth=first[23:29],
        name_letters=second[:16],
        omitted=second[16:18],
        century=second[18:19].rstrip(FILLER),
        id_number=id_zone.rstrip(FILLER),
        surname=_words(surname),
        given_names=_words(given_names),
        authority=third[26:].rstrip(FILLER) if taiwan else "",
        digits=_digits(first, second, bearer),
        name_is_full=bool(name_zone) and not name_zone.endswith(FILLER),
    )


def compose(code: Code) -> tuple[str, str, str]:
    """Write the three lines of a code, every check digit computed; `digits` is not looked at.

    Names are written as they are, cut where line 3 ends. Raises KeyError for a character outside
    ALPHABET in a part that is checked.
    """
    taiwan = code.permit_type is PermitType.TAIWAN
    number = code.number.ljust(9, FILLER)
    first = "".join(
        (
            code.document,
            number + check_digit(number),
            code.renewals + check_digit(code.renewals),
            code.expiry + check_digit(code.expiry),
            code.sex or FILLER,
            code.birth + check_digit(code.birth),
        )
    )
    id_number = code.id_number.ljust(10 if taiwan else 9, FILLER)
    if not taiwan:
        id_number += check_digit(id_number)
    second = code.name_letters.ljust(16, FILLER) + code.omitted + code.century + id_number
    latin = f"{code.surname} {FILLER}{code.given_names}".replace(" ", FILLER)
    third = latin[:26].ljust(26, FILLER) + code.authority if taiwan else latin[:LINE_LENGTH]
    return first, second + check_digit(_overall(first, second)), third.ljust(LINE_LENGTH, FILLER)


def _digits(first: str, second: str, bearer: PermitType | None) -> dict[str, tuple[str, str]]:
    digits = dict(_NO_DIGITS)
    if first:
        digits["number"] = check_digit(first[2:11]), first[11]
        digits["renewals"] = check_digit(first[12:14]), first[14]
        digits["expiry"] = check_digit(first[15:21]), first[21]
        digits["birth"] = check_digit(first[23:29]), first[29]
    if second and bearer is PermitType.HK_MACAO:
        digits["id_number"] = check_digit(second[19:28]), second[28]
    if first and second:
        digits["overall"] = check_digit(_overall(first, second)), second[29]
    return digits


def _overall(first: str, second: str) -> str:
    return first[2:22] + first[23:30] + second[19:29]


def _clean(line: str) -> str:
    cleaned = line.replace(" ", "").upper()
    return cleaned if is_line(cleaned) else ""


def _words(zone: str) -> str:
    return " ".join(zone.replace(FILLER, " ").split())
