"""Adapters and life of an order against the running simulator, with the faults that it knows."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence

import aiohttp
import pytest
from simulated_exchange import HOUR_S, START_S, Heard, Pauses, SimulatedExchange, connected, listening

from flexbourse_core.errors import TransientError
from flexbourse_core.rejection import Rejection
from flexbourse_wholesale_gateway.adapters.exchange_port import (
    BooksLost,
    BooksTold,
    Connected,
    Disconnected,
    OrderRefused,
    OrderTold,
    StatusTold,
    Told,
)
from flexbourse_wholesale_gateway.adapters.okte_orders import OkteOrders
from flexbourse_wholesale_gateway.adapters.okte_requests import MAX_LIMIT_WAITS, OkteRequests
from flexbourse_wholesale_gateway.adapters.okte_stream import LONGEST_PAUSE_S, MAX_FAILURES, BookSequence, OkteStream
from flexbourse_wholesale_gateway.domain.external_orders.deciding import (
    QUIET_S,
    Outcome,
    headroom_answered,
    looked_up,
    operate,
    operation_answered,
    refused_later,
    submission_answered,
    submit,
    want,
)
from flexbourse_wholesale_gateway.domain.external_orders.order import (
    Event,
    ExternalOrder,
    ExternalTerms,
    Indication,
    OperationAsked,
    OperationKind,
    Stage,
    StrayFound,
    TradeCounted,
    TradeRecalled,
    evolve,
)
from flexbourse_wholesale_gateway.domain.external_orders.reports import Status, take_report
from flexbourse_wholesale_gateway.domain.lots.pooling import Side

TERMS = ExternalTerms(
    delivery_start_s=HOUR_S, delivery_end_s=HOUR_S + 3600, gate_s=HOUR_S - 1800, side=Side.SELL,
    quantity_w=500_000, price_ticks=4_025,
)  # fmt: skip


class Desk:
    """One order of ours, its events, and the adapter that carries them out."""

    def __init__(self, orders: OkteOrders, intent_id: str = "i1", terms: ExternalTerms = TERMS) -> None:
        self.orders, self.now_s = orders, START_S
        self.events: list[Event] = []
        self._order: ExternalOrder | None = None
        self.apply(want(intent_id, terms, START_S + 60))
        self.apply(headroom_answered(self.order, None))

    @property
    def order(self) -> ExternalOrder:
        """Return the state."""
        assert self._order is not None
        return self._order

    @property
    def stage(self) -> Stage:
        """Return the stage."""
        return self.order.stage

    def apply(self, events: Sequence[Event] | Sequence[Rejection]) -> None:
        """Apply events."""
        for event in events:
            assert not isinstance(event, Rejection | StrayFound), event
            self._order = evolve(self._order, event)
            self.events.append(event)

    async def send(self) -> Outcome:
        """Submit, and take the answer in."""
        self.apply(submit(self.order, self.now_s))
        assert self.stage is Stage.SUBMITTING
        answer = await self.orders.create(self.order.attempts, self.order.client_order_id, self.order.terms)
        self.apply(submission_answered(self.order, answer))
        return answer.outcome

    async def ask(
        self, kind: OperationKind, *, quantity_w: int | None = None, price_ticks: int | None = None
    ) -> Outcome:
        """Operate, and take the answer in."""
        asked = operate(self.order, kind, self.now_s, held_w=10**9, quantity_w=quantity_w, price_ticks=price_ticks)
        self.apply(asked)
        assert isinstance(asked[0], OperationAsked)
        number, external_id = asked[0].operation.number, self.order.external_id
        if kind is OperationKind.MODIFY:
            answer = await self.orders.modify(number, external_id, quantity_w, price_ticks)
        else:
            answer = await self.orders.operate(number, external_id, kind)
        self.apply(operation_answered(self.order, answer))
        return answer.outcome

    async def look_up(self, later_s: int = QUIET_S) -> None:
        """Ask the exchange for all it has."""
        self.now_s += later_s
        self.apply(
            looked_up(self.order, self.now_s, await self.orders.look_up(self.order.client_order_id, self.order.terms))
        )

    def hear(self, heard: Heard) -> None:
        """Take in what the stream told."""
        for told in heard.told:
            if isinstance(told, OrderTold):
                self.apply(take_report(self.order, told.report))
            elif isinstance(told, OrderRefused):
                self.apply(refused_later(self.order, told.reasons))

    def count(self, kind: type) -> int:
        """Return how many events of a kind there were."""
        return sum(isinstance(event, kind) for event in self.events)


Scene = Callable[[SimulatedExchange, OkteOrders, Pauses, aiohttp.ClientSession], Awaitable[None]]


def play(exchange: SimulatedExchange, scene: Scene) -> None:
    """Run a scene connected to an exchange."""

    async def run() -> None:
        async with connected(exchange) as (orders, pauses, session):
            await scene(exchange, orders, pauses, session)

    asyncio.run(run())


@pytest.fixture(scope="module")
def running() -> Iterator[SimulatedExchange]:
    """Start one simulator."""
    exchange = SimulatedExchange(START_S)
    yield exchange
    exchange.stop()


@pytest.fixture
def exchange(running: SimulatedExchange) -> SimulatedExchange:
    """Return the simulator as it was at its start."""
    running.operator("reset")
    return running


@pytest.fixture(scope="module")
def careless() -> Iterator[SimulatedExchange]:
    """Start one that makes another order of a repeated client order id."""
    exchange = SimulatedExchange(START_S, "--client-order-ids", "ignore")
    yield exchange
    exchange.stop()


def told_order(status: Status) -> Callable[[Told], bool]:
    """Return what waits for an order of a status."""
    return lambda told: isinstance(told, OrderTold) and told.report.status is status


def test_entered_matched_in_part_and_cancelled(exchange: SimulatedExchange) -> None:
    async def scene(exchange: SimulatedExchange, orders: OkteOrders, *_: object) -> None:
        desk = Desk(orders)
        assert await desk.send() is Outcome.DONE
        assert desk.stage is Stage.ACTIVE
        exchange.trade_against("buy", 0.2, 41, HOUR_S)
        await desk.look_up()
        assert (desk.stage, desk.order.filled_w, desk.order.open_w) == (Stage.PARTLY_MATCHED, 200_000, 300_000)
        assert next(iter(desk.order.trades.values())).price_ticks == 4_025
        assert await desk.ask(OperationKind.CANCEL) is Outcome.DONE
        assert desk.stage is Stage.PARTLY_MATCHED
        await desk.look_up()
        assert (desk.stage, desk.order.filled_w) == (Stage.CANCELLED, 200_000)

    play(exchange, scene)


def test_modified_to_a_new_id_deactivated_and_activated(exchange: SimulatedExchange) -> None:
    async def scene(exchange: SimulatedExchange, orders: OkteOrders, *_: object) -> None:
        desk = Desk(orders)
        await desk.send()
        assert await desk.ask(OperationKind.MODIFY, quantity_w=700_000, price_ticks=-5) is Outcome.DONE
        await desk.look_up()
        assert (desk.stage, len(desk.order.external_ids), desk.order.open_w) == (Stage.ACTIVE, 2, 700_000)
        assert exchange.orders()[-1]["price"] == -0.05
        for kind, stage in ((OperationKind.DEACTIVATE, Stage.INACTIVE), (OperationKind.ACTIVATE, Stage.ACTIVE)):
            await desk.ask(kind)
            await desk.look_up()
            assert desk.stage is stage

    play(exchange, scene)


@pytest.mark.parametrize("kind", ["swallow", "error-after"])
def test_done_without_an_answer_is_looked_up_and_not_repeated(careless: SimulatedExchange, kind: str) -> None:
    careless.operator("reset")
    careless.fault(kind, method="POST")

    async def scene(exchange: SimulatedExchange, orders: OkteOrders, *_: object) -> None:
        desk = Desk(orders)
        assert await desk.send() is Outcome.NO_ANSWER
        assert desk.stage is Stage.UNANSWERED
        await desk.look_up()
        assert desk.stage is Stage.ACTIVE
        assert len(exchange.orders()) == 1

    play(careless, scene)


@pytest.mark.parametrize("kind", ["drop", "error"])
def test_not_done_without_an_answer_is_looked_up_and_repeated_once(careless: SimulatedExchange, kind: str) -> None:
    careless.operator("reset")
    careless.fault(kind, method="POST")

    async def scene(exchange: SimulatedExchange, orders: OkteOrders, *_: object) -> None:
        desk = Desk(orders)
        assert await desk.send() is Outcome.NO_ANSWER
        await desk.look_up(later_s=1)
        assert desk.stage is Stage.UNANSWERED
        await desk.look_up()
        assert desk.stage is Stage.RESERVED
        assert await desk.send() is Outcome.DONE
        assert len(exchange.orders()) == 1

    play(careless, scene)


@pytest.mark.parametrize("fault", ["swallow", "drop"])
def test_a_modification_without_an_answer(exchange: SimulatedExchange, fault: str) -> None:
    async def scene(exchange: SimulatedExchange, orders: OkteOrders, *_: object) -> None:
        desk = Desk(orders)
        await desk.send()
        exchange.fault(fault, method="PATCH")
        assert await desk.ask(OperationKind.MODIFY, price_ticks=5_000) is Outcome.NO_ANSWER
        await desk.look_up()
        assert len(desk.order.external_ids) == (2 if fault == "swallow" else 1)
        assert (desk.stage, desk.order.operation, desk.order.open_w) == (Stage.ACTIVE, None, 500_000)

    play(exchange, scene)


def test_a_client_order_id_that_is_known_leads_to_the_order(exchange: SimulatedExchange) -> None:
    async def scene(_: SimulatedExchange, orders: OkteOrders, *__: object) -> None:
        await Desk(orders).send()
        again = Desk(orders)
        assert await again.send() is Outcome.KNOWN
        await again.look_up()
        assert again.stage is Stage.ACTIVE

    play(exchange, scene)


def test_what_the_exchange_refuses_is_told_by_its_codes(exchange: SimulatedExchange) -> None:
    async def scene(_: SimulatedExchange, orders: OkteOrders, *__: object) -> None:
        late = ExternalTerms(delivery_start_s=START_S - 3600, delivery_end_s=START_S, gate_s=HOUR_S, side=Side.BUY,
                             quantity_w=100_000, price_ticks=1)  # fmt: skip
        desk = Desk(orders, terms=late)
        assert await desk.send() is Outcome.REFUSED
        assert (desk.stage, desk.order.reasons[0].split(":")[0]) == (Stage.REFUSED, "TradingEndRule")
        answer = await orders.operate(1, "42", OperationKind.CANCEL)
        assert answer.outcome is Outcome.REFUSED

    play(exchange, scene)


@pytest.mark.parametrize(("outcome", "stage"), [("done", Stage.ACTIVE), ("rejected", Stage.CANCELLED)])
def test_still_processed_ends_one_way_or_the_other(exchange: SimulatedExchange, outcome: str, stage: Stage) -> None:
    exchange.fault("accepted", seconds=5, outcome=outcome)

    async def scene(exchange: SimulatedExchange, orders: OkteOrders, *_: object) -> None:
        desk = Desk(orders)
        assert await desk.send() is Outcome.PROCESSING
        await desk.look_up()
        assert desk.stage is Stage.PROCESSING
        exchange.operator("clock", {"advanceSeconds": 5})
        await desk.look_up()
        assert desk.stage is stage
        assert not desk.order.look_up

    play(exchange, scene)


def test_beyond_the_limit_it_is_waited_as_told_and_not_for_ever(exchange: SimulatedExchange) -> None:
    async def scene(exchange: SimulatedExchange, orders: OkteOrders, pauses: Pauses, _: object) -> None:
        exchange.fault("rate-limit", method="POST", times=2)
        desk = Desk(orders)
        assert await desk.send() is Outcome.DONE
        assert pauses.seconds == [1, 1]
        exchange.fault("rate-limit", method="POST", times=MAX_LIMIT_WAITS)
        other = Desk(orders, "i2")
        assert await other.send() is Outcome.NOT_SENT
        assert other.stage is Stage.RESERVED
        assert await other.send() is Outcome.DONE
        assert len(exchange.orders()) == 2

    play(exchange, scene)


def test_the_headers_of_a_limit_are_kept() -> None:
    exchange = SimulatedExchange(START_S, "--rate-limit", "3;w=7")

    async def scene(_: SimulatedExchange, orders: OkteOrders, pauses: Pauses, __: object) -> None:
        for _request in range(3):
            await orders.market_status()
        assert pauses.seconds == []
        with pytest.raises(TransientError, match="429"):
            await orders.market_status()
        assert pauses.seconds == [7, 7, 7]

    try:
        play(exchange, scene)
    finally:
        exchange.stop()


def test_nobody_there_means_not_sent() -> None:
    async def run() -> None:
        with socket.socket() as taken:  # and nobody listens
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            async with aiohttp.ClientSession() as session:
                desk = Desk(OkteOrders(OkteRequests(session, url)))
                assert await desk.send() is Outcome.NOT_SENT
                pauses = Pauses()
                with pytest.raises(TransientError):
                    await OkteStream(session, url, pauses).run(Heard())
                assert len(pauses.seconds) == MAX_FAILURES
                assert pauses.seconds == sorted(pauses.seconds)
                assert pauses.seconds[-1] == LONGEST_PAUSE_S

    asyncio.run(run())


def test_the_stream_alone_tells_a_life_with_messages_twice_and_one_lost(exchange: SimulatedExchange) -> None:
    async def scene(exchange: SimulatedExchange, orders: OkteOrders, _: object, session: aiohttp.ClientSession) -> None:
        async with listening(exchange, session) as (heard, _pauses):
            await heard.until(lambda told: isinstance(told, Connected))
            exchange.fault("lose", message="order-change")
            exchange.fault("duplicate", message="order-change", times=9)
            desk = Desk(orders)
            await desk.send()
            await asyncio.to_thread(exchange.trade_against, "buy", 0.5, 41, HOUR_S)
            await heard.until(told_order(Status.MATCHED))
            desk.hear(heard)
            assert (desk.stage, desk.order.filled_w, desk.count(TradeCounted)) == (Stage.MATCHED, 500_000, 1)
            trade_id = next(iter(desk.order.trades))
            await asyncio.to_thread(exchange.operator, f"trades/{trade_id}/recall")
            await heard.until(told_order(Status.CANCELLED))
            desk.hear(heard)
            desk.hear(heard)
            assert (desk.stage, desk.order.filled_w, desk.count(TradeRecalled)) == (Stage.CANCELLED, 0, 1)
            assert desk.count(TradeCounted) == 1

    play(exchange, scene)


def test_a_disconnect_hibernates_and_the_order_is_woken(exchange: SimulatedExchange) -> None:
    async def scene(exchange: SimulatedExchange, orders: OkteOrders, _: object, session: aiohttp.ClientSession) -> None:
        async with listening(exchange, session) as (heard, pauses):
            await heard.until(lambda told: isinstance(told, Connected))
            desk = Desk(orders)
            await desk.send()
            await heard.until(told_order(Status.RESTING))
            exchange.fault("disconnect", message="marketstatus")
            await asyncio.to_thread(exchange.operator, "market-status", {"tradingStatus": "xbidNok"})
            lost = await heard.until(lambda told: isinstance(told, Disconnected))
            await heard.until(lambda told: isinstance(told, Connected), lost)
            assert pauses.seconds
            await desk.look_up()
            assert desk.stage is Stage.INACTIVE
            await desk.ask(OperationKind.ACTIVATE)
            await desk.look_up()
            assert desk.stage is Stage.ACTIVE

    play(exchange, scene)


def test_a_number_left_out_asks_for_the_books_anew(exchange: SimulatedExchange) -> None:
    async def scene(exchange: SimulatedExchange, _: object, __: object, session: aiohttp.ClientSession) -> None:
        async with listening(exchange, session) as (heard, _pauses):
            first = await heard.until(lambda told: isinstance(told, BooksTold))
            exchange.fault("skip-sequence", message="orderbook-change")
            for price in (50, 51):
                await asyncio.to_thread(exchange.trade_against, "sell", 0.1, price, HOUR_S)
            lost = await heard.until(lambda told: isinstance(told, BooksLost), first)
            place = await heard.until(lambda told: isinstance(told, BooksTold), lost)
            told = heard.told[place]
            assert isinstance(told, BooksTold)
            assert [(level.price_ticks, level.quantity_w) for level in told.books[0].sell] == [
                (5_000, 100_000), (5_100, 100_000),
            ]  # fmt: skip
            assert (told.books[0].delivery_start_s, told.books[0].trading_end_s) == (HOUR_S, HOUR_S - 1800)

    play(exchange, scene)


def test_numbers_of_books() -> None:
    books = BookSequence()
    numbers = [(1, False), (2, True), (3, False), (3, False), (5, False), (6, False), (7, True), (8, False)]
    taken = [books.take(number, is_snapshot=is_snapshot) for number, is_snapshot in numbers]
    assert taken == [False, True, True, False, None, False, True, True]


def test_the_status_of_the_market(exchange: SimulatedExchange) -> None:
    async def scene(exchange: SimulatedExchange, orders: OkteOrders, _: object, session: aiohttp.ClientSession) -> None:
        status = await orders.market_status()
        assert (status.takes_orders, status.name, status.system_time_s) == (True, "xbidOk", START_S)
        async with listening(exchange, session) as (heard, _pauses):
            await heard.until(lambda told: isinstance(told, StatusTold))
            await asyncio.to_thread(exchange.operator, "market-status", {"tradingStatus": "xbidHalt"})
            await heard.until(lambda told: isinstance(told, StatusTold) and not told.status.takes_orders)
        assert not (await orders.market_status()).takes_orders

    play(exchange, scene)


def test_icebergs_and_blocks(exchange: SimulatedExchange) -> None:
    async def scene(exchange: SimulatedExchange, orders: OkteOrders, *_: object) -> None:
        iceberg = ExternalTerms(
            delivery_start_s=HOUR_S, delivery_end_s=HOUR_S + 3600, gate_s=HOUR_S, side=Side.SELL, quantity_w=1_000_000,
            price_ticks=4_000, peak_w=200_000, peak_delta_ticks=10,
        )  # fmt: skip
        block = ExternalTerms(
            delivery_start_s=HOUR_S, delivery_end_s=HOUR_S + 7200, gate_s=HOUR_S, side=Side.BUY, quantity_w=300_000,
            price_ticks=3_000, is_block=True, indication=Indication.ALL_OR_NONE,
        )  # fmt: skip
        for intent_id, terms in (("ice", iceberg), ("block", block)):
            desk = Desk(orders, intent_id, terms)
            assert await desk.send() is Outcome.DONE
            assert (desk.stage, desk.order.open_w) == (Stage.ACTIVE, terms.quantity_w)
        shown = {order["type"]: order for order in exchange.orders()}
        assert (shown["simple"]["peakQuantity"], shown["simple"]["peakPriceDelta"]) == (0.2, 0.1)
        assert shown["block"]["indication"] == "aon"

    play(exchange, scene)
