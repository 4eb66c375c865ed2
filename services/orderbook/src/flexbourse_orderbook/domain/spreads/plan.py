"""Which pairs of orders a spread request takes: the least spread first, each on the grid that those before leave.

A pair does not cross in price. Each side gets its own limit, all-in; the operator pays the difference, and no tariff is
billed, as with any relief that an operator buys. Gate, lights, steps and smallest powers are those of every match.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from flexbourse_core.money import amount_micro_euro
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_orderbook.domain.events import Relief
from flexbourse_orderbook.domain.flexibility.requests import Effects
from flexbourse_orderbook.domain.grid.area_grid import AreaTopology
from flexbourse_orderbook.domain.grid.gate import refuse_by_light
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.moved import moved_by
from flexbourse_orderbook.domain.groups.exclusive_groups import Shares, are_of_one_group
from flexbourse_orderbook.domain.matching_plan import Fill
from flexbourse_orderbook.domain.orders import OrderStatus
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.lowering import allowed_w
from flexbourse_orderbook.domain.spreads.events import Spread, SpreadRequested
from flexbourse_orderbook.domain.state import AreaState
from flexbourse_orderbook.domain.trial import Trial, below_minimum

# Pairs that one request tries at once; what is left waits.
MAX_PAIRS = 64


@dataclass(frozen=True, slots=True)
class PairFill:
    """A pair that is taken; the later order stands as the aggressor, the other one in the fill."""

    aggressor: RestingOrder
    fill: Fill


@dataclass(frozen=True, slots=True)
class PairSkip:
    """A pair that is passed over."""

    ask: RestingOrder
    bid: RestingOrder
    reason: Rejection


@dataclass(slots=True)
class SpreadPlan:
    """What a request would do; `open_w` is left of it, `tried` pairs were looked at."""

    open_w: int
    view: GridView
    effects: Effects
    steps: list[PairFill | PairSkip] = field(default_factory=list)
    taken_w: dict[str, int] = field(default_factory=dict)
    shares: Shares = field(default_factory=dict)
    tried: int = 0


def nodes_of(area: AreaTopology, names: Sequence[str]) -> set[int] | str:
    """Return the nodes that places are: a node, all at or below a zone, all below a branch; else the unknown name."""
    topology, found = area.topology, set[int]()
    for name in names:
        if name in topology.zone_ids:
            found |= set(topology.zone_reach[topology.zone_ids.index(name)].nonzero()[0].tolist())
        elif name in topology.node_index:
            found.add(topology.node_index[name])
        elif name in topology.branch_index:
            found |= _below(area, topology.branch_index[name])
        else:
            return name
    return found


def _below(area: AreaTopology, branch: int) -> set[int]:
    topology, found = area.topology, set[int]()
    for start in range(topology.n_nodes):
        node, parent = start, topology.parent
        while parent[node] >= 0:
            if topology.parent_branch[node] == branch:
                found.add(start)
                break
            node = int(parent[node])
    return found


def sides_of(area: AreaTopology, sellers: Sequence[str], buyers: Sequence[str]) -> tuple[set[int], set[int]] | str:
    """Return the nodes of sellers and of buyers, or a place that there is not."""
    up, down = nodes_of(area, sellers), nodes_of(area, buyers)
    if isinstance(up, str):
        return up
    if isinstance(down, str):
        return down
    everywhere = set(range(area.topology.n_nodes))
    return (up or everywhere - down, down or everywhere - up)


def make_plan(state: AreaState, market: Market, request: SpreadRequested, most: int) -> SpreadPlan | None:
    """Return what a request would take, at most so many pairs tried; None where the grid's state is not known."""
    period = state.period(request.mtu)
    grid = period.grid
    view = grid.view() if grid.potential_start is not None else None
    if view is None or grid.area is None or market.market_id not in period.phases:
        return None
    sides = sides_of(grid.area, request.up, request.down)
    if isinstance(sides, str):
        return None  # a switching took the place away
    plan = SpreadPlan(request.open_w, view, Effects(grid))
    for ask, bid in _pairs(state, request, *sides):
        if plan.open_w < market.quantity_step_w or plan.tried == min(most, MAX_PAIRS):
            break
        if _excludes(market, ask, bid):
            continue
        wanted = min(plan.open_w, _left_w(state, plan, ask), _left_w(state, plan, bid))
        wanted = wanted // market.quantity_step_w * market.quantity_step_w
        if not wanted:
            continue
        plan.tried += 1
        found = _try_pair(state, market, request, plan, ask, bid, wanted)
        plan.steps.append(found)
        if isinstance(found, PairFill):
            _note(state, plan, found, ask, bid)
    return plan


def _left_w(state: AreaState, plan: SpreadPlan, order: RestingOrder) -> int:
    left_w = order.open_w - plan.taken_w.get(order.terms.order_id, 0)
    return min(left_w, allowed_w(state, order, plan.shares))


def _note(state: AreaState, plan: SpreadPlan, found: PairFill, *pair: RestingOrder) -> None:
    fill = found.fill
    plan.open_w -= fill.quantity_w
    assert fill.after is not None
    assert fill.effect is not None
    plan.view = plan.view.after(fill.after, fill.effect, plan.view.potential + fill.dnut_micro_euro)
    for order in pair:
        name = order.terms.order_id
        plan.taken_w[name] = plan.taken_w.get(name, 0) + fill.quantity_w
        if order.terms.exclusive_group:
            state.groups.plan(plan.shares, order.terms, fill.quantity_w)


def _excludes(market: Market, ask: RestingOrder, bid: RestingOrder) -> bool:
    """Tell whether two orders never match each other; their own terms say why."""
    own, other = ask.terms, bid.terms
    same_party = bool(market.self_trade_prevention) and own.party == other.party
    return same_party or own.metering_point_id == other.metering_point_id or are_of_one_group(own, other)


def _pairs(
    state: AreaState, request: SpreadRequested, up: set[int], down: set[int]
) -> Iterator[tuple[RestingOrder, RestingOrder]]:
    """Iterate over pairs by their spread, then by the seller's price and time, then by the buyer's time."""
    period = state.period(request.mtu)
    found = [
        order
        for order in period.spreads.offers.values()
        if order.terms.market_id == request.market_id
        and order.status is OrderStatus.ACTIVE
        and not period.keeps_waiting(order)
    ]
    asks = sorted((o for o in found if not o.is_buy and o.node in up), key=_by_price)
    bids = sorted((o for o in found if o.is_buy and o.node in down), key=_by_price)
    if not asks or not bids:
        return
    heap = [(_spread(ask, bids[0]), i, 0) for i, ask in enumerate(asks)]
    heapify(heap)
    while heap and heap[0][0] <= request.max_spread_ticks:
        _, i, j = heappop(heap)
        yield asks[i], bids[j]
        if j + 1 < len(bids):
            heappush(heap, (_spread(asks[i], bids[j + 1]), i, j + 1))


def _by_price(order: RestingOrder) -> tuple[int, int]:
    price = order.terms.limit_price_ticks
    return (-price if order.is_buy else price), order.sequence


def _spread(ask: RestingOrder, bid: RestingOrder) -> int:
    return ask.terms.limit_price_ticks - bid.terms.limit_price_ticks


def _try_pair(
    state: AreaState, market: Market, request: SpreadRequested, plan: SpreadPlan, ask: RestingOrder, bid: RestingOrder,
    wanted_w: int,
) -> PairFill | PairSkip:  # fmt: skip
    minimum = max(state.minimum_w(ask), state.minimum_w(bid), 1)
    lights = state.lights.of_period(request.mtu, state.now)
    area = state.period(request.mtu).grid.area
    assert area is not None
    zones = [area.zone_of_node(order.node) for order in (ask, bid)]
    refusal = below_minimum(wanted_w, minimum) if wanted_w < minimum else None
    if refusal is None and market.gate_enabled:
        refusal = refuse_by_light(None, None, zones, lights)
    if refusal is not None:
        return PairSkip(ask, bid, refusal)
    vector = Vector((Side(ask.node, ask.moves), Side(bid.node, bid.moves)))
    trial = Trial(market, plan.view, vector, wanted_w, minimum)
    trial.shrink_to_grid()
    trial.look_at_lights(lights)
    after = trial.after() if trial.refusal is None else None
    if trial.refusal is not None or after is None:
        return PairSkip(ask, bid, trial.refusal or trial.not_converged())
    moved, reliefs = moved_by(market, plan.view, after, ()), _reliefs(plan.view, request, trial)
    helps = any(plan.effects.relief(request.element_id, order) > 0 for order in (ask, bid))
    if request.element_id and (not helps or reliefs[0].relief_mpct <= 0):
        rule = "an operator pairs what relieves the element of its request"
        return PairSkip(ask, bid, Rejection(Code.NO_EFFECT, rule, element=request.element_id, headroom_w=0))
    aggressor, resting = (bid, ask) if bid.sequence > ask.sequence else (ask, bid)
    fill = Fill(
        resting=resting, quantity_w=trial.quantity_w, price_ticks=ask.terms.limit_price_ticks,
        dnut_micro_euro=moved.potential_change_micro_euro, before=plan.view, after=after, change=trial.change(),
        effect=moved.effect, finding=trial.finding, bought=True, reliefs=reliefs, stopped_by=trial.shrunk_by,
        spread=_paid(market, request, ask, bid, trial.quantity_w), asked_w=trial.shrunk_from_w,
    )  # fmt: skip
    return PairFill(aggressor, fill)


def _reliefs(view: GridView, request: SpreadRequested, trial: Trial) -> tuple[Relief, ...]:
    after, branch = trial.after(), view.topology.branch_index.get(request.element_id)
    if after is None or branch is None:
        return ()
    relief = view.point.loading_mpct() - after.loading_mpct()
    return (Relief(request.element_id, int(relief[branch]), bought=True),)


def _paid(market: Market, request: SpreadRequested, ask: RestingOrder, bid: RestingOrder, quantity_w: int) -> Spread:
    """Return what the operator pays: what the seller gets less what the buyer pays, each rounded once."""
    tick, seconds = market.price_tick_micro_euro_per_mwh, request.mtu.length_s
    sold, bought = (amount_micro_euro(quantity_w, order.terms.limit_price_ticks, seconds, tick) for order in (ask, bid))
    return Spread(request.request_id, request.party, _spread(ask, bid), sold - bought)
