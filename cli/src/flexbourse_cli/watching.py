"""Keeps a ladder current: asks for the levels whenever the book's public feed moves, at most so often."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import click

from flexbourse.common.v1 import common_pb2
from flexbourse.market_data.v1 import market_data_pb2
from flexbourse.orderbook.v1 import feed_pb2, orderbook_pb2
from flexbourse.traffic_light.v1 import traffic_light_pb2
from flexbourse_cli.ladder import LadderState, LastTrade, Level, OwnOrder, Statistics, draw
from flexbourse_cli.markets import Place
from flexbourse_client.errors import FlexbourseError
from flexbourse_core.market_time import Mtu, gate_closes_at_s

TRADES_SHOWN = 12
LEVELS_SHOWN = 12
LOOK_AGAIN_S = 5.0  # where the feed is silent: lights and the countdown move all the same


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at."""

    place: Place
    mtu: common_pb2.Mtu
    product: int
    node: str
    levels: int = LEVELS_SHOWN


class TradeFollower:
    """Follows the public feed of a book in a thread: the last trades, and a bell that rings with every event."""

    def __init__(self, client: Any, watched: Watched) -> None:
        self._client, self._watched = client, watched
        self.moved = threading.Event()
        self.trades: deque[LastTrade] = deque(maxlen=TRADES_SHOWN)
        self.ended = ""  # why it follows no more
        self._thread = threading.Thread(target=self._follow, name="ladder", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def hear(self, event: feed_pb2.FeedEvent) -> None:
        """Take an event: a trade of the book is shown, one that is held or agreed upon is not."""
        match = event.executed
        shown = match.product == self._watched.product and not match.held and not match.off_book
        if event.HasField("executed") and shown:
            trade = LastTrade(event.at_ms, match.price_ticks, match.quantity_w, match.buyer_is_aggressor)
            self.trades.appendleft(trade)
        self.moved.set()

    def _follow(self) -> None:
        watched = self._watched
        try:
            place = (watched.place.area.area_id, watched.place.market.market_id, watched.mtu)
            for event in self._client.market_data.book_events(*place):
                self.hear(event)
        except FlexbourseError as error:
            self.ended = str(error)
            self.moved.set()


def ask_depth(client: Any, watched: Watched) -> market_data_pb2.GetDepthResponse:
    """Ask for the levels."""
    request = market_data_pb2.GetDepthRequest(
        area_id=watched.place.area.area_id, market_id=watched.place.market.market_id, product=watched.product,
        mtu=watched.mtu, node_id=watched.node, levels=watched.levels,
    )  # fmt: skip
    found: market_data_pb2.GetDepthResponse = client.market_data.depth(request)
    return found


def state_of(client: Any, watched: Watched, trades: list[LastTrade], now_ms: int, behind: str = "") -> LadderState:
    """Ask for everything that a ladder shows, and return it."""
    place, mtu = watched.place, watched.mtu
    depth = ask_depth(client, watched)
    own = [order for order in client.orders.list(place.area.area_id, mtu=mtu, open_only=True) if _is_of(order, watched)]
    feeders = client.market_data.feeders(place.area.area_id, mtu)
    traded = depth.statistics if depth.HasField("statistics") else None
    return LadderState(
        title=f"{place.market.market_id} at {watched.node}" if watched.node else place.market.market_id,
        zone=place.area.time_zone,
        tick=place.tick,
        now_ms=now_ms,
        gate_s=gate_closes_at_s(Mtu(mtu.start_s, mtu.length_s), place.market.gate_closure_s),
        phase=orderbook_pb2.Phase.Name(depth.status.phase).removeprefix("PHASE_"),
        halted_reason=depth.status.halted_reason or depth.status.phase_reason,
        tariff_version=depth.tariff_version,
        asks=[Level(level.ticks, level.quantity_w, level.orders) for level in depth.asks],
        bids=[Level(level.ticks, level.quantity_w, level.orders) for level in depth.bids],
        own=[OwnOrder(o.side == orderbook_pb2.SIDE_BUY, o.limit_price_ticks, o.open_w, o.filled_w) for o in own],
        trades=trades,
        lights=[(f.zone_id, traffic_light_pb2.Light.Name(f.light).removeprefix("LIGHT_")) for f in feeders],
        statistics=None if traded is None else _statistics(traded),
        behind=behind or ("" if depth.whole else "events are missing: waiting for a picture of the book"),
    )


def _is_of(order: orderbook_pb2.Order, watched: Watched) -> bool:
    return order.market_id == watched.place.market.market_id and order.product == watched.product


def _statistics(traded: market_data_pb2.ProductStatistics) -> Statistics:
    return Statistics(
        traded.open_ticks, traded.high_ticks, traded.low_ticks, traded.last_ticks, traded.volume_w, traded.value_tick_w
    )


def watch(client: Any, watched: Watched, every_s: float) -> None:
    """Draw the ladder until it is interrupted."""
    from rich.live import Live  # noqa: PLC0415 - slow to import

    follower = TradeFollower(client, watched)
    follower.start()
    with Live(auto_refresh=False, screen=click.get_text_stream("stdout").isatty()) as live:
        while True:
            follower.moved.clear()
            state = state_of(client, watched, list(follower.trades), time.time_ns() // 1_000_000, follower.ended)
            live.update(draw(state), refresh=True)
            time.sleep(every_s)
            follower.moved.wait(LOOK_AGAIN_S if not follower.ended else every_s)
