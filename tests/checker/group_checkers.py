"""Independent checkers of exclusive groups, whose shares are added up anew as exact fractions, and of baskets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from followed_books import fills
from log_access import Log, journal
from order_checkers import entries

from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_log.port import Record


@dataclass
class _Group:
    """Whole quantities, what is open, shares, and where periods end, by order."""

    whole: dict[str, int] = field(default_factory=dict)
    open_w: dict[str, int] = field(default_factory=dict)
    share: dict[str, Fraction] = field(default_factory=dict)
    ends_ms: dict[str, int] = field(default_factory=dict)

    @property
    def executed(self) -> Fraction:
        return sum(self.share.values(), Fraction(0))

    def stands(self, order: book.Order) -> None:
        """Keep an order as it entered or was changed; its whole is fixed once the group is executed."""
        if not self.executed or order.order_id not in self.whole:
            self.whole[order.order_id] = order.quantity_w
        self.open_w[order.order_id] = order.open_w
        self.ends_ms[order.order_id] = (order.mtu.start_s + order.mtu.length_s) * 1000

    def beyond(self) -> list[str]:
        """Return what is open of an order beyond what the group leaves of it."""
        left = 1 - self.executed
        return [
            f"{order_id}: {open_w} W are open of {self.whole[order_id]}, and the group leaves {left}"
            for order_id, open_w in self.open_w.items()
            if self.share and open_w > left * self.whole[order_id]
        ]


def groups_beyond_one(log: Log) -> list[str]:
    """Return groups whose executed parts are more than one, and members with more open than that leaves to them."""
    groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
    of: dict[str, tuple[str, str]] = {}
    wrong = []
    for message in journal(log, "orderbook"):
        if isinstance(message, book.OrderEvent):
            name = str(message.WhichOneof("event"))
            wrong += _follow(groups, of, name, getattr(message, name))
        elif isinstance(message, log_pb2.Answered | log_pb2.TimeAdvanced):
            wrong += [f"{key}: {text}" for key, group in groups.items() for text in group.beyond()]
            if isinstance(message, log_pb2.TimeAdvanced):  # a name is free again behind the periods of its orders
                for key in [k for k, own in groups.items() if max(own.ends_ms.values()) <= message.at_ms]:
                    del groups[key]
    return wrong


def baskets_in_part(log: Log) -> list[str]:
    """Return linked baskets of which some orders matched whole and others did not, or were not admitted at all."""
    legs: dict[str, int] = {}
    filled: dict[str, int] = {}
    wrong = []
    for entry in entries(log):
        name, body = entry.event
        if name == "admitted" and entry.command is not None and _basket(entry.command):
            legs[body.order.order_id] = body.order.quantity_w
        elif legs and fills(name, body):
            filled |= {side.order_id: side.filled_w for side in (body.seller, body.buyer)}
        elif legs and isinstance(entry.message, log_pb2.Answered) and entry.command is not None:
            done = [filled.get(order_id, 0) for order_id in legs]
            if any(done) and (done != list(legs.values()) or len(legs) < _basket(entry.command)):
                wrong.append(f"of the basket {list(legs.items())} of {_basket(entry.command)} orders {done} W matched")
            legs.clear()
            filled.clear()
    return wrong


def _basket(command: Record) -> int:
    """Return how many orders a command wants matched all or none; 0 where it is no basket."""
    submit = book.OrderCommand.FromString(command.value).submit
    return len(submit.orders) if submit.basket else 0


def _follow(groups: dict[tuple[str, str], _Group], of: dict[str, tuple[str, str]], name: str, body: Any) -> list[str]:
    if name in ("admitted", "replaced") and body.order.exclusive_group:
        key = of[body.order.order_id] = (body.order.party, body.order.exclusive_group)
        groups[key].stands(body.order)
    elif name in ("closed", "hibernated"):
        order_id = body.order_id if name == "closed" else body.order.order_id
        if order_id in of and of[order_id] in groups:  # forgotten, where time went on for long at once
            groups[of[order_id]].open_w.pop(order_id, None)
    elif fills(name, body):
        for side in (body.seller, body.buyer):
            if side.order_id in of:
                group = groups[of[side.order_id]]
                share = Fraction(body.quantity_w, group.whole[side.order_id])
                group.share[side.order_id] = group.share.get(side.order_id, Fraction(0)) + share
                group.open_w[side.order_id] = side.open_w
                if group.executed > 1:
                    return [f"{of[side.order_id]}: {side.order_id} makes the parts {group.executed}"]
    return []


GROUP_CHECKERS = (groups_beyond_one, baskets_in_part)
