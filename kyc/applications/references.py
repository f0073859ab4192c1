"""References: what people read out on the phone, and the key in addresses."""

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U."""
LENGTH: Final = 12
_MISREAD: Final = str.maketrans("ILO", "110")


def new_reference() -> str:
    """Draw a reference, 60 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def parse_reference(typed: str) -> str | None:
    """Read a reference as typed: case, dashes and spaces do not matter, nor O for 0."""
    plain = typed.upper().replace("-", "").replace(" ", "").translate(_MISREAD)
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else None


def in_fours(reference: str) -> str:
    """Show a reference in groups of four."""
    return "-".join(reference[i : i + 4] for i in range(0, len(reference), 4))


class ReferenceConverter:
    """A reference in an address; `to_url` gives the plain form."""

    regex = "[0-9A-Za-z-]{12,16}"

    def to_python(self, value: str) -> str:
        """Parse it, or there is no such page."""
        reference = parse_reference(value)
        if reference is None:
            raise ValueError(value)
        return reference

    def to_url(self, value: str) -> str:
        """Write it plainly."""
        return value
