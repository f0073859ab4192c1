"""One line for each verdict of each rule. `expected` and `found` stand in the form people read."""

from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kyc.applications.labels import Text
from ocr_integration.permit.finding import Source
from ocr_integration.permit.numbers import NumberKind
from ocr_integration.permit.numbers import Place as Home

NOT_ENOUGH: Final = _("Too little was read to compare.")
_NO_DIGIT: Final = _("Too little of the code was read to check its digit.")
CODE_SAYS: Final = _("Machine code says %(expected)s.")
CODE_SAYS_BADLY: Final = _("Machine code says %(expected)s, but its own check digit fails.")


class Words(NamedTuple):
    """What one rule says."""

    agree: Text
    disagree: Text
    cannot_tell: Text = NOT_ENOUGH


def _code(agree: Text) -> Words:
    return Words(agree, CODE_SAYS)


def _digit(agree: Text, disagree: Text) -> Words:
    return Words(agree, disagree, _NO_DIGIT)


WORDS: Final[dict[str, Words]] = {
    "types_agree": Words(
        _("Both sides are of the same permit."),
        _("The front says %(expected)s, the back %(found)s."),
        _("Only one side says which permit it is."),
    ),
    "number_pattern": Words(
        _("The number has this permit's form."),
        _("This is not a number of this permit: %(found)s."),
    ),
    "not_expired": Words(_("Valid until %(found)s."), _("Expired on %(found)s.")),
    "already_valid": Words(_("Valid since %(found)s."), _("Valid only from %(found)s.")),
    "valid_period_length": Words(
        _("As long as such a permit is valid."),
        _("Such a permit is valid for %(expected)s years, less a day."),
        _("How long such a permit is valid is not known."),
    ),
    "age_at_issue": Words(
        _("Issued at the age of %(found)s."), _("Issued at the age of %(found)s, which cannot be.")
    ),
    "authority_known": Words(
        _("A known authority."),
        _("Not one of the known authorities."),
        _("Not one of the known authorities; others may be right."),
    ),
    "issue_place_only_taiwan": Words(
        _("This permit prints a place of issue."),
        _("A Hong Kong and Macao permit prints no place of issue."),
    ),
    "id_name_is_name": Words(
        _("Same as the name on the front."),
        _("The front says %(expected)s."),
        _("The two names are not in the same script, or one was not read."),
    ),
    "id_number_check": Words(
        _("Its check digit holds."),
        _("Its check digit fails, or it is no ID number."),
        _("Not read, or of a place whose check digits are not public."),
    ),
    "id_place_is_permit_place": Words(
        _("An ID number of %(found)s, as expected."),
        _("An ID number of %(found)s does not belong to this permit."),
        _("Where the ID number comes from is not known."),
    ),
    "sex_is_id_sex": Words(
        _("The ID number says the same."),
        _("The ID number says %(expected)s."),
        _("The ID number does not say."),
    ),
    "mrz_form": Words(
        _("Three lines of thirty characters."),
        _("A line has thirty capital letters, figures or fillers; this one has not."),
        _("Not all three lines were read."),
    ),
    "mrz_number_check": _digit(
        _("Number digit holds."), _("Number digit: %(found)s read, %(expected)s expected.")
    ),
    "mrz_renewals_check": _digit(
        _("Renewals digit holds."), _("Renewals digit: %(found)s read, %(expected)s expected.")
    ),
    "mrz_expiry_check": _digit(
        _("Expiry digit holds."), _("Expiry digit: %(found)s read, %(expected)s expected.")
    ),
    "mrz_birth_check": _digit(
        _("Birth digit holds."), _("Birth digit: %(found)s read, %(expected)s expected.")
    ),
    "mrz_id_check": _digit(
        _("ID digit holds."), _("ID digit: %(found)s read, %(expected)s expected.")
    ),
    "mrz_overall_check": _digit(
        _("Overall digit holds."), _("Overall digit: %(found)s read, %(expected)s expected.")
    ),
    "type_is_code_type": _code(_("Machine code names the same permit.")),
    "front_number_is_code_number": _code(_("Machine code says the same.")),
    "birth_is_code_birth": _code(_("Machine code says the same.")),
    "expiry_is_code_expiry": _code(_("Machine code says the same last day.")),
    "sex_is_code_sex": _code(_("Machine code says the same.")),
    "issue_times_is_code_renewals": _code(_("Machine code says the same.")),
    "name_is_code_name": _code(_("Machine code says the same.")),
    "name_en_is_code_name": _code(_("Machine code says the same.")),
    "id_number_is_code_id": _code(_("Machine code says the same.")),
}
SECOND_READER: Final = Words(
    _("A second reader, %(reader)s, read the same."),
    _("A second reader, %(reader)s, read %(found)s."),
)

SOURCES: Final[dict[Source, Text]] = {
    Source.MACHINE_CODE: pgettext_lazy("source", "code"),
    Source.CHECK_DIGIT: pgettext_lazy("source", "digit"),
    Source.FRONT: pgettext_lazy("source", "front"),
    Source.BACK: pgettext_lazy("source", "back"),
    Source.PATTERN: pgettext_lazy("source", "form"),
    Source.CALENDAR: pgettext_lazy("source", "calendar"),
    Source.LIST: pgettext_lazy("source", "list"),
}

NUMBER_KINDS: Final[dict[str, Text]] = {
    NumberKind.HK_MACAO: _("one of Hong Kong and Macao residents"),
    NumberKind.HK_MACAO_NON_CHINESE: _("one of non-Chinese residents of Hong Kong and Macao"),
    NumberKind.HK_MACAO_1999: _("one of the series of 1999, which has expired"),
    NumberKind.TAIWAN: _("one of Taiwan residents"),
    NumberKind.TAIWAN_BOOKLET: _("one of the old Taiwan booklets"),
    NumberKind.EXIT_ENTRY: _("one of a mainland resident's exit-entry permit"),
    NumberKind.IDENTITY_CARD: _("one of a mainland identity card or residence permit"),
}

HOMES: Final[dict[str, Text]] = {
    Home.HONG_KONG: _("Hong Kong"),
    Home.MACAO: _("Macao"),
    Home.TAIWAN: _("Taiwan"),
}
