"""One period of an auction: the largest volume that demand and supply have in common, and one price for it.

The price is the middle, rounded half to even, of the interval [lo, hi] in which nobody who was matched loses and
nobody who was not matched, or not wholly, would have gained; a partly matched bid therefore sets it. Equal limit prices
at the margin share in proportion, largest remainder first, ties by the earlier bid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flexbourse_exchange_simulator.domain.order import Side


@dataclass(frozen=True, slots=True)
class Step:
    """A quantity of a curve at its limit price; `number` orders equal ones and names the step in the result."""

    number: int
    side: Side
    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Clearing:
    """What one period came to: lots, the interval of prices, lots by step number. No interval without any bid."""

    volume: int
    lowest: int | None
    highest: int | None
    matched: dict[int, int]

    @property
    def middle(self) -> int | None:
        """Return the middle of the interval, half to even; the one end where the other is open."""
        if self.lowest is None or self.highest is None:
            return None
        total = self.lowest + self.highest
        half = total // 2
        return half + (half % 2 if total % 2 else 0)


def clear(steps: Sequence[Step], must_buy: int = 0, must_sell: int = 0) -> Clearing | None:
    """Clear one period; `must_buy` and `must_sell` are lots of accepted blocks, matched before any step.

    Returns None where the blocks cannot be matched, or meet each other where no step gives a price.
    """
    buys = sorted((step for step in steps if step.side is Side.BUY), key=lambda step: (-step.price, step.number))
    sells = sorted((step for step in steps if step.side is Side.SELL), key=lambda step: (step.price, step.number))
    volume = _volume(buys, sells, must_buy, must_sell)
    if volume < max(must_buy, must_sell):
        return None
    matched = _shares(buys, volume - must_buy) | _shares(sells, volume - must_sell)
    inside = [step for step in steps if matched.get(step.number, 0)]
    outside = [step for step in steps if matched.get(step.number, 0) < step.quantity]
    lows = [step.price for step in inside if step.side is Side.SELL]
    lows += [step.price for step in outside if step.side is Side.BUY]
    highs = [step.price for step in inside if step.side is Side.BUY]
    highs += [step.price for step in outside if step.side is Side.SELL]
    lowest, highest = max(lows, default=None), min(highs, default=None)
    if volume and lowest is None and highest is None:
        return None
    return Clearing(
        volume,
        highest if lowest is None else lowest,
        lowest if highest is None else highest,
        matched,
    )


def _volume(buys: Sequence[Step], sells: Sequence[Step], must_buy: int, must_sell: int) -> int:
    """Return the largest volume: steps are taken from both ends while the buyer's price is not below the seller's."""
    demand = [(None, must_buy), *((step.price, step.quantity) for step in buys)]
    supply = [(None, must_sell), *((step.price, step.quantity) for step in sells)]
    volume = bought = sold = 0  # lots of the volume, and of the steps used up on either side
    buying = selling = 0
    while buying < len(demand) and selling < len(supply):
        (bid, wanted), (ask, offered) = demand[buying], supply[selling]
        if bid is not None and ask is not None and bid < ask:
            break
        volume = min(bought + wanted, sold + offered)
        if bought + wanted == volume:
            bought, buying = volume, buying + 1
        if sold + offered == volume:
            sold, selling = volume, selling + 1
    return volume


def _shares(ordered: Sequence[Step], lots: int) -> dict[int, int]:
    """Return lots by step: best prices first, in proportion at the last price."""
    found: dict[int, int] = {}
    place = 0
    while place < len(ordered) and lots:
        level = [step for step in ordered[place:] if step.price == ordered[place].price]
        total = sum(step.quantity for step in level)
        if total <= lots:
            found |= {step.number: step.quantity for step in level}
        else:
            found |= _proportional(level, lots, total)
        lots -= min(lots, total)
        place += len(level)
    return found


def _proportional(level: Sequence[Step], lots: int, total: int) -> dict[int, int]:
    """Share lots by the largest remainder."""
    shares = {step.number: step.quantity * lots // total for step in level}
    by_remainder = sorted(level, key=lambda step: (-(step.quantity * lots % total), step.number))
    for step in by_remainder[: lots - sum(shares.values())]:
        shares[step.number] += 1
    return shares
