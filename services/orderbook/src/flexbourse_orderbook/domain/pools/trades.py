"""Pools of the running market: books that came to UNCROSSING are cleared, and what was cleared becomes trades.

All trades of a period are one set: one change of the operating point, tariffs by the path integral.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.money import amount_micro_euro
from flexbourse_orderbook.domain.events import MatchSide, TradeExecuted
from flexbourse_orderbook.domain.orders import Basis, OrderStatus, Product, Side
from flexbourse_orderbook.domain.phases.changes import BY_PARAMETERS, change_phase
from flexbourse_orderbook.domain.phases.table import Phase, PhaseCause
from flexbourse_orderbook.domain.pools.clearing import Cleared, clear_period
from flexbourse_orderbook.domain.pools.events import PoolCleared
from flexbourse_orderbook.domain.pools.orders import is_pool
from flexbourse_orderbook.domain.pools.pairs import Pair, pairs_of
from flexbourse_orderbook.domain.registry_state import Market, PoolTerms
from flexbourse_orderbook.domain.settling import operating_point, side_of, taken_of
from flexbourse_orderbook.domain.state import AreaState, Period

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

POOL_IS_OVER = "the pool is over"


def hold_pools(book: AreaBook) -> None:
    """Clear every pool whose book came to UNCROSSING."""
    state = book.state
    if state.halted_reason:
        return
    for mtu in sorted(state.periods):
        period = state.periods[mtu]
        for market_id in sorted(period.phases):
            market = state.market_of(market_id, mtu)
            if period.phases[market_id].phase is Phase.UNCROSSING and is_pool(market) and market.pool is not None:
                _hold(book, market, market.pool, period)


def _hold(book: AreaBook, market: Market, terms: PoolTerms, period: Period) -> None:
    state = book.state
    book.revise_potential(period)  # what is in doubt from before is not the pool's
    cleared = clear_period(state, market, terms, period)
    pairs = list(pairs_of(cleared.taken, cleared.imported_w))
    told = _told(state, market, terms, period, cleared, pairs)
    book.emit(told)
    leader = next((pair for pair in pairs if _moves(pair)), None)
    for pair in pairs:
        book.emit(_trade(state, market, terms, period, cleared, pair, told.pool_id, leads=pair is leader))
    if cleared.moved is not None and pairs:
        change = cleared.moved.change
        book.emit(operating_point(state, period.grid, change.nodes, change.p_w, change.q_var))
        period.grid.remember(cleared.moved.after)
    waiting = period.book(market.market_id, Product.LOCAL_ENERGY).waiting
    for order in [waiting[sequence] for sequence in sorted(waiting)]:
        book.close(order, OrderStatus.EXPIRED, POOL_IS_OVER)
    change_phase(book, period, market.market_id, Phase.CONTINUOUS, PhaseCause.SCHEDULE, BY_PARAMETERS)
    book.try_blocked(period)


def _moves(pair: Pair) -> bool:
    return any(own is not None and own.order.moves for own in (pair.seller, pair.buyer))


def _told(
    state: AreaState, market: Market, terms: PoolTerms, period: Period, cleared: Cleared, pairs: list[Pair]
) -> PoolCleared:
    price, seconds = cleared.price_ticks, period.mtu.length_s
    tick = market.price_tick_micro_euro_per_mwh
    # As its trades, each rounded once, add up to it.
    paid = sum(
        amount_micro_euro(pair.quantity_w, price or 0, seconds, tick) * (1 if pair.seller is None else -1)
        for pair in pairs
        if pair.seller is None or pair.buyer is None
    )
    return PoolCleared(
        area_id=state.area_id,
        market_id=market.market_id,
        mtu=period.mtu,
        product=Product.LOCAL_ENERGY,
        pool_id=f"{state.area_id}.{market.market_id}.{period.mtu.start_s}.{state.now.at_ms}",
        agreed=cleared.refusal is None,
        rejection=cleared.refusal,
        price_ticks=price,
        volume_w=sum(pair.quantity_w for pair in pairs),
        upstream_id="" if terms.forming_unit_id else terms.upstream_id,
        imported_w=cleared.imported_w,
        upstream_micro_euro=paid,
        forming_unit_id=terms.forming_unit_id,
        forming_w=cleared.forming_w,
        orders=cleared.members,
        rounds=cleared.rounds,
        cuts=cleared.cuts,
        cleared_at_ms=state.now.at_ms,
    )


def _trade(
    state: AreaState, market: Market, terms: PoolTerms, period: Period, cleared: Cleared, pair: Pair, pool_id: str,
    *, leads: bool,
) -> TradeExecuted:  # fmt: skip
    """Return the trade of a pair; the seller aggresses where upstream buys, so that a member bears what he moves."""
    price, grid, tick = cleared.price_ticks, period.grid, market.price_tick_micro_euro_per_mwh
    assert price is not None
    sequence, moves = period.trade_sequence + 1, _moves(pair)
    dnut = pair.seller_dnut_micro_euro + pair.buyer_dnut_micro_euro
    amount = amount_micro_euro(pair.quantity_w, price, period.mtu.length_s, tick)
    by_seller = pair.buyer is None
    return TradeExecuted(
        trade_id=period.trade_id(sequence),
        area_id=state.area_id,
        market_id=market.market_id,
        product=Product.LOCAL_ENERGY,
        mtu=period.mtu,
        quantity_w=pair.quantity_w,
        price_ticks=price,
        tick_micro_euro_per_mwh=tick,
        amount_micro_euro=amount,
        seller=_side(state, market, terms, pair, Side.SELL, max(0, pair.seller_dnut_micro_euro) - amount),
        buyer=_side(state, market, terms, pair, Side.BUY, max(0, pair.buyer_dnut_micro_euro) + amount),
        buyer_is_aggressor=not by_seller,
        dnut_micro_euro=dnut,
        relief_micro_euro=0,
        potential_before_micro_euro=grid.potential,
        potential_after_micro_euro=grid.potential + dnut,
        tariff_version=grid.tariff.version if grid.tariff is not None else 0,
        reliefs=(),
        gate=cleared.moved.finding if cleared.moved is not None and moves else None,
        operating_point_sequence=grid.sequence + moves,
        executed_at_ms=state.now.at_ms,
        sequence=sequence,
        effect=cleared.moved.moved.effect if cleared.moved is not None and leads else None,
        other_dnut_micro_euro=0 if by_seller else pair.seller_dnut_micro_euro,
        set_id=pool_id,
    )


def _side(
    state: AreaState, market: Market, terms: PoolTerms, pair: Pair, side: Side, owed_micro_euro: int
) -> MatchSide:
    own = pair.seller if side is Side.SELL else pair.buyer
    if own is None:
        return MatchSide(
            order_id="", client_order_id="", party=terms.upstream_id, unit_id="", metering_point_id="", node_id="",
            basis=Basis.SCHEDULED, moved_w=0, filled_w=pair.quantity_w, open_w=0, owner_id="", feeder_id="",
        )  # fmt: skip
    order = state.orders[own.order.terms.order_id]
    match = side_of(state, order, pair.quantity_w, aggresses=False)
    return taken_of(market, match, side, order.mtu, pair.quantity_w, owed_micro_euro)
