"""What people see for the API's names: of fields, sides and permits."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from ocr_integration.protocol.fields import PermitType, Side

Text = str | Promise

FIELD_LABELS: Final[dict[str, Text]] = {
    "name": _("Name"),
    "name_en": _("Name, Latin"),
    "birth_date": _("Birth date"),
    "sex": _("Sex"),
    "valid_period": _("Valid"),
    "issuing_authority": _("Authority"),
    "number": _("Number"),
    "issue_place": _("Issue place"),
    "issue_times": _("Renewals"),
    "id_name": _("ID name"),
    "id_number": _("ID number"),
    "machine_code1": _("Code line 1"),
    "machine_code2": _("Code line 2"),
    "machine_code3": _("Code line 3"),
    "type": _("Permit"),
}

SHORT_LABELS: Final[dict[str, Text]] = {
    **FIELD_LABELS,
    "name_en": pgettext_lazy("short", "Latin"),
    "birth_date": pgettext_lazy("short", "Birth"),
    "machine_code1": pgettext_lazy("short", "Code"),
    "machine_code2": pgettext_lazy("short", "Code"),
    "machine_code3": pgettext_lazy("short", "Code"),
}
"""For lists, where a column is narrow; the three lines of the code count as one there."""

SIDE_LABELS: Final[dict[Side, Text]] = {Side.FRONT: _("Front"), Side.BACK: _("Back")}

PERMIT_LABELS: Final[dict[PermitType, Text]] = {
    PermitType.HK_MACAO: pgettext_lazy("permit", "Hong Kong and Macao"),
    PermitType.TAIWAN: pgettext_lazy("permit", "Taiwan"),
}

SHORT_PERMIT_LABELS: Final[dict[PermitType, Text]] = {
    PermitType.HK_MACAO: pgettext_lazy("short", "HK, Macao"),
    PermitType.TAIWAN: pgettext_lazy("short", "Taiwan"),
}

LANGUAGES_OF_VALUES: Final = {
    "name": "zh-Hans",
    "issuing_authority": "zh-Hans",
    "issue_place": "zh-Hans",
    "sex": "zh-Hans",
    "id_name": "zh-Hant",
}
"""The `lang` that gives a value its right glyphs; everything else is Latin letters and figures."""


def language_of_value(field: str) -> str:
    """Name the language in which a field's value is written."""
    return LANGUAGES_OF_VALUES.get(field, "en")


def listed(words: Iterable[Text]) -> str:
    """Put words in a row, each once, as the page's language does."""
    return pgettext("between words", ", ").join(dict.fromkeys(map(str, words)))
