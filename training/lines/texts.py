"""What stands on lines: right texts of each field, labels, and strings that mean nothing."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ocr_integration.engine import words
from ocr_integration.engine.small import OTHER
from training.render import names, permits, style

COUNTRIES: Final = (
    "美国", "英国", "法国", "德国", "日本", "韩国", "朝鲜", "印度", "泰国", "越南", "老挝",
    "缅甸", "蒙古", "荷兰", "瑞典", "瑞士", "挪威", "丹麦", "芬兰", "希腊", "波兰", "捷克",
    "匈牙利", "意大利", "西班牙", "葡萄牙", "奥地利", "比利时", "爱尔兰", "冰岛", "俄罗斯",
    "乌克兰", "土耳其", "以色列", "伊朗", "伊拉克", "埃及", "南非", "肯尼亚", "尼日利亚", "加纳",
    "加拿大", "墨西哥", "巴西", "阿根廷", "智利", "秘鲁", "哥伦比亚", "古巴", "澳大利亚",
    "新西兰", "菲律宾", "马来西亚", "新加坡", "印度尼西亚", "文莱", "柬埔寨", "尼泊尔",
    "孟加拉国", "斯里兰卡", "巴基斯坦", "阿富汗", "哈萨克斯坦",
)  # fmt: skip
_OTHER_WORDS: Final = (
    "样本", "持证人", "签名", "住址", "民族", "汉", "公民身份号码", "副本", "正本", "护照", "签注",
    "有效期至", "长期", "中国", "中华人民共和国", "出入境", "居民身份证", "电话", "地址", "备注",
)  # fmt: skip
CHINESE: Final = "".join(
    sorted(
        {
            character
            for text in (
                *words.TITLES, *words.OTHER_TITLES, *words.LABELS, *words.AUTHORITIES,
                *words.PLACES, *COUNTRIES, *_OTHER_WORDS, "男女年月日省市县区第号",
            )
            for character in text
        }
    )
)  # fmt: skip
PLAIN: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase + " ,.-'()/:<·"
CLASSES: Final = ("", *PLAIN, *CHINESE, OTHER)
"""The blank, and what the reader can answer."""

_READ_AS: Final = str.maketrans("（），．－—–：＇’", "(),.---:''")
_ENGLISH: Final = (
    *(english for _, english in style.LABELS.values()),
    "Given Names", "Surname", "Issuing Authority", "Date of Issue", "Date of Expiry", "Validity",
    "Mainland Travel Permit for Hong Kong and Macao Residents", "Chinese Name", "ID No.",
    "Exit and Entry Administration", "National Immigration Administration", "Place of Birth",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Text in one face, and how far it stands behind the last, in its own height."""

    text: str
    gap: float = 0.0


def spelled(parts: list[Part]) -> str:
    """What the reader should answer: a blank between Latin words alone."""
    whole = ""
    for part in parts:
        latin = whole[-1:].isascii() and part.text[:1].isascii()
        whole += (" " if whole and latin else "") + part.text
    return read_as(whole)


def read_as(text: str) -> str:
    """A text in the reader's own characters."""
    known = set(CHINESE) | set(PLAIN)
    read = text.translate(_READ_AS)
    return "".join(character if character in known else OTHER for character in read)


def draw(rng: random.Random) -> list[Part]:
    kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
    made = kind(rng)
    return made if isinstance(made, list) else [Part(made)]


def _day(rng: random.Random) -> tuple[str, str, str]:
    year = rng.randrange(1940, 2061) if rng.random() < 0.9 else rng.randrange(10000)
    return f"{year:04}", f"{rng.randrange(1, 13):02}", f"{rng.randrange(1, 32):02}"


def _date(rng: random.Random) -> str:
    year, month, day = _day(rng)
    if rng.random() < 0.06:
        return f"{year}年{month}月{day}日"
    dot = rng.choices((".", "-", "/", ""), (80, 8, 5, 5))[0]
    return dot.join((year, month, day))


def _period(rng: random.Random) -> str:
    dot = rng.choices((".", "/", ""), (85, 5, 5))[0]
    one, other = dot.join(_day(rng)), dot.join(_day(rng))
    return one + rng.choices(("-", "－", "—", "至", "–"), (70, 8, 6, 6, 4))[0] + other


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def _number(rng: random.Random) -> str:
    letter = rng.choice("HM") if rng.random() < 0.9 else rng.choice(string.ascii_uppercase)
    shapes = (letter + _digits(rng, 8), f"{letter}A{_digits(rng, 7)}", _digits(rng, 8))
    return rng.choice((*shapes, letter + _digits(rng, 10), f"{shapes[0]} {_digits(rng, 2)}"))


def _id_number(rng: random.Random) -> str:
    letters = "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.choice((1, 1, 2))))
    around = rng.choice(("()", "()", "（）"))
    last = around[0] + rng.choice(string.digits * 2 + "A") + around[1]
    plain = f"{letters[0]}{_digits(rng, 9)}"
    return rng.choice((f"{letters}{_digits(rng, 6)}{last}", f"{_digits(rng, 7)}{last}", plain))


def _count(rng: random.Random) -> str:
    return f"{rng.randrange(100):02}" if rng.random() < 0.4 else f"0{rng.randrange(10)}"


def _latin_name(rng: random.Random) -> str:
    if rng.random() < 0.5:
        made = names.chinese_name(rng, taiwan=rng.random() < 0.5).latin
        if rng.random() < 0.15:
            made = names.foreign_name(rng, unusual=rng.random() < 0.5).latin
    else:
        one, *rest = [_letters(rng, rng.randrange(2, 10)) for _ in range(rng.randrange(2, 5))]
        made = one + "," + rng.choice((" ", "-", " "))
        made = one + rng.choice((",", ",", " ")) + rng.choice((" ", "-")).join(rest)
    comma = rng.choices((",", ", ", "，", " "), (75, 20, 2, 3))[0]
    made = made.replace(",", comma)
    return made.title() if rng.random() < 0.04 else made


def _letters(rng: random.Random, count: int) -> str:
    vowels = rng.random() < 0.5
    return "".join(
        rng.choice("AEIOU" if vowels and i % 2 else string.ascii_uppercase) for i in range(count)
    )


def _label(rng: random.Random) -> list[Part]:
    chinese = rng.choice(list(words.LABELS))
    if rng.random() < 0.6:
        return [Part(chinese)]
    english = rng.choice(_ENGLISH)
    if rng.random() < 0.3:
        return [Part(f"{chinese}/{english}")]
    return [Part(chinese), Part(english, rng.uniform(0.1, 0.6))]


_VALUES: Final = (_date, _period, _number, _id_number, _count, _latin_name)


def _labelled(rng: random.Random) -> list[Part]:
    """A label and its value found as one line, or two pairs of them."""
    parts = list[Part]()
    for _ in range(rng.choice((1, 1, 1, 2))):
        value = rng.choice((*_VALUES, _sex, _sex, _chinese_name, _known))(rng)
        pair = [Part(rng.choice(list(words.LABELS))), Part(value)]
        if rng.random() < 0.15:
            pair.reverse()
        pair = [Part(p.text, rng.choice((0.1, rng.uniform(0.2, 2.5)))) for p in pair]
        parts += pair
    return parts


def _sex(rng: random.Random) -> str:
    return rng.choice("男女")


def _known(rng: random.Random) -> str:
    return rng.choice((*words.AUTHORITIES, *words.AUTHORITIES, *words.PLACES, *COUNTRIES))


def _title(rng: random.Random) -> str:
    return rng.choice((*words.TITLES, *words.TITLES, *words.OTHER_TITLES)) + rng.choice(
        ("", "", "", "（非中国籍）", "(非中国籍)")
    )


def _chinese_name(rng: random.Random) -> str:
    made = names.chinese_name(rng, taiwan=False, unusual=rng.random() < 0.3)
    return rng.choice((made.simplified, made.traditional))


def _any_chinese(rng: random.Random) -> str:
    """Known characters and others side by side, without sense."""
    share = rng.choice((0.0, 0.3, 0.8, 1.0))
    return "".join(
        rng.choice(CHINESE) if rng.random() > share else unknown(rng)
        for _ in range(rng.choice((1, 2, 3, 4, 6, 9)))
    )


def unknown(rng: random.Random) -> str:
    """A Chinese character of the usual sets of either script that is not among `CHINESE`."""
    while True:
        codec, high = rng.choice((("gb2312", 0xF8), ("gb2312", 0xD8), ("big5", 0xC7)))
        pair = bytes((rng.randrange(0xA4 if codec == "big5" else 0xB0, high), rng.randrange(256)))
        character = pair.decode(codec, "ignore")
        if len(character) == 1 and "一" <= character <= "鿿" and character not in CHINESE:
            return character


def _word(rng: random.Random) -> str:
    return rng.choice((*_OTHER_WORDS, *_ENGLISH, *_ENGLISH, "SPECIMEN 样本", "SPECIMEN", "CHINA"))


def _machine(rng: random.Random) -> str:
    letters = string.ascii_uppercase + string.digits + "<" * 12
    return "".join(rng.choice(letters) for _ in range(rng.randrange(8, 31)))


def _any(rng: random.Random) -> str:
    pool = rng.choice(
        (PLAIN, string.ascii_uppercase + string.digits, string.digits, string.ascii_letters, PLAIN)
    )
    made = "".join(rng.choice(pool) for _ in range(rng.randrange(1, 16)))
    return " ".join(made.split()) or "0"


def _permit_value(rng: random.Random) -> str:
    kinds: list[permits.Kind] = ["hk", "hk", "tw", "foreign"]
    front = permits.draw_up(rng, rng.choice(kinds)).front
    return rng.choice([text for field, text in front.items() if field != "name"])


_KINDS: Final[dict[Callable[[random.Random], str | list[Part]], float]] = {
    _date: 7,
    _period: 8,
    _number: 8,
    _id_number: 8,
    _count: 4,
    _sex: 4,
    _latin_name: 13,
    _label: 11,
    _labelled: 9,
    _known: 8,
    _title: 5,
    _chinese_name: 4,
    _any_chinese: 9,
    _word: 4,
    _machine: 1.5,
    _any: 8,
    _permit_value: 4,
}
