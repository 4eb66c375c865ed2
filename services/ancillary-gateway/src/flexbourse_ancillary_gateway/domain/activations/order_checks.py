"""What an order may ask of the bids that were offered, and what the grid's verdict makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flexbourse_ancillary_gateway.domain.activations.orders import (
    ActivationOrder,
    BidAnswer,
    BidLimit,
    BidVerdict,
    Cause,
    OrderedBid,
    OrderKind,
    Refusal,
)
from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules

Window = tuple[int, int]


def latest_end_s(bid: Bid, kind: OrderKind) -> int:
    """Return when an activation ends at the latest: with its MTU, a direct one with the next."""
    return bid.claimed_mtus[-1].end_s if kind is OrderKind.DIRECT else bid.mtu.end_s


def judge_order(
    order: ActivationOrder, offered: Mapping[str, Bid], active: Mapping[str, Sequence[Window]]
) -> dict[str, BidAnswer]:
    """Return the refusals that need no grid, by bid; `active` are the windows in which bids are activated already."""
    refused = {}
    for called in order.bids:
        refusal = _refusal(called, order.kind, offered, active)
        if refusal is None and _is_broken(called, order, offered):
            refusal = BidAnswer(called.bid_id, Refusal.NOT_OFFERED, "its group is ordered as a whole")
        if refusal is not None:
            refused[called.bid_id] = refusal
    return _whole_groups(order, offered, refused)


def judge_verdict(
    order: ActivationOrder,
    offered: Mapping[str, Bid],
    verdicts: Iterable[BidVerdict],
    rules: PlatformRules,
) -> tuple[dict[str, BidAnswer], tuple[BidLimit, ...]]:
    """Return the refusals and the limits that the grid's verdict leads to; a bid without a verdict is refused.

    A bid is activated as ordered or not at all: the response has no other word.
    """
    by_bid = {verdict.bid_id: verdict for verdict in verdicts}
    refused, limits = {}, []
    for called in order.bids:
        verdict = by_bid.get(called.bid_id)
        if verdict is None:
            refused[called.bid_id] = BidAnswer(called.bid_id, Refusal.NO_VERDICT, "no verdict of the grid in time")
        elif verdict.allowed_w < called.quantity_w:
            text = f"{verdict.allowed_w} W possible, {verdict.element_id}" if verdict.element_id else "grid limit"
            refused[called.bid_id] = BidAnswer(called.bid_id, Refusal.GRID, text)
            limits.append(_limit(verdict, offered.get(called.bid_id), rules))
    return _whole_groups(order, offered, refused), tuple(limits)


def _refusal(
    called: OrderedBid, kind: OrderKind, offered: Mapping[str, Bid], active: Mapping[str, Sequence[Window]]
) -> BidAnswer | None:
    bid = offered.get(called.bid_id)
    if bid is None or bid.is_withdrawal:
        return BidAnswer(called.bid_id, Refusal.UNKNOWN_BID, "no such bid stands")
    if text := _not_offered(called, kind, bid):
        return BidAnswer(called.bid_id, Refusal.NOT_OFFERED, text)
    if any(start < called.end_s and called.start_s < end for start, end in active.get(called.bid_id, ())):
        return BidAnswer(called.bid_id, Refusal.ALREADY_ACTIVATED, "activated by another order")
    return None


def _not_offered(called: OrderedBid, kind: OrderKind, bid: Bid) -> str:
    """Say what was ordered that the bid does not offer; nothing where all of it was offered."""
    least = bid.quantity_w if bid.minimum_w is None else bid.minimum_w
    if not max(least, 1) <= called.quantity_w <= bid.quantity_w:
        return f"{called.quantity_w} W ordered of {least} to {bid.quantity_w} W"
    if called.direction is not bid.direction:
        return "ordered in the other direction"
    if kind is OrderKind.DIRECT and not bid.product.is_direct:
        return "not offered for direct activation"
    if not bid.mtu.start_s <= called.start_s < called.end_s <= latest_end_s(bid, kind):
        return "ordered outside the time of the bid"
    return ""


def _is_broken(called: OrderedBid, order: ActivationOrder, offered: Mapping[str, Bid]) -> bool:
    """Tell whether a bid's indivisible group is ordered in part, or over different times."""
    bid = offered[called.bid_id]
    if not bid.inclusive_group or bid.minimum_w is not None:
        return False
    times = {each.bid_id: (each.start_s, each.end_s) for each in order.bids}
    members = (other.bid_id for other in offered.values() if other.inclusive_group == bid.inclusive_group)
    return any(times.get(name) != (called.start_s, called.end_s) for name in members)


def _whole_groups(
    order: ActivationOrder, offered: Mapping[str, Bid], refused: dict[str, BidAnswer]
) -> dict[str, BidAnswer]:
    """An inclusive group is activated as a whole: with one member, all of it are refused."""
    broken = {offered[bid_id].inclusive_group for bid_id in refused if bid_id in offered} - {""}
    for called in order.bids:
        bid = offered.get(called.bid_id)
        if bid is not None and bid.inclusive_group in broken and called.bid_id not in refused:
            refused[called.bid_id] = BidAnswer(called.bid_id, Refusal.GROUP, "another member of its group is refused")
    return refused


def _limit(verdict: BidVerdict, bid: Bid | None, rules: PlatformRules) -> BidLimit:
    step = rules.member_step_w if bid is not None and bid.inclusive_group else rules.step_w
    allowed_w = max(verdict.allowed_w, 0) // step * step
    return BidLimit(verdict.bid_id, allowed_w, verdict.cause or Cause.THERMAL, verdict.element_id, verdict.tightened_by)
