"""Rules of single fields, as the rules of all objects and steps use them."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_core.rejection import Code, Rejection


def between(field: str, value: int, least: int, most: int, unit: str) -> Iterator[Rejection]:
    """Yield why a number lies outside its limits."""
    if not least <= value <= most:
        limit = least if value < least else most
        rule = f"{field} lies between {least} and {most}"
        yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, field, value=value, limit=limit, unit=unit)


def ordered(low_field: str, low: int, high_field: str, high: int, unit: str) -> Iterator[Rejection]:
    """Yield why two numbers are in the wrong order."""
    if low > high:
        rule = f"{low_field} is at most {high_field}"
        yield Rejection(Code.ENTITY_INVALID, rule, low_field, value=low, limit=high, unit=unit)


def malformed(field: str, form: str, value: str) -> Rejection:
    """Return that a text is missing or does not have its form."""
    code = Code.FIELD_MALFORMED if value else Code.FIELD_MISSING
    return Rejection(code, f"{field} has the form {form}", field, value[:64])


def too_long(field: str, value: str, limit: int) -> Rejection:
    """Return that a text has too many characters."""
    return Rejection(
        Code.FIELD_OUT_OF_RANGE, f"{field} has at most {limit} characters", field, value=len(value), limit=limit
    )
