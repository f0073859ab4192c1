"""Rules about one side by itself, the local card on the back, and the two sides together.

Each takes a Card and gives one Finding.
"""

from typing import Final

from ocr_integration.permit import dates, names, numbers
from ocr_integration.permit.card import Card
from ocr_integration.permit.finding import Finding, Source
from ocr_integration.permit.numbers import Place
from ocr_integration.permit.verdict import Verdict, judge, settle
from ocr_integration.protocol.fields import PermitType, Side

AUTHORITIES: Final = (
    "公安部出入境管理局",
    "中华人民共和国出入境管理局",
    "国家移民管理局",
    "Bureau of Exit and Entry Administration of the Ministry of Public Security",
)
"""As printed since 2013, since about 2019, an alias, and the API page's translation."""

_HOMES: Final = {
    PermitType.HK_MACAO: (Place.HONG_KONG, Place.MACAO),
    PermitType.TAIWAN: (Place.TAIWAN,),
}


def types_agree(card: Card) -> Finding:
    front, back = card.front_type or "", card.back_type or ""
    places = ((Side.BACK, "type"), (Side.FRONT, "type"))
    return Finding("types_agree", judge(front, back), places, front, back, Source.FRONT)


def number_pattern(card: Card) -> Finding:
    """Other documents and expired series disagree; `found` is then what the number is of."""
    number = card.on_front("number")
    verdict = numbers.fits(number, card.type)
    found = (card.number_kind or number) if verdict is Verdict.DISAGREE else number
    places = ((Side.FRONT, "number"),)
    return Finding("number_pattern", verdict, places, card.type or "", found, Source.PATTERN)


def valid_period_length(card: Card) -> Finding:
    """The term fits the kind of permit and the holder's age when it was issued."""
    places = ((Side.FRONT, "valid_period"), (Side.FRONT, "birth_date"))
    period = card.period
    years = dates.lengths(card.number_kind, card.birth, period.start) if period else ()
    verdict = dates.fits_length(period, years) if period else Verdict.CANNOT_TELL
    expected = " ".join(map(str, years))
    found = str(period or "")
    return Finding("valid_period_length", verdict, places, expected, found, Source.CALENDAR)


def not_expired(card: Card) -> Finding:
    """Today is not after the last day."""
    end = card.period.end if card.period else None
    verdict = settle(holds=card.today <= end if end else None)
    return _period_finding(card, "not_expired", verdict, f"{end:%Y%m%d}" if end else "")


def already_valid(card: Card) -> Finding:
    """Today is not before the first day: nobody holds a card of tomorrow."""
    start = card.period.start if card.period else None
    verdict = settle(holds=start <= card.today if start else None)
    return _period_finding(card, "already_valid", verdict, f"{start:%Y%m%d}" if start else "")


def age_at_issue(card: Card) -> Finding:
    """The holder was born before the permit was issued, and not a lifetime before."""
    places = ((Side.FRONT, "birth_date"), (Side.FRONT, "valid_period"))
    found, verdict = "", Verdict.CANNOT_TELL
    if card.birth and card.period:
        age = dates.age_on(card.birth, card.period.start)
        found, verdict = str(age), settle(holds=0 <= age <= dates.OLDEST)
    expected = f"0-{dates.OLDEST}"
    return Finding("age_at_issue", verdict, places, expected, found, Source.CALENDAR)


def authority_known(card: Card) -> Finding:
    """A note: other strings may be right, so it never disagrees."""
    found = card.on_front("issuing_authority")
    known = {names.fold_chinese(authority) for authority in AUTHORITIES}
    verdict = Verdict.AGREE if found in known else Verdict.CANNOT_TELL
    places = ((Side.FRONT, "issuing_authority"),)
    return Finding("authority_known", verdict, places, "", found, Source.LIST)


def issue_place_only_taiwan(card: Card) -> Finding:
    """Hong Kong and Macao cards print no place of issue."""
    found = card.on_front("issue_place")
    verdict = Verdict.CANNOT_TELL
    if card.front_type is PermitType.HK_MACAO and card.front:
        verdict = Verdict.DISAGREE if found else Verdict.AGREE
    if card.front_type is PermitType.TAIWAN and found:
        verdict = Verdict.AGREE
    places = ((Side.FRONT, "issue_place"),)
    return Finding("issue_place_only_taiwan", verdict, places, "", found, Source.PATTERN)


def id_name_is_name(card: Card) -> Finding:
    """The local card's name may be written in traditional characters, or in Latin letters."""
    expected, found = card.on_front("name"), card.on_back("id_name")
    comparable = names.is_chinese(expected) == names.is_chinese(found)
    verdict = judge(expected, found) if comparable else Verdict.CANNOT_TELL
    places = ((Side.BACK, "id_name"), (Side.FRONT, "name"))
    return Finding("id_name_is_name", verdict, places, expected, found, Source.FRONT)


def id_number_check(card: Card) -> Finding:
    found = card.on_back("id_number")
    verdict = numbers.check_id(found)
    places = ((Side.BACK, "id_number"),)
    return Finding("id_number_check", verdict, places, "", found, Source.CHECK_DIGIT)


def id_place_is_permit_place(card: Card) -> Finding:
    """Hong Kong and Macao count as one: who applied in one may live in the other today."""
    place = numbers.place_of(card.on_back("id_number"))
    homes = _HOMES[card.type] if card.type else ()
    verdict = settle(holds=place in homes if place and homes else None)
    places = ((Side.BACK, "id_number"), (Side.BACK, "type"))
    return Finding(
        "id_place_is_permit_place", verdict, places, " ".join(homes), place or "", Source.PATTERN
    )


def sex_is_id_sex(card: Card) -> Finding:
    """Taiwan only: the second character of its number says male or female."""
    expected = numbers.sex_of_taiwan_id(card.on_back("id_number"))
    found = card.on_front("sex")
    places = ((Side.FRONT, "sex"), (Side.BACK, "id_number"))
    return Finding("sex_is_id_sex", judge(expected, found), places, expected, found, Source.BACK)


RULES = (
    types_agree,
    number_pattern,
    not_expired,
    already_valid,
    valid_period_length,
    age_at_issue,
    authority_known,
    issue_place_only_taiwan,
    id_name_is_name,
    id_number_check,
    id_place_is_permit_place,
    sex_is_id_sex,
)


def _period_finding(card: Card, rule: str, verdict: Verdict, found: str) -> Finding:
    places = ((Side.FRONT, "valid_period"),)
    expected = f"{card.today:%Y%m%d}"
    return Finding(rule, verdict, places, expected, found, Source.CALENDAR)
