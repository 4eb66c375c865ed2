"""Which accepted trades a topology leaves no room for, and the least that has to be taken off them.

The rule: no trade may hold an element beyond its limit less the forecast margin, a connection or feeder beyond the
operator's capacity limit, or either farther beyond it than the base case alone has it. Among all sets of reductions
that bring this about the one with the least compensation is proposed; compensation is price times quantity taken off;
at the same price the later trade gives way first.
"""

from __future__ import annotations

from flexbourse_core.money import amount_micro_euro, divide_half_even
from flexbourse_gridmath.curtailment import Excess, Reducible, cheapest_reduction
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Side
from flexbourse_orderbook.domain.grid.area_grid import GridPeriod
from flexbourse_orderbook.domain.grid.capacity import Schedule, fit_schedule
from flexbourse_orderbook.domain.grid.curtailment_events import Curtailment, CurtailmentProposed, ElementExcess
from flexbourse_orderbook.domain.grid.grid_view import Margin, Wear, effective_limits
from flexbourse_orderbook.domain.grid.moving_trades import MovingTrade
from flexbourse_orderbook.domain.state import AreaState, Period

MAX_ELEMENTS = 200  # named in one proposal
# A proposal is one record, below 512 kB; what is left over is proposed once these are carried out.
MAX_CURTAILMENTS = 2_000


def propose(state: AreaState, period: Period) -> CurtailmentProposed | None:
    """Return what should be taken off the trades of a period whose grid is known; None where they fit."""
    grid, trades = period.grid, list(period.moving_trades.values())
    assert grid.area is not None
    assert grid.base is not None
    assert grid.margin is not None
    topology = grid.area.topology
    schedule, limits = limits_of_trades(topology, grid, grid.margin)
    reducibles = [_reducible(state, trade) for trade in trades]
    p_w, q_var = grid.base.p_w + grid.accepted_p, grid.base.q_var + grid.accepted_q
    found = cheapest_reduction(topology, p_w, q_var, reducibles, limits, [own.bounds() for own in schedule.sums])
    if found is None:
        return None
    cuts = [
        _curtailment(trade, taken, period.mtu.length_s)
        for trade, taken in zip(trades, found.taken_w, strict=True)
        if taken
    ]
    whole = len(cuts) <= MAX_CURTAILMENTS
    if not whole:
        cuts = sorted(cuts, key=lambda cut: -cut.quantity_w)[:MAX_CURTAILMENTS]
    area = state.registry.areas.get(state.area_id)
    return CurtailmentProposed(
        proposal_id=f"{state.area_id}.{period.mtu.start_s}.c.{period.proposal_count + 1}",
        area_id=state.area_id,
        mtu=period.mtu,
        topology_version=grid.area.version,
        base_case_version=grid.base.version,
        operating_point_sequence=grid.sequence,
        elements=tuple(map(_element, found.excesses[:MAX_ELEMENTS])),
        curtailments=tuple(cuts),
        compensation_micro_euro=sum(cut.compensation_micro_euro for cut in cuts),
        operator_id=area.dso_id if area is not None else "",
        sufficient=found.sufficient and whole,
    )


def limits_of_trades(topology: Topology, grid: GridPeriod, margin: Margin) -> tuple[Schedule, Limits]:
    """Return the operator's schedule, and the limits that trades are held to: whole, whatever relief was sold."""
    schedule = fit_schedule(topology, grid.capacity.values())
    return schedule, effective_limits(topology, margin, Wear.none(topology.n_branches, topology.n_nodes), schedule)


def _reducible(state: AreaState, trade: MovingTrade) -> Reducible:
    sides = tuple(Side(state.node(side.node_id), side.moves) for side in trade.sides if side.moves)
    return Reducible(sides, trade.quantity_w, abs(trade.price_ticks) * trade.tick_micro_euro_per_mwh)


def _curtailment(trade: MovingTrade, taken_w: int, length_s: int) -> Curtailment:
    left_w = trade.quantity_w - taken_w

    def amount(quantity_w: int) -> int:
        return amount_micro_euro(quantity_w, trade.price_ticks, length_s, trade.tick_micro_euro_per_mwh)

    def share(whole: int) -> int:
        return whole - divide_half_even(whole * left_w, trade.quantity_w)

    back = amount(trade.quantity_w) - amount(left_w)
    return Curtailment(
        trade_id=trade.trade_id,
        quantity_w=taken_w,
        left_w=left_w,
        seller_party=trade.seller.party,
        buyer_party=trade.buyer.party,
        amount_micro_euro=back,
        compensation_micro_euro=abs(back),
        compensates_seller=back >= 0,
        dnut_refund_micro_euro=share(trade.dnut_micro_euro),
        relief_refund_micro_euro=share(trade.relief_micro_euro),
    )


def _element(excess: Excess) -> ElementExcess:
    return ElementExcess(excess.element_id, excess.value, excess.limit, excess.unit)
