"""The words printed on permits: titles, labels, authorities, and what tells other documents."""

import re
from difflib import SequenceMatcher
from typing import Final

from ocr_integration.protocol.fields import PermitType

TITLES: Final = {
    "港澳居民来往内地通行证": PermitType.HK_MACAO,
    "台湾居民来往大陆通行证": PermitType.TAIWAN,
}
OTHER_TITLES: Final = (
    "往来港澳通行证",
    "往来台湾通行证",
    "港澳居民居住证",
    "台湾居民居住证",
    "中华人民共和国居民身份证",
    "外国人永久居留身份证",
)
LABELS: Final = {
    "香港永久性居民身份证姓名": "id_name",
    "澳门永久性居民身份证姓名": "id_name",
    "香港居民身份证姓名": "id_name",
    "澳门居民身份证姓名": "id_name",
    "台湾居民身份证姓名": "id_name",
    "居民身份证姓名": "id_name",
    "身份证姓名": "id_name",
    "香港永久性居民身份证号码": "id_number",
    "澳门永久性居民身份证号码": "id_number",
    "香港居民身份证号码": "id_number",
    "澳门居民身份证号码": "id_number",
    "台湾居民身份证号码": "id_number",
    "居民身份证号码": "id_number",
    "身份证号码": "id_number",
    "曾持证件号码": "former_number",
    "出生日期": "birth_date",
    "有效期限": "valid_period",
    "签发机关": "issuing_authority",
    "签发地点": "issue_place",
    "证件号码": "number",
    "换证次数": "issue_times",
    "签发次数": "issue_times",
    "姓名": "name",
    "性别": "sex",
    "国籍": "nationality",
}
_IN_LABELS: Final = frozenset("".join(LABELS))
AUTHORITIES: Final = (
    "公安部出入境管理局",
    "中华人民共和国出入境管理局",
    "国家移民管理局",
    "中华人民共和国国家移民管理局",
    "广东省公安厅",
)
# fmt: off
PLACES: Final = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江",
    "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆",
    "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "香港", "澳门",
    "台湾", "厦门", "深圳", "广州", "珠海", "福州", "泉州", "漳州", "莆田", "宁德", "南平",
    "龙岩", "三明", "平潭", "青岛", "大连", "宁波", "杭州", "南京", "苏州", "武汉", "成都",
    "西安", "昆山", "东莞", "金门", "马祖", "台北",
)
# fmt: on

_ENGLISH: Final = re.compile(r"[/|]?(?:[A-Z]?[a-z]+\.?)+")
"""An English label behind a Chinese one, blanks left out; values are in capitals."""

_ENGLISH_LABELS: Final = {
    "name": "Names?",
    "birth_date": "DateofBirth",
    "sex": "[Ss]ex|Gender",
    "nationality": "Nationality",
    "valid_period": "(?:Periodof)?Validity|Valid[A-Za-z]*",
    "issuing_authority": "(?:Issuing)?Authority",
    "issue_place": "PlaceofIssue",
    "number": "(?:Card|Permit|Document)No\\.?",
    "issue_times": "Times[a-z]*(?:Issue)?",
}
_ENGLISH_LABEL: Final = re.compile(
    "(?:[\u4e00-\u9fff]{1,4}/)?(?:"
    + "|".join(f"(?P<{field}>{words})" for field, words in _ENGLISH_LABELS.items())
    + ")"
)
"""A label of which the English alone can be read."""

_LONGEST: Final = 14
"""Chinese characters that a name, an authority or a place has at most, but for a title."""

_CLEAR_TITLE: Final = 0.62
_CHINESE: Final = re.compile(r"[㐀-鿿豈-﫿]")


def alike(one: str, other: str) -> float:
    """0 to 1: the share of two texts that runs the same way."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _shared(one: str, other: str) -> float:
    """How alike two texts are at most, whatever the order of their characters: told much sooner."""
    return 2 * sum(character in other for character in one) / (len(one) + len(other))


def title_of(text: str) -> tuple[PermitType, float] | None:
    """The permit that a line names, and how closely; None for other documents' titles."""
    plain = text.replace(" ", "")
    plain = re.split(r"[（(]", plain)[0][:14]
    if all(_shared(plain, title) < _CLEAR_TITLE for title in TITLES):
        return None
    best = max(TITLES, key=lambda title: alike(plain, title))
    score = alike(plain, best)
    if score < _CLEAR_TITLE or any(alike(plain, other) > score for other in OTHER_TITLES):
        return None
    return TITLES[best], score


def names_other_document(text: str) -> bool:
    plain = text.replace(" ", "")[:14]
    return any(alike(plain, other) > 0.8 for other in OTHER_TITLES)


def is_small_print(text: str) -> bool:
    """What a back tells its holder: sentences, and a heading above them."""
    plain = text.replace(" ", "")
    return plain.startswith("持证") or (len(chinese(plain)) > _LONGEST and not labels_in(plain))


def is_english_label(text: str) -> bool:
    """The 2024 card repeats its labels in English; no value has small letters."""
    letters = [character for character in text if character.isascii() and character.isalpha()]
    small = sum(character.islower() for character in letters)
    return small > len(letters) / 2 and len(letters) > 0.8 * sum(map(str.isalnum, text))


def is_chinese(character: str) -> bool:
    return bool(_CHINESE.match(character))


def chinese(text: str) -> str:
    return "".join(_CHINESE.findall(text))


def labels_in(text: str) -> list[tuple[str, int, int]]:
    """Labels in a line without spaces, left to right: field, start, end. Longest first, so that
    the name on an identity card is not taken for the holder's."""
    taken = [False] * len(text)
    found = []
    present = frozenset(text)
    for label, field in () if present.isdisjoint(_IN_LABELS) else LABELS.items():
        if sum(character in present for character in label) < len(label) - _spared(label):
            continue
        for start in range(len(text) - len(label) + 1):
            end = start + len(label)
            if any(taken[start:end]) or not _reads_as(text[start:end], label):
                continue
            if english := _ENGLISH.match(text, end):
                end = english.end()
            taken[start:end] = [True] * (end - start)
            found.append((field, start, end))
    found += [
        (english.lastgroup, english.start(), english.end())
        for english in _ENGLISH_LABEL.finditer(text)
        if english.lastgroup and not any(taken[english.start() : english.end()])
    ]
    return sorted(found, key=lambda mark: mark[1])


def is_label(text: str) -> bool:
    """Whether a line holds labels and nothing besides."""
    plain = text.replace(" ", "")
    end = 0
    for _, start, stop in labels_in(plain):
        if start != end:
            return False
        end = stop
    return 0 < end == len(plain)


def _reads_as(text: str, label: str) -> bool:
    wrong = sum(a != b for a, b in zip(text, label, strict=True))
    return wrong <= _spared(label)


def _spared(label: str) -> int:
    """How many characters of a label may be read wrong."""
    return (len(label) - 1) // 3
