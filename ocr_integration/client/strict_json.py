"""JSON from a stranger: what json.loads forgives is refused."""

import json
from typing import Any


class NotJson(ValueError):
    """The bytes are no JSON that two readers would understand alike."""


def loads(raw: bytes) -> Any:
    """Parse UTF-8 JSON; raises NotJson for a key said twice, nesting without end, and dross.

    NaN and infinity come through as floats: whoever takes a number looks for them.
    """
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        # The decoder's own text quotes the document.
        raise NotJson(type(error).__name__) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson("a key said twice")
    return members
