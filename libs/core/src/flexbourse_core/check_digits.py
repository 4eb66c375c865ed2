"""Check digits of the identifiers that the field uses; each function tells whether a text is a sound one.

GSRN (EAN-18), GLN and other GS1 numbers: General Specifications, weights 3 and 1 from the right. MPAN: the core of
13 digits, primes as weights, modulo 11, then modulo 10. EIC: the reference manual of the energy identification codes.
"""

from __future__ import annotations

MPAN_PRIMES = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)
EIC_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
EIC_LENGTH, GSRN_LENGTH, GLN_LENGTH, MPAN_LENGTH = 16, 18, 13, 13


def gs1_check_digit(digits: str) -> int:
    """Return the check digit that follows some digits."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -weighted % 10


def mpan_check_digit(digits: str) -> int:
    """Return the check digit that follows the first 12 digits of an MPAN."""
    return sum(int(digit) * prime for digit, prime in zip(digits, MPAN_PRIMES, strict=True)) % 11 % 10


def eic_check_character(characters: str) -> str:
    """Return the check character that follows the first 15 characters of an EIC; `-` is never one in use."""
    weighted = sum(EIC_ALPHABET.index(character) * (EIC_LENGTH - place) for place, character in enumerate(characters))
    return EIC_ALPHABET[36 - (weighted - 1) % 37]


def _is_gs1(text: str, length: int) -> bool:
    return _has_digits(text, length) and gs1_check_digit(text[:-1]) == int(text[-1])


def _has_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def is_gsrn(text: str) -> bool:
    """Tell whether a text is a sound GSRN (EAN-18) of a metering point."""
    return _is_gs1(text, GSRN_LENGTH)


def is_gln(text: str) -> bool:
    """Tell whether a text is a sound global location number."""
    return _is_gs1(text, GLN_LENGTH)


def is_mpan(text: str) -> bool:
    """Tell whether a text is a sound core of a British meter point administration number."""
    return _has_digits(text, MPAN_LENGTH) and mpan_check_digit(text[:-1]) == int(text[-1])


def is_eic(text: str) -> bool:
    """Tell whether a text is a sound energy identification code."""
    known = len(text) == EIC_LENGTH and all(character in EIC_ALPHABET for character in text)
    return known and text[-1] != "-" and eic_check_character(text[:-1]) == text[-1]
