"""Day-ahead blocks: offers of one quantity over consecutive quarter-hours, pooled to lots without breaking any.

Each offer says how much of it is the least that may be accepted. A block goes out with the smallest ratio that keeps
the least of all its members, for a member gets the ratio of the block: its share, rounded down, is never below its
least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from flexbourse_wholesale_gateway.domain.lots.pooling import ExchangeRules, Member, Pool, exchange_price, worth

PERMILLE = 1_000
MAX_MEMBERS = 64  # of a block: each may be a node, and those are bounded


@dataclass(frozen=True, slots=True)
class Block:
    """Pieces that go out as one block: its quantity and price, and the least of it that is accepted, in thousandths."""

    pool: Pool
    least_permille: int


def least_w(member: Member) -> int:
    """Return the least of an offer that may be accepted, whatever of it goes out."""
    return -(-member.order.open_w * member.order.least_permille // PERMILLE)


def pool_blocks(candidates: Sequence[Member], rules: ExchangeRules) -> list[Block]:
    """Pool offers of one area, span and side; `quantity_w` of each is the most of it that may go out.

    What is a number of whole lots goes out alone. The others are put together best price first, as many as sum up to
    whole lots once the worst were trimmed, none below its least; what finds no such company stays.
    """
    waiting = sorted(
        (one for one in candidates if one.quantity_w >= least_w(one) and exchange_price(one.order, rules) is not None),
        key=lambda one: (worth(one.order), one.order.order_id),
    )
    alone = [one for one in waiting if _is_whole(one.quantity_w, rules)]
    blocks = [_block([one], rules) for one in alone]
    waiting = [one for one in waiting if not _is_whole(one.quantity_w, rules)]
    while waiting:
        most = worth(waiting[0].order) + rules.max_spread_ticks
        chosen = _whole_lots([one for one in waiting[:MAX_MEMBERS] if worth(one.order) <= most], rules)
        if chosen:
            blocks.append(_block(chosen, rules))
        waiting = waiting[max(1, len(chosen)) :]
    return blocks


def _is_whole(watts: int, rules: ExchangeRules) -> bool:
    return watts % rules.lot_w == 0 and 0 < watts <= rules.max_lots * rules.lot_w


def _whole_lots(window: Sequence[Member], rules: ExchangeRules) -> list[Member]:
    """Return the longest run from the best on that gives whole lots, its worst members trimmed; none for no such."""
    totals = list(accumulate(one.quantity_w for one in window))
    slacks = list(accumulate(one.quantity_w - least_w(one) for one in window))
    for place in reversed(range(len(window))):
        excess_w = totals[place] % rules.lot_w
        if excess_w <= slacks[place] and _is_whole(totals[place] - excess_w, rules):
            return _trimmed(window[: place + 1], excess_w)
    return []


def _trimmed(members: Sequence[Member], excess_w: int) -> list[Member]:
    kept: list[Member] = []
    for one in reversed(members):
        less_w = min(excess_w, one.quantity_w - least_w(one))
        excess_w -= less_w
        kept.append(Member(one.order, one.quantity_w - less_w))
    return kept[::-1]


def _block(members: Sequence[Member], rules: ExchangeRules) -> Block:
    first = members[0].order
    prices = [price for one in members if (price := exchange_price(one.order, rules)) is not None]
    price = max(prices, key=lambda ticks: first.side.sign * ticks)
    ratio = max(-(-PERMILLE * least_w(one) // one.quantity_w) for one in members)
    return Block(Pool(first.area_id, first.mtu, first.side, price, tuple(members)), max(1, ratio))
