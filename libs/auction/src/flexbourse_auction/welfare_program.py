"""The program behind an auction with blocks or network rows: which blocks, which net sales, at which prices.

Curves enter through the value of a net sale, not one by one: with D(p) the surplus of a place's curves at price p,
their welfare at net sale z is ``V(z) = min_p D(p) − p·z``, so each whole tick gives a tangent from above, and each z
a tangent ``D(p) >= V(z) + p·z`` from below. Tangents are added where a solution needs them; until then the program is
a relaxation, and its bound holds. All of it is relative to a reference price per contract, which keeps the numbers
small:

    maximise   Σ_k θ_k + Σ_b surplus_b(reference)·a_b             θ_k <= D'(p) − p'·z_k    for tangent prices p
    with       Σ_k z_k + Σ_b ±q_b·a_b = 0  per contract,          Σ_k c_rk·(z_k ± blocks at k) <= L_r   per row r
               minimum_b·u_b <= a_b <= u_b, u_child <= u_parent, Σ a_b <= 1 per group, u_b in {0, 1}.

With prices demanded, the dual of the same program for given u is written beside it, where an accepted block may not
lose:

    δ_k >= V'(z) + π_k·z    π_k = λ − Σ_r μ_r·c_rk    s_b + η_group >= surplus_b(π) − M_b·(1 − u_b)    s, η, μ >= 0
    and welfare >= Σ_k δ_k + Σ_r μ_r·L_r + Σ_b s_b + Σ_g η_g:

equality of both sides is what makes the prices support the curves and the blocks (strong duality, as in Madani and Van
Vyve, Computationally efficient MIP formulation for European day-ahead electricity market auctions, 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from flexbourse_auction.ladder import Ladder, Place
from flexbourse_auction.linear import INFINITY, Answer, Effort, Program
from flexbourse_auction.market import Market
from flexbourse_auction.orders import WHOLE_PPM

# Prices in the program are in this many ticks.
PRICE_UNIT = 100.0
# The largest power in the program's unit.
_POWERS = 100.0
# How often tangents are added to a linear program; what is still wrong then is part of the published gap.
MAX_SHARPENINGS = 30
# How many net sales the first tangents are taken at, and up to how many limits each is taken.
_GRID = 8
_EVERY_LIMIT = 32
# By how much welfare may stay below the dual, in the program's units: above the solver's tolerance.
_DUALITY_SLACK = 1e-4
# What a block without a minimum gains by being accepted at its very limit: above the solver's tolerance.
_TIE_GAIN = 1e-6
# What each unit of power of a given set of blocks gains by trading at its very limit: a ten-thousandth of a tick.
_VOLUME_GAIN = 1e-6
# A tangent is added where the program is wrong by more than this.
_TANGENT_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the program proposes: blocks used, their ratios, net sales per place in W; welfare bound in ticks·W."""

    used: frozenset[int]
    ratios: tuple[float, ...]
    nets: tuple[float, ...]
    answer: Answer


class WelfareProgram:
    """The program of one market; ``with_prices`` demands prices that no accepted block loses at."""

    def __init__(self, market: Market, references: Sequence[int], *, with_prices: bool) -> None:
        self.market, self.references, self.with_prices = market, references, with_prices
        self._program = Program(market.meter)
        self.unit_w = max([part.quantity_w for parts in market.parts for part in parts] or [1]) / _POWERS
        if market.rows:
            totals = [max(spot.place.sells.total, spot.place.buys.total) for spot in market.spots]
            self.unit_w = max(self.unit_w, max(totals, default=1) / _POWERS)
        self.base = sum(
            spot.place.conjugate(references[c]) for spot, c in zip(market.spots, market.contract_of, strict=True)
        )
        self._reach = [self._net_range(k) for k in range(len(market.spots))]
        self._tangents: list[set[int]] = [set() for _ in market.spots]
        self._points: list[set[int]] = [set() for _ in market.spots]
        self._primal()
        if with_prices:
            self._dual()
        for k in range(len(market.spots)):
            for price in self._first_prices(k):
                self._refine(k, price)

    @property
    def welfare_unit(self) -> float:
        """Return the program's unit of welfare in ticks·W."""
        return self.unit_w * PRICE_UNIT

    def solve(self, effort: Effort, start: frozenset[int] | None = None) -> Proposal | None:
        """Return the best proposal with its bound; None if there is none. ``start``: blocks that may be used
        together."""
        hints = None if start is None else {u: float(b in start) for b, u in enumerate(self._u) if u is not None}
        answer = self._program.solve(effort, hints)
        if answer.values is None:
            return None
        values = answer.values
        ratios = tuple(min(max(values[a], 0.0), 1.0) for a in self._a)
        used = frozenset(
            b
            for b, u in enumerate(self._u)
            if (values[u] > 0.5 if u is not None else ratios[b] * self._largest(b) > 0.5)
        )
        return Proposal(used, ratios, tuple(values[z] * self.unit_w for z in self._z), answer)

    def bound(self, answer: Answer) -> float:
        """Return the welfare in ticks·W that no solution exceeds."""
        return self.base + answer.bound * self.welfare_unit

    def sharpen(self, answer: Answer) -> bool:
        """Add the tangents that a solution lacks; tells whether any was."""
        assert answer.values is not None
        added = False
        for k, spot in enumerate(self.market.spots):
            net = min(max(answer.values[self._z[k]] * self.unit_w, -spot.place.buys.total), spot.place.sells.total)
            prices = {price for end in (floor(net), ceil(net)) for price in spot.place.prices(end)}
            value = min(self._gained(k, price) - (price - self._reference(k)) * net for price in prices)
            if answer.values[self._theta[k]] > value / self.welfare_unit + _TANGENT_TOLERANCE:
                for price in prices:
                    added = self._refine(k, price) | added
            if self.with_prices:
                exact = self._price(k, answer.values) * PRICE_UNIT + self._reference(k)
                whole = min(max(floor(exact + 1e-6), spot.place.lowest), spot.place.highest)
                added = self._refine(k, whole) | added
        return added

    def clearing_prices(self, answer: Answer) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        """Return the exact price of each place and what one more unit of each row is worth, in ticks; of fixed blocks
        alone, else None."""
        if not answer.duals:
            return None
        duals = answer.duals
        worth = [0.0 if row is None else PRICE_UNIT * duals[row] / scale for row, scale in self._limits]
        prices = tuple(
            self.references[c]
            - PRICE_UNIT * duals[self._balances[c]]
            - sum(own * weights.get(k, 0.0) for own, weights in zip(worth, self.market.row_weights, strict=True))
            for k, c in enumerate(self.market.contract_of)
        )
        return prices, tuple(worth)

    def forbid(self, used: frozenset[int]) -> None:
        """Exclude one set of blocks."""
        weights = {u: 1.0 if b in used else -1.0 for b, u in enumerate(self._u) if u is not None}
        self._program.row(weights, high=sum(1 for weight in weights.values() if weight > 0) - 1)

    def demand_welfare(self, least: int) -> None:
        """Leave out what is worth less, but for the solver's tolerance; ticks·W."""
        gains = dict.fromkeys(self._theta, 1.0) | {a: self._block_gain(b) for b, a in enumerate(self._a)}
        self._program.row(gains, low=(least - self.base) / self.welfare_unit - _DUALITY_SLACK)

    def fix(self, used: frozenset[int]) -> None:
        """Use just these blocks; what is left open is their ratios, and blocks that need no switch."""
        for b, u in enumerate(self._u):
            if u is not None:
                self._program.fix(u, float(b in used), float(b in used))

    def favour_volume(self) -> None:
        """Let blocks that may be filled in part take as much as they can at their very limit."""
        for block, a in zip(self.market.blocks, self._a, strict=True):
            if block.minimum_ppm < WHOLE_PPM:
                self._program.gain_more(a, _VOLUME_GAIN * block.energy_w / self.unit_w)

    def release(self) -> None:
        """Leave the choice of blocks open again."""
        for u in self._u:
            if u is not None:
                self._program.fix(u, 0.0, 1.0)

    def sharpen_at(self, used: frozenset[int], effort: Effort) -> bool:
        """Add the tangents that one set of blocks lacks, which costs linear programs alone; tells whether any was."""
        self.fix(used)
        added = False
        for _ in range(MAX_SHARPENINGS):
            proposal = self.solve(effort)
            if proposal is None or not self.sharpen(proposal.answer):
                break
            added = True
            if self.market.meter.spent:
                break
        self.release()
        return added

    def _largest(self, block: int) -> int:
        return max(part.quantity_w for part in self.market.parts[block])

    def _net_range(self, k: int) -> tuple[int, int]:
        place = self.market.spots[k].place
        if self.market.rows:
            return -place.buys.total, place.sells.total
        sold = bought = 0
        for block, parts in zip(self.market.blocks, self.market.parts, strict=True):
            power = sum(part.quantity_w for part in parts if part.spot == k)
            sold, bought = (sold + power, bought) if block.side.sign > 0 else (sold, bought + power)
        return max(-sold, -place.buys.total), min(bought, place.sells.total)

    def _primal(self) -> None:
        market, program = self.market, self._program
        self._z = [program.variable(low / self.unit_w, high / self.unit_w) for low, high in self._reach]
        self._theta = [program.variable(-INFINITY, 0.0, 1.0) for _ in market.spots]
        self._a: list[int] = []
        self._u: list[int | None] = []
        for b, block in enumerate(market.blocks):
            all_or_none = block.minimum_ppm == WHOLE_PPM
            tie = 0.0 if market.is_switched(b) else _TIE_GAIN
            a = program.variable(0.0, 1.0, self._block_gain(b) + tie, whole=all_or_none)
            u = a if all_or_none else program.variable(0.0, 1.0, whole=True) if market.is_switched(b) else None
            self._a.append(a)
            self._u.append(u)
            if u is not None and u != a:
                program.row({a: 1.0, u: -1.0}, high=0.0)
                program.row({a: 1.0, u: -block.minimum_ppm / WHOLE_PPM}, low=0.0)
        for b, parent in enumerate(market.parents):
            child, other = self._u[b], self._u[parent] if parent is not None else None
            if child is not None and other is not None:
                program.row({child: 1.0, other: -1.0}, high=0.0)
        for members in market.groups:
            program.row({self._a[b]: 1.0 for b in members}, high=1.0)
        self._balances = range(program.height, program.height + len(market.contracts))
        for c, spots in enumerate(market.spots_of):
            weights = {self._z[k]: 1.0 for k in spots}
            for b, block in enumerate(market.blocks):
                power = sum(part.quantity_w for part in market.parts[b] if part.contract == c)
                if power:
                    weights[self._a[b]] = block.side.sign * power / self.unit_w
            program.row(weights, 0.0, 0.0)
        self._limits = [self._network_row(r, coefficients) for r, coefficients in enumerate(market.row_weights)]

    def _network_row(self, r: int, coefficients: dict[int, float]) -> tuple[int | None, float]:
        """Add a row; returns its index, None where it binds nobody, and what it is divided by."""
        scale = max((abs(weight) for weight in coefficients.values()), default=0.0)
        if not scale:
            return None, 1.0
        weights = {self._z[k]: weight / scale for k, weight in coefficients.items()}
        for b, block in enumerate(self.market.blocks):
            effect = sum(part.quantity_w * coefficients.get(part.spot, 0.0) for part in self.market.parts[b])
            if effect:
                weights[self._a[b]] = block.side.sign * effect / scale / self.unit_w
        self._program.row(weights, high=self.market.rows[r].limit / scale / self.unit_w)
        return self._program.height - 1, scale

    def _dual(self) -> None:
        market, program = self.market, self._program
        ranges = [self._price_range(k) for k in range(len(market.spots))]
        lows = [min(ranges[k][0] for k in spots) - self.references[c] for c, spots in enumerate(market.spots_of)]
        highs = [max(ranges[k][1] for k in spots) - self.references[c] for c, spots in enumerate(market.spots_of)]
        self._rho = [
            program.variable(low / PRICE_UNIT, high / PRICE_UNIT) for low, high in zip(lows, highs, strict=True)
        ]
        self._mu = [program.variable(0.0) for _ in market.rows]
        self._delta = [program.variable() for _ in market.spots]
        self._scales = [max((abs(w) for w in weights.values()), default=0.0) or 1.0 for weights in market.row_weights]
        for k in range(len(market.spots)) if market.rows else ():
            reference = self.references[market.contract_of[k]]
            low, high = (price - reference for price in ranges[k])
            program.row(self._price_weights(k), low / PRICE_UNIT, high / PRICE_UNIT)
        balance = dict.fromkeys(self._theta, 1.0) | dict.fromkeys(self._delta, -1.0)
        for b, a in enumerate(self._a):
            balance[a] = self._block_gain(b)
        for r, row in enumerate(market.rows):
            balance[self._mu[r]] = -row.limit / self._scales[r] / self.unit_w
        shared = {b: program.variable(0.0) for members in market.groups for b in members[:1]}
        for members in market.groups:
            shared |= dict.fromkeys(members, shared[members[0]])
        balance |= dict.fromkeys(shared.values(), -1.0)
        for b in range(len(market.blocks)):
            s = program.variable(0.0)
            balance[s] = -1.0
            self._block_row(b, s, shared.get(b), ranges)
        program.row(balance, low=-_DUALITY_SLACK)

    def _block_gain(self, b: int) -> float:
        block = self.market.blocks[b]
        gain = sum(
            part.quantity_w * (self.references[part.contract] - block.price_ticks) for part in self.market.parts[b]
        )
        return block.side.sign * gain / self.welfare_unit

    def _block_row(self, b: int, s: int, shared: int | None, ranges: Sequence[tuple[int, int]]) -> None:
        """Demand ``s + η >= surplus(π) − M·(1 − u)``."""
        block, weights = self.market.blocks[b], {s: 1.0}
        if shared is not None:
            weights[shared] = 1.0
        most = 0.0
        for part in self.market.parts[b]:
            power = block.side.sign * part.quantity_w / self.unit_w
            for column, weight in self._price_weights(part.spot).items():
                weights[column] = weights.get(column, 0.0) - power * weight
            best = ranges[part.spot][1 if block.side.sign > 0 else 0]
            most += power * (best - block.price_ticks) / PRICE_UNIT
        low, u = self._block_gain(b), self._u[b]
        if u is not None:
            if most <= 0:
                return
            weights[u] = weights.get(u, 0.0) - most
            low -= most
        self._program.row(weights, low=low)

    def _price_weights(self, k: int) -> dict[int, float]:
        """Return π_k − reference as a sum of variables."""
        weights = {self._rho[self.market.contract_of[k]]: 1.0}
        for r, coefficients in enumerate(self.market.row_weights):
            if k in coefficients:
                weights[self._mu[r]] = -coefficients[k] / self._scales[r]
        return weights

    def _price(self, k: int, values: Sequence[float]) -> float:
        return sum(weight * values[column] for column, weight in self._price_weights(k).items())

    def _price_range(self, k: int) -> tuple[int, int]:
        place = self.market.spots[k].place
        if self.market.rows:
            return place.lowest, place.highest
        low, high = self._reach[k]
        return place.prices(low)[0], place.prices(high)[1]

    def _first_prices(self, k: int) -> set[int]:
        place, (low, high) = self.market.spots[k].place, self._reach[k]
        least, most = place.prices(low)[0], place.prices(high)[1]
        limits = np.concatenate((place.sells.limits(), -place.buys.limits()))
        inside = {int(limit) for limit in limits if least <= limit <= most}
        if len(inside) <= _EVERY_LIMIT:
            return inside | {least, most}
        nets = {round(low + (high - low) * i / _GRID) for i in range(_GRID + 1)}
        return {price for net in nets for price in place.prices(net)}

    def _reference(self, k: int) -> int:
        return self.references[self.market.contract_of[k]]

    def _gained(self, k: int, price: int) -> int:
        """Return D(price) − D(reference) in ticks·W."""
        place = self.market.spots[k].place
        return place.conjugate(price) - place.conjugate(self._reference(k))

    def _refine(self, k: int, price: int) -> bool:
        """Add the tangent of V at a price and those of D at the net sales it supports; tells whether any was new."""
        place, distance = self.market.spots[k].place, price - self._reference(k)
        new = price not in self._tangents[k]
        if new:
            self._tangents[k].add(price)
            gained = self._gained(k, price) / self.welfare_unit
            self._program.row({self._theta[k]: 1.0, self._z[k]: distance / PRICE_UNIT}, high=gained)
        for net in (place.excess(price), place.excess(price + 1)) if self.with_prices else ():
            if net not in self._points[k]:
                new = True
                self._points[k].add(net)
                weights = {self._delta[k]: 1.0}
                for column, weight in self._price_weights(k).items():
                    weights[column] = -weight * net / self.unit_w
                value = self._gained(k, price) - distance * net
                self._program.row(weights, low=value / self.welfare_unit)
        return new


def references_of(market: Market) -> tuple[int, ...]:
    """Return a price per contract at which all its curves together balance, blocks left out."""
    found = []
    for spots in market.spots_of:
        together = _together([market.spots[k].place for k in spots])
        low, high = together.prices(0)
        found.append((low + high) // 2)
    return tuple(found)


def _together(places: Sequence[Place]) -> Place:
    if len(places) == 1:
        return places[0]

    def joined(ladders: Sequence[Ladder]) -> Ladder:
        return Ladder(
            np.concatenate([ladder.first for ladder in ladders]),
            np.concatenate([ladder.last for ladder in ladders]),
            np.concatenate([ladder.quantity for ladder in ladders]),
        )

    first = places[0]
    return Place(joined([p.sells for p in places]), joined([p.buys for p in places]), first.lowest, first.highest)
