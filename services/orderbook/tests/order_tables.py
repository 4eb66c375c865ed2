"""Scenarios of matching, told as tables: who, side, kW, EUR/MWh, how, and what becomes of the order.

    [name:] battery-b1  sell  2  10.00  [fak|fok|aon] [min=1] [clip=1] [step=0.50] [more=of-a-caller]  -> outcome
    replace name  1  9.00  [revision=2]  -> outcome
    cancel  name                         -> outcome

`3 @ 10.00 battery-b3` is a fill with that resting order, `2 @ 10.00 x with y` one of two that rested; `rests 2` is what
stays in the book, `killed CODE` and `refused CODE` the end of an order, `skips CODE` a candidate that was passed over,
`x shows 1 @ 10.00` the next clip of an iceberg, `x cancelled` that an order left. Orders are called by their name, or
by their unit.
"""

from __future__ import annotations

from typing import Any

from book_world import AREA, World, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb

SIDES = {"buy": pb.SIDE_BUY, "sell": pb.SIDE_SELL}
RULES = {
    "fak": pb.FILL_RULE_FILL_AND_KILL, "fok": pb.FILL_RULE_FILL_OR_KILL, "aon": pb.FILL_RULE_ALL_OR_NONE,
}  # fmt: skip


def watts(kilowatts: str) -> int:
    return round(float(kilowatts) * 1000)


def ticks(euro: str) -> int:
    return round(float(euro) * 100)


class Table:
    """Plays lines in a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.names: dict[str, str] = {}  # of orders by id
        self.ids: dict[str, str] = {}  # of orders by name

    def line(self, asked: str) -> str:
        """Do what a line asks; returns what became of it."""
        name, _, said = asked.rpartition(":")
        words = said.split()
        before = len(self.world.drive.events)
        if words[0] == "cancel":
            result = self.command(words[1], cancel=pb.CancelOrders(order_ids=[self.ids[words[1]]]))
        elif words[0] == "replace":
            result = self.replace(*words[1:])
        else:
            result = self.submit(name.strip() or words[0], words)
        return self.told(result, before)

    def submit(self, name: str, words: list[str]) -> common_pb2.Result:
        subject, side, kw, price, *how = words
        changes: dict[str, Any] = {"fill_rule": next((RULES[word] for word in how if word in RULES), 1)}
        given = dict(word.split("=") for word in how if "=" in word)
        own = pb.ExecutionInstructions(
            min_quantity_w=watts(given.get("min", "0")),
            clip_w=watts(given.get("clip", "0")),
            clip_step_ticks=ticks(given.get("step", "0")),
        )
        if own.ByteSize():
            changes["instructions"] = own
        if "id" in given:
            changes["client_order_id"] = given["id"]
        result = self.world.submit(self.world.order(SIDES[side], subject, watts(kw), ticks(price), **changes))[0]
        if result.id:
            self.names[result.id], self.ids[name] = name, result.id
        return result

    def replace(self, name: str, kw: str, price: str, revision: str = "") -> common_pb2.Result:
        known = self.world.drive.program._books[AREA].state.orders.get(self.ids[name])
        expected = int(revision.removeprefix("revision=") or (known.terms.revision if known else 1))
        change = pb.ReplaceOrder(
            order_id=self.ids[name], quantity_w=watts(kw), limit_price_ticks=ticks(price), expected_revision=expected
        )
        return self.command(name, replace=change)

    def command(self, name: str, **body: Any) -> common_pb2.Result:
        party = next(
            event.admitted.order.party
            for event in self.world.drive.events
            if event.WhichOneof("event") == "admitted" and event.admitted.order.order_id == self.ids[name]
        )
        return self.world.command(pb.OrderCommand(area_id=AREA, **body), party)[0]

    def told(self, result: common_pb2.Result, before: int) -> str:
        events = [event for event in self.world.drive.events[before:] if isinstance(event, pb.OrderEvent)]
        found = [said for event in events if (said := self.event(event, result.id))]
        if result.id and result.detail.ByteSize() and order_of(result).status == pb.ORDER_STATUS_ACTIVE:
            found.append(f"rests {order_of(result).open_w / 1000:g}")
        return ", ".join(found)

    def event(self, event: pb.OrderEvent, own: str) -> str:
        """Return an event in words."""
        field = event.WhichOneof("event")
        if field == "trade":
            return self.trade(event.trade, own)
        if field == "skipped":
            return f"skips {event.skipped.reason.code}"
        if field == "closed":
            closed = event.closed
            if closed.rejection.code and closed.status == pb.ORDER_STATUS_KILLED:
                return f"killed {closed.rejection.code}"
            return "cancelled" if closed.order_id == own else f"{self.names[closed.order_id]} cancelled"
        if field == "replaced" and event.replaced.cause == pb.REPLACE_CAUSE_NEXT_CLIP:
            order = event.replaced.order
            shown = order.open_w - order.hidden_w
            return f"{self.names[order.order_id]} shows {shown / 1000:g} @ {order.limit_price_ticks / 100:.2f}"
        return f"refused {event.refused.rejection.code}" if field == "refused" else ""

    def trade(self, trade: pb.TradeExecuted, own: str) -> str:
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
