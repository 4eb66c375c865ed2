"""The rules of curves at a price, for the validator: order by order, tick by tick where a segment runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flexbourse_auction.orders import Curve, Segment, Side
from flexbourse_auction.result import Price
from flexbourse_auction.rules import Margin, Pricing, Rules


def offered_w(curve: Curve, price: int) -> int:
    """Return what a curve wants to trade at a price."""
    return sum(_piece_w(piece, curve.side, price) for piece in curve.segments)


def _piece_w(piece: Segment, side: Side, price: int) -> int:
    start, end = piece.price_ticks, piece.last_ticks
    if start == end:
        return piece.quantity_w if (price >= start if side is Side.SELL else price <= start) else 0
    passed = price - start if side is Side.SELL else start - price
    return piece.quantity_w * min(max(passed, 0), abs(end - start)) // abs(end - start)


def limits_tick_w(curve: Curve, power_w: int) -> int:
    """Return Σ limits of the first W of a curve, ticks·W, one tick after the other."""
    total = 0
    for piece in curve.segments:
        direction = 1 if curve.side is Side.SELL else -1
        before, price, left = 0, piece.price_ticks, min(power_w, piece.quantity_w)
        power_w -= left
        while left:
            now = _piece_w(piece, curve.side, price)
            taken = min(now - before, left)
            total += taken * price
            left, before, price = left - taken, now, price + direction
    return total


def curve_problems(rules: Rules, price: Price, curves: Sequence[tuple[Curve, int]], slack_w: int) -> Iterator[str]:
    """Yield what is wrong with the curves of a place, each with the W that it trades."""
    if price.price_ticks is not None:
        yield from _at_price(rules, price, price.price_ticks, curves, slack_w)
    elif rules.pricing is Pricing.PAY_AS_BID:
        yield from _as_bid(price, curves, slack_w)
    elif any(power for _, power in curves):
        yield f"{price.contract} {price.node} trades without a price"
    elif _crosses(curves):
        yield f"{price.contract} {price.node} trades nothing, and some curves would"


def _at_price(
    rules: Rules, price: Price, ticks: int, curves: Sequence[tuple[Curve, int]], slack_w: int
) -> Iterator[str]:
    missed = 0
    for curve, power in curves:
        least = offered_w(curve, ticks - 1 if curve.side is Side.SELL else ticks + 1)
        most = offered_w(curve, ticks)
        off = max(least - power, power - most, 0)
        missed += off
        if off > slack_w:
            yield f"{curve.order_id} trades {power} W at {ticks} ticks, where it wants {least} to {most} W"
    if missed > slack_w:
        yield f"curves of {price.contract} {price.node} are off their price by {missed} W in all"
    left = {
        side: sum(max(offered_w(curve, ticks) - power, 0) for curve, power in curves if curve.side is side)
        for side in Side
    }
    if min(left.values()) > slack_w:
        yield f"{price.contract} {price.node} leaves {left} W on both sides at its price: the volume is not the largest"
    for side in Side:
        yield from _margin(rules.margin, ticks, [pair for pair in curves if pair[0].side is side], slack_w)


def _margin(rule: Margin, ticks: int, curves: Sequence[tuple[Curve, int]], slack_w: int) -> Iterator[str]:
    """At the margin all are served by their quantity, or the earlier first."""
    ranked = sorted(curves, key=lambda pair: (pair[0].time_us, pair[0].order_id))
    entries = []
    for curve, power in ranked:
        least = offered_w(curve, ticks - 1 if curve.side is Side.SELL else ticks + 1)
        margin = offered_w(curve, ticks) - least
        if margin > 0:
            entries.append((curve, power - least, margin))
    whole, served = sum(margin for *_, margin in entries), sum(own for _, own, _ in entries)
    if rule is Margin.PRO_RATA:
        for curve, own, margin in entries:
            if abs(own * whole - served * margin) > (len(curve.segments) + slack_w) * whole:
                yield f"{curve.order_id} has {own} W of {margin} W at the margin, not its share"
        return
    waiting = False
    for curve, own, margin in entries:
        if waiting and own > slack_w:
            yield f"{curve.order_id} is served at the margin before an earlier order"
        waiting |= own < margin


def _as_bid(price: Price, curves: Sequence[tuple[Curve, int]], slack_w: int) -> Iterator[str]:
    """Paid as bid: no W is left out that is worth more than one that trades, or that somebody would take."""
    if slack_w:
        return
    left: dict[Side, int] = {}
    for side in Side:
        own = [(curve, power) for curve, power in curves if curve.side is side]
        # Distances from the best: what a sale asks, what a purchase does not offer.
        trading = [side.sign * _limit_at(curve, power) for curve, power in own if power]
        waiting = [side.sign * _limit_at(curve, power + 1) for curve, power in own if power < _whole(curve)]
        if trading and waiting and max(trading) > min(waiting):
            yield f"{price.contract} {price.node}: a {side} is left out that is better than one that trades"
        if waiting:
            left[side] = min(waiting)
    if len(left) == len(Side) and sum(left.values()) <= 0:
        yield f"{price.contract} {price.node} leaves a sale and a purchase that fit each other"


def _crosses(curves: Sequence[tuple[Curve, int]]) -> bool:
    sells = [_limit_at(curve, 1) for curve, _ in curves if curve.side is Side.SELL]
    buys = [_limit_at(curve, 1) for curve, _ in curves if curve.side is Side.BUY]
    return bool(sells and buys) and max(buys) >= min(sells)


def _whole(curve: Curve) -> int:
    return sum(piece.quantity_w for piece in curve.segments)


def _limit_at(curve: Curve, count: int) -> int:
    """Return the limit of the count-th W of a curve."""
    for piece in curve.segments:
        if count <= piece.quantity_w:
            length = abs(piece.last_ticks - piece.price_ticks)
            ticks = -(-count * length // piece.quantity_w)
            return piece.price_ticks + (ticks if curve.side is Side.SELL else -ticks)
        count -= piece.quantity_w
    raise ValueError(f"{curve.order_id} has no W {count}")
