"""What an applicant agrees to, word by word.

The application keeps the version beside the time and the language. Other words are another
version: the old ones stay in WORDS, so that it can always be said what somebody agreed to.
"""

from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from kyc.applications.labels import Text

VERSION: Final = "2026-11"


class Words(NamedTuple):
    """The points above the box, each with its icon, and the sentence beside it."""

    points: tuple[tuple[str, Text], ...]
    agreement: Text


WORDS: Final[dict[str, Words]] = {
    VERSION: Words(
        (
            ("lock", _("They are encrypted and kept on this desk's own machines.")),
            (
                "eye",
                _(
                    "A machine reads them, and reviewers look at them to compare. "
                    "Each look is written down."
                ),
            ),
            (
                "cross-circle",
                _("Until a decision is made you can withdraw. Nothing is used for anything else."),
            ),
        ),
        _("I agree that my permit is read and checked in this way."),
    ),
}


def current() -> Words:
    """The words that are agreed to now."""
    return WORDS[VERSION]


def as_given(version: str) -> list[str]:
    """The words of a version in the active language; none where it was not written down."""
    words = WORDS.get(version)
    return [*(str(text) for _icon, text in words.points), str(words.agreement)] if words else []
