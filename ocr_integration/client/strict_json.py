"""JSON from a stranger: what json.loads forgives is refused."""

import json
import re
from typing import Any, Final

MOST_STRUCTURE: Final = 64 * 1024
"""Bytes outside strings: what a document costs in memory grows with these."""
DEEPEST: Final = 32

_STRINGS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


class NotJson(ValueError):
    """The bytes are no JSON that two readers would understand alike, or more than one needs."""


def loads(raw: bytes) -> Any:
    """Parse UTF-8 JSON, with or without a byte order mark.

    Raises NotJson for a key said twice, for endless structure, and dross.

    NaN and infinity come through as floats: whoever takes a number looks for them.
    """
    _check_structure(raw)
    try:
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        # The decoder's own text quotes the document.
        raise NotJson(type(error).__name__) from None


def _check_structure(raw: bytes) -> None:
    structure = _STRINGS.sub(b"", raw)
    if len(structure) > MOST_STRUCTURE:
        raise NotJson("too much structure")
    depth = 0
    for byte in structure:
        depth += _STEPS.get(byte, 0)
        if depth > DEEPEST:
            raise NotJson("too deep")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson("a key said twice")
    return members
