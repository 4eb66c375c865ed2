"""Phases in the snapshot: books, halted markets, kept parameters, last prices, trades to take back, spread requests."""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse.orderbook.v1 import snapshot_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_orderbook.domain.orders import Product
from flexbourse_orderbook.domain.phases.table import BookPhase, Phase, PhaseCause
from flexbourse_orderbook.domain.state import AreaState, Period
from flexbourse_orderbook.wire import SPREAD_REQUESTED, TRADE, market_in, market_out


def book_to_snapshot(market_id: str, period: Period) -> pb.BookSnapshot:
    """Return what is to be kept of the phase of a book."""
    own = period.phases[market_id]
    return pb.BookSnapshot(
        market_id=market_id,
        open=own.opened,
        phase=int(own.phase),  # type: ignore[arg-type]
        collects=own.collects,
        waiting=sorted(sequence for book in period.books_of(market_id) for sequence in book.waiting),
        cause=int(own.cause),  # type: ignore[arg-type]
        reason=own.reason,
        resumes_at_ms=own.resumes_at_ms,
        cleared=own.cleared,
    )


def last_prices(period: Period) -> list[pb.LastPriceSnapshot]:
    """Return the last prices of a period's books."""
    return [
        pb.LastPriceSnapshot(market_id=market_id, product=int(product), price_ticks=book.last_ticks)  # type: ignore[arg-type]
        for (market_id, product), book in sorted(period.books.items())
        if book.last_ticks is not None
    ]


def restore_last_prices(period: Period, prices: Iterable[pb.LastPriceSnapshot]) -> None:
    """Put the last prices of a period's books back."""
    for last in prices:
        period.book(last.market_id, Product(last.product)).last_ticks = last.price_ticks


def add_period(wire: pb.PeriodSnapshot, period: Period) -> None:
    """Add what a period keeps beside the phases of its books."""
    wire.last_prices.extend(last_prices(period))
    wire.kept_markets.extend(
        pb.KeptMarketSnapshot(market_id=name, market=market_out(kept).SerializeToString(deterministic=True))
        for name, kept in sorted(period.parameters_kept.items())
    )
    wire.recallable.extend(TRADE.encode(trade) for trade in period.recallable.values())
    wire.spreads.extend(map(SPREAD_REQUESTED.encode, period.spreads.requests.values()))
    wire.spread_sequence, wire.spreads_due = period.spreads.sequence, period.spreads.due


def add_area(wire: pb.AreaSnapshot, state: AreaState) -> None:
    """Add what an area keeps of phases."""
    wire.announced.extend(
        pb.OpeningSnapshot(market_id=name, next_start_s=start_s) for name, start_s in sorted(state.announced.items())
    )
    wire.market_halts.extend(
        pb.MarketHaltSnapshot(market_id=name, reason=reason) for name, reason in sorted(state.market_halts.items())
    )


def restore_period(period: Period, wire: pb.PeriodSnapshot) -> None:
    """Put back phases, prices, parameters and trades; books of older snapshots are in continuous trade."""
    for book in wire.books:
        own = BookPhase(
            Phase(book.phase), book.open, book.collects, PhaseCause(book.cause), book.reason,
            book.resumes_at_ms, book.cleared,
        )  # fmt: skip
        if own.phase is Phase.UNSPECIFIED:
            own.phase, own.cause = Phase.CONTINUOUS, PhaseCause.SCHEDULE
        period.phases[book.market_id] = own
    restore_last_prices(period, wire.last_prices)
    for kept in wire.kept_markets:
        period.parameters_kept[kept.market_id] = market_in(registry.Market.FromString(kept.market))
    period.recallable = {trade.trade_id: TRADE.decode(trade) for trade in wire.recallable}
    for request in map(SPREAD_REQUESTED.decode, wire.spreads):
        period.spreads.put(request)
    period.spreads.sequence = wire.spread_sequence


def restore_area(state: AreaState, wire: pb.AreaSnapshot) -> None:
    """Put back what an area keeps of phases."""
    state.announced = {entry.market_id: entry.next_start_s for entry in wire.announced}
    state.market_halts = {entry.market_id: entry.reason for entry in wire.market_halts}


def waiting_orders(wire: pb.AreaSnapshot) -> set[int]:
    """Return the orders of an area that wait, by sequence."""
    return {sequence for period in wire.periods for book in period.books for sequence in book.waiting}
