"""Scenarios of matching, told as tables: who, side, kW, EUR/MWh, how, and what becomes of the order.

    [name:] battery-b1  sell  2  10.00  [fak|fok|aon] [min=1] [clip=1] [step=0.50] [id=of-a-client] [over=1200/60]
                                         -> outcome
    [name:] battery-b1  sell  2  10.00  [group=g] [at=later]  -> outcome
    replace name  1  9.00  [revision=2]  -> outcome
    cancel  name                         -> outcome
    hibernate, reactivate  name          -> outcome
    depth                                -> buy 2 @ 9.00, 1 @ 8.50 | sell -

`3 @ 10.00 battery-b3` is a fill with that resting order, `2 @ 10.00 x with y` one of two that rested; `rests 2` is what
stays in the book, `killed CODE` and `refused CODE` the end of an order, `skips CODE` a candidate that was passed over,
`x shows 1 @ 10.00` the next clip of an iceberg, `x keeps 1` what its exclusive group leaves of an order, `x cancelled`
that an order left; `at=later` is the next quarter-hour, `over=1200/60` the span of 60 minutes from 12:00 UTC on. Orders
are called by their name, or by their unit; `#7` is the order of that number, whether there is one or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from book_views import view_of
from book_world import AREA, DAY_S, ENERGY, NOON, PARTIES, World, mtu_message, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb

SIDES = {"buy": pb.SIDE_BUY, "sell": pb.SIDE_SELL}
RULES = {
    "fak": pb.FILL_RULE_FILL_AND_KILL, "fok": pb.FILL_RULE_FILL_OR_KILL, "aon": pb.FILL_RULE_ALL_OR_NONE,
}  # fmt: skip

SLEEP = {"hibernate": pb.HibernateOrders, "reactivate": pb.ReactivateOrders}


def watts(kilowatts: str) -> int:
    return round(float(kilowatts) * 1000)


def ticks(euro: str) -> int:
    return round(float(euro) * 100)


def span(said: str) -> common_pb2.Mtu:
    """Return a span of the world's day: start, and minutes."""
    start, _, minutes = said.partition("/")
    hour, minute = divmod(int(start), 100)
    return common_pb2.Mtu(start_s=DAY_S + 3600 * hour + 60 * minute, length_s=60 * int(minutes))


class Asked(NamedTuple):
    """What a line asks."""

    action: str  # new, replace, cancel, hibernate, reactivate, depth
    name: str = ""
    subject: str = ""
    side: str = ""
    quantity_w: int = 0
    price_ticks: int = 0
    fill: str = ""
    given: Mapping[str, str] = {}


def read_line(asked: str) -> Asked:
    """Return what the left side of a line asks."""
    name, _, said = asked.rpartition(":")
    words = said.split()
    given = dict(word.split("=") for word in words if "=" in word)
    if words[0] in ("cancel", "depth", "hibernate", "reactivate"):
        return Asked(*words[:2])
    if words[0] == "replace":
        return Asked("replace", words[1], "", "", watts(words[2]), ticks(words[3]), "", given)
    fill = next((word for word in words if word in RULES), "")
    return Asked(
        "new", name.strip() or words[0], words[0], words[1], watts(words[2]), ticks(words[3]), fill, given
    )  # fmt: skip


def levels_told(levels: Iterable[tuple[str, int, int]]) -> str:
    """Return levels of side, ticks and watts, each side the best first, in words."""
    found: dict[str, list[str]] = {"buy": [], "sell": []}
    for side, price, quantity in levels:
        found[side].append(f"{quantity / 1000:g} @ {price / 100:.2f}")
    return " | ".join(f"{side} {', '.join(said) or '-'}" for side, said in found.items())


class Table:
    """Plays lines in a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.names: dict[str, str] = {}  # of orders by id
        self.ids: dict[str, str] = {}  # of orders by name

    def line(self, asked: str) -> str:
        """Do what a line asks; returns what became of it."""
        read = read_line(asked)
        before = len(self.world.drive.events)
        if read.action == "depth":
            return self.depth()
        if read.action == "cancel":
            result = self.command(read.name, cancel=pb.CancelOrders(order_ids=[self.id_of(read.name)]))
        elif read.action in SLEEP:
            result = self.command(read.name, **{read.action: SLEEP[read.action](order_ids=[self.id_of(read.name)])})
        else:
            result = self.replace(read) if read.action == "replace" else self.submit(read)
        return self.told(result, before)

    def submit(self, asked: Asked) -> common_pb2.Result:
        given = asked.given
        changes: dict[str, Any] = {"fill_rule": RULES.get(asked.fill, 1)}
        own = pb.ExecutionInstructions(
            min_quantity_w=watts(given.get("min", "0")),
            clip_w=watts(given.get("clip", "0")),
            clip_step_ticks=ticks(given.get("step", "0")),
        )
        if own.ByteSize():
            changes["instructions"] = own
        if "over" in given:
            changes["mtu"] = span(given["over"])
        if "id" in given:
            changes["client_order_id"] = given["id"]
        if "group" in given:
            changes["exclusive_group"] = given["group"]
        if "at" in given:
            changes["mtu"] = mtu_message(NOON + 900)
        wish = self.world.order(SIDES[asked.side], asked.subject, asked.quantity_w, asked.price_ticks, **changes)
        result = self.world.submit(wish)[0]
        if result.id:
            self.names[result.id], self.ids[asked.name] = asked.name, result.id
        return result

    def replace(self, asked: Asked) -> common_pb2.Result:
        order_id = self.id_of(asked.name)
        known = self.world.drive.program._books[AREA].state.orders.get(order_id)
        expected = int(asked.given.get("revision", known.terms.revision if known else 1))
        change = pb.ReplaceOrder(
            order_id=order_id, quantity_w=asked.quantity_w, limit_price_ticks=asked.price_ticks,
            expected_revision=expected,
        )  # fmt: skip
        return self.command(asked.name, replace=change)

    def id_of(self, name: str) -> str:
        return f"{AREA}.{name[1:]}" if name.startswith("#") else self.ids[name]

    def command(self, name: str, **body: Any) -> common_pb2.Result:
        known = (
            event.admitted.order.party
            for event in self.world.drive.events
            if event.WhichOneof("event") == "admitted" and event.admitted.order.order_id == self.id_of(name)
        )
        party = next(known, PARTIES[0])
        return self.world.command(pb.OrderCommand(area_id=AREA, **body), party)[0]

    def depth(self) -> str:
        """Return the levels as everybody sees them."""
        asked = pb.GetBookRequest(
            area_id=AREA, market_id=ENERGY, product=pb.PRODUCT_LOCAL_ENERGY, mtu=mtu_message(NOON)
        )
        book = view_of(self.world).book(asked)
        sides = (("buy", book.bids), ("sell", book.asks))
        return levels_told(
            (side, price, sum(entry.open_w for entry in level))
            for side, entries in sides
            for price, level in groupby(entries, key=lambda entry: entry.price_ticks)
        )

    def told(self, result: common_pb2.Result, before: int) -> str:
        events = [event for event in self.world.drive.events[before:] if isinstance(event, pb.OrderEvent)]
        found = [said for event in events if (said := self.event(event, result.id))]
        if result.id and result.detail.ByteSize() and order_of(result).status == pb.ORDER_STATUS_ACTIVE:
            found.append(f"rests {order_of(result).open_w / 1000:g}")
        return ", ".join(found)

    def event(self, event: pb.OrderEvent, own: str) -> str:
        """Return an event in words."""
        field = event.WhichOneof("event")
        if field == "span_matched" or (field == "trade" and not event.trade.span_match_id):
            return self.trade(getattr(event, field), own)
        if field == "skipped":
            return f"skips {event.skipped.reason.code}"
        if field == "closed":
            closed = event.closed
            if closed.rejection.code and closed.status == pb.ORDER_STATUS_KILLED:
                return f"killed {closed.rejection.code}"
            return "cancelled" if closed.order_id == own else f"{self.names[closed.order_id]} cancelled"
        if field == "replaced":
            return self.replaced(event.replaced)
        return f"refused {event.refused.rejection.code}" if field == "refused" else ""

    def replaced(self, change: pb.OrderReplaced) -> str:
        order = change.order
        if change.cause == pb.REPLACE_CAUSE_NEXT_CLIP:
            shown = order.open_w - order.hidden_w
            return f"{self.names[order.order_id]} shows {shown / 1000:g} @ {order.limit_price_ticks / 100:.2f}"
        if change.cause == pb.REPLACE_CAUSE_EXCLUSIVE_GROUP:
            return f"{self.names[order.order_id]} keeps {order.open_w / 1000:g}"
        return ""

    def trade(self, trade: pb.TradeExecuted | pb.SpanMatched, own: str) -> str:
        what = f"{trade.quantity_w / 1000:g} @ {trade.price_ticks / 100:.2f}"
        sides = [trade.seller.order_id, trade.buyer.order_id]
        if own in sides:
            (other,) = set(sides) - {own}
            return f"{what} {self.names[other]}"
        return f"{what} {self.names[sides[0]]} with {self.names[sides[1]]}"


def play(world: World, table: str) -> None:
    """Play a table, line by line, and compare what became of each; recovery must come to the same state."""
    playing = Table(world)
    for line in table.strip().splitlines():
        asked, _, expected = line.partition("->")
        assert playing.line(asked) == expected.strip(), line
    world.drive.recovered()
