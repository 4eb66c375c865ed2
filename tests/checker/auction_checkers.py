"""Independent checkers of call auctions: prices, volumes and limits are reckoned anew from what was published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from log_access import Log, book_events
from market_checkers import WATT_SECONDS_PER_MWH

from flexbourse.orderbook.v1 import orderbook_pb2 as book

# What whole micro-euro may take from a limit, at each trade.
ROUNDING_MICRO_EURO = 2


@dataclass
class _Auction:
    """What was said of the books of one auction, its trades, and their orders as they were then."""

    books: dict[int, book.AuctionCleared] = field(default_factory=dict)
    trades: list[book.TradeExecuted] = field(default_factory=list)
    orders: dict[str, book.Order] = field(default_factory=dict)


def wrong_auctions(log: Log) -> list[str]:
    """Return auctions whose trades are not what was said of them, or leave somebody without his limit.

    Every trade has the one price of its book or pool, or each side that of its node; paid as bid all keep limits. What
    the operator gets of trades between nodes, their rent, is not below zero for an auction but for whole ticks.
    Volumes add up to what is stated, and of what the grid did not agree with nothing is traded. What an order pays or
    gets over all its trades, and a block over all its periods, is within its limit with the tariff.
    """
    auctions: dict[str, _Auction] = defaultdict(_Auction)
    pools: dict[str, book.PoolCleared] = {}
    wrong: list[str] = []
    orders: dict[str, book.Order] = {}
    for name, body in book_events(log):
        if name in ("admitted", "replaced"):
            orders[body.order.order_id] = body.order
        elif name == "auction_cleared":
            auctions[body.auction_id].books[body.mtu.start_s] = body
        elif name == "pool_cleared":
            pools[body.pool_id] = body
        elif name == "trade" and body.set_id in pools:
            if body.price_ticks != pools[body.set_id].price_ticks:
                wrong.append(f"{body.trade_id} is at {body.price_ticks}, its pool's price is another")
        elif name == "trade" and body.set_id and not body.agreement_id:
            auctions[body.set_id].trades.append(body)
            names = (body.seller.order_id, body.buyer.order_id)
            auctions[body.set_id].orders |= {name: orders[name] for name in names}
    return wrong + [
        f"{auction_id}: {text}"
        for auction_id, auction in auctions.items()
        for text in (*_prices(auction), *_volumes(auction), *_limits(auction), *_rents(auction))
    ]


def _prices(auction: _Auction) -> Iterator[str]:
    for trade in auction.trades:
        said = auction.books.get(trade.mtu.start_s)
        if said is None or not said.agreed:
            yield f"{trade.trade_id} was made, and nothing was agreed upon"
        elif said.HasField("price_ticks") and trade.price_ticks != said.price_ticks:
            yield f"{trade.trade_id} is at {trade.price_ticks}, the book's price is {said.price_ticks}"
        elif said.nodes:
            nodes = {node.node_id: node.price_ticks for node in said.nodes}
            own = tuple(nodes.get(side.node_id if side.moved_w else "") for side in (trade.seller, trade.buyer))
            if (trade.price_ticks, _bought_at(trade)) != own:
                yield f"{trade.trade_id} is at {trade.price_ticks} and {_bought_at(trade)}, its nodes say {own}"
        elif trade.HasField("spread"):
            yield f"{trade.trade_id} pays a rent, and its book has no prices by node"


def _bought_at(trade: book.TradeExecuted) -> int:
    """Return what the buyer pays: the price, and the rent of a full line."""
    return int(trade.price_ticks - trade.spread.spread_ticks)


def _rents(auction: _Auction) -> Iterator[str]:
    """Whole ticks of two nodes may miss a trade's part of the rent by one."""
    rents: dict[int, Fraction] = defaultdict(Fraction)
    for trade in auction.trades:
        energy = Fraction(trade.quantity_w * trade.mtu.length_s * trade.tick_micro_euro_per_mwh, WATT_SECONDS_PER_MWH)
        rents[trade.mtu.start_s] += energy - trade.spread.amount_micro_euro
    for start_s, rent in rents.items():
        if rent < 0:
            yield f"at {start_s} the grid operator pays {float(-rent)} µEUR of rent"


def _volumes(auction: _Auction) -> Iterator[str]:
    traded: Counter[int] = Counter()
    for trade in auction.trades:
        traded[trade.mtu.start_s] += trade.quantity_w
    for start_s, said in auction.books.items():
        if traded[start_s] != said.volume_w:
            yield f"at {start_s} {traded[start_s]} W are traded, {said.volume_w} W are stated"


def _limits(auction: _Auction) -> Iterator[str]:
    kept: dict[Any, Fraction] = defaultdict(Fraction)
    for trade in auction.trades:
        energy = Fraction(trade.quantity_w * trade.mtu.length_s * trade.tick_micro_euro_per_mwh, WATT_SECONDS_PER_MWH)
        rest, whole = trade.other_dnut_micro_euro, trade.dnut_micro_euro
        sold, bought = (rest, whole - rest) if trade.buyer_is_aggressor else (whole - rest, rest)
        for side, sign, dnut, price in (
            (trade.seller, 1, sold, trade.price_ticks),
            (trade.buyer, -1, bought, _bought_at(trade)),
        ):
            order = auction.orders[side.order_id]
            name = order.block_sequence or order.order_id
            gain = sign * energy * (price - order.limit_price_ticks)
            kept[name] += gain - dnut + ROUNDING_MICRO_EURO
    yield from (f"{name} misses its limit by {float(-room)} µEUR" for name, room in kept.items() if room < 0)
