"""The exchange's own book as the engine of a replay."""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.topology import Topology
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.grid.lights import Now
from flexbourse_orderbook.domain.orders import ExecutionInstructions, FillRule, NewOrder, OrderStatus, Product, Side
from flexbourse_orderbook.domain.outcome import Outcome
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.replacement import Replacement
from flexbourse_orderbook.domain.safeguards import ending as safeguards
from flexbourse_orderbook.replay import lines
from flexbourse_orderbook.replay.events import Accepted, Closed, Event, Rejected, Replaced, Resting, Traded
from flexbourse_orderbook.replay.lines import CommandLine
from flexbourse_orderbook.replay.world import DELIVERY, ReplayWorld

RULES = {
    "normal": FillRule.NORMAL, "fak": FillRule.FILL_AND_KILL, "fok": FillRule.FILL_OR_KILL,
    "aon": FillRule.ALL_OR_NONE,
}  # fmt: skip
SIDES = {lines.BUY: Side.BUY, lines.SELL: Side.SELL}
CLOSED = {OrderStatus.CANCELLED: "cancelled", OrderStatus.EXPIRED: "expired", OrderStatus.KILLED: "killed"}


class FastBook:
    """`AreaBook` under the commands of a file."""

    def __init__(self, topology: Topology | None = None) -> None:
        self._world = ReplayWorld(topology)
        self._book = self._world.book
        self._ids: dict[str, str] = {}  # of the file's orders that rest: the book's own
        self._node = self._world.default_node()

    def apply(self, line: CommandLine) -> list[Event]:
        """Decide a command."""
        expired = self._pass_time(line)
        self._book.begin()
        if line.action == lines.NEW:
            refused = self._submit(line)
        elif line.action == lines.REPLACE:
            refused = self._replace(line)
        else:
            refused = self._cancel(line)
        return [*expired, *self._told(), *([refused] if refused is not None else [])]

    def _pass_time(self, line: CommandLine) -> list[Event]:
        """Let the time of a line come; what it ends is told before what the line does."""
        state, at_ms = self._world.state, line.time_us // lines.US_PER_MS
        if at_ms == state.now.at_ms:
            return []
        state.now = Now(at_ms)
        expires_ms = state.safeguards.timed.next_ms(state.orders)
        if expires_ms is None or expires_ms > at_ms:
            return []
        self._book.begin()
        safeguards.pass_time(self._book)
        return self._told()

    def _submit(self, line: CommandLine) -> Rejected | None:
        if line.order_id in self._ids:
            rule = "an order_id names one order that rests"
            return Rejected(line.order_id, Code.DUPLICATE_CLIENT_ORDER_ID.name, "order_id", rule)
        buys = line.side == lines.BUY
        try:
            unit = self._world.unit(line.participant, line.node or self._node, buys=buys)
        except ValueError as error:
            raise lines.LineError(line.number, [str(error)]) from None
        market = self._world.market(line.product)
        wish = NewOrder(
            line.order_id, market.market_id, Product.LOCAL_ENERGY, SIDES[line.side], DELIVERY, unit, "", "",
            line.quantity_w, line.price_ticks, RULES[line.fill], instructions=_instructions(line),
        )  # fmt: skip
        outcome = self._book.submit(line.participant, wish)
        # Here an id is free again once its order has ended; the book's own memory of ids would grow with the file.
        for used in self._world.state.period(DELIVERY).used_ids.values():
            used.clear()
        return self._refusal(line, outcome)

    def _replace(self, line: CommandLine) -> Rejected | None:
        order = self._resting(line)
        if order is None:
            return _unknown(line)
        change = Replacement(order.terms.order_id, line.quantity_w, line.price_ticks, order.terms.revision)
        return self._refusal(line, self._book.replace(line.participant, change))

    def _cancel(self, line: CommandLine) -> Rejected | None:
        order = self._resting(line)
        if order is None:
            return _unknown(line)
        return self._refusal(line, self._book.cancel(line.participant, order.terms.order_id))

    def _resting(self, line: CommandLine) -> RestingOrder | None:
        return self._world.state.orders.get(self._ids.get(line.order_id, ""))

    @staticmethod
    def _refusal(line: CommandLine, outcome: Outcome) -> Rejected | None:
        """Return the refusal of a command that changed nothing; why an order was killed is told by its end."""
        if outcome.rejection is None or outcome.order is not None:
            return None
        return _rejected(line, outcome.rejection)

    def _told(self) -> list[Event]:
        told: list[Event] = []
        for event in self._book.take_events():
            match event:
                case e.OrderAdmitted():
                    self._ids[event.order.client_order_id] = event.order.order_id
                    told.append(Accepted(event.order.client_order_id, event.order.market_id))
                case e.TradeExecuted():
                    told.append(self._traded(event))
                case e.OrderReplaced():
                    terms = event.order
                    told.append(Replaced(terms.client_order_id, terms.limit_price_ticks, terms.open_w))
                case e.OrderClosed():
                    self._ids.pop(event.client_order_id, None)
                    told.append(Closed(event.client_order_id, CLOSED[event.status], event.open_w))
        return told

    def _traded(self, trade: e.TradeExecuted) -> Traded:
        for side in (trade.seller, trade.buyer):
            if side.open_w == 0:
                self._ids.pop(side.client_order_id, None)
        taker, maker = trade.seller, trade.buyer
        if trade.buyer_is_aggressor:
            taker, maker = maker, taker
        return Traded(
            trade.market_id, taker.client_order_id, maker.client_order_id, trade.price_ticks, trade.quantity_w
        )

    def resting(self) -> Iterable[Resting]:
        """Return the resting orders, books by name, each side by priority."""
        books = self._world.state.period(DELIVERY).books
        for product, kind in sorted(books):
            book = books[product, kind]
            for side, orders in ((lines.SELL, book.asks), (lines.BUY, book.bids)):
                for order in orders:
                    terms = order.terms
                    yield Resting(
                        product, side, terms.limit_price_ticks, terms.client_order_id, terms.party, order.open_w
                    )


def _instructions(line: CommandLine) -> ExecutionInstructions | None:
    if not line.min_quantity_w and not line.valid_until_us:
        return None
    until_ms = line.valid_until_us // lines.US_PER_MS
    return ExecutionInstructions(min_quantity_w=line.min_quantity_w, valid_until_ms=until_ms)


def _unknown(line: CommandLine) -> Rejected:
    return Rejected(line.order_id, Code.ORDER_NOT_OPEN.name, "order_id", "an order that rests is named")


def _rejected(line: CommandLine, refusal: Rejection) -> Rejected:
    return Rejected(line.order_id, refusal.code.name, refusal.field, refusal.rule, refusal.value, refusal.limit)
