"""The day of the street as a script: what everybody sends in each step. Nothing in it depends on what was observed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import street
from log_access import EmbeddedLog, Log
from reads_of_kafka import read_what_is_written
from street import AGG_A, AGG_B, AREA, DSO, ENERGY, METERS, OPERATOR, RELIEF, SUPPLY, mtu

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_client.client import Client
from flexbourse_runtime.config import Secret

RUN_ID = "2026-06-15"
QUARTER_S = 900
ANSWERED_S = 60.0  # the bound of a wait that ends with the answer
SEED = Secret("a day for tests")
NORMAL, FILL_AND_KILL, FILL_OR_KILL = (
    book.FILL_RULE_NORMAL,
    book.FILL_RULE_FILL_AND_KILL,
    book.FILL_RULE_FILL_OR_KILL,
)


@dataclass(frozen=True)
class Sending:
    """One command: who sends it, its name, and the call."""

    party: str
    name: str
    call: Callable[[Client, str], Any]


@dataclass(frozen=True)
class Step:
    """A step of the day."""

    at_s: int
    sendings: Sequence[Sending] = ()


def order(
    name: str,
    side: str,
    start_s: int,
    quantity_w: int,
    price_ticks: int,
    *,
    unit: str = "",
    element: str = "",
    fill: int = NORMAL,
    product: int = book.PRODUCT_LOCAL_ENERGY,
) -> book.NewOrder:
    """Return an order."""
    return book.NewOrder(
        client_order_id=name,
        market_id=ENERGY if product == book.PRODUCT_LOCAL_ENERGY else RELIEF,
        product=product,
        side=book.SIDE_BUY if side == "buy" else book.SIDE_SELL,
        mtu=mtu(start_s),
        unit_id=unit,
        element_id=element,
        quantity_w=quantity_w,
        limit_price_ticks=price_ticks,
        fill_rule=fill,
    )


def submit(party: str, name: str, *orders: book.NewOrder) -> Sending:
    """Return the sending of orders."""
    return Sending(party, name, lambda client, command_id: client.orders.submit(AREA, orders, command_id=command_id))


def setup_steps(shard: int = 0, opening_s: int = street.OPENING_S) -> list[Step]:
    """Register, import, forecast; then wait until the lights have reached the book."""
    first_s = opening_s - 4 * QUARTER_S
    thresholds = light.SetLightThresholds(area_id=AREA, thresholds=street.THRESHOLDS)

    def network(client: Client, command_id: str) -> Any:
        return client.grid.import_network(AREA, pandapower_json=street.network_json(), command_id=command_id)

    return [
        Step(
            first_s,
            [Sending(OPERATOR, "founding", lambda c, i: c.registry.register(street.founding(shard), command_id=i))],
        ),
        Step(
            first_s + QUARTER_S,
            [
                Sending(OPERATOR, "network", network),
                Sending(DSO, "tariff", lambda c, i: c.grid.set_tariff_parameters(AREA, street.TARIFF, command_id=i)),
                Sending(DSO, "thresholds", lambda c, i: c.lights.set_thresholds(thresholds, command_id=i)),
            ],
        ),
        Step(
            first_s + 2 * QUARTER_S,
            [Sending(OPERATOR, "homes", lambda c, i: c.registry.register(street.homes(), command_id=i))],
        ),
        Step(
            first_s + 3 * QUARTER_S,
            [Sending(DSO, "forecast", lambda c, i: c.grid.submit_forecast(street.forecast(), command_id=i))],
        ),
        *(Step(opening_s + 60 * minute) for minute in range(4)),
    ]


def trading_steps() -> list[Step]:
    """Trade on the evening before: sunshine, a battery, a cable that is too thin, relief."""
    noon, later, evening = street.NOON_S, street.NOON_S + QUARTER_S, street.EVENING_S
    up = book.PRODUCT_FLEX_UP
    batches: list[list[Sending]] = [
        [
            submit(AGG_A, "sun", order("sun-1", "sell", noon, 5_000, 18_000, unit="solar-a3")),
            submit(AGG_B, "battery", order("bat-1", "sell", noon, 6_000, 19_000, unit="battery-a2")),
            submit(SUPPLY, "supply", order("sup-1", "sell", later, 120_000, 20_000, unit="supply-unit")),
        ],
        [submit(AGG_A, "house", order("house-1", "buy", noon, 3_000, 30_000, unit="house-a1"))],
        [submit(AGG_B, "car", order("car-1", "buy", noon, 8_000, 60_000, unit="car-b2"))],
        [
            submit(AGG_B, "car", order("car-2", "buy", later, 60_000, 90_000, unit="car-b2", fill=FILL_OR_KILL)),
            submit(AGG_B, "car-part", order("car-3", "buy", later, 60_000, 90_000, unit="car-b2", fill=FILL_AND_KILL)),
        ],
        [
            submit(AGG_B, "offer", order("bat-up", "sell", evening, 6_000, 30_000, unit="battery-a2", product=up)),
            submit(AGG_A, "offer", order("pump-up", "sell", evening, 2_000, 1_000, unit="pump-b1", product=up)),
        ],
        [
            submit(
                DSO, "relief", order("dso-1", "buy", evening, 5_000, 50_000, element=street.STREET_A_HEAD, product=up)
            )
        ],
        [
            submit(AGG_A, "resting", order("pump-1", "buy", evening, 1_000, 5_000, unit="pump-b1")),
            submit(SUPPLY, "resting", order("sup-2", "buy", evening + QUARTER_S, 3_000, 10_000, unit="supply-unit")),
        ],
        [submit(AGG_B, "relieves", order("bat-2", "sell", evening + QUARTER_S, 3_000, 8_000, unit="battery-a2"))],
        [Sending(DSO, "forecast", lambda c, i: c.grid.submit_forecast(street.revised_forecast(), command_id=i))],
    ]
    return [Step(street.OPENING_S + 600 + 60 * index, batch) for index, batch in enumerate(batches)]


def delivery_steps() -> list[Step]:
    """Let all gates close, try once more behind one, read the meters, settle."""
    ends = [Step(start_s - street.GATE_S) for start_s in street.PERIODS_S]
    late = submit(AGG_A, "late", order("late-1", "buy", street.NOON_S, 1_000, 30_000, unit="pump-b1"))
    done_s = street.PERIODS_S[-1] + QUARTER_S
    metered = [reading for start_s in street.PERIODS_S for reading in street.readings(start_s)]

    def complete(client: Client, command_id: str) -> common_pb2.CommandReceipt:
        prices = [settlement.ImbalancePrice(mtu=mtu(start_s), price_ticks=9_000) for start_s in street.PERIODS_S]
        mtus = [mtu(start_s) for start_s in street.PERIODS_S]
        return client.settlement.complete_readings(AREA, mtus, RUN_ID, imbalance_prices=prices, command_id=command_id)

    return [
        *ends[:1],
        Step(ends[0].at_s + 60, [late]),
        *ends[1:],
        Step(
            done_s,
            [Sending(METERS, "readings", lambda c, i: c.settlement.submit_readings(AREA, metered, command_id=i))],
        ),
        Step(done_s + QUARTER_S, [Sending(METERS, "complete", complete)]),
    ]


SETTLING_STEPS = 9  # deploy, open accounts, settle: signed, sent and filed one after the other


def script(shard: int = 0) -> list[Step]:
    """Return the whole day, with the street in a shard."""
    steps = [*setup_steps(shard), *trading_steps(), *delivery_steps()]
    last_s = steps[-1].at_s
    return steps + [Step(last_s + 60 * (index + 1)) for index in range(SETTLING_STEPS)]


@dataclass
class StreetDay:
    """Takes a platform through the script, from wherever it stands."""

    platform: Platform
    steps: list[Step] = field(default_factory=script)
    now_ms: int = 0
    clients: dict[str, Client] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)  # party by command id

    def client(self, party: str) -> Client:
        """Return the client of a party; its time is the script's, and its queries see every step that is over."""
        if party not in self.clients:
            self.clients[party] = self.platform.client(party, now_ms=lambda: self.now_ms)
            if self.platform.options.engine == "kafka":
                read_what_is_written(self.clients[party])
        return self.clients[party]

    def run(self, until: int | None = None) -> None:
        """Send and close every step behind the platform's last one."""
        for number in range(self.platform.last_step() + 1, (until or len(self.steps)) + 1):
            self.take(number, self.steps[number - 1])

    def take(self, number: int, step: Step) -> None:
        """Send and close one step."""
        self.now_ms = step.at_s * 1000
        for sending in step.sendings:
            command_id = f"s{number}-{sending.party}-{sending.name}"
            self.sent[command_id] = sending.party
            sending.call(self.client(sending.party), command_id)
        self.platform.step(number, self.now_ms)

    def further(self, *sendings: Sending, seconds: int = 60) -> dict[str, common_pb2.Answer]:
        """Send something beside the script in a step of its own; returns the answers by name of the sending."""
        number = self.platform.last_step() + 1
        self.take(number, Step(self.now_ms // 1000 + seconds, sendings))
        return {
            sending.name: self.answer(sending.party, f"s{number}-{sending.party}-{sending.name}")
            for sending in sendings
        }

    def answer(self, party: str, command_id: str) -> common_pb2.Answer:
        """Return the answer to a command of an earlier step; on Kafka it may come to the service behind the step."""
        until = time.monotonic() + ANSWERED_S
        while command_id not in (found := self.client(party).answers([command_id])):
            assert time.monotonic() < until, f"{command_id} was never answered"
            time.sleep(0.05)
        return found[command_id].answer

    def close(self) -> None:
        """Close all clients."""
        for client in self.clients.values():
            client.close()


@dataclass(frozen=True)
class FinishedDay:
    """A day that is over: where its data lie, and its log."""

    data_dir: Path
    log: Log
    answers: dict[str, common_pb2.Answer]


def options(data_dir: Path, **more: Any) -> PlatformOptions:
    """Return how the platform of the street starts: stepped, with salts that are the same each time."""
    return PlatformOptions(data_dir=data_dir, stepped=True, settings={"settlement": {"key_seed": SEED}}, **more)


@contextmanager
def embedded_day(data_dir: Path) -> Iterator[FinishedDay]:
    """Run the whole day embedded, stop the platform, keep the log open for readers."""
    platform = start(options(data_dir))
    try:
        day = StreetDay(platform)
        day.run()
        answers = {command_id: day.answer(party, command_id) for command_id, party in day.sent.items()}
        day.close()
    finally:
        platform.stop()
    log = EmbeddedLog(data_dir)
    try:
        yield FinishedDay(data_dir, log, answers)
    finally:
        log.close()
