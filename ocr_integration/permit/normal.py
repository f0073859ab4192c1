"""The form in which two values of one field are compared.

A value is stored as it was read; only comparisons, searches and differences use this form.
"""

from collections.abc import Callable, Mapping
from typing import Final

from ocr_integration.permit.dates import parse_date, parse_period
from ocr_integration.permit.names import fold_chinese, fold_latin, fold_sex
from ocr_integration.permit.numbers import plain, plain_id
from ocr_integration.protocol.fields import permit_type_named


def normalise(field: str, value: str) -> str:
    """Give the comparable form of one field's value; "" stays "".

    What cannot be understood is still comparable: a date that is none comes back without its
    spaces. Raises KeyError for a name that is none of the API's fields.
    """
    return _FORMS[field](value) if value else ""


def _date(value: str) -> str:
    day = parse_date(value)
    return f"{day:%Y%m%d}" if day else plain(value)


def _period(value: str) -> str:
    return str(parse_period(value) or plain(value))


def _sex(value: str) -> str:
    return fold_sex(value) or plain(value)


def _issue_times(value: str) -> str:
    return plain(value).zfill(2)


def _latin(value: str) -> str:
    return fold_latin(value) or plain(value)


def _type(value: str) -> str:
    return permit_type_named(value) or plain(value)


def _side(value: str) -> str:
    return value.strip().lower()


_FORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": fold_chinese,
    "name_en": _latin,
    "birth_date": _date,
    "sex": _sex,
    "valid_period": _period,
    "issuing_authority": fold_chinese,
    "number": plain,
    "issue_place": fold_chinese,
    "issue_times": _issue_times,
    "id_name": fold_chinese,
    "id_number": plain_id,
    "machine_code1": plain,
    "machine_code2": plain,
    "machine_code3": plain,
    "type": _type,
    "side": _side,
}
