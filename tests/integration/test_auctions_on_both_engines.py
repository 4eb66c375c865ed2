"""Every auction of the platform on a real Kafka, the book killed while it uncrosses: as embedded, decided once.

A day auction with a block over a cable that is too thin for it, an auction of network capacity, a pool, a call for
reservations, a bilateral trade and a community's.
"""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import street
from all_checkers import all_problems
from log_access import EmbeddedLog, Log, RecordedLog, event_digest, journal, recorded_on_kafka
from street import AGG_A, AGG_B, AREA, DSO, ENERGY, NOON_S, OPERATOR, SUPPLY, mtu
from street_day import QUARTER_S, Sending, Step, StreetDay, options, setup_steps

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli import kafka, services
from flexbourse_cli.kafka import KafkaPlatform, ServiceProcess
from flexbourse_cli.starting import start
from flexbourse_log import killpoints

CONTEXTS = ("registry", "gridcheck", "traffic-light", "orderbook", "activation")
POOL, CAPACITY = "street-pool", "street-capacity"
CALL_S, FREEZE_S = 600, 60
OPENS_S = street.OPENING_S
UNCROSSES_S = OPENS_S + CALL_S + FREEZE_S
DEADLINE_S = 60.0
# Where the order book is killed in the step in which the auctions are held: before its batch is committed, and after.
KILLS = (killpoints.BEFORE_COMMIT, killpoints.AFTER_COMMIT)
PERHAPS = ("unaudited_points", "sequence_gaps")


def founding() -> list[registry.Entity]:
    """Return the street's founding: its energy is auctioned at the opening, and it has a pool and network capacity."""
    found = street.founding()
    phased = {"call_s": CALL_S, "freeze_s": FREEZE_S}
    for each in found:
        if each.HasField("market") and each.market.market_id == ENERGY:
            for name, value in phased.items():
                setattr(each.market, name, value)
            each.market.uncrossing = registry.UNCROSSING_DAY_AUCTION
            del each.market.span_lengths_s[:]
    pool = street.market(POOL, registry.ALGORITHM_POOL)
    pool.pool.CopyFrom(
        registry.PoolTerms(
            upstream_id=SUPPLY, import_price_ticks=30_000, export_price_ticks=8_000, import_limit_w=100_000,
            export_limit_w=100_000,
        )
    )  # fmt: skip
    capacity = street.market(CAPACITY, registry.ALGORITHM_NETWORK_CAPACITY)
    capacity.capacity_rule, capacity.use_or_lose_s = registry.CAPACITY_RULE_PREMIUM_AS_BID, 7_200
    capacity.min_price_ticks = 0
    for own in (pool, capacity):
        own.call_s, own.freeze_s = CALL_S, FREEZE_S
        del own.span_lengths_s[:]
    return [*found, *(registry.Entity(market=own) for own in (pool, capacity))]


def order(name: str, side: int, unit: str, quantity_w: int, ticks: int, **more: Any) -> book.NewOrder:
    return book.NewOrder(
        client_order_id=name, market_id=more.pop("market_id", ENERGY), product=book.PRODUCT_LOCAL_ENERGY, side=side,
        mtu=mtu(more.pop("start_s", NOON_S)), unit_id=unit, quantity_w=quantity_w, limit_price_ticks=ticks,
        fill_rule=book.FILL_RULE_NORMAL, **more,
    )  # fmt: skip


def submit(party: str, name: str, *orders: book.NewOrder, block: bool = False) -> Sending:
    return Sending(party, name, lambda client, i: client.orders.submit(AREA, orders, auction_block=block, command_id=i))


def side_of(party: str, unit: str) -> book.AgreedSide:
    return book.AgreedSide(party=party, unit_id=unit, reference=f"mine-{unit}")


def agreed(name: str, *quantities_w: int) -> book.ProposeAgreement:
    """Return a proposal: each trade from the supplier to the vehicle, in a quarter-hour of the evening."""
    trades = [
        book.AgreedTrade(
            product=book.PRODUCT_LOCAL_ENERGY, mtus=[mtu(street.EVENING_S + place * QUARTER_S)], quantity_w=quantity,
            price_ticks=20_000, seller=side_of(SUPPLY, "supply-unit"), buyer=side_of(AGG_B, "car-b2"),
            tariff_borne_by=book.TARIFF_BEARER_HALVES,
        )
        for place, quantity in enumerate(quantities_w)
    ]  # fmt: skip
    return book.ProposeAgreement(client_agreement_id=name, market_id=ENERGY, trades=trades)


def propose(party: str, name: str, *quantities_w: int) -> Sending:
    return Sending(party, name, lambda c, i: c.orders.agree(AREA, agreed(name, *quantities_w), command_id=i))


def confirm(party: str, name: str) -> Sending:
    """Confirm whatever waits for the party's word, the oldest first."""

    def answer(client: Any, command_id: str) -> Any:
        (waiting, *_) = client.orders.agreements(AREA)
        word = book.AnswerAgreement(agreement_id=waiting.agreement_id, answer=book.AGREEMENT_ANSWER_CONFIRM)
        return client.orders.agree(AREA, word, command_id=command_id)

    return Sending(party, name, answer)


def ask(party: str, name: str, unit: str, kw: int, ticks: int) -> Sending:
    wish = book.RequestCapacity(
        client_request_id=name, market_id=CAPACITY, unit_id=unit, use=book.CAPACITY_USE_CONSUMPTION,
        quantity_w=kw * 1_000, mtus=[mtu(NOON_S)], price_ticks=ticks,
    )  # fmt: skip
    return Sending(party, name, lambda c, i: c.orders.network_capacity(AREA, wish, command_id=i))


def call(party: str, name: str, **body: Any) -> Sending:
    command = activation.ActivationCommand(area_id=AREA, **body)
    return Sending(party, name, lambda c, i: c.activation.submit(command, command_id=i))


def reservation_call() -> list[list[Sending]]:
    """An offer of the evening, a call for some of it, a bid."""
    evening = activation.Window(
        start_s=street.EVENING_S, end_s=street.EVENING_S + 2 * QUARTER_S, mtu_length_s=QUARTER_S
    )
    offer = activation.OfferTerms(
        offer_id="bat-up", unit_id="battery-a2", direction=activation.DIRECTION_UP, window=evening, quantity_w=8_000,
        activation_price_micro_euro_per_mwh=90_000_000,
    )  # fmt: skip
    terms = activation.ReservationCallTerms(
        call_id="call", purpose=activation.PURPOSE_CONGESTION, direction=activation.DIRECTION_UP, window=evening,
        quantity_w=5_000, limit_price_micro_euro_per_mw_h=50_000_000, freezes_at_ms=(UNCROSSES_S - 30) * 1_000,
        clears_at_ms=UNCROSSES_S * 1_000,
    )  # fmt: skip
    bid = activation.ReservationBidTerms(
        bid_id="bid", call_id="call", offer_id="bat-up", quantity_w=6_000, price_micro_euro_per_mw_h=9_000_000
    )
    return [
        [call(AGG_B, "offer", offer=offer)],
        [call(DSO, "call", call_reservations=terms)],
        [call(AGG_B, "bid", bid_reservation=bid)],
    ]


def steps() -> list[Step]:
    """Return the street's evening before: set up, collect, uncross (the step of the kills), agree on trades."""
    found = setup_steps(opening_s=OPENS_S)
    found[0] = replace(
        found[0], sendings=[Sending(OPERATOR, "founding", lambda c, i: c.registry.register(founding(), command_id=i))]
    )
    sell, buy = book.SIDE_SELL, book.SIDE_BUY
    block = [
        order(f"block-{place}", sell, "battery-a2", 30_000, 12_000, start_s=NOON_S + place * QUARTER_S,
              auction=book.AuctionTerms(minimum_ppm=100_000))
        for place in range(2)
    ]  # fmt: skip
    offers, calls, bids = reservation_call()
    collected = [
        [
            submit(AGG_B, "block", *block, block=True),
            submit(SUPPLY, "supply", order("near", sell, "supply-unit", 50_000, 20_000)),
            submit(SUPPLY, "later", order("late", sell, "supply-unit", 50_000, 20_000, start_s=NOON_S + QUARTER_S)),
            submit(
                AGG_B, "pool", order("p-car", buy, "car-b2", 3_000, 40_000, market_id=POOL, start_s=street.EVENING_S)
            ),
            *offers,
        ],
        [
            submit(AGG_A, "pump", order("pump", buy, "pump-b1", 40_000, 90_000)),
            submit(AGG_A, "pump-2", order("pump-2", buy, "pump-b1", 40_000, 90_000, start_s=NOON_S + QUARTER_S)),
            submit(
                SUPPLY,
                "pool-2",
                order("p-supply", sell, "supply-unit", 1_000, 10_000, market_id=POOL, start_s=street.EVENING_S),
            ),
            ask(AGG_A, "asked-a", "pump-b1", 30, 1_000),
            ask(AGG_B, "asked-b", "car-b2", 150, 3_000),
            *calls,
        ],
        bids,
    ]
    held = [Step(OPENS_S + 240 + 60 * place, batch) for place, batch in enumerate(collected)]
    after: list[list[Sending]] = [
        [],
        [propose(SUPPLY, "bilateral", 1_000)],
        [confirm(AGG_B, "yes")],
        [propose(SUPPLY, "together", 1_000, 2_000)],
        [confirm(AGG_B, "yes-too")],
        [],
    ]
    later = [Step(UNCROSSES_S + 60 * (place + 1), batch) for place, batch in enumerate(after)]
    return [*found, *held, Step(UNCROSSES_S - 40), Step(UNCROSSES_S), *later]


HELD_AT = next(number for number, step in enumerate(steps(), 1) if step.at_s == UNCROSSES_S)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """What the embedded engine wrote."""
    data_dir = tmp_path_factory.mktemp("auctions") / "data"
    platform = start(options(data_dir))
    day = StreetDay(platform, steps())
    day.run()
    day.close()
    platform.stop()
    log = EmbeddedLog(data_dir)
    yield RecordedLog(log)
    log.close()


@dataclass
class Killed:
    """The order book of a platform on Kafka, ended by SIGKILL at places of the log."""

    platform: KafkaPlatform

    def armed(self, place: str) -> ServiceProcess:
        """Start the order book anew at its addresses; at its first passage of a place it ends."""
        old = next(process for process in self.platform._processes if process.context == "orderbook")
        old._process.kill()
        old.wait(DEADLINE_S)
        addresses = {"grpc_port": old.grpc_address, "http_port": old.http_address}
        ports = {name: int(address.rsplit(":", 1)[1]) for name, address in addresses.items()}
        config = replace(services.config("orderbook"), **(self.platform._settings("orderbook") | ports))
        armed = {killpoints.VARIABLE: f"{place}:1"} if place else {}
        environment = kafka.child_environment
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kafka, "child_environment", lambda *own: environment(*own) | armed)
            new = ServiceProcess("orderbook", services.PACKAGES["orderbook"], config, old._log_file)
        self.platform._processes[self.platform._processes.index(old)] = new
        return new

    def take(self, day: StreetDay, number: int) -> list[int]:
        """Take one step, with the order book killed in it at each place; returns how its processes ended."""
        process = self.armed(KILLS[0])
        self.platform._wait_until_ready()
        problems: list[BaseException] = []

        def step() -> None:
            try:
                day.take(number, day.steps[number - 1])
            except BaseException as error:
                problems.append(error)
                raise

        taking = threading.Thread(target=step, daemon=True)
        taking.start()
        ended = []
        for place in (*KILLS[1:], ""):
            ended.append(process._process.wait(DEADLINE_S))
            process = self.armed(place)
        taking.join(2 * DEADLINE_S)
        assert not taking.is_alive()
        assert problems == []
        return ended


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Log, list[int]]:
    """What Kafka holds where the order book was killed while it uncrossed, and how it ended."""
    platform = start(options(tmp_path_factory.mktemp("kafka-auctions") / "data", engine="kafka"))
    assert isinstance(platform, KafkaPlatform)
    try:
        day = StreetDay(platform, steps())
        day.run(until=HELD_AT - 1)
        ended = Killed(platform).take(day, HELD_AT)
        day.run()
        day.close()
        log = recorded_on_kafka(platform._broker.client_config())
    finally:
        platform.stop()
    return log, ended


def events(log: Log, kind: str) -> list[Any]:
    return [
        getattr(message, kind)
        for message in journal(log, "orderbook")
        if isinstance(message, book.OrderEvent) and message.WhichOneof("event") == kind
    ]


def test_the_story_has_every_auction(embedded: Log) -> None:
    held = {event.mtu.start_s: event for event in events(embedded, "auction_cleared")}
    assert all(event.agreed for event in held.values())
    assert max(event.cut_count for event in held.values()) > 0
    assert min(held[NOON_S].volume_w, held[NOON_S + QUARTER_S].volume_w) > 0
    assert any(event.agreed and event.volume_w for event in events(embedded, "pool_cleared"))
    assert [event.quantity_w for event in events(embedded, "capacity_allocated") if event.quantity_w]
    trades = events(embedded, "trade")
    agreed_on = Counter(trade.agreement_id for trade in trades if trade.agreement_id)
    assert sorted(agreed_on.values()) == [1, 2]
    called = [
        message.reservation_call_cleared
        for message in journal(embedded, "activation")
        if isinstance(message, activation.ActivationEvent) and message.HasField("reservation_call_cleared")
    ]
    assert [event.reserved_w for event in called] == [5_000]
    assert all_problems(embedded, PERHAPS) == []


@pytest.mark.kafka
@pytest.mark.slow
def test_a_book_that_is_killed_while_it_uncrosses_decides_once(embedded: Log, killed: tuple[Log, list[int]]) -> None:
    log, ended = killed
    assert ended == [-signal.SIGKILL] * len(KILLS)
    for context in CONTEXTS:
        assert event_digest(log, context) == event_digest(embedded, context), context
    cleared = Counter((event.auction_id, event.mtu.start_s) for event in events(log, "auction_cleared"))
    assert max(cleared.values()) == 1
    assert all_problems(log, PERHAPS) == []
