"""A pool: the members of a local market trade at one price per MTU; the remainder goes upstream, or there is none.

Connected, the upstream grid is one more seller, at its import price, and one more buyer, at its export price. So the
pool's price lies between the two, members trade with each other first where that suits both, and what is left over
flows through the connection. Islanded, members balance each other; a named grid-forming unit holds voltage and
frequency and must keep inside its own limits with a reserve for losses and forecast errors, so its own orders are cut
to what that leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flexbourse_auction.clear import DEFAULT_RULES, clear
from flexbourse_auction.orders import Contract, Curve, Orders, Segment, Side
from flexbourse_auction.problems import OrderProblem, OrdersError
from flexbourse_auction.result import Result
from flexbourse_auction.rules import Rules

# The upstream grid comes after every member of the same limit, where time decides.
_LAST_US = 2**62


@dataclass(frozen=True, slots=True)
class Upstream:
    """What the grid above sells and buys in one contract, and at which prices; export must not be dearer than
    import."""

    contract: Contract
    import_ticks: int
    export_ticks: int
    import_w: int
    export_w: int


@dataclass(frozen=True, slots=True)
class GridForming:
    """The unit that holds an island in one contract: its limits, what it gives without the pool, and what stays free.

    Powers in W, injection positive; ``order_ids`` are its own orders.
    """

    unit_id: str
    contract: Contract
    low_w: int
    high_w: int
    base_w: int
    reserve_w: int
    order_ids: tuple[str, ...] = ()

    @property
    def up_w(self) -> int:
        """Return how much more it may give."""
        return self.high_w - self.reserve_w - self.base_w

    @property
    def down_w(self) -> int:
        """Return how much less it may give."""
        return self.base_w - self.low_w - self.reserve_w


@dataclass(frozen=True, slots=True)
class Remainder:
    """What flows from upstream in one contract (negative: to it), and what the pool pays for it."""

    contract: Contract
    imported_w: int
    paid_micro_euro: int


@dataclass(frozen=True, slots=True)
class PoolResult:
    """The auction's result, upstream's fills among them, and the remainder; islanded there is none."""

    result: Result
    remainders: tuple[Remainder, ...]


def clear_pool(orders: Orders, upstream: Sequence[Upstream], rules: Rules = DEFAULT_RULES) -> PoolResult:
    """Clear a pool that is connected; raises OrdersError."""
    problems = [
        OrderProblem("", "export_ticks", str(each.export_ticks), f"must be at most import_ticks, {each.import_ticks}")
        for each in upstream
        if each.export_ticks > each.import_ticks
    ]
    if len({each.contract for each in upstream}) < len(upstream):
        problems.append(OrderProblem("", "upstream", str(len(upstream)), "must be one per contract"))
    if problems:
        raise OrdersError(problems)
    names = {each.contract: (f"upstream import {i}", f"upstream export {i}") for i, each in enumerate(upstream)}
    grid = [
        Curve(names[each.contract][side is Side.BUY], side, each.contract, (Segment(power, ticks),), "", _LAST_US)
        for each in upstream
        for side, power, ticks in (
            (Side.SELL, each.import_w, each.import_ticks),
            (Side.BUY, each.export_w, each.export_ticks),
        )
        if power
    ]
    result = clear(Orders((*orders.curves, *grid), orders.blocks), rules)
    fills = {(fill.order_id, fill.contract): fill for fill in result.fills}
    remainders = []
    for contract, own in sorted(names.items()):
        found = [fill for name in own if (fill := fills.get((name, contract))) is not None]
        power = sum(fill.side.sign * fill.quantity_w for fill in found)
        paid = sum(fill.side.sign * fill.amount_micro_euro for fill in found)
        remainders.append(Remainder(contract, power, paid))
    return PoolResult(result, tuple(remainders))


def clear_island(orders: Orders, forming: Sequence[GridForming], rules: Rules = DEFAULT_RULES) -> PoolResult:
    """Clear a pool without a grid above; raises OrdersError where an MTU has no grid-forming unit inside its limits."""
    units = {each.contract: each for each in forming}
    problems = _island_problems(orders, forming, units)
    if problems:
        raise OrdersError(problems)
    return PoolResult(clear(Orders(_within(orders.curves, units), orders.blocks), rules), ())


def _island_problems(
    orders: Orders, forming: Sequence[GridForming], units: Mapping[Contract, GridForming]
) -> list[OrderProblem]:
    contracts = {curve.contract for curve in orders.curves} | {
        c for block in orders.blocks for c, _ in block.quantities
    }
    problems = [
        OrderProblem("", "grid_forming", str(contract), "must name a unit that forms the grid in this MTU")
        for contract in sorted(contracts - set(units))
    ]
    if len(units) < len(forming):
        problems.append(OrderProblem("", "grid_forming", str(len(forming)), "must be one unit per MTU"))
    for each in forming:
        if not each.unit_id:
            problems.append(OrderProblem("", "unit_id", "", "must name the unit"))
        if each.reserve_w < 0 or min(each.up_w, each.down_w) < 0:
            span = f"{each.low_w + each.reserve_w} to {each.high_w - each.reserve_w}"
            problems.append(
                OrderProblem(each.unit_id, "base_w", str(each.base_w), f"must be {span}: its limits less the reserve")
            )
        blocks = {block.order_id for block in orders.blocks}
        problems += [
            OrderProblem(name, "order_ids", name, "a grid-forming unit must not sell or buy in blocks")
            for name in each.order_ids
            if name in blocks
        ]
    return problems


def _within(curves: Sequence[Curve], units: Mapping[Contract, GridForming]) -> tuple[Curve, ...]:
    """Cut the grid-forming units' own curves to what their limits leave, the best prices first."""
    left = {
        (contract, side): unit.up_w if side is Side.SELL else unit.down_w
        for contract, unit in units.items()
        for side in Side
    }
    own = {name for unit in units.values() for name in unit.order_ids}
    found = [curve for curve in curves if curve.order_id not in own]
    theirs = [curve for curve in curves if curve.order_id in own]
    for curve in sorted(theirs, key=lambda curve: (curve.side.sign * curve.segments[0].price_ticks, curve.order_id)):
        pieces = []
        for piece in curve.segments:
            power = min(piece.quantity_w, left[curve.contract, curve.side])
            if power:
                pieces.append(_first_of(piece, power))
                left[curve.contract, curve.side] -= power
        if pieces:
            found.append(replace(curve, segments=tuple(pieces)))
    return tuple(found)


def _first_of(piece: Segment, power_w: int) -> Segment:
    """Return the first W of a segment; of a straight line the tick at which they are all wanted, rounded to the safe
    side."""
    if power_w == piece.quantity_w or piece.end_ticks is None:
        return Segment(power_w, piece.price_ticks, piece.end_ticks)
    length = piece.end_ticks - piece.price_ticks
    passed = -(-abs(length) * power_w // piece.quantity_w)
    return Segment(power_w, piece.price_ticks, piece.price_ticks + (passed if length > 0 else -passed))
