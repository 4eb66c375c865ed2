"""Money of reservations and activations: each amount one rounding, half to even, of W × seconds × price.

Prices are micro-euro per MWh activated, and per MW and hour reserved. The entries of an activation add up to zero: what
one account gives, others take.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from flexbourse_core.errors import InvariantError
from flexbourse_core.money import WATT_SECONDS_PER_MWH, amount_micro_euro, divide_half_even
from flexbourse_settlement.domain.activation_delivery import WHOLE, DeliveredPeriod
from flexbourse_settlement.domain.lines import COMPENSATION, FEES, PENALTIES

ONE = 1  # prices are micro-euro themselves, not multiples of a tick


class AmountKind(Enum):
    """What is paid for."""

    RESERVATION_FEE = "RESERVATION_FEE"
    ACTIVATION_FEE = "ACTIVATION_FEE"
    PENALTY = "PENALTY"
    COMPENSATION = "COMPENSATION"
    PLATFORM_FEE = "PLATFORM_FEE"


@dataclass(frozen=True, slots=True)
class Entry:
    """What an account gets; negative: gives."""

    account: str
    kind: AmountKind
    amount_micro_euro: int


def fee_micro_euro(quantities_w: Iterable[int], seconds: int, price: int) -> int:
    """Return the fee of quantities of several periods of `seconds`: reserved, or delivered and credited."""
    return amount_micro_euro(sum(quantities_w), price, seconds, ONE)


def penalty_micro_euro(
    missing_w: Iterable[int], seconds: int, price: int, penalty_permille: int, *, waived: bool = False
) -> int:
    """Return the penalty for what is missing, at a part of the price: of a seller, what he did not deliver; of a buyer,
    what he reserved and did not use. Waived where another operator's larger need of the same direction covers it.

    A price that the seller pays (a negative one) is penalised by its size.
    """
    if waived:
        return 0
    return divide_half_even(sum(missing_w) * abs(price) * penalty_permille * seconds, WATT_SECONDS_PER_MWH * WHOLE)


def compensation_micro_euro(lost_w: Iterable[int], seconds: int, price: int) -> int:
    """Return what the seller of an overridden contract is paid: its price for what he lost, never less than 0."""
    return max(0, fee_micro_euro(lost_w, seconds, price))


@dataclass(frozen=True, slots=True)
class ActivationTerms:
    """What an activation's amounts depend on beside its delivery."""

    buyer: str
    seller: str
    seconds: int  # of a period
    price_micro_euro_per_mwh: int
    penalty_permille: int  # of the price, for what is missing
    platform_fee_permille: int = 0  # of the activation fee, borne by its buyer
    penalty_waived: bool = False


def activation_entries(terms: ActivationTerms, periods: Iterable[DeliveredPeriod]) -> tuple[Entry, ...]:
    """Return what an activation moves between accounts: fee, penalty, the platform's fee; the sum is zero."""
    own = tuple(periods)
    fee = fee_micro_euro((period.credited_w for period in own), terms.seconds, terms.price_micro_euro_per_mwh)
    penalty = penalty_micro_euro(
        (period.deficiency_w for period in own), terms.seconds, terms.price_micro_euro_per_mwh, terms.penalty_permille,
        waived=terms.penalty_waived,
    )  # fmt: skip
    platform = divide_half_even(abs(fee) * terms.platform_fee_permille, WHOLE)
    return balanced(
        *_pair(terms.buyer, terms.seller, AmountKind.ACTIVATION_FEE, fee),
        *_pair(terms.seller, PENALTIES, AmountKind.PENALTY, penalty),
        *_pair(terms.buyer, FEES, AmountKind.PLATFORM_FEE, platform),
    )


def reservation_entries(
    buyer: str, seller: str, reserved_w: Iterable[int], seconds: int, price_micro_euro_per_mw_h: int
) -> tuple[Entry, ...]:
    """Return what a reservation moves: its fee for every period in which it was held, used or not."""
    fee = fee_micro_euro(reserved_w, seconds, price_micro_euro_per_mw_h)
    return balanced(*_pair(buyer, seller, AmountKind.RESERVATION_FEE, fee))


def compensation_entries(seller: str, lost_w: Iterable[int], seconds: int, price: int) -> tuple[Entry, ...]:
    """Return what an override moves: the COMPENSATION account pays who lost the contract."""
    return balanced(
        *_pair(COMPENSATION, seller, AmountKind.COMPENSATION, compensation_micro_euro(lost_w, seconds, price))
    )


def balanced(*entries: Entry) -> tuple[Entry, ...]:
    """Return entries that add up to zero; raises InvariantError where they do not."""
    rest = sum(entry.amount_micro_euro for entry in entries)
    if rest:
        raise InvariantError(f"entries of an activation leave {rest} micro-euro")
    return entries


def _pair(giver: str, taker: str, kind: AmountKind, amount: int) -> tuple[Entry, ...]:
    return (Entry(giver, kind, -amount), Entry(taker, kind, amount)) if amount else ()
