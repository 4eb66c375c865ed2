"""Money of reservations and activations: each amount one rounding, half to even, of W × seconds × price.

Prices are micro-euro per MWh activated, and per MW and hour reserved. Which accounts they move between:
`flexbourse_settlement.domain.activations.settling`.
"""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_core.money import WATT_SECONDS_PER_MWH, amount_micro_euro, divide_half_even
from flexbourse_settlement.domain.activations.delivery import WHOLE

ONE = 1  # prices are micro-euro themselves, not multiples of a tick


def fee_micro_euro(quantities_w: Iterable[int], seconds: int, price: int) -> int:
    """Return the fee of quantities of several periods of `seconds`: reserved, or delivered and credited."""
    return amount_micro_euro(sum(quantities_w), price, seconds, ONE)


def penalty_micro_euro(missing_w: Iterable[int], seconds: int, price: int, penalty_permille: int) -> int:
    """Return the penalty for what is missing, at a part of the price: of a seller, what he did not deliver; of a buyer,
    what he reserved and did not use.

    A price that the seller pays (a negative one) is penalised by its size.
    """
    return divide_half_even(sum(missing_w) * abs(price) * penalty_permille * seconds, WATT_SECONDS_PER_MWH * WHOLE)


def compensation_micro_euro(lost_w: Iterable[int], seconds: int, price: int) -> int:
    """Return what the seller of an overridden contract is paid: its price for what he lost, never less than 0."""
    return max(0, fee_micro_euro(lost_w, seconds, price))


def platform_fee_micro_euro(fee: int, permille: int) -> int:
    """Return what the platform takes of an activation's fee, whoever pays that; its buyer bears it."""
    return divide_half_even(abs(fee) * permille, WHOLE)
