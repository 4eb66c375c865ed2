"""From the market to JSON, as the public protocol names things; what the protocol lacks is marked in the README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flexbourse_exchange_simulator.domain.book import Book
from flexbourse_exchange_simulator.domain.market import IntradayMarket
from flexbourse_exchange_simulator.domain.order import Order, Side
from flexbourse_exchange_simulator.domain.periods import Period, TradingHours
from flexbourse_exchange_simulator.domain.problem import Problem
from flexbourse_exchange_simulator.domain.trading import Statistics, Trade
from flexbourse_exchange_simulator.values import CENTS_PER_EUR, LOTS_PER_MW, instant_text, unscaled

DEPTH = 20  # price levels of a side that are shown


def megawatts(lots: int) -> int | float:
    """Return MW."""
    return unscaled(lots, LOTS_PER_MW)


def euros(cents: int) -> int | float:
    """Return EUR/MWh."""
    return unscaled(cents, CENTS_PER_EUR)


def average(value: int, lots: int) -> int | float | None:
    """Return lots times cents as an average price, half to even at the cent."""
    if not lots:
        return None
    cents, rest = divmod(value, lots)
    up = 2 * rest > lots or (2 * rest == lots and cents % 2)
    return euros(cents + 1 if up else cents)


def _instant(instant: int | None) -> str | None:
    return None if instant is None else instant_text(instant)


def problems_json(errors: Mapping[str, Iterable[Problem]]) -> dict[str, list[dict[str, Any]]]:
    """Return problems by the key of their order."""
    return {
        key: [
            {"code": problem.code.value, "message": problem.message, "messageArgs": list(problem.arguments)}
            for problem in problems
        ]
        for key, problems in errors.items()
    }


def validation_json(errors: Mapping[str, Iterable[Problem]], correlation: str | None) -> dict[str, Any]:
    """Return the answer to a request with problems."""
    return {
        "correlationId": correlation,
        "code": "ValidationProblem",
        "message": "Validation problems occurred.",
        "errors": problems_json(errors),
    }


def order_json(order: Order, market: IntradayMarket, *, with_trades: bool) -> dict[str, Any]:
    """Return an own order."""
    terms = order.terms
    document: dict[str, Any] = {
        "id": order.id,
        "groupId": None,
        "type": "block" if terms.period.is_block else "simple",
        "productType": terms.period.product_minutes,
        "deliveryDay": market.rules.hours.delivery_day(terms.period.start).isoformat(),
        "deliveryStart": instant_text(terms.period.start),
        "deliveryEnd": instant_text(terms.period.end),
        "direction": terms.side.value,
        "indication": terms.indication.value,
        "quantity": megawatts(terms.quantity),
        "price": euros(terms.price),
        "peakQuantity": None if terms.peak_quantity is None else megawatts(terms.peak_quantity),
        "peakPriceDelta": None if terms.peak_price_delta is None else euros(terms.peak_price_delta),
        "status": order.status.value,
        "isPending": order.pending,
        "realizedQuantity": megawatts(order.realized),
        "realizedPriceWeighted": average(order.realized_value, order.realized),
        "remainingQuantity": megawatts(order.unmatched),
        "expiration": _instant(terms.expiration),
        "note": terms.note,
        "clientOrderId": terms.client_id,
        "createdAt": instant_text(order.created),
        "updatedAt": instant_text(order.updated),
        "createdBy": order.owner,
        "previousOrderId": order.previous_id,
        "originalOrderId": order.original_id,
    }
    if with_trades:
        known = [market.trades[number] for number in order.trades if number in market.trades]
        document["trades"] = [trade_of_order_json(trade) for trade in known]
    return document


def trade_of_order_json(trade: Trade) -> dict[str, Any]:
    """Return a trade as it stands in an order."""
    return {
        "id": trade.id,
        "time": instant_text(trade.time),
        "price": euros(trade.price),
        "quantity": megawatts(trade.quantity),
        "status": "completed" if trade.recalled is None else "recalled",
        "recalledAt": _instant(trade.recalled),
    }


def own_trade_json(trade: Trade, side: Side, market: IntradayMarket) -> dict[str, Any]:
    """Return a trade as its buyer, or its seller, sees it."""
    order_id = trade.buy_order if side is Side.BUY else trade.sell_order
    order = market.orders.get(order_id)
    return {
        **trade_of_order_json(trade),
        "type": "block" if trade.period.is_block else "simple",
        "productType": trade.period.product_minutes,
        "deliveryDay": market.rules.hours.delivery_day(trade.period.start).isoformat(),
        "deliveryStart": instant_text(trade.period.start),
        "deliveryEnd": instant_text(trade.period.end),
        "direction": side.value,
        "orderId": order_id,
        "clientOrderId": None if order is None else order.terms.client_id,
    }


def period_json(period: Period, hours: TradingHours, now: int) -> dict[str, Any]:
    """Return a period with its trading phase."""
    return {
        "deliveryDay": hours.delivery_day(period.start).isoformat(),
        "deliveryStart": instant_text(period.start),
        "deliveryEnd": instant_text(period.end),
        "productType": period.product_minutes,
        "opens": instant_text(hours.opens(period)),
        "tradingEnd": instant_text(hours.trading_end(period)),
        "phase": hours.phase(period, now).value,
    }


def book_json(market: IntradayMarket, period: Period, viewer: str) -> dict[str, Any]:
    """Return the order book of a period as a member sees it: levels for simple orders, orders for blocks."""
    book = market.books.get(period)
    document: dict[str, Any] = {
        "period": {
            "start": instant_text(period.start),
            "end": instant_text(period.end),
            "isBlock": period.is_block,
            "tradingEnd": instant_text(market.rules.hours.trading_end(period)),
        },
        "statistics": _statistics_json(market.statistics.get(period, Statistics())),
        "ownStatistics": _own_statistics(market, book, period, viewer),
        "buyList": [],
        "sellList": [],
        "blockOrders": [],
    }
    if book is None:
        return document
    if period.is_block:
        document["blockOrders"] = [_block_json(order) for side in Side for order in book.side(side)[:DEPTH]]
    else:
        document["buyList"] = _levels(book.side(Side.BUY), viewer)
        document["sellList"] = _levels(book.side(Side.SELL), viewer)
    return document


def _block_json(order: Order) -> dict[str, Any]:
    return {
        "price": euros(order.slice_price),
        "quantity": megawatts(order.slice_left),
        "direction": order.terms.side.value,
    }


def _levels(orders: list[Order], viewer: str) -> list[dict[str, Any]]:
    levels: dict[int, list[int]] = {}
    for order in orders:
        if order.slice_price not in levels and len(levels) == DEPTH:
            break
        level = levels.setdefault(order.slice_price, [0, 0])
        level[0] += order.slice_left
        level[1] += order.slice_left if order.owner == viewer else 0
    return [
        {"price": euros(price), "quantity": megawatts(lots), "ownQuantity": megawatts(own)}
        for price, (lots, own) in levels.items()
    ]


def _statistics_json(statistics: Statistics) -> dict[str, Any]:
    if statistics.last_time is None:
        return {}
    return {
        "lastTradeTime": instant_text(statistics.last_time),
        "lastPrice": euros(statistics.last_price),
        "maxPrice": euros(statistics.highest),
        "minPrice": euros(statistics.lowest),
        "totalVolume": megawatts(statistics.total),
        "lastQuantity": megawatts(statistics.last_quantity),
        "priceDirection": statistics.direction,
    }


def _own_statistics(market: IntradayMarket, book: Book | None, period: Period, viewer: str) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for side in Side:
        lots, value = market.position(viewer, period, side)
        resting = 0 if book is None else sum(order.remaining for order in book.side(side) if order.owner == viewer)
        document[side.value] = {}
        if lots or resting:
            document[side.value] = {
                "quantity": megawatts(lots),
                "remainingQuantity": megawatts(resting),
                "weigtedAveragePrice": average(value, lots),  # the protocol's own spelling
            }
    return document


def status_json(market: IntradayMarket, now: int) -> dict[str, Any]:
    """Return the status of the market."""
    return {
        "systemTime": instant_text(now),
        "tradeDay": market.rules.hours.delivery_day(now).isoformat(),
        "tradingStatus": market.status.value,
    }
