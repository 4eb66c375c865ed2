"""Of all that is worth most over several nodes, what trades most.

Every best solution of a linear program is best at any of its best prices: orders strictly in the money trade whole,
those strictly out of it nothing, and a row that is worth something is full. Open are the orders at the money: of
curves those whose limit is the price of their node, of blocks those in part whose limit is their average price. Where
they stand at one node alone, its balance says what they trade. Else a second linear program maximises that, within the
same rows, balances and groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flexbourse_auction.linear import INFINITY, Program
from flexbourse_auction.market import Market
from flexbourse_auction.orders import WHOLE_PPM
from flexbourse_auction.welfare_program import Proposal

# An order is at the money if its limit is as close to the price, in ticks: above what the first program leaves.
_AT_THE_MONEY = 1e-2
# What the first program may miss a net sale by.
_LEFT_W = 0.5
# What rows and balances may be missed by, in parts of the largest power.
_MISSED = 1e-9


@dataclass(frozen=True, slots=True)
class _Level:
    """The orders at the money of a place: what is sold and bought of them, W; `net_w` is what all others sell."""

    net_w: int
    sold_w: int
    bought_w: int

    def may_sell(self, net_w: float) -> bool:
        """Tell whether what is open can make up a net sale, but for what the first program leaves."""
        return -self.bought_w - _LEFT_W <= net_w - self.net_w <= self.sold_w + _LEFT_W


def most_volume(
    market: Market, proposal: Proposal, prices: Sequence[float], shadows: Sequence[float]
) -> Proposal | None:
    """Return a proposal of the same blocks and welfare that trades most; None where nothing is open between nodes.

    ``prices`` and ``shadows`` are the exact prices of places and rows of the proposal, in ticks.
    """
    levels = {
        k: level
        for k, (price, net) in enumerate(zip(prices, proposal.nets, strict=True))
        if (level := _level(market, k, price)) is not None and level.may_sell(net)
    }
    blocks = [b for b in range(len(market.blocks)) if _is_open(market, b, proposal, prices)]
    if len(levels) + len(blocks) < 2:
        return None
    return _Volume(market, proposal, levels, blocks, shadows).solve()


def _level(market: Market, k: int, price: float) -> _Level | None:
    """Return the orders of a place's curves at the money; None where there are none."""
    place, ticks = market.spots[k].place, round(price)
    if abs(price - ticks) > _AT_THE_MONEY or not place.lowest <= ticks <= place.highest:
        return None
    sold, bought = place.sells.upto(ticks - 1), place.buys.upto(-ticks - 1)
    level = _Level(sold - bought, place.sells.upto(ticks) - sold, place.buys.upto(-ticks) - bought)
    return level if level.sold_w or level.bought_w else None


def _is_open(market: Market, b: int, proposal: Proposal, prices: Sequence[float]) -> bool:
    """Tell whether a block may take more or less at its very limit."""
    block = market.blocks[b]
    if block.minimum_ppm == WHOLE_PPM or (market.is_switched(b) and b not in proposal.used):
        return False
    missed = sum(part.quantity_w * (prices[part.spot] - block.price_ticks) for part in market.parts[b])
    return abs(missed) <= _AT_THE_MONEY * block.energy_w


class _Volume:
    """The program of what is open; powers in parts of the largest one."""

    def __init__(
        self, market: Market, proposal: Proposal, levels: dict[int, _Level], blocks: Sequence[int],
        shadows: Sequence[float],
    ) -> None:  # fmt: skip
        self._market, self._proposal, self._levels = market, proposal, levels
        powers = [w for level in levels.values() for w in (level.sold_w, level.bought_w)]
        self._unit_w = float(max([*powers, *(market.blocks[b].energy_w for b in blocks)]))
        self._program = program = Program(market.meter)
        self._sold = {k: self._power(level.sold_w) for k, level in levels.items()}
        self._bought = {k: self._power(level.bought_w) for k, level in levels.items()}
        self._ratio = {
            b: program.variable(
                market.blocks[b].minimum_ppm / WHOLE_PPM if market.is_switched(b) else 0.0, 1.0,
                market.blocks[b].energy_w / self._unit_w,
            )
            for b in blocks
        }  # fmt: skip
        for spots in market.spots_of:
            self._row(dict.fromkeys(spots, 1.0), 0.0, full=True)
        for row, weights, shadow in zip(market.rows, market.row_weights, shadows, strict=True):
            self._row(weights, row.limit, full=shadow > _AT_THE_MONEY)
        for members in market.groups:
            fixed = sum(proposal.ratios[b] for b in members if b not in self._ratio)
            program.row({self._ratio[b]: 1.0 for b in members if b in self._ratio}, high=max(1.0 - fixed, 0.0))

    def _power(self, most_w: int) -> int:
        return self._program.variable(0.0, most_w / self._unit_w, 1.0)

    def _row(self, weights: dict[int, float], limit: float, *, full: bool) -> None:
        """Demand that a sum over what places inject keeps its limit, and reaches it where it has to be full."""
        columns: dict[int, float] = {}
        used = fixed = 0.0
        for k, weight in weights.items():
            used += weight * self._proposal.nets[k]
            fixed += weight * (self._levels[k].net_w if k in self._levels else self._proposal.nets[k])
            if k in self._levels:
                columns[self._sold[k]], columns[self._bought[k]] = weight, -weight
        for b, block in enumerate(self._market.blocks):
            effect = sum(part.quantity_w * weights.get(part.spot, 0.0) for part in self._market.parts[b])
            effect *= block.side.sign
            used += effect * self._proposal.ratios[b]
            if b not in self._ratio:
                fixed += effect * self._proposal.ratios[b]
            elif effect:
                columns[self._ratio[b]] = effect / self._unit_w
        missed = _MISSED * max(map(abs, weights.values()), default=0.0)
        # What the first program makes of a row is kept, also where it misses the limit.
        low = (min(limit, used) - fixed) / self._unit_w - missed if full else -INFINITY
        self._program.row(columns, low, (max(limit, used) - fixed) / self._unit_w + missed)

    def solve(self) -> Proposal | None:
        """Return the proposal that trades most; None where the solver finds none."""
        answer = self._program.solve()
        if answer.values is None:
            return None
        values = answer.values
        nets = tuple(
            level.net_w + self._unit_w * (values[self._sold[k]] - values[self._bought[k]])
            if (level := self._levels.get(k)) is not None
            else net
            for k, net in enumerate(self._proposal.nets)
        )
        ratios = tuple(
            values[self._ratio[b]] if b in self._ratio else own for b, own in enumerate(self._proposal.ratios)
        )
        return replace(self._proposal, nets=nets, ratios=ratios)
