"""A call auction without a network, slow and obvious: every set of blocks, every W that each may take, every price.

Written from the rules (docs/auctions.md). A block that may be taken in part has the same power in all its MTUs here,
so that a ratio is a number of W.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product

from naive_curves import NaivePlace, limits_of
from naive_prices import Prices, Wish, chosen

from flexbourse_auction.orders import WHOLE_PPM, Block, Contract, Orders, Side
from flexbourse_auction.rules import Pricing, Rules

WATT_SECONDS_PER_MWH = 3_600_000_000
# W of each block, 0 where it is not accepted; of a block of unequal powers of its first MTU.
Taken = tuple[int, ...]


@dataclass(frozen=True)
class NaiveResult:
    """What the auction has to say; ``prices`` are all that may be published, by contract in order.

    ``got`` are W by order and contract; ``paid`` what that costs or earns, ticks·W.
    """

    welfare: int
    volume: int
    used: frozenset[str]
    prices: list[Prices]
    got: dict[tuple[str, Contract], int]
    contracts: tuple[Contract, ...]
    intervals: tuple[tuple[int, int], ...]

    def published(self) -> list[list[int | None]]:
        """Return what may stand as prices: none where everybody pays what he bid, or nothing trades."""
        traded = [any(of == contract for _, of in self.got) for contract in self.contracts]
        every = [[p if any_w else None for p, any_w in zip(own, traded, strict=True)] for own in self.prices]
        return every or [[None] * len(self.contracts)]


class NaiveClearing:
    """All orders of an auction."""

    def __init__(self, orders: Orders, rules: Rules) -> None:
        self.rules, self.may_leave_out = rules, False
        self.blocks = sorted(orders.blocks, key=lambda block: block.order_id)
        self.curves = {curve.order_id: curve for curve in orders.curves}
        named = {curve.contract for curve in orders.curves} | {c for b in orders.blocks for c, _ in b.quantities}
        self.contracts = tuple(sorted(named))
        self.places = [NaivePlace([c for c in orders.curves if c.contract == own], rules) for own in self.contracts]
        self.welfare_of = [cache(place.welfare) for place in self.places]
        self.bought_of = [cache(place.bought) for place in self.places]

    def place_of(self, block: Block, contract: Contract) -> int:
        """Return which of the places a block has its price from."""
        del block
        return self.contracts.index(contract)

    # --- what blocks may take

    def choices(self, block: Block) -> list[int]:
        """Return what a block may take: nothing, or each whole W from its least to all of it."""
        whole = block.quantities[0][1]
        if block.minimum_ppm == WHOLE_PPM:
            return [0, whole]
        assert len({power for _, power in block.quantities}) == 1
        least = max(1, -(-whole * block.minimum_ppm // WHOLE_PPM))
        return [0, *range(least, whole + 1)]

    def allowed(self) -> Iterator[Taken]:
        """Iterate over what blocks may take together: a child needs its parent, ratios of a group add up to one."""
        for taken in product(*map(self.choices, self.blocks)):
            used = {block.order_id for block, w in zip(self.blocks, taken, strict=True) if w}
            orphan = any(b.parent and b.order_id in used and b.parent not in used for b in self.blocks)
            if not orphan and all(ratio <= 1 for ratio in self.group_ratios(taken).values()):
                yield taken

    def group_ratios(self, taken: Taken) -> dict[str, Fraction]:
        ratios: dict[str, Fraction] = {}
        for block, w in zip(self.blocks, taken, strict=True):
            if block.group:
                ratios[block.group] = ratios.get(block.group, Fraction(0)) + Fraction(w, block.quantities[0][1])
        return ratios

    def powers(self, block: Block, w: int) -> dict[Contract, int]:
        return {contract: power * w // block.quantities[0][1] for contract, power in block.quantities}

    def nets(self, taken: Taken) -> tuple[int, ...]:
        """Return what the curves of each contract have to sell beyond what they buy."""
        net = dict.fromkeys(self.contracts, 0)
        for block, w in zip(self.blocks, taken, strict=True):
            for contract, power in self.powers(block, w).items():
                net[contract] -= block.side.sign * power
        return tuple(net.values())

    # --- what it is worth

    def worth(self, taken: Taken) -> tuple[int, int] | None:
        """Return welfare and volume; None where the curves cannot balance the blocks."""
        nets = self.nets(taken)
        if any(net not in place.nets() for net, place in zip(nets, self.places, strict=True)):
            return None
        welfare = sum(own(net) for own, net in zip(self.welfare_of, nets, strict=True))
        volume = sum(own(net) for own, net in zip(self.bought_of, nets, strict=True))
        for block, w in zip(self.blocks, taken, strict=True):
            energy = sum(self.powers(block, w).values())
            welfare -= block.side.sign * block.price_ticks * energy
            volume += energy if block.side is Side.BUY else 0
        return welfare, volume

    # --- which prices support it

    def wishes(self, taken: Taken) -> list[Wish]:
        """Return what blocks ask of the prices: none loses; in part, or left out without a minimum, none gains more."""
        found = []
        ratios = self.group_ratios(taken)
        for block, w in zip(self.blocks, taken, strict=True):
            own, whole = self.powers(block, w), dict(block.quantities)
            energy, sign = sum(own.values()), block.side.sign
            is_free = block.minimum_ppm == 0 and not block.parent and not self.may_leave_out
            in_part = own != whole and (w > 0 or is_free)
            if w:
                half = Fraction(energy, 2) if in_part or is_free else Fraction(0)
                weights = {self.place_of(block, c): sign * power for c, power in own.items()}
                found.append(Wish(weights, sign * block.price_ticks * energy, (Fraction(0), Fraction(0), half)))
            if in_part and ratios.get(block.group, 0) < 1:
                weights = {self.place_of(block, c): -sign * power for c, power in whole.items()}
                tick = Fraction(sum(whole.values()))
                found.append(Wish(weights, -sign * block.price_ticks * sum(whole.values()), (Fraction(0), tick, tick)))
        return found

    def supporting(self, taken: Taken) -> list[Prices]:
        intervals = [place.interval(net) for place, net in zip(self.places, self.nets(taken), strict=True)]
        return chosen(intervals, self.wishes(taken))

    # --- the result

    def best(self) -> list[NaiveResult]:
        """Return the results of most welfare, then of most volume, then with the block whose name comes first.

        Several where the same blocks may take more or less at their own limits. Where no prices support anything,
        blocks without a minimum may be left out like others.
        """
        found = [(worth, taken) for taken in self.allowed() if (worth := self.worth(taken)) is not None]
        ranked = sorted(((worth, [w > 0 for w in taken], taken) for worth, taken in found), reverse=True)
        results: list[NaiveResult] = []
        for self.may_leave_out in (False, True):
            best = None
            for worth, used, taken in ranked:
                if best is not None and (worth, used) != best:
                    break
                prices = [] if self.rules.pricing is Pricing.PAY_AS_BID else self.supporting(taken)
                if prices or self.rules.pricing is Pricing.PAY_AS_BID:
                    best = worth, used
                    results.append(self.result(*worth, taken, prices))
            if results:
                break
        return results

    def result(self, welfare: int, volume: int, taken: Taken, prices: list[Prices]) -> NaiveResult:
        nets = self.nets(taken)
        got = {
            (name, contract): w
            for contract, place, net in zip(self.contracts, self.places, nets, strict=True)
            for name, w in place.filled(net).items()
        }
        for block, w in zip(self.blocks, taken, strict=True):
            got |= {(block.order_id, contract): power for contract, power in self.powers(block, w).items() if power}
        used = frozenset(block.order_id for block, w in zip(self.blocks, taken, strict=True) if w)
        intervals = tuple(place.interval(net) for place, net in zip(self.places, nets, strict=True))
        return NaiveResult(welfare, volume, used, prices, got, self.contracts, intervals)

    def due(self, name: str, w: int, price: int | None) -> int:
        """Return what W of an order cost or earn: at the price, without one at its own limits; ticks·W."""
        if price is not None:
            return w * price
        if name in self.curves:
            return sum(limits_of(self.curves[name])[:w])
        (limit,) = {block.price_ticks for block in self.blocks if block.order_id == name}
        return limit * w

    def micro_euro(self, tick_watts: int) -> int:
        """Return ticks·W of an MTU as µEUR, rounded half to even."""
        return round(tick_watts * self.micro_euro_per_tick)

    @property
    def micro_euro_per_tick(self) -> Fraction:
        """Return what a W for an MTU costs at a tick."""
        return Fraction(self.rules.mtu_seconds * self.rules.tick_micro_euro_per_mwh, WATT_SECONDS_PER_MWH)

    def would_gain(self, result: NaiveResult, prices: Sequence[int | None]) -> frozenset[str]:
        """Return the blocks that are left out, wholly or in part, though what is left out would gain."""
        at = dict(zip(self.contracts, prices, strict=True))
        found = set()
        for block in self.blocks:
            gain: int | None = 0
            for contract, power in block.quantities:
                price, left = at[contract], power - result.got.get((block.order_id, contract), 0)
                gain = None if gain is None or price is None else gain + left * (price - block.price_ticks)
            if gain is not None and block.side.sign * gain > 0:
                found.add(block.order_id)
        return frozenset(found)
