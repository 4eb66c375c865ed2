"""What is paid for a contract that an operator overrides at a red light."""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_core.money import amount_micro_euro

ONE = 1  # prices here are micro-euro per MWh themselves, not multiples of a tick


def compensation_micro_euro(quantities_w: Iterable[int], seconds: int, price_micro_euro_per_mwh: int) -> int:
    """Return what quantities of several periods of `seconds` would have earned: one rounding, half to even.

    A contract that its holder would have paid for earns nothing and is not compensated.
    """
    return max(0, amount_micro_euro(sum(quantities_w), price_micro_euro_per_mwh, seconds, ONE))
