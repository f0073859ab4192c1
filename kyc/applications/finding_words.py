"""What could be better about a photo, in sentences: what is wrong, where on the card, what to do.

Fields stand in them as they are called inside a sentence; as labels they would read like a form.
"""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kyc.applications.labels import Text
from ocr_integration.protocol.quality import ProblemCode

WORDS: Final[dict[ProblemCode, tuple[Text, Text]]] = {
    ProblemCode.GLARE: (
        gettext_lazy("Glare over the card"),
        gettext_lazy("Tilt the card away from the light and take it again."),
    ),
    ProblemCode.BLURRED: (
        gettext_lazy("The text is not sharp"),
        gettext_lazy("Hold still and tap the card to focus."),
    ),
    ProblemCode.CUT_OFF: (
        gettext_lazy("A corner is missing"),
        gettext_lazy("Fit the whole card in the frame."),
    ),
    ProblemCode.DARK: (
        gettext_lazy("The photo is dark"),
        gettext_lazy("Turn on a light that does not shine on the card."),
    ),
    ProblemCode.TOO_SMALL: (
        gettext_lazy("The card is small in the photo"),
        gettext_lazy("Go closer until it fills the frame."),
    ),
    ProblemCode.NOT_A_PERMIT: (
        gettext_lazy("No travel permit was found in the photo"),
        gettext_lazy("Lay the permit flat on a plain ground and take this side again."),
    ),
}
PLACED: Final[dict[ProblemCode, Text]] = {
    ProblemCode.GLARE: gettext_lazy("Glare over %(parts)s"),
    ProblemCode.BLURRED: gettext_lazy("The photo is not sharp at %(parts)s"),
}
"""The same where it is known what on the card it spoils."""

_CODE: Final = pgettext_lazy("in a sentence", "the lines of letters and figures")
PARTS: Final[dict[str, Text]] = {
    "name": pgettext_lazy("in a sentence", "the name"),
    "name_en": pgettext_lazy("in a sentence", "the name in Latin letters"),
    "birth_date": pgettext_lazy("in a sentence", "the birth date"),
    "sex": pgettext_lazy("in a sentence", "the entry for sex"),
    "valid_period": pgettext_lazy("in a sentence", "the dates of validity"),
    "issuing_authority": pgettext_lazy("in a sentence", "the issuing authority"),
    "number": pgettext_lazy("in a sentence", "the number"),
    "issue_place": pgettext_lazy("in a sentence", "the place of issue"),
    "issue_times": pgettext_lazy("in a sentence", "the number of renewals"),
    "id_name": pgettext_lazy("in a sentence", "the name on your ID card"),
    "id_number": pgettext_lazy("in a sentence", "the ID number"),
    "machine_code1": _CODE,
    "machine_code2": _CODE,
    "machine_code3": _CODE,
    "type": pgettext_lazy("in a sentence", "the title of the card"),
}
_MUCH: Final = pgettext_lazy("in a sentence", "much of the text")
MOST_NAMED: Final = 3
"""A longer list is read by nobody, and its places are framed on the photo."""


def title(code: ProblemCode, fields: Iterable[str | None]) -> str:
    """Say what is wrong; where, if every place of it is a field's."""
    parts = [str(PARTS[field]) if field in PARTS else "" for field in fields]
    if code not in PLACED or not all(parts):
        return str(WORDS[code][0])
    return str(PLACED[code]) % {"parts": _joined(list(dict.fromkeys(parts)))}


def todo(code: ProblemCode) -> str:
    """Say what to do about it."""
    return str(WORDS[code][1])


def _joined(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        return _("%(one)s and %(two)s") % {"one": parts[0], "two": parts[1]}
    if len(parts) > MOST_NAMED:
        return str(_MUCH)
    one, two, three = parts
    return _("%(one)s, %(two)s and %(three)s") % {"one": one, "two": two, "three": three}
