"""What one set of blocks comes to, in exact whole numbers: powers, net sales, welfare, and the prices that support
it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flexbourse_auction.market import Market
from flexbourse_auction.orders import Side
from flexbourse_auction.prices import Demand, Interval, choose_prices
from flexbourse_auction.rules import Pricing

Powers = tuple[tuple[int, ...], ...]
# The solver's answer is taken for a whole number of W within this.
WHOLE_W = 1e-3


@dataclass(frozen=True, slots=True)
class Outcome:
    """A set of blocks with the curves' best answer to it.

    ``powers`` W per block and part, ``nets`` the curves' net sale per place, ``welfare`` ticks·W. ``prices`` per place
    are None where none support the set (or none are asked for: pay as bid), ``shadow_ticks`` per network row and W.
    """

    used: frozenset[int]
    powers: Powers
    nets: tuple[int, ...]
    welfare: int
    intervals: tuple[Interval, ...]
    prices: tuple[int, ...] | None
    shadow_ticks: tuple[float, ...] = ()

    def stands(self, market: Market) -> bool:
        """Tell whether the set may be the result."""
        return self.prices is not None or market.rules.pricing is Pricing.PAY_AS_BID


class Valuation:
    """Welfare and prices of net sales, each reckoned once."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._welfare: dict[tuple[int, int], int] = {}
        self._intervals: dict[tuple[int, int, int], Interval] = {}

    def welfare(self, k: int, net: int) -> int:
        """Return what the curves of a place are worth at a net sale, ticks·W."""
        key = (k, net)
        if key not in self._welfare:
            self._welfare[key] = self._market.spots[k].place.welfare(net)
        return self._welfare[key]

    def interval(self, k: int, net: int, slack: int) -> Interval:
        """Return the prices that support a net sale give or take some W."""
        key = (k, net, slack)
        if key not in self._intervals:
            self._intervals[key] = self._market.spots[k].place.prices(net, slack)
        return self._intervals[key]

    def fits(self, nets: tuple[int, ...]) -> bool:
        """Tell whether the curves can have these net sales."""
        places = (spot.place for spot in self._market.spots)
        return all(-p.buys.total <= net <= p.sells.total for p, net in zip(places, nets, strict=True))


def whole_powers(market: Market, used: frozenset[int], ratios: tuple[float, ...]) -> Powers:
    """Return the powers of blocks in whole W; each at least its minimum, none beyond the whole."""
    found = []
    for b, (block, parts) in enumerate(zip(market.blocks, market.parts, strict=True)):
        if b in used:
            wanted = (
                min(max(round(ratios[b] * p.quantity_w), block.least_w(p.quantity_w)), p.quantity_w) for p in parts
            )
            found.append(tuple(wanted))
        else:
            found.append((0,) * len(parts))
    return tuple(found)


def admissible(market: Market, used: frozenset[int]) -> bool:
    """Tell whether parents are used with their children, and groups at their minimum not beyond one."""
    if any(parent is not None and b in used and parent not in used for b, parent in enumerate(market.parents)):
        return False
    sums = (sum(market.blocks[b].minimum_ppm for b in members if b in used) for members in market.groups)
    return all(total <= 1_000_000 for total in sums)


def block_welfare(market: Market, powers: Powers) -> int:
    """Return what blocks are worth at their own limits, ticks·W."""
    return -sum(
        block.side.sign * block.price_ticks * sum(own) for block, own in zip(market.blocks, powers, strict=True)
    )


def surplus(market: Market, b: int, powers: tuple[int, ...], prices: tuple[int, ...]) -> int:
    """Return what a block gains at prices per place, ticks·W."""
    block = market.blocks[b]
    gains = (own * (prices[p.spot] - block.price_ticks) for p, own in zip(market.parts[b], powers, strict=True))
    return block.side.sign * sum(gains)


def volume_w(market: Market, outcome: Outcome) -> int:
    """Return what is sold in all contracts together, W times MTUs."""
    sold = sum(sum(own) for block, own in zip(market.blocks, outcome.powers, strict=True) if block.side is Side.SELL)
    for spot, net in zip(market.spots, outcome.nets, strict=True):
        fill = spot.place.fill(net)
        sold += int(fill.sold.sum()) + fill.sold_of_margin
    return sold


def slack_w(market: Market, powers: Powers, ratios: Sequence[float]) -> tuple[int, ...]:
    """Return by how many W whole numbers may miss the exact share of blocks that are filled in part, per place.

    A block whose share is of whole W misses nothing. Nor does one of one part at its minimum: what it takes is a ratio,
    and it can have no lower one.
    """
    found = [0] * len(market.spots)
    for block, parts, own, ratio in zip(market.blocks, market.parts, powers, ratios, strict=True):
        if len(parts) == 1 and own[0] == block.least_w(parts[0].quantity_w):
            continue
        used = any(own)
        missed = (abs(power - ratio * part.quantity_w) for part, power in zip(parts, own, strict=True))
        if used and any(w > WHOLE_W for w in missed):
            for part in parts:
                found[part.spot] += 1
    return tuple(found)


def demands_of(market: Market, powers: Powers) -> list[Demand]:
    """Return what the blocks ask of the prices at their powers."""
    found = []
    full = {b for members in market.groups if _is_full(market, members, powers) for b in members}
    for b, (block, own) in enumerate(zip(market.blocks, powers, strict=True)):
        whole = tuple(part.quantity_w for part in market.parts[b])
        energy, limit = sum(own), block.side.sign * block.price_ticks
        sets_price = own != whole and (energy > 0 or not market.is_switched(b))
        if energy:
            yields = energy // 2 if sets_price or not market.is_switched(b) else 0
            shares = None
            if sets_price:
                shares = Demand(_weights(market, b, whole, 1), limit * sum(whole) - sum(whole) // 2)
            found.append(Demand(_weights(market, b, own, 1), limit * energy, (0, yields), shares))
        if sets_price and b not in full:
            energy = sum(whole)
            found.append(Demand(_weights(market, b, whole, -1), -limit * energy, (energy, energy)))
    return found


def _weights(market: Market, b: int, powers: tuple[int, ...], direction: int) -> dict[int, int]:
    weights: dict[int, int] = {}
    for part, power in zip(market.parts[b], powers, strict=True):
        if power:
            weights[part.spot] = weights.get(part.spot, 0) + direction * market.blocks[b].side.sign * power
    return weights


def _is_full(market: Market, members: tuple[int, ...], powers: Powers) -> bool:
    """Tell whether the ratios of a group add up to one, but for whole W."""
    used = [b for b in members if any(powers[b])]
    ratios = (max((p + 1) / part.quantity_w for p, part in zip(powers[b], market.parts[b], strict=True)) for b in used)
    return sum(ratios) >= 1


def injections(market: Market, powers: Powers) -> list[int]:
    """Return what blocks inject at each place, W."""
    found = [0] * len(market.spots)
    for block, parts, own in zip(market.blocks, market.parts, powers, strict=True):
        for part, power in zip(parts, own, strict=True):
            found[part.spot] += block.side.sign * power
    return found


def evaluate(market: Market, valuation: Valuation, powers: Powers, ratios: Sequence[float]) -> Outcome | None:
    """Return what powers of blocks, the ratios in whole W, come to without a network; None where the curves cannot
    balance them."""
    nets = tuple(-power for power in injections(market, powers))
    if not valuation.fits(nets):
        return None
    used = frozenset(b for b, own in enumerate(powers) if any(own))
    welfare = block_welfare(market, powers) + sum(valuation.welfare(k, net) for k, net in enumerate(nets))
    slacks = slack_w(market, powers, ratios)
    intervals = tuple(valuation.interval(k, net, slacks[k]) for k, net in enumerate(nets))
    prices = None
    if market.rules.pricing is Pricing.PAY_AS_CLEAR:
        prices = choose_prices(intervals, demands_of(market, powers), market.meter)
    return Outcome(used, powers, nets, welfare, intervals, prices)
