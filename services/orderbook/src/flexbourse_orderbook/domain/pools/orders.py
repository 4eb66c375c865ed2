"""What waits in the book of a pool as orders of the pool's solver, and what the market's terms put beside them.

A limit is all-in: an order stands in the pool at its limit and what its first W costs at the grid per MWh. Quantities
are counted in steps of the market. Where the grid check cut an order, it stands there with what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from flexbourse_auction.orders import Contract, Curve, Orders, Segment, Side
from flexbourse_auction.problems import MAX_PRICE_TICKS
from flexbourse_auction.rules import Rules
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.vector import Side as MovedSide
from flexbourse_gridmath.vector import Vector
from flexbourse_orderbook.domain.auctions.rounds import Known
from flexbourse_orderbook.domain.grid.frozen_bases import base_w
from flexbourse_orderbook.domain.grid.gate import refuse_by_light
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.orders import FillRule, NewOrder, Product
from flexbourse_orderbook.domain.registry_state import Algorithm, Market, PoolTerms
from flexbourse_orderbook.domain.resting.levels import NO_NODE, RestingOrder
from flexbourse_orderbook.domain.state import AreaState, Period

if TYPE_CHECKING:
    from flexbourse_auction.pool import GridForming, Upstream

# Orders that wait in one pool: the whole is checked once without each of them.
MAX_MEMBERS = 500
# How often the grid may send a result back.
MAX_ROUNDS = 30
# What the grid may cost an order per MWh: beyond, it asks and bids at the end of all prices.
MAX_COST_TICKS = 500_000
MICRO_EURO_PER_EURO = 1_000_000


@dataclass(frozen=True, slots=True)
class PoolKnown(Known):
    """What rounds have found out: besides costs and who is out, how much of an order the grid takes, in steps."""

    most: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: Known) -> PoolKnown:
        """Return what is known beside what was known before: costs only rise, and what is taken only falls."""
        both = Known.plus(self, other)
        most = dict(self.most)
        for name, steps in other.most.items() if isinstance(other, PoolKnown) else ():
            most[name] = min(steps, most.get(name, steps))
        return PoolKnown(both.rows, both.without, both.cost_ticks, most)


def is_pool(market: Market) -> bool:
    """Tell whether a market is a pool."""
    return market.algorithm == Algorithm.POOL


def refuse_pool_order(market: Market, period: Period, order: NewOrder) -> Rejection | None:
    """Return why an order does not enter a pool's book that collects, or None."""
    waiting = len(period.book(market.market_id, Product.LOCAL_ENERGY).waiting)
    if waiting >= MAX_MEMBERS:
        return Rejection(
            Code.BOOK_FULL, "the orders of a pool are bounded", field="mtu", element=market.market_id, value=waiting,
            limit=MAX_MEMBERS, unit="orders",
        )  # fmt: skip
    if order.fill_rule is FillRule.NORMAL and order.instructions is None:
        return None
    rule = "an order of a pool is divisible and has no instructions"
    return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="fill_rule", element=market.market_id)


def members_of(state: AreaState, market: Market, period: Period, view: GridView | None) -> list[RestingOrder]:
    """Return what takes part of the orders that wait, by time.

    Left out is what lies under an unknown light, and what deviates in a grid that is not known.
    """
    waiting = period.book(market.market_id, Product.LOCAL_ENERGY).waiting
    return [waiting[number] for number in sorted(waiting) if _is_known(state, waiting[number], view)]


def _is_known(state: AreaState, order: RestingOrder, view: GridView | None) -> bool:
    if state.topology is None or order.node == NO_NODE:
        return not order.moves
    zone = state.topology.zone_of_node(order.node)
    lit = refuse_by_light(None, None, [zone], state.lights.of_period(order.mtu, state.now)) is None
    return lit and (view is not None or not order.moves)


def name_of(order: RestingOrder) -> str:
    """Return the name of an order in the pool: of equals the earlier comes first."""
    return f"{order.sequence:015d}"


def rules_of(market: Market, step_w: int) -> Rules:
    """Return the rules of a pool; a W of the solver is a step of the market."""
    return Rules(
        lowest_ticks=max(-MAX_PRICE_TICKS, market.min_price_ticks - MAX_COST_TICKS),
        highest_ticks=min(MAX_PRICE_TICKS, market.max_price_ticks + MAX_COST_TICKS),
        tick_micro_euro_per_mwh=market.price_tick_micro_euro_per_mwh * step_w,
        mtu_seconds=market.mtu_length_s,
        max_rounds=MAX_ROUNDS,
    )


def first_costs(members: Sequence[RestingOrder], view: GridView | None, tick_micro_euro: int) -> dict[str, int]:
    """Return what the first W of each order would cost at the grid per MWh, in ticks, rounded up."""
    costs = {}
    for order in members:
        moves = order.moves if view is not None else 0
        euro = view.prices.of(Vector((MovedSide(order.node, moves),))) if moves and view is not None else 0.0
        costs[name_of(order)] = ceil(round(euro * MICRO_EURO_PER_EURO) / tick_micro_euro)
    return costs


def orders_of(members: Sequence[RestingOrder], known: PoolKnown, rules: Rules, step_w: int) -> Orders:
    """Return the members' curves by what rounds found out."""
    return Orders(tuple(_curves(members, known, rules, step_w)))


def _curves(members: Sequence[RestingOrder], known: PoolKnown, rules: Rules, step_w: int) -> Iterator[Curve]:
    for order in members:
        name = name_of(order)
        steps = min(order.open_w // step_w, known.most.get(name, order.open_w // step_w))
        if name in known.without or steps <= 0:
            continue
        sign, side = (-1, Side.BUY) if order.is_buy else (1, Side.SELL)
        price = order.terms.limit_price_ticks + sign * known.cost_ticks.get(name, 0)
        price = max(rules.lowest_ticks, min(rules.highest_ticks, price))
        yield Curve(name, side, Contract(order.mtu.start_s), (Segment(steps, price),), "", order.sequence)


def upstream_of(terms: PoolTerms, contract: Contract, step_w: int) -> Upstream:
    """Return the grid above as the solver sees it."""
    from flexbourse_auction.pool import Upstream  # noqa: PLC0415  # the solver is loaded by the first pool

    return Upstream(
        contract, terms.import_price_ticks, terms.export_price_ticks, terms.import_limit_w // step_w,
        terms.export_limit_w // step_w,
    )  # fmt: skip


def forming_of(
    state: AreaState, period: Period, terms: PoolTerms, members: Sequence[RestingOrder], step_w: int
) -> GridForming | Rejection:
    """Return the unit that forms the grid of an island, or why there is none."""
    from flexbourse_auction.pool import GridForming  # noqa: PLC0415  # the solver is loaded by the first pool

    unit = state.registry.units.get(terms.forming_unit_id)
    point = state.registry.metering_points.get(unit.metering_point_id) if unit is not None else None
    if unit is None or point is None or not unit.active or point.area_id != state.area_id:
        rule = "the grid-forming unit of an islanded pool is registered and active in the area"
        return Rejection(Code.UNKNOWN_OBJECT, rule, field="pool.forming_unit_id", element=terms.forming_unit_id)
    if period.grid.base is None or state.node(point.node_id) == NO_NODE:
        rule = "the base case of the grid-forming unit is known"
        return Rejection(Code.GRID_STATE_MISSING, rule, element=point.node_id)
    position = state.position_of(point.metering_point_id, period.mtu)
    present = base_w(state, period, point) if position is None else position.base_w + position.deviation_w
    own = tuple(name_of(order) for order in members if order.terms.unit_id == unit.unit_id)
    # Powers in whole steps, to the safe side.
    return GridForming(
        unit.unit_id, Contract(period.mtu.start_s), -(-unit.min_power_w // step_w), unit.max_power_w // step_w,
        present // step_w, -(-terms.forming_reserve_w // step_w) + 1, own,
    )  # fmt: skip
