"""An exchange without prices: orders are filled by hand, and reports delivered by whoever tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flexbourse_wholesale_gateway.domain.external_orders.reports import Report, ReportedTrade, Status


@dataclass
class NaiveExchange:
    """Orders by id; every change leaves a report in `told`, the clock is a counter that may stand still."""

    refuses_known_ids: bool = False
    orders: dict[str, Report] = field(default_factory=dict)
    told: list[Report] = field(default_factory=list)
    now_ms: int = 0
    numbers: int = 0

    def create(self, client_order_id: str, quantity_w: int) -> Report | None:
        """Enter an order; None where the client order id is known and refused."""
        if self.refuses_known_ids and any(o.client_order_id == client_order_id for o in self.orders.values()):
            return None
        return self._tell(Report(external_id=self._new_id(), client_order_id=client_order_id, status=Status.RESTING,
                                 updated_ms=self.now_ms, remaining_w=quantity_w))  # fmt: skip

    def take(self, client_order_id: str, quantity_w: int) -> None:
        """Take an order to decide about it later."""
        if not any(o.client_order_id == client_order_id for o in self.orders.values()):
            self._tell(Report(external_id=self._new_id(), client_order_id=client_order_id, status=Status.INACTIVE,
                              updated_ms=self.now_ms, remaining_w=quantity_w, pending=True))  # fmt: skip

    def decide(self, *, accepts: bool) -> None:
        """Decide about what was taken."""
        for order in list(self.orders.values()):
            if order.pending:
                self._change(order, status=Status.RESTING if accepts else Status.CANCELLED, pending=False)

    def open(self) -> list[Report]:
        """Return orders that may be filled, now or once active."""
        return [order for order in self.orders.values() if order.is_open]

    def fill(self, external_id: str, quantity_w: int) -> None:
        """Match a resting order by hand."""
        order = self.orders[external_id]
        quantity_w = min(quantity_w, order.remaining_w)
        left = order.remaining_w - quantity_w
        trade = ReportedTrade(f"t{self._new_id()}", quantity_w, 10)
        status = Status.RESTING if left else Status.MATCHED
        self._change(order, status=status, remaining_w=left, trades=(*order.trades, trade))

    def move(self, external_id: str, status: Status) -> bool:
        """Activate, deactivate, cancel or expire; tells whether that was possible."""
        order = self.orders.get(external_id)
        if order is None or not order.is_open or order.pending or order.status is status:
            return False
        self._change(order, status=status)
        return True

    def modify(self, external_id: str, quantity_w: int | None) -> bool:
        """End an order and begin another one in its place."""
        order = self.orders.get(external_id)
        if order is None or not order.is_open or order.pending:
            return False
        self._change(order, status=Status.CANCELLED)
        left = order.remaining_w if quantity_w is None else quantity_w
        new = Report(external_id=self._new_id(), client_order_id=order.client_order_id, status=order.status,
                     updated_ms=self.now_ms, remaining_w=left, previous_id=order.external_id,
                     original_id=order.original_id or order.external_id)  # fmt: skip
        self._tell(new)
        return True

    def recall(self, trade_id: str) -> None:
        """Undo a trade."""
        for order in list(self.orders.values()):
            trades = tuple(replace(t, recalled=t.recalled or t.trade_id == trade_id) for t in order.trades)
            if trades != order.trades:
                status = Status.CANCELLED if order.status is Status.MATCHED else order.status
                self._change(order, status=status, trades=trades)

    def filled_w(self, client_order_id: str) -> int:
        """Return what stands of a client order id's trades."""
        mine = [order for order in self.orders.values() if order.client_order_id == client_order_id]
        return sum(trade.quantity_w for order in mine for trade in order.trades if not trade.recalled)

    def _new_id(self) -> str:
        self.numbers += 1
        return str(self.numbers)

    def _change(self, order: Report, **changes: object) -> None:
        self._tell(replace(order, updated_ms=self.now_ms, **changes))  # type: ignore[arg-type]

    def _tell(self, order: Report) -> Report:
        self.orders[order.external_id] = order
        self.told.append(order)
        return order
