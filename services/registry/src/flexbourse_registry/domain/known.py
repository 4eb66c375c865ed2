"""Enumerations of the contract: a number that this version does not know is refused, not a crash."""

from __future__ import annotations

from enum import IntEnum


class Known(IntEnum):
    """A number of a later version of the contract is UNSPECIFIED, which every rule refuses."""

    @classmethod
    def _missing_(cls, value: object) -> Known | None:
        return cls(0) if value else None
