"""An energy exchange beside the simulated platform: what it does with our orders, and what is lost on the way.

The gateway's own effects and its source speak to it, through the port of the gateway. Every request may be lost, late
or unanswered; the stream may lose, repeat and mix up what it tells; the line may be cut, whereupon the exchange puts
our orders to sleep; the market may close.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from unittest.mock import patch

from faults import Faults
from hosts import Host
from naive_exchange import NaiveExchange

from flexbourse.external.v1 import external_pb2
from flexbourse_core.errors import TransientError
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_messages.catalogue import WHOLESALE_RESULT
from flexbourse_wholesale_gateway import telling
from flexbourse_wholesale_gateway.adapters.exchange_port import (
    Connected,
    Disconnected,
    MarketStatus,
    OrderTold,
    StatusTold,
    Told,
)
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome, RequestAnswer
from flexbourse_wholesale_gateway.domain.external_orders.order import ExternalTerms, OperationKind
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report, Status
from flexbourse_wholesale_gateway.effects import CancelStrayEffect, EnterEffect, LookUpEffect, OperateEffect
from flexbourse_wholesale_gateway.first_sending import FirstSendings
from flexbourse_wholesale_gateway.processor import CANCEL_STRAY, ENTER, LOOK_UP, OPERATE, WholesaleProgram

ZONE = "Europe/Bratislava"
LOT_W = 100_000
LATE_MS = 25_000  # at most, of a request on its way: less than the gateway waits before it sends one again
FILLED_PERCENT, RECALLED_PERCENT = 40, 4  # of the turns in which it could be
STATUS_OF = {
    OperationKind.CANCEL: Status.CANCELLED, OperationKind.ACTIVATE: Status.RESTING,
    OperationKind.DEACTIVATE: Status.INACTIVE,
}  # fmt: skip


class Member(WholesaleProgram):
    """The gateway in one process: which entries it has decided itself, no other process knows."""

    def __init__(self, operator_id: str) -> None:
        self.sendings = FirstSendings()
        super().__init__(operator_id, "okte", ZONE, self.sendings)


def at_once(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what a request comes back with; nothing here waits."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("the exchange answers at once, or not at all")


@dataclass
class _OnItsWay:
    """A request that nobody has answered, and that may still arrive."""

    until_ms: int
    deed: Callable[[], object]


class EnergyExchange:
    """The exchange and the line to it; it answers `Exchange` and `ExchangeLink` of the gateway."""

    def __init__(self, draw: Random, faults: Faults) -> None:
        self._draw, self._faults = draw, faults
        self._market = NaiveExchange(refuses_known_ids=bool(draw.randrange(2)))
        self._ends_ms: dict[str, int] = {}  # by client order id: when trading of its period ends
        self._now_ms = 0
        self._open = self._line = True
        self._heard = False  # somebody listens to the stream
        self._to_tell: deque[Told] = deque()
        self._held_back: list[Told] = []
        self._on_its_way: list[_OnItsWay] = []

    # --- what the gateway asks ---------------------------------------------------------------------------------------

    def ask(self, work: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
        """Return what a request comes back with."""
        return at_once(work(self))

    async def create(self, number: int, client_order_id: str, terms: ExternalTerms) -> RequestAnswer:
        """Take an order, refuse it, think about it, or say nothing."""
        self._ends_ms[client_order_id] = terms.gate_s * 1000

        def enter() -> Report | None:
            return self._market.create(client_order_id, terms.quantity_w) if self._trades(client_order_id) else None

        if self._faults.strikes("order refused") or not self._trades(client_order_id):
            return RequestAnswer(number, Outcome.REFUSED, reasons=("not now",))
        if self._is_lost(enter):
            return RequestAnswer(number, Outcome.NO_ANSWER)
        if self._faults.strikes("order thought about"):
            self._market.take(client_order_id, terms.quantity_w)
            return RequestAnswer(number, Outcome.PROCESSING)
        report = enter()
        if self._faults.strikes("answer of the exchange lost"):
            return RequestAnswer(number, Outcome.NO_ANSWER)
        return RequestAnswer(number, Outcome.DONE if report is not None else Outcome.KNOWN, report)

    async def operate(self, number: int, external_id: str, kind: OperationKind) -> RequestAnswer:
        """Activate, deactivate or cancel an order, or say nothing."""

        def move() -> bool:
            return self._market.move(external_id, STATUS_OF[kind])

        if self._is_lost(move):
            return RequestAnswer(number, Outcome.NO_ANSWER)
        done = move()
        if self._faults.strikes("answer of the exchange lost"):
            return RequestAnswer(number, Outcome.NO_ANSWER)
        return RequestAnswer(number, Outcome.DONE if done else Outcome.REFUSED)

    async def look_up(self, client_order_id: str, _terms: ExternalTerms) -> list[Report]:
        """Return every order under a client order id."""
        if not self._line or self._faults.strikes("answer of the exchange lost"):
            raise TransientError("no answer")
        return [order for order in self._market.orders.values() if order.client_order_id == client_order_id]

    async def updated_since(self, second: int) -> list[Report]:
        """Return every order that has changed since."""
        if not self._line:
            raise TransientError("no answer")
        return [order for order in self._market.orders.values() if order.updated_ms >= second * 1000]

    async def market_status(self) -> MarketStatus:
        """Return whether it takes orders."""
        return MarketStatus(self._open, "open" if self._open else "closed", self._now_ms // 1000)

    def now_s(self) -> float:
        """Return the time there."""
        return self._now_ms / 1000

    def told(self, most: int) -> list[Told]:
        """Return what the stream has told since the last time."""
        return [self._to_tell.popleft() for _ in range(min(most, len(self._to_tell)))]

    def _is_lost(self, deed: Callable[[], object]) -> bool:
        """Tell whether a request is lost, or late; a late one is carried out when nobody waits for it any more."""
        if not self._line or self._faults.strikes("request lost"):
            return True
        if not self._faults.strikes("request late"):
            return False
        self._on_its_way.append(_OnItsWay(self._now_ms + LATE_MS, deed))
        return True

    def _trades(self, client_order_id: str) -> bool:
        return self._open and self._now_ms < self._ends_ms[client_order_id]

    # --- what happens there ------------------------------------------------------------------------------------------

    def turn(self, now_ms: int) -> None:
        """Let time pass: what was on its way arrives, orders are filled and end, the stream tells of it."""
        self._now_ms = self._market.now_ms = now_ms
        waiting, self._on_its_way = self._on_its_way, []
        for request in waiting:
            if now_ms <= request.until_ms:
                request.deed()
        self._market.decide(accepts=not self._faults.strikes("order refused"))
        self._cut_or_mend()
        self._trade()
        for order in self._market.open():
            if now_ms >= self._ends_ms[order.client_order_id]:
                self._market.move(order.external_id, Status.EXPIRED)
        self._tell()

    def _cut_or_mend(self) -> None:
        if self._heard and self._faults.strikes("line cut"):
            self.hang_up()
        elif not self._heard and not self._faults.strikes("line cut"):
            self._line = self._heard = True
            self._to_tell.append(Connected())
        is_open = not self._faults.strikes("exchange closed")
        if is_open != self._open:
            self._open = is_open
            self._hear(StatusTold(MarketStatus(is_open, "open" if is_open else "closed", self._now_ms // 1000)))

    def hang_up(self) -> None:
        """Cut the line: what was not heard is lost, and our orders sleep."""
        self._line = self._heard = False
        self._to_tell.clear()
        self._to_tell.append(Disconnected("cut"))
        for order in self._market.open():
            self._market.move(order.external_id, Status.INACTIVE)

    def reconnected(self) -> None:
        """Note that another process listens from now on: it has heard nothing yet."""
        self.hang_up()
        self._to_tell.clear()
        self._held_back.clear()

    def _trade(self) -> None:
        resting = [order for order in self._market.open() if order.status is Status.RESTING]
        if resting and self._open and self._draw.randrange(100) < FILLED_PERCENT:
            order = self._draw.choice(resting)
            self._market.fill(order.external_id, LOT_W * self._draw.randint(1, 2))
        trades = [trade.trade_id for order in self._market.orders.values() for trade in order.trades]
        if trades and self._draw.randrange(100) < RECALLED_PERCENT:
            self._market.recall(self._draw.choice(trades))

    def _tell(self) -> None:
        """Tell what has changed; some of it never arrives, some twice, some after what came later."""
        news, self._market.told = self._market.told, []
        late, self._held_back = self._held_back, []
        for report in news:
            if self._faults.strikes("report late"):
                self._held_back.append(OrderTold(report))
            elif not self._faults.strikes("report lost"):
                self._hear(OrderTold(report))
                if self._faults.strikes("report repeated"):
                    self._hear(OrderTold(report))
        for told in late:
            self._hear(told)

    def _hear(self, told: Told) -> None:
        if self._heard:
            self._to_tell.append(told)

    # --- in the end --------------------------------------------------------------------------------------------------

    @property
    def quiet(self) -> bool:
        """Tell whether everything that was sent has arrived."""
        return self._heard and not self._to_tell and not self._held_back and not self._on_its_way

    def orders(self) -> Counter[str]:
        """Return how many orders there were under each client order id."""
        return Counter(order.client_order_id for order in self._market.orders.values())

    def traded_w(self) -> dict[str, int]:
        """Return what each trade is worth now, by its id: nothing where it was recalled."""
        return {
            trade.trade_id: 0 if trade.recalled else trade.quantity_w
            for order in self._market.orders.values()
            for trade in order.trades
        }


class ExchangeNeighbour:
    """The exchange, and the process of the gateway that is its member: another owner is another process."""

    context = "wholesale-gateway"

    def __init__(self, draw: Random, faults: Faults) -> None:
        self._draw = draw
        self.exchange = EnergyExchange(draw, faults)
        self._epoch = 0

    def perform(self, intent: Intent, host: Host) -> OutgoingCommand:
        """Do what the gateway's process asks of the exchange."""
        program, link = host.program, self.exchange
        assert isinstance(program, Member)
        effects: dict[str, Any] = {
            ENTER: lambda: EnterEffect(link, program.sendings), OPERATE: lambda: OperateEffect(link),
            CANCEL_STRAY: lambda: CancelStrayEffect(link), LOOK_UP: lambda: LookUpEffect(link),
        }  # type: ignore[arg-type, dict-item]  # fmt: skip
        found: OutgoingCommand = effects[intent.kind]().perform(intent)
        return found

    def turn(self, host: Host, now_ms: int) -> Iterator[OutgoingCommand]:
        """Let the exchange go on; yield what its stream makes the gateway tell itself."""
        if host.epoch != self._epoch:
            self._epoch = host.epoch
            name = f"{self._draw.getrandbits(48):012x}"
            with patch.object(telling.secrets, "token_hex", lambda _: name):
                self._source = telling.StreamSource(self.exchange, self.exchange.now_s)  # type: ignore[arg-type]
            self.exchange.reconnected()
        self.exchange.turn(now_ms)
        for command in self._source.poll():
            yield command
            self._source.taken(command)

    @property
    def quiet(self) -> bool:
        """Tell whether it has nothing more to say."""
        return self.exchange.quiet

    def problems(self, platform: Any) -> Iterator[str]:
        """Yield where the exchange and what the gateway has published differ, once everything was said."""
        for client_order_id, count in self.exchange.orders().items():
            if count > 1:
                yield f"exchange: {client_order_id} was entered {count} times"
        told: dict[str, int] = {}
        for found in published(platform, external_pb2.RESULT_KIND_TRADE):
            told[found.result_id.partition("/")[0]] = sum(abs(share.quantity_w) for share in found.shares)
        traded = self.exchange.traded_w()
        if told != traded:
            yield f"exchange: it traded {traded}, the gateway published {told}"


def published(platform: Any, kind: external_pb2.ResultKind) -> Iterator[external_pb2.ExternalResult]:
    """Yield the gateway's results of a kind, as they came."""
    for record in platform.log.records(WHOLESALE_RESULT):
        found = external_pb2.ExternalResult.FromString(record.value)
        if found.kind == kind:
            yield found
