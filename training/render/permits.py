"""What is printed on one made-up permit, in the API's field names."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from ocr_integration.permit import mrz
from ocr_integration.permit.numbers import hong_kong_check_digit, taiwan_check_digit
from ocr_integration.protocol.fields import PermitType
from training.render import names

Kind = Literal["hk", "foreign", "tw"]

TITLES: Final[dict[Kind, str]] = {
    "hk": "港澳居民来往内地通行证",
    "foreign": "港澳居民来往内地通行证（非中国籍）",
    "tw": "台湾居民来往大陆通行证",
}
PLACES: Final = (
    "福建",
    "厦门",
    "香港",
    "澳门",
    "上海",
    "北京",
    "广东",
    "深圳",
    "浙江",
    "江苏",
    "四川",
    "湖北",
    "天津",
)
NEW_AUTHORITY_SINCE: Final = 2019
ADULT: Final = 18


@dataclass(frozen=True)
class Permit:
    """Both sides of one card. `sex` is as printed, 男 or 女."""

    kind: Kind
    front: dict[str, str]
    back: dict[str, str]
    nationality: str
    former_number: str
    id_region: str


def draw_up(rng: random.Random, kind: Kind, *, unusual_name: bool = False) -> Permit:
    """Make up a consistent permit: both sides and every check digit agree."""
    if kind == "foreign":
        person = names.foreign_name(rng, unusual=unusual_name)
    else:
        person = names.chinese_name(rng, taiwan=kind == "tw", unusual=unusual_name)
    birth = _day_in(rng, 1945, 2015)
    start = _day_in(rng, 2024 if kind == "foreign" else 2015, 2025)
    end = _last_day(start, _years(kind, birth, start))
    region = "tw" if kind == "tw" else rng.choice(("hk", "macao"))
    sex = rng.choice("男女")
    front = {
        "name": person.simplified,
        "name_en": person.latin,
        "birth_date": _dotted(birth),
        "sex": sex,
        "valid_period": f"{_dotted(start)}-{_dotted(end)}",
        "issuing_authority": _authority(rng, start),
        "number": _number(rng, kind, region),
        "issue_times": f"{rng.randrange(12):02}",
    }
    if kind == "tw":
        front["issue_place"] = rng.choice(PLACES)
    id_number = _id_number(rng, region, sex)
    back = {
        "id_name": person.traditional,
        "id_number": id_number,
        **_code(rng, kind, front, id_number, birth, end),
    }
    return Permit(
        kind=kind,
        front=front,
        back=back,
        nationality=rng.choice(names.NATIONS) if kind == "foreign" else "",
        former_number=_former(rng) if kind != "foreign" and rng.random() < 0.4 else "",
        id_region=region,
    )


def type_of(kind: Kind) -> PermitType:
    return PermitType.TAIWAN if kind == "tw" else PermitType.HK_MACAO


def _day_in(rng: random.Random, first: int, last: int) -> date:
    return date(first, 1, 1) + timedelta(days=rng.randrange((last - first + 1) * 365))


def _years(kind: Kind, birth: date, start: date) -> int:
    adult = (start - birth).days > ADULT * 365.25
    return 10 if kind == "hk" and adult else 5


def _last_day(start: date, years: int) -> date:
    leap_day = (start.month, start.day) == (2, 29)
    return start.replace(year=start.year + years, day=28 if leap_day else start.day) - timedelta(1)


def _dotted(day: date) -> str:
    return f"{day:%Y.%m.%d}"


def _authority(rng: random.Random, start: date) -> str:
    if start.year > NEW_AUTHORITY_SINCE or rng.random() < 0.3:
        return "中华人民共和国出入境管理局"
    return "公安部出入境管理局"


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _number(rng: random.Random, kind: Kind, region: str) -> str:
    letter = "M" if region == "macao" else "H"
    match kind:
        case "hk":
            return letter + _digits(rng, 8)
        case "foreign":
            return f"{letter}A{_digits(rng, 7)}"
        case "tw":
            return _digits(rng, 8)


def _former(rng: random.Random) -> str:
    return rng.choice("HM") + _digits(rng, 8)


def _id_number(rng: random.Random, region: str, sex: str) -> str:
    match region:
        case "hk":
            letters = rng.choice("ABCDEGHKMPRSVYZ") if rng.random() < 0.85 else "WX"
            body = letters + _digits(rng, 6)
            return f"{body}({hong_kong_check_digit(body)})"
        case "macao":
            return f"{rng.choice('157')}{_digits(rng, 6)}({_digits(rng, 1)})"
        case _:
            letter = rng.choice("ABCDEFGHJKLMNPQRSTUVXYZ")
            body = letter + ("1" if sex == "男" else "2") + _digits(rng, 7)
            return body + taiwan_check_digit(body)


def _code(
    rng: random.Random, kind: Kind, front: dict[str, str], id_number: str, birth: date, end: date
) -> dict[str, str]:
    surname, _, given = front["name_en"].partition(",")
    code = mrz.Code(
        document="CT" if kind == "tw" else "CR",
        number=front["number"],
        renewals=front["issue_times"],
        expiry=f"{end:%y%m%d}",
        sex="M" if front["sex"] == "男" else "F",
        birth=f"{birth:%y%m%d}",
        name_letters=mrz.encode_name(front["name"]),
        omitted=f"{max(0, len(front['name']) - mrz.NAME_CHARACTERS)}0",
        century="B" if birth.year < 2000 else "C",
        id_number=id_number.replace("(", "").replace(")", ""),
        surname=_machine(surname),
        given_names=_machine(given),
        authority=_digits(rng, 4),
    )
    lines = mrz.compose(code)
    return {f"machine_code{i}": line for i, line in enumerate(lines, start=1)}


def _machine(words: str) -> str:
    return words.replace("-", " ").replace("'", "")
