"""Check characters of energy identification codes, and the shape of UUIDs."""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
EIC_LENGTH = 16
MODULUS = 37
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def is_eic(code: str) -> bool:
    """Tell whether the last of the 16 characters checks the 15 before it (weights 16 down to 2, modulus 37)."""
    if len(code) != EIC_LENGTH or any(character not in ALPHABET for character in code):
        return False
    total = sum(ALPHABET.index(character) * (EIC_LENGTH - i) for i, character in enumerate(code[:-1]))
    return ALPHABET.index(code[-1]) == MODULUS - 1 - (total - 1) % MODULUS


def is_uuid(text: str) -> bool:
    """Tell whether a text has the shape of a UUID."""
    return UUID.match(text) is not None
