"""The household bidder as a program of its own: usable against any Flexbourse, by the public API alone.

It is the robot of the demo's homes with a forecast from a file: it offers the larger part of each period early, takes
back what rests, and offers the rest later at prices nearer to its limits.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_client.client import Client
from flexbourse_demo.modelled.loads import Watts
from flexbourse_demo.modelled.market_day import MTU_LENGTH_S, MarketDay
from flexbourse_demo.robots.base import Desk, Moment
from flexbourse_demo.robots.household import HouseholdRobot, terms_from
from flexbourse_demo.robots.market_view import CancelOrder, MarketView, OrderState, PlaceOrder, Side

MAX_BATCH = 500
STATES = {
    book.ORDER_STATUS_ACTIVE: OrderState.ACTIVE,
    book.ORDER_STATUS_FILLED: OrderState.FILLED,
    book.ORDER_STATUS_REJECTED: OrderState.REFUSED,
}


@dataclass(frozen=True, slots=True)
class BidderOptions:
    """What is traded where and at what prices (ct/kWh), early and late."""

    area_id: str
    market_id: str
    unit_id: str
    day: MarketDay
    forecast_w: Watts
    bids: tuple[float, float] = (12.0, 22.0)
    asks: tuple[float, float] = (18.0, 11.0)
    ceiling_cent: float = 30.0
    lead_s: int = 2 * 3600


def read_forecast(path: Path, day: MarketDay) -> Watts:
    """Read a forecast: CSV with the columns `start` (ISO time; without zone: the market's) and `w`, injection positive.

    Raises:
        ValueError: names the row that cannot be read or does not belong to the day; missing periods are 0.
    """
    series = np.zeros(day.count, dtype=np.int64)
    with path.open(newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                start = datetime.fromisoformat(row["start"])
                power = int(row["w"])
            except (KeyError, TypeError, ValueError):
                raise ValueError(f"{path}, row {number}: needs start (ISO time) and w (whole watts)") from None
            if start.tzinfo is None:
                start = start.replace(tzinfo=ZoneInfo(day.time_zone))
            index = day.index_of(int(start.timestamp()))
            if not 0 <= index < day.count:
                raise ValueError(f"{path}, row {number}: {row['start']} is not in {day.day}")
            series[index] = power
    return series


class Bidder:
    """Trades one unit of the party that is logged in."""

    def __init__(self, client: Client, options: BidderOptions, started_s: int) -> None:
        self._client = client
        self._options = options
        desk = Desk(options.unit_id, client.party, options.unit_id)
        ceiling = [options.ceiling_cent] * options.day.count
        terms = terms_from(options.day, started_s, options.lead_s, options.bids, options.asks, ceiling)
        self._robot = HouseholdRobot(desk, options.day, lambda _: options.forecast_w, terms)
        self._view = MarketView()
        self._turns = 0

    def turn(self, now_s: int) -> list[common_pb2.Result]:
        """Look, decide, send; return the results of what was sent, in its order."""
        self._look()
        self._turns += 1
        actions = self._robot.decide(Moment(self._turns, now_s), self._view)
        gone = [self._view.orders[a.client_order_id].order_id for a in actions if isinstance(a, CancelOrder)]
        wished = [a for a in actions if isinstance(a, PlaceOrder)]
        results: list[common_pb2.Result] = []
        for start in range(0, len(gone), MAX_BATCH):
            results += self._client.orders.cancel(self._options.area_id, gone[start : start + MAX_BATCH]).answer.results
        for start in range(0, len(wished), MAX_BATCH):
            part = wished[start : start + MAX_BATCH]
            orders = [self._order(placed) for placed in part]
            results += self._client.orders.submit(self._options.area_id, orders).answer.results
            for placed in part:
                self._view.placed(placed)
        return results

    def _look(self) -> None:
        """Take over how the own orders stand."""
        for order in self._client.orders.list(self._options.area_id):
            own = self._view.orders.get(order.client_order_id)
            if own is not None:
                own.order_id, own.open_w, own.filled_w = order.order_id, order.open_w, order.filled_w
                own.state = STATES.get(order.status, OrderState.CLOSED)

    def _order(self, placed: PlaceOrder) -> book.NewOrder:
        options = self._options
        return book.NewOrder(
            client_order_id=placed.client_order_id,
            market_id=options.market_id,
            product=book.PRODUCT_LOCAL_ENERGY,
            side=book.SIDE_BUY if placed.side is Side.BUY else book.SIDE_SELL,
            mtu=common_pb2.Mtu(start_s=options.day.mtu_start_s(placed.index), length_s=MTU_LENGTH_S),
            unit_id=placed.unit_id,
            quantity_w=placed.quantity_w,
            limit_price_ticks=placed.price_ticks,
            fill_rule=book.FILL_RULE_NORMAL,
        )


def run_bidder(
    client: Client,
    options: BidderOptions,
    *,
    every_s: float,
    say: Callable[[str], None],
    now_s: Callable[[], int] = lambda: int(time.time()),
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Trade until the last gate of the day has closed."""
    bidder = Bidder(client, options, now_s())
    while options.day.first_open(now_s()) < options.day.count:
        results = bidder.turn(now_s())
        refused = [result.rejection for result in results if result.HasField("rejection")]
        if results:
            say(f"{len(results)} sent, {len(refused)} refused")
        for rejection in refused[:3]:
            say(f"  {rejection.code} {rejection.element}: {rejection.rule}")
        sleep(every_s)
