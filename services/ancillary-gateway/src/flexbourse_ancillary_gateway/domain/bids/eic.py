"""The check character of an Energy Identification Code.

Values: 0–9, A–Z = 10–35, hyphen = 36. The first 15 characters weigh 16…2; the check value is 36 − ((sum − 1) mod 37).
Source: ENTSO-E, The Energy Identification Coding Scheme Reference Manual.
"""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
LENGTH = 16
_FORM = re.compile(r"[0-9]{2}[A-Z][0-9A-Z-]{12}[0-9A-Z]")


def check_character(first: str) -> str:
    """Return the check character of the first 15 characters; raises ValueError for others than the alphabet's."""
    if len(first) != LENGTH - 1:
        raise ValueError(f"{first!r} has {len(first)} characters, 15 are needed")
    total = sum(ALPHABET.index(sign) * (LENGTH - place) for place, sign in enumerate(first))
    return ALPHABET[36 - (total - 1) % 37]


def is_eic(text: str) -> bool:
    """Tell whether a text is a code with the right form and check character; a code never ends in a hyphen."""
    return _FORM.fullmatch(text) is not None and check_character(text[:-1]) == text[-1]
