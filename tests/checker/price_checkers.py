"""Independent checker of prices: every trade at the resting order's, and nobody beyond what he said he would pay."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from followed_books import is_match, is_paired, match_id, of_a_set
from log_access import Log, book_events

from flexbourse.orderbook.v1 import orderbook_pb2 as book

WATT_SECONDS_PER_MWH = 3_600_000_000
WHOLE = (book.FILL_RULE_FILL_OR_KILL, book.FILL_RULE_ALL_OR_NONE)
TOLERANCE_MICRO_EURO = 2  # of each fill: one rounding of the tariff


def wrong_prices(log: Log) -> list[str]:
    """Return trades not at the resting order's price, or beyond either side's all-in limit.

    Who takes pays price and tariff together. An order that matches whole or not at all keeps its limit on the average
    of all that it takes; what is held of it for a call counts at its price, as the tariff of a call is not known yet.
    """
    orders: dict[str, book.Order] = {}
    taken: dict[str, _Taken] = {}
    wrong = []
    for name, body in book_events(log):
        if name in ("admitted", "replaced"):
            orders[body.order.order_id] = body.order
        elif name == "held" or (is_match(name, body) and not of_a_set(body)):
            seller, buyer = orders[body.seller.order_id], orders[body.buyer.order_id]
            if name != "held":
                wrong += _not_the_resting_price(body, seller, buyer)
            for own, side in ((seller, body.seller), (buyer, body.buyer)):
                wrong += _beyond_limit(name, body, own, side, taken)
    return wrong


def _not_the_resting_price(trade: book.TradeExecuted, seller: book.Order, buyer: book.Order) -> list[str]:
    wrong = []
    resting = seller if trade.buyer_is_aggressor or is_paired(trade) else buyer
    if trade.price_ticks != resting.limit_price_ticks:
        wrong.append(f"{match_id(trade)} at {trade.price_ticks}, the resting order says {resting.limit_price_ticks}")
    if trade.buyer_is_aggressor != (buyer.sequence > seller.sequence) and not _out_of_turn(seller, buyer):
        wrong.append(f"{match_id(trade)}: the aggressor is not the later order")
    return wrong


def _out_of_turn(*sides: book.Order) -> bool:
    """Tell whether an earlier order may take: all-or-none that comes out late, or a clip shown behind what takes it."""
    return any(side.fill_rule == book.FILL_RULE_ALL_OR_NONE or side.instructions.clip_w for side in sides)


@dataclass
class _Taken:
    """What an order that matches whole has taken of its execution so far, exact in micro-euro."""

    beyond: Fraction = Fraction(0)
    fills: int = 0


def _beyond_limit(name: str, match: Any, own: book.Order, side: book.MatchSide, taken: dict[str, _Taken]) -> list[str]:
    """Return that a side pays more or gets less than its limit; of a whole order once all of it has matched."""
    buys = own.side == book.SIDE_BUY
    takes = match.buyer_is_aggressor == buys
    energy = Fraction(match.quantity_w * match.mtu.length_s * match.tick_micro_euro_per_mwh, WATT_SECONDS_PER_MWH)
    # The operator pays the buyer of a pair what he bids less.
    price_ticks = match.price_ticks - (match.spread.spread_ticks if buys and is_paired(match) else 0)
    beyond = energy * (price_ticks - own.limit_price_ticks) * (1 if buys else -1)
    if name != "held" and takes:
        beyond += match.dnut_micro_euro
    together, fills = own.fill_rule in WHOLE and takes, 1
    if together and isinstance(match, book.TradeExecuted) and match.call_id:
        return []  # it was judged when it was held, with all that was taken at once
    if together:
        so_far = taken.setdefault(own.order_id, _Taken())
        so_far.beyond, so_far.fills = so_far.beyond + beyond, so_far.fills + 1
        if side.open_w:
            return []
        beyond, fills = so_far.beyond, so_far.fills
        del taken[own.order_id]
    elif name == "held":
        return []  # judged when it becomes a trade
    if beyond <= TOLERANCE_MICRO_EURO * fills:
        return []
    what = "pays" if buys else "gets"
    name_of = match_id(match)
    return [f"{name_of}: {own.order_id} {what} {float(beyond)} micro-euro beyond its limit in {fills} fills"]


PRICE_CHECKERS = (wrong_prices,)
