"""Independent checkers of what commands may do to orders: whose they are, what a replacement keeps, what may rest.

They read the book's journal, and the commands that its records name as their input.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from followed_books import SELL, WHOLE, Books, fills, is_match, is_paired, match_id, of_a_set, sides_of
from google.protobuf.message import Message
from log_access import Log, decoded, read_once

from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_log.headers import parse_position
from flexbourse_log.port import INPUT, PARTY, Record
from flexbourse_messages.catalogue import BOOK_COMMAND, BY_NAME, REGISTRY_ENTITY

BY_A_MATCH = (book.REPLACE_CAUSE_NEXT_CLIP, book.REPLACE_CAUSE_EXCLUSIVE_GROUP)
IMMEDIATE = (book.FILL_RULE_FILL_AND_KILL, book.FILL_RULE_FILL_OR_KILL)


class Entry(NamedTuple):
    """One journal record of the book with the command that it follows from, where it follows from one.

    `event`: name and body, where it is one of the book's own events.
    """

    message: Any
    command: Record | None
    event: tuple[str, Any]


def _event(message: Message) -> tuple[str, Any]:
    if not isinstance(message, book.OrderEvent):
        return "", None
    name = str(message.WhichOneof("event"))
    return name, getattr(message, name)


@read_once
def entries(log: Log, shard: int = 0) -> Iterator[Entry]:
    """Iterate over the book's journal."""
    commands = {record.offset: record for record in log.records(BOOK_COMMAND, shard)}
    topic = BY_NAME["orderbook"].journal.name
    for record, message in decoded(log, topic, shard):
        source = parse_position(record.headers[INPUT]) if INPUT in record.headers else None
        command = commands[source.offset] if source is not None and source.topic == BOOK_COMMAND else None
        yield Entry(message, command, _event(message))


def changes_by_others(log: Log) -> list[str]:
    """Return orders that entered, were replaced or cancelled by a command of somebody who is not their party."""
    wrong = []
    for entry in entries(log):
        name, body = entry.event
        if entry.command is None or name not in ("admitted", "replaced", "closed"):
            continue
        if name == "closed" and (body.status != book.ORDER_STATUS_CANCELLED or body.rejection.code == "GROUP_EXECUTED"):
            continue
        if name == "closed" and _for_others(entry.command):
            continue
        if name == "replaced" and body.cause in BY_A_MATCH:
            continue  # whoever's command led to it
        owner = body.party if name == "closed" else body.order.party
        order_id = body.order_id if name == "closed" else body.order.order_id
        if entry.command.headers[PARTY] != owner:
            wrong.append(f"{order_id} of {owner} was {name} by {entry.command.headers[PARTY]}")
    return wrong


def _for_others(command: Record) -> bool:
    """Tell whether a command is the market operator's to take orders of others out of the book."""
    return book.OrderCommand.FromString(command.value).WhichOneof("body") in ("cancel_for", "set_kill_switch")


def wrong_replacements(log: Log) -> list[str]:
    """Return orders that kept their place with more, at another price or after sleep, or lost it with less."""
    held: dict[str, tuple[book.Order, int]] = {}
    wrong = []
    for entry in entries(log):
        name, body = entry.event
        if name in ("admitted", "hibernated", "replaced"):
            if name == "replaced":
                wrong += _wrong_replacement(body, *held[body.order.order_id])
            held[body.order.order_id] = (body.order, body.order.open_w)
        elif fills(name, body):
            for side in sides_of(body):
                held[side.order_id] = (held[side.order_id][0], side.open_w)
    return wrong


def _wrong_replacement(replaced: book.OrderReplaced, old: book.Order, open_w: int) -> Iterator[str]:
    """Yield what is wrong with a replacement of an order of which so much was open."""
    new = replaced.order
    if replaced.cause == book.REPLACE_CAUSE_NEXT_CLIP:
        if new.sequence <= old.sequence or new.revision != old.revision or new.open_w != open_w:
            yield f"{new.order_id}: its next clip is more than that"
        return
    slept = replaced.cause == book.REPLACE_CAUSE_REACTIVATED
    keeps = not slept and new.limit_price_ticks == old.limit_price_ticks and new.open_w <= open_w
    if keeps != (new.sequence == old.sequence):
        yield (f"{new.order_id}: {open_w} W at {old.limit_price_ticks} became {new.open_w} W at "
               f"{new.limit_price_ticks}, its place {old.sequence} {new.sequence}")  # fmt: skip
    if new.revision != old.revision + 1:
        yield f"{new.order_id}: revision {new.revision} follows {old.revision}"


def orders_that_must_not_rest(log: Log) -> list[str]:
    """Return immediate orders that are open behind their command, and fill-or-kill ones that were filled in part."""
    open_w: dict[str, book.Order] = {}
    filled: dict[str, int] = {}
    wrong = []
    for entry in entries(log):
        name, body = entry.event
        if name == "admitted" and body.order.fill_rule in IMMEDIATE:
            open_w[body.order.order_id] = body.order
        elif fills(name, body):
            for side in sides_of(body):
                filled[side.order_id] = side.filled_w
                if side.open_w == 0:
                    open_w.pop(side.order_id, None)
        elif name == "closed":
            order = open_w.pop(body.order_id, None)
            whole = order is not None and order.fill_rule == book.FILL_RULE_FILL_OR_KILL
            if whole and filled.get(body.order_id) and not order.relief_targets:
                wrong.append(f"{body.order_id} was filled by {filled[body.order_id]} of {order.quantity_w} and killed")
        elif isinstance(entry.message, log_pb2.Answered) and open_w:
            wrong += [f"{order_id} rests, and must not" for order_id in open_w]
            open_w.clear()
    return wrong


def broken_instructions(log: Log) -> list[str]:
    """Return matches below an order's smallest one, beyond a clip, and all-or-none orders filled in part."""
    orders: dict[str, book.Order] = {}
    books, begun, wrong = Books(), set[str](), []
    for entry in entries(log):
        name, body = entry.event
        if name in ("admitted", "replaced"):
            orders[body.order.order_id] = body.order
        elif is_match(name, body):
            for side in sides_of(body):
                rests = body.buyer_is_aggressor is (side.order_id == body.seller.order_id)
                order, before = orders[side.order_id], books.open_w[side.order_id]
                if body.quantity_w < min(order.instructions.min_quantity_w, before):
                    wrong.append(f"{match_id(body)}: below the smallest match of {side.order_id}")
                if rests and body.quantity_w > before - books.hidden_w[side.order_id]:
                    wrong.append(f"{match_id(body)}: {side.order_id} gave more than it showed")
                if order.fill_rule == book.FILL_RULE_ALL_OR_NONE:
                    (begun.add if side.open_w else begun.discard)(side.order_id)
        elif isinstance(entry.message, log_pb2.Answered | log_pb2.TimeAdvanced):
            wrong += [f"{order_id} matches whole or not at all, and was filled in part" for order_id in sorted(begun)]
            begun.clear()
        if name:
            books.follow(name, body)
    return wrong


def ids_used_twice(log: Log) -> list[str]:
    """Return client order ids that name two orders of a party and period."""
    seen: set[tuple[str, str, int, int]] = set()
    wrong = []
    for entry in entries(log):
        name, body = entry.event
        if name == "admitted":
            order = body.order
            key = (order.party, order.client_order_id, order.mtu.start_s, order.mtu.length_s)
            if key in seen:
                wrong.append(f"{order.client_order_id} of {order.party} names two orders of {order.mtu.start_s}")
            seen.add(key)
    return wrong


@dataclass
class _Newest:
    """The order that a command has just entered, and resting ones that it was not matched with, with an event."""

    order: book.Order | None = None
    passed: set[str] = field(default_factory=set)
    collar: book.Order | None = None  # the first one whose price was beyond the band: nothing behind it is tried


def silent_crossings(log: Log) -> list[str]:
    """Return new orders that rest although something crosses them, and no event says why: of local energy."""
    books, newest, wrong = Books(), _Newest(), []
    for entry in entries(log):
        name, body = entry.event
        if isinstance(entry.message, log_pb2.Adopted):
            books.adopt(entry.message)
        elif isinstance(entry.message, log_pb2.Answered):
            wrong += _crossing(books, newest)
            newest = _Newest()
        elif name:
            if name == "admitted":
                wrong += _crossing(books, newest)
                newest = _Newest(body.order)
            elif name == "skipped":
                newest.passed.add(body.resting_order_id)
                if body.reason.code == "PRICE_COLLAR":
                    newest.collar = books.orders[body.resting_order_id]
            elif is_match(name, body) and body.shrunk_by:  # the match itself is the largest
                newest.passed |= {body.seller.order_id, body.buyer.order_id}
            books.follow(name, body)
    return wrong


def _crossing(books: Books, newest: _Newest) -> list[str]:
    own = newest.order
    if own is None or own.product != book.PRODUCT_LOCAL_ENERGY or books.open_w.get(own.order_id, 0) <= 0:
        return []
    if books.phases[own.market_id, own.mtu.start_s] != book.PHASE_CONTINUOUS or own.market_id in books.clicked:
        return []
    if own.fill_rule in WHOLE:
        return []  # it may cross what is not enough together, or wait for the rest of its basket
    open_w = books.open_w[own.order_id]
    return [
        f"{own.order_id} rests beside {other.order_id}, which it crosses"
        for other in books.orders.values()
        if (other.market_id, other.mtu) == (own.market_id, own.mtu)
        and other.side != own.side
        and other.order_id not in newest.passed
        and not (newest.collar is not None and books.rank(newest.collar) < books.rank(other))
        and books.is_enough(own, open_w, other)
        and _cross(books, own, other)
    ]


def _cross(books: Books, one: book.Order, other: book.Order) -> bool:
    ask, bid = (one, other) if one.side == SELL else (other, one)
    return books.rank(ask)[0] <= -books.rank(bid)[0]


def trades_beside_their_hit(log: Log) -> list[str]:
    """Return trades of a market without automatic matching that no hit has asked for, or with what it did not name."""
    books, wrong = Books(), []
    for entry in entries(log):
        name, body = entry.event
        if isinstance(entry.message, log_pb2.Adopted):
            books.adopt(entry.message)
        elif is_match(name, body) and body.market_id in books.clicked and not (is_paired(body) or of_a_set(body)):
            met = body.seller if body.buyer.order_id == books.aggressor else body.buyer
            if not _is_named(entry.command, books.orders[met.order_id]):
                wrong.append(f"{match_id(body)}: nobody has hit {met.order_id}")
        books.follow(name, body)
    return wrong


def _is_named(command: Record | None, resting: book.Order) -> bool:
    hit = book.OrderCommand.FromString(command.value).hit if command is not None else book.HitOrder()
    if hit.WhichOneof("target") == "resting_sequence":
        return bool(hit.resting_sequence == resting.sequence)
    return hit.WhichOneof("target") == "level_ticks" and bool(hit.level_ticks == resting.limit_price_ticks)


def self_trades(log: Log) -> list[str]:
    """Return matches of a metering point with itself, and of a party with itself in a market that never allowed it."""
    prevents: dict[str, list[bool]] = {}  # by market: in each version that the book knew so far
    wrong = []
    for entry in entries(log):
        adopted, (name, body) = entry.message, entry.event
        if isinstance(adopted, log_pb2.Adopted) and adopted.topic == REGISTRY_ENTITY and adopted.value:
            market = registry.EntityState.FromString(adopted.value).entity.market
            prevents.setdefault(market.market_id, []).append(market.self_trade_prevention != 0)
        elif name == "held" or is_match(name, body):
            seller, buyer = body.seller, body.buyer
            match = match_id(body)
            if seller.metering_point_id and seller.metering_point_id == buyer.metering_point_id:
                wrong.append(f"{match}: {seller.metering_point_id} trades with itself")
            if seller.party == buyer.party and all(prevents.get(body.market_id, [False])):
                wrong.append(f"{match}: {seller.party} trades with itself in {body.market_id}")
    return wrong


ORDER_CHECKERS = (
    changes_by_others,
    wrong_replacements,
    orders_that_must_not_rest,
    broken_instructions,
    ids_used_twice,
    silent_crossings,
    self_trades,
    trades_beside_their_hit,
)
