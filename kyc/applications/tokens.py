"""What an application is found by: digests of normalised values, never the values.

There is no "contains": a number, an ID number, a birth date, a whole Chinese name, its surname, or
one word of a Latin name.
"""

from collections.abc import Iterable, Iterator, Mapping

from kyc.applications.models import Application, SearchToken
from kyc.vault.models import TokenKind, token
from ocr_integration.permit.names import (
    chinese_surname,
    fold_chinese,
    is_chinese,
    latin_words,
)
from ocr_integration.permit.normal import normalise
from ocr_integration.permit.numbers import lifelong, plain_id

Pair = tuple[TokenKind, str]


def index(application: Application, values: Mapping[str, str]) -> None:
    """Add the tokens of some values, by field name; those of earlier rounds stay."""
    SearchToken.objects.bulk_create(
        [
            SearchToken(application=application, kind=kind, digest=token(kind, value))
            for kind, value in dict.fromkeys(_pairs(values))
        ],
        ignore_conflicts=True,
    )


def digests_of_query(typed: str) -> list[tuple[TokenKind, bytes]]:
    """Digest what somebody typed into the search form, as everything it may stand for."""
    typed = typed.strip()
    if not typed:
        return []
    pairs: list[Pair] = [
        (TokenKind.NUMBER, lifelong(normalise("number", typed))),
        (TokenKind.ID_NUMBER, plain_id(typed)),
        (TokenKind.BIRTH_DATE, normalise("birth_date", typed)),
    ]
    if is_chinese(typed):
        folded = fold_chinese(typed)
        pairs += [(TokenKind.NAME, folded), (TokenKind.SURNAME, folded)]
    elif words := latin_words(typed):
        pairs.append((TokenKind.WORD, words[0]))
    return [(kind, token(kind, value)) for kind, value in pairs if value]


def _pairs(values: Mapping[str, str]) -> Iterator[Pair]:
    plain: Iterable[Pair] = (
        (TokenKind.NUMBER, lifelong(normalise("number", values.get("number", "")))),
        (TokenKind.ID_NUMBER, plain_id(values.get("id_number", ""))),
        (TokenKind.BIRTH_DATE, normalise("birth_date", values.get("birth_date", ""))),
    )
    yield from ((kind, value) for kind, value in plain if value)
    for field in ("name", "id_name"):
        folded = fold_chinese(values.get(field, ""))
        if is_chinese(folded):
            yield TokenKind.NAME, folded
            yield TokenKind.SURNAME, chinese_surname(folded)
    for word in latin_words(values.get("name_en", "")):
        yield TokenKind.WORD, word
