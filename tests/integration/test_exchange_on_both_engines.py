"""What the street does not sell goes on to the energy exchange: from the local gate to the result, on both engines."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import street
from log_access import EmbeddedLog, event_digest, journal, recorded_on_kafka
from street import AREA, OPERATOR, SUPPLY, mtu
from street_day import QUARTER_S, Sending, Step, StreetDay, order, setup_steps

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_cli.kafka import KafkaPlatform
from flexbourse_cli.platform import PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_testkit.simulated_exchange import MEMBER, PASSWORD, SimulatedExchange

# Embedded, what others do not need can be left out; on Kafka every context reports its steps.
CONTEXTS = ("registry", "gridcheck", "traffic-light", "orderbook", "wholesale-gateway")
LATER_S = street.NOON_S + QUARTER_S
OWN = "flexbourse_wholesale_"
PATIENCE_S = 60.0
GATE_S = LATER_S - street.GATE_S


def forwardable(name: str, price_ticks: int, forwarding: int) -> book.NewOrder:
    """Return a sale of the supplier's for the quarter-hour after noon."""
    own = order(name, "sell", LATER_S, 100_000, price_ticks, unit="supply-unit")
    own.forwarding = forwarding  # type: ignore[assignment]
    return own


def steps() -> list[Step]:
    """Return the street's setup; two orders, one of which waits for its party; the gate; the release; and waiting."""
    orders = [
        forwardable("goes-on", 18_000, book.FORWARDING_AT_CLOSURE),
        forwardable("waits", 19_000, book.FORWARDING_ON_RELEASE),
    ]
    sending = Sending(SUPPLY, "sell", lambda c, i: c.orders.submit(AREA, orders, command_id=i))

    def release(client: Any, command_id: str) -> Any:
        waiting = [left.order.order_id for left in client.exchange.leftovers() if not left.released]
        return client.exchange.release(waiting, command_id=command_id)

    return [
        *setup_steps(),
        Step(street.OPENING_S + 600, [sending]),
        *(Step(GATE_S + 60 * minute) for minute in range(5)),
        Step(GATE_S + 300, [Sending(SUPPLY, "release", release)]),
        *(Step(GATE_S + 360 + 60 * minute) for minute in range(6)),
    ]


class ExchangeDay(StreetDay):
    """Drives the exchange's clock beside the platform's; another member buys once both orders stand."""

    exchange: SimulatedExchange

    def take(self, number: int, step: Step) -> None:
        """Send and close one step."""
        if step.at_s > GATE_S - 7200:
            self.exchange.drive(step.at_s)
        if number == len(self.steps) - 2:
            self.exchange.trade_against("buy", 0.2, 200.0, LATER_S, minutes=15)
        super().take(number, step)


def options(data_dir: Path, exchange: SimulatedExchange, **more: Any) -> PlatformOptions:
    """Return a stepped platform whose gateway is a member of the exchange."""
    data_dir.mkdir(parents=True, exist_ok=True)
    password = data_dir.parent / "password"
    password.write_text(PASSWORD)
    login = {"exchange_url": exchange.url, "exchange_user": MEMBER, "exchange_password_file": password}
    return PlatformOptions(data_dir=data_dir, stepped=True, settings={"wholesale-gateway": login}, **more)


def played(platform: Any, exchange: SimulatedExchange) -> StreetDay:
    """Run everything on a platform."""
    day = ExchangeDay(platform, steps())
    day.exchange = exchange
    day.run()
    return day


@pytest.fixture
def exchange() -> Iterator[SimulatedExchange]:
    """A fresh exchange that starts before the local gate."""
    running = SimulatedExchange(GATE_S - 7200)
    yield running
    running.stop()


@pytest.fixture
def embedded(tmp_path: Path, exchange: SimulatedExchange) -> Iterator[tuple[Any, Any]]:
    """What the embedded engine wrote, and what its queries said at the end."""
    platform = start(options(tmp_path / "one" / "data", exchange, contexts=CONTEXTS))
    day = played(platform, exchange)
    asked = queries(day, platform)
    day.close()
    platform.stop()
    log = EmbeddedLog(tmp_path / "one" / "data")
    yield log, asked
    log.close()


def queries(day: StreetDay, platform: Any) -> dict[str, Any]:
    """Return what participants see at the end, and what a scrape of the gateway gets."""
    orders = day.client(SUPPLY).exchange.orders(AREA)
    status = day.client(OPERATOR).exchange.status()  # of the same read models, which are up to date by now
    http = platform.endpoints.http
    return {
        "stages": [pb.Stage.Name(order.stage) for order in orders],
        "filled": [order.filled_w for order in orders],
        "mine": [piece.quantity_w for order in orders for piece in order.members],
        "others": len(day.client(street.AGG_A).exchange.orders(AREA)),
        "status": (status.configured, status.connected, status.takes_orders, status.forwarding, status.open_orders),
        "metrics": scraped(http.get("wholesale-gateway") or http["*"]),
    }


def scraped(address: str) -> dict[str, float]:
    """Return the gateway's own metrics; a shard that does not come to rest in time is left out, and asked again."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with urllib.request.urlopen(f"{address}/metrics", timeout=PATIENCE_S) as answer:
            lines = [line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line.startswith(OWN)]
        if lines:
            return {name.removeprefix(OWN): float(value) for name, value in lines}
        assert time.monotonic() < deadline, "the shard never came to rest"
        time.sleep(0.1)


def events(log: Any, field: str) -> Sequence[Any]:
    """Return the journal of the gateway."""
    found = [message for message in journal(log, "wholesale-gateway") if isinstance(message, pb.WholesaleEvent)]
    return [getattr(event, field) for event in found if event.WhichOneof("event") == field]


def test_leftovers_are_sold_on_the_exchange(embedded: Any, exchange: SimulatedExchange) -> None:
    log, asked = embedded
    assert asked["stages"] == ["STAGE_MATCHED", "STAGE_MATCHED"]
    assert asked["filled"] == asked["mine"] == [100_000, 100_000]
    assert asked["others"] == 0
    assert asked["status"] == (True, True, True, True, 0)
    shown = asked["metrics"]
    assert shown['connected{shard="0"}'] == shown['forwarding{shard="0"}'] == 1
    assert (shown['trades_total{shard="0"}'], shown['traded_watts_total{shard="0"}']) == (2, 200_000)
    assert not any(name.startswith("orders{") for name in shown), "an order has not ended"
    assert shown['open_watts{shard="0",side="sell"}'] == shown['requests{shard="0"}'] == 0
    results = events(log, "result")
    assert [(share.party, share.quantity_w) for result in results for share in result.shares] == [(SUPPLY, 100_000)] * 2
    # 25 kWh each, at the price of the order that stood first: our own limits, 180 and 190 EUR/MWh
    assert sorted(share.amount_micro_euro for result in results for share in result.shares) == [4_500_000, 4_750_000]
    assert len([own for own in exchange.orders() if own["status"] == "matched"]) == 2


def test_the_grid_held_and_took_what_was_sold(embedded: Any) -> None:
    log, _ = embedded
    told = [message for message in journal(log, "orderbook") if isinstance(message, book.OrderEvent)]
    own = [event.reserved for event in told if event.HasField("reserved")]
    assert {reserved.party for reserved in own} == {"service:wholesale-gateway"}
    assert all(reserved.reservation.any_fill for reserved in own)
    filled = [event.headroom_filled for event in told if event.HasField("headroom_filled")]
    settled = [event.headroom_settled for event in told if event.HasField("headroom_settled")]
    assert len(filled) + len([end for end in settled if end.confirmed]) >= 2
    moved = [
        change.p_w
        for event in told
        if event.HasField("operating_point") and event.operating_point.mtu == mtu(LATER_S)
        for change in event.operating_point.accepted
    ]
    assert max(moved) == 200_000


@pytest.mark.kafka
@pytest.mark.slow
def test_the_events_are_the_same_on_kafka(embedded: Any, tmp_path: Path) -> None:
    exchange = SimulatedExchange(GATE_S - 7200)
    platform = start(options(tmp_path / "two" / "data", exchange, engine="kafka"))
    assert isinstance(platform, KafkaPlatform)
    try:
        day = played(platform, exchange)
        asked = queries(day, platform)
        day.close()
        log = recorded_on_kafka(platform._broker.client_config())
    finally:
        platform.stop()
        exchange.stop()
    assert event_digest(log, "wholesale-gateway") == event_digest(embedded[0], "wholesale-gateway")
    assert asked == embedded[1]
