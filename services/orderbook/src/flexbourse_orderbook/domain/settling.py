"""What a plan becomes: the events of its matches and skipped candidates, in order."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.entry.collateral import cover_micro_euro, part_micro_euro, taken_micro_euro
from flexbourse_orderbook.domain.events import (
    CandidateSkipped,
    Event,
    FlexibilityHeld,
    MatchSide,
    OperatingPointChanged,
    OrderReplaced,
    PairBlocked,
    SpanMatched,
    TradeExecuted,
)
from flexbourse_orderbook.domain.findings import GateFinding, NodeChange
from flexbourse_orderbook.domain.grid.area_grid import GridPeriod
from flexbourse_orderbook.domain.grid.moved import Moved
from flexbourse_orderbook.domain.headroom.held_calls import called_order, node_of_call
from flexbourse_orderbook.domain.matching_plan import Fill, Skip
from flexbourse_orderbook.domain.orders import Basis, FillRule, OrderStatus, ReplaceCause, Side
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.clips import hidden_after, is_used_up, with_next_clip
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.pair_index import PairKey
from flexbourse_orderbook.domain.state import AreaState, Period


def events_of(state: AreaState, market: Market, aggressor: RestingOrder, step: Fill | Skip) -> Iterator[Event]:
    """Iterate over the events of one step of a plan; each must be applied before the next is asked for."""
    period = state.period(aggressor.mtu)
    waits_already = market.retries_after_match and _pair(aggressor, step.resting) in period.blocked
    if not step.resting.is_plain:  # a plan looks ahead at clips that come while it is carried out
        step = replace(step, resting=state.orders[step.resting.terms.order_id])
    if isinstance(step, Skip):
        yield CandidateSkipped(
            state.area_id, aggressor.mtu, aggressor.terms.order_id, step.resting.terms.order_id, step.reason,
            step.operating_point_sequence,
        )  # fmt: skip
    elif step.call is not None:
        yield _held(state, market, period, aggressor, step)
    else:
        if step.legs:
            yield from _span_events(state, market, period, aggressor, step)
        else:
            yield trade_event(state, market, period, aggressor, step)
            if step.change is not None:
                yield operating_point(state, period.grid, step.change.nodes, step.change.p_w, step.change.q_var)
        if not step.resting.is_plain and is_used_up(step.resting):
            terms = with_next_clip(step.resting.value(), state.order_sequence + 1)
            yield OrderReplaced(terms, ReplaceCause.NEXT_CLIP)
    if market.retries_after_match and period.blocked.has_room() and _both_wait(aggressor, step.resting):
        yield from _blocked(state, aggressor, step, waits_already=waits_already)


def _span_events(
    state: AreaState, market: Market, span: Period, aggressor: RestingOrder, fill: Fill
) -> Iterator[Event]:
    """Iterate over the events of a match over a span: it fills both orders, a trade for each period moves and owes."""
    seller, buyer = (fill.resting, aggressor) if aggressor.is_buy else (aggressor, fill.resting)
    sells = side_of(state, seller, fill.quantity_w, aggresses=not aggressor.is_buy)
    buys = side_of(state, buyer, fill.quantity_w, aggresses=aggressor.is_buy)
    sequence = span.trade_sequence + 1
    name = f"{state.area_id}.{span.mtu.start_s}.{span.mtu.length_s}.s.{sequence}"
    trades = _trades_of_span(state, market, span, aggressor, fill, sells, buys, name)
    yield SpanMatched(
        span_match_id=name,
        area_id=state.area_id,
        market_id=market.market_id,
        product=aggressor.terms.product,
        mtu=span.mtu,
        quantity_w=fill.quantity_w,
        price_ticks=fill.price_ticks,
        tick_micro_euro_per_mwh=market.price_tick_micro_euro_per_mwh,
        amount_micro_euro=sum(trade.amount_micro_euro for trade in trades),
        seller=replace(sells, collateral_micro_euro=0),
        buyer=replace(buys, collateral_micro_euro=0),
        buyer_is_aggressor=aggressor.is_buy,
        dnut_micro_euro=sum(trade.dnut_micro_euro for trade in trades),
        trade_ids=tuple(trade.trade_id for trade in trades),
        executed_at_ms=state.now.at_ms,
        sequence=sequence,
        shrunk_by=fill.shrunk_by,
        asked_w=fill.asked_w,
    )
    for part, trade, leg in zip(span.parts, trades, fill.legs, strict=True):
        yield trade
        if leg.change is not None:
            yield operating_point(state, part.grid, leg.change.nodes, leg.change.p_w, leg.change.q_var)


def _trades_of_span(
    state: AreaState, market: Market, span: Period, aggressor: RestingOrder, fill: Fill, sells: MatchSide,
    buys: MatchSide, name: str,
) -> list[TradeExecuted]:  # fmt: skip
    """Return the trades of the periods; the collateral that falls to the match is taken by one after the other."""
    found = []
    for part, leg in zip(span.parts, fill.legs, strict=True):
        trade = trade_of(state, market, part, aggressor, leg, sells, buys)
        sells, buys = _less(sells, trade.seller), _less(buys, trade.buyer)
        found.append(replace(trade, span_match_id=name, span=span.mtu))
    return found


def _less(side: MatchSide, taken: MatchSide) -> MatchSide:
    return replace(side, collateral_micro_euro=side.collateral_micro_euro - taken.collateral_micro_euro)


def _both_wait(*orders: RestingOrder) -> bool:
    return all(order.status is OrderStatus.ACTIVE and order.terms.fill_rule is FillRule.NORMAL for order in orders)


def _pair(aggressor: RestingOrder, resting: RestingOrder) -> PairKey:
    ask, bid = (resting, aggressor) if aggressor.is_buy else (aggressor, resting)
    return ask.terms.order_id, bid.terms.order_id


def _blocked(
    state: AreaState, aggressor: RestingOrder, step: Fill | Skip, *, waits_already: bool
) -> Iterator[PairBlocked]:
    """Iterate over what keeps a pair waiting: the grid, or something else where it waits for the grid already."""
    pair = PairBlocked(state.area_id, aggressor.mtu, *_pair(aggressor, step.resting))
    if isinstance(step, Fill):
        if step.by_grid:
            yield pair
    elif step.blocked_by is None:
        if waits_already:
            yield pair
    else:
        by = step.blocked_by
        yield replace(
            pair, element_id=by.element_id, sense=by.sense, value=by.value, limit=by.limit, at_re=by.at.re,
            at_im=by.at.im,
        )  # fmt: skip


def operating_point(
    state: AreaState, grid: GridPeriod, nodes: tuple[int, ...], p_w: tuple[int, ...], q_var: tuple[int, ...]
) -> OperatingPointChanged:
    """Return the accepted deviations of some nodes after a change, absolute."""
    assert grid.area is not None
    assert grid.base is not None
    totals: dict[int, tuple[int, int]] = {}
    for node, p, q in zip(nodes, p_w, q_var, strict=True):
        before = totals.get(node, (int(grid.accepted_p[node]), int(grid.accepted_q[node])))
        totals[node] = (before[0] + p, before[1] + q)
    ids = grid.area.topology.node_ids
    return OperatingPointChanged(
        area_id=state.area_id,
        mtu=grid.mtu,
        sequence=grid.sequence + 1,
        accepted=tuple(NodeChange(ids[node], p, q) for node, (p, q) in totals.items()),
        topology_version=grid.area.version,
        base_case_version=grid.base.version,
    )


def _held(state: AreaState, market: Market, period: Period, aggressor: RestingOrder, fill: Fill) -> FlexibilityHeld:
    seller, buyer = (fill.resting, aggressor) if aggressor.is_buy else (aggressor, fill.resting)
    called, sequence = called_order(seller, buyer), period.call_sequence + 1
    assert called is not None
    return FlexibilityHeld(
        call_id=f"{state.area_id}.{period.mtu.start_s}.h.{sequence}",
        area_id=state.area_id,
        market_id=market.market_id,
        product=aggressor.terms.product,
        mtu=period.mtu,
        order_id=called.terms.order_id,
        node_id=node_of_call(called, seller),
        quantity_w=fill.quantity_w,
        price_ticks=fill.price_ticks,
        tick_micro_euro_per_mwh=market.price_tick_micro_euro_per_mwh,
        seller=side_of(state, seller, fill.quantity_w, aggresses=not aggressor.is_buy),
        buyer=side_of(state, buyer, fill.quantity_w, aggresses=aggressor.is_buy),
        buyer_is_aggressor=aggressor.is_buy,
        gate=fill.finding,
        executed_at_ms=state.now.at_ms,
        sequence=sequence,
        element_id=buyer.terms.element_id,
    )


def called_trade(
    state: AreaState, period: Period, held: FlexibilityHeld, moved: Moved, finding: GateFinding
) -> TradeExecuted:
    """Return the trade that a held match becomes when it is called; who calls bears its DNUT, or enjoys it."""
    grid, change, sequence = period.grid, moved.potential_change_micro_euro, period.trade_sequence + 1
    bought = held.buyer.basis is Basis.OPERATOR_REQUEST
    tick, market, quantity = held.tick_micro_euro_per_mwh, state.market_of(held.market_id, held.mtu), held.quantity_w
    amount = amount_micro_euro(quantity, held.price_ticks, period.mtu.length_s, tick)
    owed = amount + (0 if bought else max(0, change))
    return TradeExecuted(
        trade_id=period.trade_id(sequence),
        area_id=state.area_id,
        market_id=held.market_id,
        product=held.product,
        mtu=period.mtu,
        quantity_w=quantity,
        price_ticks=held.price_ticks,
        tick_micro_euro_per_mwh=tick,
        amount_micro_euro=amount,
        seller=taken_of(market, held.seller, Side.SELL, period.mtu, quantity, -amount),
        buyer=taken_of(market, held.buyer, Side.BUY, period.mtu, quantity, owed),
        buyer_is_aggressor=True,
        dnut_micro_euro=0 if bought else change,
        relief_micro_euro=change if bought else 0,
        potential_before_micro_euro=grid.potential,
        potential_after_micro_euro=grid.potential + change,
        tariff_version=grid.tariff.version if grid.tariff is not None else 0,
        reliefs=moved.reliefs,
        gate=finding,
        operating_point_sequence=grid.sequence + 1,
        executed_at_ms=state.now.at_ms,
        sequence=sequence,
        effect=moved.effect,
        call_id=held.call_id,
    )


def trade_event(
    state: AreaState, market: Market, period: Period, aggressor: RestingOrder, fill: Fill
) -> TradeExecuted:  # fmt: skip
    """Return the trade that a match in one period becomes."""
    resting, quantity, is_buy = fill.resting, fill.quantity_w, aggressor.is_buy
    seller, buyer = (resting, aggressor) if is_buy else (aggressor, resting)
    amount, sold, bought = _owed(market, period.mtu, fill, buyer_aggresses=is_buy)
    sells = side_of(state, seller, quantity, aggresses=not is_buy, market=market, owed_micro_euro=sold)
    buys = side_of(state, buyer, quantity, aggresses=is_buy, market=market, owed_micro_euro=bought)
    return _trade_with(state, market, period, aggressor, fill, amount, sells, buys)


def _owed(market: Market, mtu: Mtu, fill: Fill, *, buyer_aggresses: bool) -> tuple[int, int, int]:
    """Return the amount of a match, and what its seller and its buyer owe for it, tariffs included."""
    amount = amount_micro_euro(fill.quantity_w, fill.price_ticks, mtu.length_s, market.price_tick_micro_euro_per_mwh)
    other = tariff = 0
    if fill.dnut_micro_euro or fill.other_dnut_micro_euro:
        other = max(0, fill.other_dnut_micro_euro)  # a refund comes with the settlement, and perhaps not whole
        tariff = max(0, fill.billed_micro_euro - fill.other_dnut_micro_euro)
    sold, bought = (other - amount, amount + tariff) if buyer_aggresses else (tariff - amount, amount + other)
    return amount, sold, bought - (fill.spread.amount_micro_euro if fill.spread is not None else 0)


def trade_of(
    state: AreaState, market: Market, period: Period, aggressor: RestingOrder, fill: Fill, sells: MatchSide,
    buys: MatchSide,
) -> TradeExecuted:  # fmt: skip
    """Return the trade of a match in a period; its sides have the collateral that the match may take."""
    amount, sold, bought = _owed(market, period.mtu, fill, buyer_aggresses=aggressor.is_buy)
    seller = taken_of(market, sells, Side.SELL, period.mtu, fill.quantity_w, sold)
    buyer = taken_of(market, buys, Side.BUY, period.mtu, fill.quantity_w, bought)
    return _trade_with(state, market, period, aggressor, fill, amount, seller, buyer)


def _trade_with(
    state: AreaState, market: Market, period: Period, aggressor: RestingOrder, fill: Fill, amount: int,
    seller: MatchSide, buyer: MatchSide,
) -> TradeExecuted:  # fmt: skip
    """Return the trade of a match in a period with the sides and the amount given."""
    grid, sequence = period.grid, period.trade_sequence + 1
    before, change = grid.potential, fill.dnut_micro_euro
    billed = fill.billed_micro_euro if change else 0
    return TradeExecuted(  # by position: names cost as much again
        period.trade_id(sequence), state.area_id, market.market_id, aggressor.terms.product,
        period.mtu, fill.quantity_w, fill.price_ticks, market.price_tick_micro_euro_per_mwh, amount, seller, buyer,
        aggressor.is_buy, billed, change - billed, before, before + change,
        grid.tariff.version if grid.tariff is not None else 0, fill.reliefs, fill.finding,
        grid.sequence + (fill.change is not None), state.now.at_ms, sequence, fill.effect, "", "",
        fill.other_dnut_micro_euro, fill.set_id, "", None, fill.spread, fill.shrunk_by if fill.asked_w else "",
        fill.asked_w,
    )  # fmt: skip


def taken_of(
    market: Market, match: MatchSide, side: Side, mtu: Mtu, quantity_w: int, owed_micro_euro: int
) -> MatchSide:
    """Return a side with what it takes of the collateral that the order had for it, as it is owed now."""
    if not match.collateral_micro_euro:
        return match
    cover = cover_micro_euro(market, side, quantity_w, mtu.length_s)
    return replace(
        match, collateral_micro_euro=taken_micro_euro(match.collateral_micro_euro, owed_micro_euro, cover)
    )  # fmt: skip


def side_of(
    state: AreaState, order: RestingOrder, quantity_w: int, *, aggresses: bool, market: Market | None = None,
    owed_micro_euro: int = 0,
) -> MatchSide:  # fmt: skip
    """Return a side of a match; of the order's collateral it has the part that falls to its quantity.

    Of that it takes what it owes in a market; all of it where that is not known yet, and no market is named.
    """
    terms, registry, collateral = order.terms, state.registry, order.collateral_micro_euro
    part = taken = part_micro_euro(collateral, order.open_w, quantity_w) if collateral else 0
    if part and market is not None:
        cover = 0 if order.is_buy else cover_micro_euro(market, terms.side, quantity_w, order.mtu.length_s)
        taken = taken_micro_euro(part, owed_micro_euro, cover)
    point = registry.metering_points.get(terms.metering_point_id)
    unit = registry.units.get(terms.unit_id)
    moved, open_w = order.moves * quantity_w, order.open_w - quantity_w
    return MatchSide(  # by position: names cost as much again
        terms.order_id, terms.client_order_id, terms.party, terms.unit_id, terms.metering_point_id, terms.node_id,
        terms.basis, 0 if order.is_reactive else moved, order.filled_w + quantity_w, open_w,
        "" if point is None else point.owner_id, "" if unit is None else unit.feeder_id,
        moved if order.is_reactive else 0, taken, collateral - part,
        0 if order.is_plain else hidden_after(order, open_w, aggresses=aggresses),
    )  # fmt: skip


def remember_points(period: Period, fill: Fill) -> None:
    """Keep the points that a match was checked on, which are now those of its periods."""
    for part, leg in zip(period.parts, fill.legs or (fill,), strict=True):
        if leg.after is not None:
            part.grid.remember(leg.after)
