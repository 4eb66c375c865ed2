"""Money in integer micro-euro; power in W; prices in ticks.

A tick is worth `tick_micro_euro_per_mwh` (10 000 by default: 0.01 EUR/MWh). No float enters or leaves.
"""

from __future__ import annotations

MICRO_EURO_PER_EURO = 1_000_000
DEFAULT_TICK_MICRO_EURO_PER_MWH = 10_000
WATT_SECONDS_PER_MWH = 3_600_000_000


def divide_half_even(numerator: int, denominator: int) -> int:
    """Return numerator / denominator, rounded once, half to even; the denominator must be positive."""
    if denominator <= 0:
        raise ValueError(f"denominator must be positive, not {denominator}")
    quotient, remainder = numerator // denominator, numerator % denominator
    twice = remainder + remainder  # compiled, a sum of this size stays a machine's word where a product does not
    if twice > denominator or (twice == denominator and quotient % 2 == 1):
        quotient += 1
    return quotient


def amount_micro_euro(
    quantity_w: int,
    price_ticks: int,
    seconds: int,
    tick_micro_euro_per_mwh: int = DEFAULT_TICK_MICRO_EURO_PER_MWH,
) -> int:
    """Return what `quantity_w` for `seconds` costs at `price_ticks`, in micro-euro.

    One rounding, half to even: the same integer stands on both sides of a match.
    """
    per_tick = seconds * tick_micro_euro_per_mwh  # what is small first: compiled it stays a machine's word
    return divide_half_even(quantity_w * price_ticks * per_tick, WATT_SECONDS_PER_MWH)


def largest_remainder(total: int, weights: list[int]) -> list[int]:
    """Split `total` in proportion to non-negative `weights`; the parts add up to it exactly.

    Ties go to the earlier weight. Raises ValueError where the weights sum to zero and the total does not.
    """
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("cannot split a total by weights that are all zero")
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
