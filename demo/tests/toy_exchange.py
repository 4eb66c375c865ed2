"""A toy exchange for tests of the robots: price and time, one grid check per match, lights; no log, no money rules.

It is not the platform and promises nothing; it only answers robots with fills, refusals and lights.
"""

from __future__ import annotations

import numpy as np

from flexbourse_demo.driving.notes import AuditNote, MarketNotes, RefusalNote, TradeNote
from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.modelled.physics import reactive_var
from flexbourse_demo.modelled.village import DeviceKind
from flexbourse_demo.robots import Moment, build_crew
from flexbourse_demo.robots.market_view import (
    CancelOrder,
    Light,
    MarketView,
    OrderState,
    PlaceOrder,
    Product,
    Refusal,
    Side,
    ZoneLight,
)
from flexbourse_gridmath.powerflow import solve_from_no_load
from flexbourse_gridmath.topology import Topology

LIMIT_MPCT = 94_000
DEVIATING = (DeviceKind.VEHICLE, DeviceKind.BATTERY, DeviceKind.HEAT_PUMP)


class ToyExchange:
    def __init__(self, model: DayModel, topology: Topology, *, checked: bool = True) -> None:
        self.model, self.topology, self.checked = model, topology, checked
        self.view = MarketView()
        self.trades: list[tuple[PlaceOrder, PlaceOrder, int, int]] = []
        self.refused: list[tuple[PlaceOrder, Refusal]] = []
        self.moved = {}
        self.node_of = {home.home_id: topology.node_index[home.node_id] for home in model.village.homes}
        base = np.zeros((model.day.count, topology.n_nodes), dtype=np.int64)
        for home in model.village.homes:
            base[:, self.node_of[home.home_id]] += model.home_forecast(home, 0)
        self.injection = base
        self.books: dict[tuple[Product, Side, int], list[str]] = {}
        self.rating = {b: int(r) for b, r in zip(topology.branch_ids, topology.rating_va, strict=True)}

    def run(self, *, every_s: int = 900) -> None:
        crew = build_crew(self.model, self.rating)
        day = self.model.day
        now, step = day.opening_s, 0
        self._publish_lights(range(day.count))
        while now < day.end_s:
            step += 1
            actions = [a for robot in crew for a in robot.decide(Moment(step, now), self.view)]
            touched = {self._take(action) for action in actions}
            self._publish_lights(sorted(i for i in touched if i is not None))
            now += every_s

    def _take(self, action: PlaceOrder | CancelOrder) -> int | None:
        if isinstance(action, CancelOrder):
            self.view.orders[action.client_order_id].state = OrderState.CLOSED
            return None
        self.view.placed(action)
        own = self.view.orders[action.client_order_id]
        own.state = OrderState.ACTIVE
        other_side = Side.SELL if action.side is Side.BUY else Side.BUY
        sign = 1 if action.side is Side.BUY else -1
        resting = self.books.setdefault((action.product, other_side, action.index), [])
        resting.sort(key=lambda key: sign * self.view.orders[key].placed.price_ticks)
        for key in resting:
            other = self.view.orders[key]
            if not own.open_w or not other.alive or sign * (action.price_ticks - other.placed.price_ticks) < 0:
                continue
            quantity = min(own.open_w, other.open_w)
            fits = self._fit(action, other.placed, quantity)
            if fits < quantity:
                own.refusal = Refusal(
                    "GRID_LIMIT_EXCEEDED", "toy", "line-36", None, LIMIT_MPCT, "mpct", fits, fits, None, ""
                )
                self.refused.append((action, own.refusal))
            if fits >= 50:
                self._trade(own, other, fits)
            if fits < quantity:
                break
        if not own.open_w:
            own.state = OrderState.FILLED
        elif action.rests:
            self.books.setdefault((action.product, action.side, action.index), []).append(action.client_order_id)
        else:
            own.state = OrderState.CLOSED
        return action.index

    def _trade(self, own, other, quantity: int) -> None:
        for order in (own, other):
            order.filled_w += quantity
            order.open_w -= quantity
        if not other.open_w:
            other.state = OrderState.FILLED
        self.trades.append((own.placed, other.placed, quantity, other.placed.price_ticks))
        for placed in (own.placed, other.placed):
            home, _, kind = placed.unit_id.partition(".")
            if kind in DEVIATING:
                signed = quantity if placed.side is Side.SELL else -quantity
                series = self.moved.setdefault(placed.unit_id, np.zeros(self.model.day.count, dtype=np.int64))
                series[placed.index] += signed
                self.injection[placed.index, self.node_of[home]] += signed

    def _fit(self, first: PlaceOrder, second: PlaceOrder, quantity: int) -> int:
        buyer = first if first.side is Side.BUY else second
        home, _, kind = buyer.unit_id.partition(".")
        if not self.checked or kind not in DEVIATING:
            return quantity
        for part in (1.0, 0.75, 0.5, 0.25):
            candidate = int(quantity * part) // 10 * 10
            row = self.injection[first.index].copy()
            row[self.node_of[home]] -= candidate
            if self._solve(row).loading_mpct().max() <= LIMIT_MPCT:
                return candidate
        return 0

    def _solve(self, row):
        return solve_from_no_load(self.topology, row, np.array([reactive_var(int(p)) for p in row]))

    def _publish_lights(self, periods) -> None:
        for index in periods:
            loading = self._solve(self.injection[index]).loading_mpct()
            for zone in {street.feeder_id for street in self.model.village.streets}:
                of_zone = np.flatnonzero(self.topology.branch_zone == self.topology.zone_index[zone])
                worst = of_zone[loading[of_zone].argmax()]
                value = int(loading[worst])
                color = Light.RED if value > 100_000 else Light.AMBER if value > 80_000 else Light.GREEN
                self.view.lights[zone, index] = ZoneLight(
                    color, self.topology.branch_ids[worst], "loading", value, 80_000
                )

    def notes(self) -> MarketNotes:
        """Return what the driver of a real day would hold; the toy charges no network tariff."""
        day = self.model.day
        trades = []
        for number, (first, second, quantity, ticks) in enumerate(self.trades):
            buyer, seller = (first, second) if first.side is Side.BUY else (second, first)
            moves = {o.client_order_id: o.unit_id.partition(".")[2] in DEVIATING for o in (buyer, seller)}
            trades.append(
                TradeNote(
                    f"t{number}", day.gate_s(first.index) - 3600, first.index, first.product, quantity, ticks,
                    quantity * ticks * 900 * 10_000 // 3_600_000_000, 0, seller.client_order_id, seller.unit_id,
                    moves[seller.client_order_id], buyer.client_order_id, buyer.unit_id,
                    moves[buyer.client_order_id], buyer is first,
                )
            )  # fmt: skip
        refusals = [RefusalNote(placed, day.gate_s(placed.index) - 5400, refusal) for placed, refusal in self.refused]
        return MarketNotes(self.view, trades, refusals, {"G": 8000, "A": 90}, AuditNote(512, 0, 0, 3, 1))
