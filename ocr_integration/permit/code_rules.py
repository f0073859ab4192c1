"""Rules about the machine readable code: whether it is whole, and whether the card agrees with it.

Each takes a Card and gives one Finding.
"""

from ocr_integration.permit import mrz, names
from ocr_integration.permit.card import Card
from ocr_integration.permit.finding import Finding, Place, Source
from ocr_integration.permit.verdict import Verdict, judge
from ocr_integration.protocol.fields import MACHINE_CODE, Side

LINE_1: Place = (Side.BACK, MACHINE_CODE[0])
LINE_2: Place = (Side.BACK, MACHINE_CODE[1])
LINE_3: Place = (Side.BACK, MACHINE_CODE[2])


def mrz_form(card: Card) -> Finding:
    """Each line that was read is thirty characters of the code's alphabet."""
    bad = tuple(
        (Side.BACK, name)
        for name, line in zip(MACHINE_CODE, card.code_lines, strict=True)
        if line and not mrz.is_line(line)
    )
    if bad:
        verdict = Verdict.DISAGREE
    else:
        verdict = Verdict.AGREE if all(card.code_lines) else Verdict.CANNOT_TELL
    lengths = " ".join(str(len(line)) for line in card.code_lines)
    places = bad or (LINE_1, LINE_2, LINE_3)
    return Finding("mrz_form", verdict, places, "30 30 30", lengths, Source.PATTERN)


def mrz_number_check(card: Card) -> Finding:
    return _check(card, "mrz_number_check", "number", (LINE_1,))


def mrz_renewals_check(card: Card) -> Finding:
    return _check(card, "mrz_renewals_check", "renewals", (LINE_1,))


def mrz_expiry_check(card: Card) -> Finding:
    return _check(card, "mrz_expiry_check", "expiry", (LINE_1,))


def mrz_birth_check(card: Card) -> Finding:
    return _check(card, "mrz_birth_check", "birth", (LINE_1,))


def mrz_id_check(card: Card) -> Finding:
    """Hong Kong and Macao only: Taiwan's line 2 has no digit to spare for it."""
    return _check(card, "mrz_id_check", "id_number", (LINE_2,))


def mrz_overall_check(card: Card) -> Finding:
    """Sex, Chinese name and century stand outside the overall digit."""
    return _check(card, "mrz_overall_check", "overall", (LINE_2, LINE_1))


def type_is_code_type(card: Card) -> Finding:
    """The document code is `CT` for Taiwan; for Hong Kong and Macao its second letter varies."""
    code = card.code
    found = card.type or ""
    if code.document and code.permit_type is None:
        verdict = Verdict.DISAGREE
    else:
        verdict = judge(code.permit_type or "", found)
    places = (LINE_1, (Side.BACK, "type"), (Side.FRONT, "type"))
    expected = code.permit_type or code.document
    return Finding("type_is_code_type", verdict, places, expected, found, Source.MACHINE_CODE)


def front_number_is_code_number(card: Card) -> Finding:
    found = card.on_front("number")
    return _front(card, "front_number_is_code_number", "number", card.code.number, found)


def birth_is_code_birth(card: Card) -> Finding:
    """Without line 2 there is no century: then the six digits are compared."""
    expected, found = card.code.birth_date, card.on_front("birth_date")
    if not expected:
        expected, found = card.code.birth, found[2:]
    return _front(card, "birth_is_code_birth", "birth_date", expected, found)


def expiry_is_code_expiry(card: Card) -> Finding:
    found = f"{card.period.end:%Y%m%d}" if card.period else ""
    expected = card.code.expiry_date
    return _front(card, "expiry_is_code_expiry", "valid_period", expected, found)


def sex_is_code_sex(card: Card) -> Finding:
    expected = names.fold_sex(card.code.sex)
    return _front(card, "sex_is_code_sex", "sex", expected, card.on_front("sex"))


def issue_times_is_code_renewals(card: Card) -> Finding:
    found = card.on_front("issue_times")
    return _front(card, "issue_times_is_code_renewals", "issue_times", card.code.renewals, found)


def name_is_code_name(card: Card) -> Finding:
    """The code has room for four characters, and none for letters."""
    expected = names.fold_chinese(card.code.name)
    name = card.on_front("name")
    found = name[: mrz.NAME_CHARACTERS] if names.is_chinese(name) else ""
    return _front(card, "name_is_code_name", "name", expected, found, LINE_2)


def name_en_is_code_name(card: Card) -> Finding:
    """Letters only, and where line 3 is full the code's name may be cut."""
    code = card.code
    expected = names.latin_letters(f"{code.surname},{code.given_names}")
    found = names.latin_letters(card.on_front("name_en"))
    if code.name_is_full and expected:
        found = found[: len(expected)]
    return _front(card, "name_en_is_code_name", "name_en", expected, found, LINE_3)


def id_number_is_code_id(card: Card) -> Finding:
    found = card.on_back("id_number")
    places = ((Side.BACK, "id_number"), LINE_2)
    expected = card.code.id_number
    verdict = judge(expected, found)
    return Finding("id_number_is_code_id", verdict, places, expected, found, Source.MACHINE_CODE)


RULES = (
    mrz_form,
    mrz_number_check,
    mrz_renewals_check,
    mrz_expiry_check,
    mrz_birth_check,
    mrz_id_check,
    mrz_overall_check,
    type_is_code_type,
    front_number_is_code_number,
    birth_is_code_birth,
    expiry_is_code_expiry,
    sex_is_code_sex,
    issue_times_is_code_renewals,
    name_is_code_name,
    name_en_is_code_name,
    id_number_is_code_id,
)


def _check(card: Card, rule: str, part: str, places: tuple[Place, ...]) -> Finding:
    expected, found = card.code.digits[part]
    return Finding(rule, judge(expected, found), places, expected, found, Source.CHECK_DIGIT)


def _front(
    card: Card, rule: str, name: str, expected: str, found: str, line: Place = LINE_1
) -> Finding:
    places = ((Side.FRONT, name), line)
    return Finding(rule, judge(expected, found), places, expected, found, Source.MACHINE_CODE)
