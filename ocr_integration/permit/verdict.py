"""What a rule can say."""

from enum import StrEnum


class Verdict(StrEnum):
    """Three words, because a value that was not read is no reason to doubt a permit."""

    AGREE = "agree"
    DISAGREE = "disagree"
    CANNOT_TELL = "cannot_tell"


def judge(expected: str, found: str) -> Verdict:
    """Compare two normalised values; an empty one cannot tell."""
    if not expected or not found:
        return Verdict.CANNOT_TELL
    return Verdict.AGREE if expected == found else Verdict.DISAGREE


def settle(*, holds: bool | None) -> Verdict:
    """Agree or disagree as a condition holds or not; None, which nobody knows, cannot tell."""
    if holds is None:
        return Verdict.CANNOT_TELL
    return Verdict.AGREE if holds else Verdict.DISAGREE
