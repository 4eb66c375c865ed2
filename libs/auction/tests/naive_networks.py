"""A call auction with several lines, slow and obvious: every net sale of every node, then the prices by elimination.

Written from the rules (docs/auctions.md). Quantities are lots of W, so that what whole W leave is nothing here; rows
have whole weights and limits of whole lots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from naive_clearing import NaiveClearing, NaiveResult, Taken
from naive_curves import NaivePlace
from naive_prices import BETTER, EXACT, WORSE
from naive_ranges import AtLeast, at_least, range_of
from propcache.api import cached_property

from flexbourse_auction.orders import Block, Contract, Orders, Row, Side
from flexbourse_auction.rules import Pricing, Rules

Place = tuple[Contract, str]
Nets = tuple[int, ...]


@dataclass(frozen=True)
class NodalPrices:
    """μ by row, and what λ and they make of each place: ``π = λ − Σ μ · coefficient``.

    Not exact, ticks are too coarse for a block that is filled in part.
    """

    exact: bool
    shadows: dict[str, Fraction]
    at: dict[Place, Fraction]

    @property
    def whole(self) -> bool:
        return all(price.denominator == 1 for price in self.at.values())


class NaiveNetwork(NaiveClearing):
    """All orders of an auction, each at its node, and the rows that bind them."""

    def __init__(self, orders: Orders, rules: Rules, rows: Sequence[Row], lot_w: int) -> None:
        super().__init__(orders, rules)
        self.lot_w, self.rows = lot_w, rows
        named = {(c.contract, c.node) for c in orders.curves}
        self.keys = sorted(named | {(c, block.node) for block in orders.blocks for c, _ in block.quantities})
        self.places = [
            NaivePlace([c for c in orders.curves if (c.contract, c.node) == key], rules) for key in self.keys
        ]
        self.weights = [{(c, node): int(weight) for c, node, weight in row.coefficients} for row in rows]

    def place_of(self, block: Block, contract: Contract) -> int:
        return self.keys.index((contract, block.node))

    def choices(self, block: Block) -> list[int]:
        return [w for w in super().choices(block) if w % self.lot_w == 0]

    # --- what nodes may sell

    def injected(self, taken: Taken) -> dict[Place, int]:
        """Return what blocks inject at each place."""
        found: Counter[Place] = Counter()
        for block, w in zip(self.blocks, taken, strict=True):
            for contract, power in self.powers(block, w).items():
                found[contract, block.node] += block.side.sign * power
        return found

    @cached_property
    def tables(self) -> dict[Place, dict[int, int]]:
        """Return the welfare of the curves of each place, by net sale."""
        return {
            key: {net: place.welfare(net) for net in place.nets(self.lot_w)}
            for key, place in zip(self.keys, self.places, strict=True)
        }

    def net_sales(self, contract: Contract, injected: Mapping[Place, int]) -> Iterator[dict[Place, int]]:
        """Iterate over the net sales of the curves of a contract's places that balance it within its rows."""
        keys = [key for key in self.keys if key[0] == contract]
        for some in product(*(self.tables[key] for key in keys[:-1])):
            last = -sum(some) - sum(injected.get(key, 0) for key in keys)
            if last in self.tables[keys[-1]]:
                nets = dict(zip(keys, (*some, last), strict=True))
                if all(self.use(r, nets, injected) <= row.limit for r, row in enumerate(self.rows)):
                    yield nets

    def use(self, r: int, nets: Mapping[Place, int], injected: Mapping[Place, int]) -> int:
        """Return the use of a row by a contract's net sales; rows are of one contract."""
        return sum(self.weights[r].get(key, 0) * (net + injected.get(key, 0)) for key, net in nets.items())

    def best_nets(self, contract: Contract, injected: Mapping[Place, int]) -> tuple[int, list[Nets]] | None:
        """Return the welfare of a contract's curves, and all net sales that are worth as much."""
        key = contract, tuple(sorted(injected.items()))
        if key not in self._best_nets:
            found: dict[int, list[Nets]] = {}
            for nets in self.net_sales(contract, injected):
                welfare = sum(self.tables[place][net] for place, net in nets.items())
                found.setdefault(welfare, []).append(tuple(nets.values()))
            self._best_nets[key] = (max(found), found[max(found)]) if found else None
        return self._best_nets[key]

    @cached_property
    def _best_nets(self) -> dict[object, tuple[int, list[Nets]] | None]:
        return {}

    def welfare(self, taken: Taken) -> int | None:
        """Return the welfare; None where curves and lines cannot balance the blocks."""
        injected = self.injected(taken)
        found = [self.best_nets(contract, injected) for contract in self.contracts]
        of_blocks = sum(
            block.side.sign * block.price_ticks * sum(self.powers(block, w).values())
            for block, w in zip(self.blocks, taken, strict=True)
        )
        return None if None in found else sum(own[0] for own in found if own is not None) - of_blocks

    def every_nets(self, taken: Taken) -> Iterator[dict[Place, int]]:
        """Iterate over all net sales of places that are worth most."""
        injected = self.injected(taken)
        found = [self.best_nets(contract, injected) for contract in self.contracts]
        for nets in product(*(own[1] for own in found if own is not None)):
            yield dict(zip(self.keys, (net for own in nets for net in own), strict=True))

    # --- prices

    def demands(self, taken: Taken, nets: Mapping[Place, int], exactness: int) -> list[AtLeast]:
        """Return what curves, blocks and rows demand of λ by contract and μ by row."""
        count, injected = len(self.contracts) + len(self.rows), self.injected(taken)
        found = []
        for k, key in enumerate(self.keys):
            low, high = self.places[k].interval(nets[key])
            found += [at_least(self.terms(key), low, count)]
            found += [at_least({i: -weight for i, weight in self.terms(key).items()}, -high, count)]
        for r, row in enumerate(self.rows):
            own = {key: net for key, net in nets.items() if key in self.weights[r]}
            binds = any(self.weights[r].values()) and self.use(r, own, injected) == row.limit
            shadow, most = len(self.contracts) + r, self.rules.highest_ticks - self.rules.lowest_ticks
            found += [at_least({shadow: 1}, 0, count), at_least({shadow: -1}, -most * binds, count)]
        for wish in self.wishes(taken):
            weights: Counter[int] = Counter()
            for k, weight in wish.weights.items():
                for i, part in self.terms(self.keys[k]).items():
                    weights[i] += weight * part
            found.append(at_least(weights, wish.least - wish.may_lack[exactness], count))
        for c in range(len(self.contracts)):
            found.append(at_least({c: 1}, self.rules.lowest_ticks, count))
            found.append(at_least({c: -1}, -self.rules.highest_ticks, count))
        return found

    def terms(self, key: Place) -> dict[int, int]:
        """Return π of a place as a sum of λ and the μ of its rows."""
        of_rows = {len(self.contracts) + r: -own[key] for r, own in enumerate(self.weights) if own.get(key)}
        return {self.contracts.index(key[0]): 1} | of_rows

    def prices(self, taken: Taken, nets: Mapping[Place, int]) -> NodalPrices | None:
        """Return the prices, blocks in part as exact as can be; None where none support the result."""
        attempts = (self.prices_as(exactness, taken, nets) for exactness in (EXACT, BETTER, WORSE))
        return next((found for found in attempts if found is not None), None)

    def prices_as(self, exactness: int, taken: Taken, nets: Mapping[Place, int]) -> NodalPrices | None:
        """Return the prices: each λ is the midpoint of what the orders leave, a whole tick, then each μ is."""
        count, demands, values = len(self.contracts) + len(self.rows), self.demands(taken, nets, exactness), []
        for i in range(count):
            found = range_of(i, demands, count)
            if found is None:
                return None
            middle = (found[0] + found[1]) / 2
            whole = Fraction(round(middle))
            value = whole if i < len(self.contracts) and found[0] <= whole <= found[1] else middle
            values.append(value)
            demands += [_exactly(i, value, count), _exactly(i, value, count, sign=-1)]
        shadows = {row.row_id: value for row, value in zip(self.rows, values[len(self.contracts) :], strict=True)}
        at = {key: sum((values[i] * w for i, w in self.terms(key).items()), Fraction(0)) for key in self.keys}
        return NodalPrices(exactness == EXACT, shadows, at)

    def best_at_nodes(self) -> list[tuple[NaiveResult, NodalPrices | None]]:
        """Return the results of most welfare, then of most volume, then with the block whose name comes first, each
        with its prices by node; None paid as bid."""
        as_bid = self.rules.pricing is Pricing.PAY_AS_BID
        found = [(welfare, taken) for taken in self.allowed() if (welfare := self.welfare(taken)) is not None]
        results: list[tuple[tuple[int, list[bool]], NaiveResult, NodalPrices | None]] = []
        for self.may_leave_out in (False, True):
            for welfare, taken in sorted(found, reverse=True):
                if results and welfare < results[0][1].welfare:
                    break
                for nets in self.every_nets(taken):
                    prices = None if as_bid else self.prices(taken, nets)
                    if as_bid or prices is not None:
                        result = self.result_at(welfare, taken, nets)
                        results.append(((result.volume, [w > 0 for w in taken]), result, prices))
            if results:
                break
        best = max(rank for rank, *_ in results)
        return [(result, prices) for rank, result, prices in results if rank == best]

    def result_at(self, welfare: int, taken: Taken, nets: Mapping[Place, int]) -> NaiveResult:
        got = {
            (name, contract): w
            for (contract, node), place in zip(self.keys, self.places, strict=True)
            for name, w in place.filled(nets[contract, node]).items()
        }
        volume = sum(place.bought(nets[key]) for key, place in zip(self.keys, self.places, strict=True))
        for block, w in zip(self.blocks, taken, strict=True):
            powers = self.powers(block, w)
            volume += sum(powers.values()) if block.side is Side.BUY else 0
            got |= {(block.order_id, contract): power for contract, power in powers.items() if power}
        used = frozenset(block.order_id for block, w in zip(self.blocks, taken, strict=True) if w)
        intervals = tuple(place.interval(nets[key]) for key, place in zip(self.keys, self.places, strict=True))
        return NaiveResult(welfare, volume, used, [], got, self.contracts, intervals)


def _exactly(i: int, value: Fraction, count: int, sign: int = 1) -> AtLeast:
    return AtLeast(tuple(Fraction(sign * (j == i)) for j in range(count)), sign * value)
