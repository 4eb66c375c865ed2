"""The day-ahead auction of the simulated energy exchange: the simulator's own auctions, at the end of a line.

Others bid, too, and more of them once the first result is out, so that the final one is another; a final result may be
corrected. Requests and answers may be lost, requests late, and a question may be answered with the result before.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from energy_exchange import ZONE, ExchangeNeighbour, Member, at_once, published
from faults import Faults
from hosts import Host

from flexbourse.external.v1 import external_pb2
from flexbourse_core.errors import TransientError
from flexbourse_core.market_time import local_day
from flexbourse_exchange_simulator.agenda import Agenda
from flexbourse_exchange_simulator.auction_house import AuctionHouse
from flexbourse_exchange_simulator.config import AuctionSettings
from flexbourse_exchange_simulator.domain.auction import Auction, AuctionPhase, AuctionResult, BlockBid, CurveBid
from flexbourse_exchange_simulator.domain.order import Side
from flexbourse_exchange_simulator.domain.periods import Period, TradingHours
from flexbourse_exchange_simulator.domain.problem import Code, Problem
from flexbourse_exchange_simulator.reading import AuctionEntry, AuctionRequest
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_wholesale_gateway.auction_effects import AskAwardsEffect, SubmitEffect
from flexbourse_wholesale_gateway.domain.day_ahead.curves import Award
from flexbourse_wholesale_gateway.domain.day_ahead.state import CurveSent
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome, RequestAnswer
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id
from flexbourse_wholesale_gateway.processor import ASK_AWARDS, SUBMIT

MEMBER, OTHERS = "we", "others"
LOT_W, MTU_MS = 100_000, 900_000
A_MICRO_EURO = 400  # W × cents per MWh, over a quarter-hour
LATE_MS = 25_000  # at most, of a submission on its way: less than the gateway waits before it sends one again
PRICES = (1_000, 3_000, 4_000, 6_000, 8_000)
MOST_LOTS = 4
Place = tuple[str, int]  # client order id, second of the quarter-hour


class DayAheadAuction:
    """Answers what the gateway asks of auctions, for one member; `first_s` is where what others want begins."""

    def __init__(self, draw: Random, faults: Faults, zone: str, first_s: int, mtus: int) -> None:
        self._draw, self._faults = draw, faults
        self._starts_ms = [1_000 * first_s + MTU_MS * place for place in range(mtus)]
        self._day = local_day(first_s, zone)
        self._agenda = Agenda()
        self._house = AuctionHouse(AuctionSettings(), TradingHours(zone), self._agenda, None)
        self._now_ms = 0
        self._revised = False
        self._on_its_way: list[tuple[int, Callable[[], object]]] = []

    # --- what the gateway asks ---------------------------------------------------------------------------------------

    async def submit(self, number: int, day: date, curves: Mapping[str, CurveSent]) -> dict[str, RequestAnswer]:
        """Take curves and blocks, or refuse some; perhaps nobody hears of it, or they arrive late."""

        def enter() -> dict[str, RequestAnswer]:
            entries = [AuctionEntry(key, _bid(own), None, key) for key, own in curves.items()]
            request = AuctionRequest(None, all_or_nothing=False, day=day, entries=entries)
            errors = self._house.submit(MEMBER, request, self._now_ms).errors
            return {key: _answer(number, errors.get(key, ())) for key in curves}

        unheard = dict.fromkeys(curves, RequestAnswer(number, Outcome.NO_ANSWER))
        if self._faults.strikes("request lost"):
            return unheard
        if self._faults.strikes("request late"):
            self._on_its_way.append((self._now_ms + LATE_MS, enter))
            return unheard
        answers = enter()
        return unheard if self._faults.strikes("answer of the exchange lost") else answers

    async def submitted(self, day: date) -> frozenset[str]:
        """Return the client order ids that the auction has."""
        self._answer_or_raise()
        orders = self._auction(day).orders.values()
        return frozenset(str(order.client_id) for order in orders if order.owner == MEMBER and not order.canceled)

    async def awards(self, day: date) -> tuple[int, bool, list[Award]]:
        """Return the newest revision or the one before, whether it is final, and what we were awarded in it."""
        self._answer_or_raise()
        published = self._auction(day).published
        if len(published) > 1 and self._faults.strikes("result told late"):
            published = published[:-1]
        if not published:
            return 0, False, []
        return published[-1].revision, published[-1].revision > 1, list(self._own(day, published[-1]))

    def _answer_or_raise(self) -> None:
        if self._faults.strikes("answer of the exchange lost"):
            raise TransientError("no answer")

    def _auction(self, day: date) -> Auction:
        found = self._house.auction(day, self._now_ms)
        assert found is not None
        return found

    def _own(self, day: date, result: AuctionResult) -> Iterator[Award]:
        orders = self._auction(day).orders
        for award in result.awards:
            if award.owner == MEMBER:
                name = str(orders[award.order_id].client_id)
                yield Award(name, award.quantity * LOT_W, award.price, award.period.start // 1_000)

    # --- what happens there ------------------------------------------------------------------------------------------

    def turn(self, now_ms: int) -> None:
        """Let time pass: others bid, what was on its way arrives, results are published and corrected."""
        if not self._now_ms:
            self._now_ms = now_ms
            self._house.revise(self._auction(self._day), OTHERS, list(self._bids()), now_ms)
        waiting, self._on_its_way = self._on_its_way, []
        for until_ms, enter in waiting:
            if now_ms <= until_ms:
                enter()
        while (due_ms := self._agenda.next_due()) is not None and due_ms <= now_ms:
            due_ms, publish = self._agenda.take()
            self._now_ms = due_ms
            publish(due_ms)
        self._now_ms = now_ms
        self._revise(self._auction(self._day))

    def _revise(self, auction: Auction) -> None:
        phase = auction.phase(self._now_ms)
        if phase is AuctionPhase.PRELIMINARY and not self._revised:
            self._revised = True
            self._house.revise(auction, OTHERS, list(self._bids()), self._now_ms)
        elif phase is AuctionPhase.FINAL and self._faults.strikes("result corrected"):
            self.correct()

    def correct(self) -> None:
        """Publish another final result, in which others want more."""
        self._house.correct(self._auction(self._day), OTHERS, list(self._bids()), self._now_ms)

    def _bids(self) -> Iterator[CurveBid]:
        for start_ms in self._starts_ms:
            side = self._draw.choice((Side.BUY, Side.BUY, Side.SELL))
            price, lots = self._draw.choice(PRICES), self._draw.randint(1, MOST_LOTS)
            yield CurveBid(side, Period(start_ms, start_ms + MTU_MS), ((price, lots),))

    @property
    def quiet(self) -> bool:
        """Tell whether nothing is on its way."""
        return not self._on_its_way

    # --- in the end --------------------------------------------------------------------------------------------------

    def awarded(self) -> dict[Place, tuple[int, int]]:
        """Return the W that we inject and the micro-euro that we receive by the newest result."""
        auction = self._auction(self._day)
        found = {}
        for award in auction.published[-1].awards if auction.published else ():
            if award.owner == MEMBER:
                place = (str(auction.orders[award.order_id].client_id), award.period.start // 1_000)
                watts = award.side.sign * award.quantity * LOT_W
                found[place] = (watts, watts * award.price // A_MICRO_EURO)
        return found


class DayAheadNeighbour(ExchangeNeighbour):
    """The exchange with its auction, and the process of the gateway that is its member."""

    def __init__(self, draw: Random, faults: Faults, first_s: int, mtus: int) -> None:
        super().__init__(draw, faults)
        self.auction = DayAheadAuction(draw, faults, ZONE, first_s, mtus)

    def ask_auction(self, work: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
        """Return what a request about an auction comes back with, as the gateway's own link does."""
        return at_once(work(self.auction))

    def perform(self, intent: Intent, host: Host) -> OutgoingCommand:
        """Do what the gateway's process asks of the exchange."""
        program = host.program
        assert isinstance(program, Member)
        if intent.kind == SUBMIT:
            return SubmitEffect(self, program.sendings).perform(intent)  # type: ignore[arg-type]
        if intent.kind == ASK_AWARDS:
            return AskAwardsEffect(self).perform(intent)  # type: ignore[arg-type]
        return super().perform(intent, host)

    def turn(self, host: Host, now_ms: int) -> Iterator[OutgoingCommand]:
        """Let the exchange go on; yield what its stream makes the gateway tell itself."""
        self.auction.turn(now_ms)
        yield from super().turn(host, now_ms)

    @property
    def quiet(self) -> bool:
        """Tell whether it has nothing more to say."""
        return self.auction.quiet and super().quiet

    def problems(self, platform: Any) -> Iterator[str]:
        """Yield where the exchange and what the gateway has published differ, once everything was said."""
        yield from super().problems(platform)
        told = {place: watts for place, watts in _told(platform).items() if any(watts)}
        wanted = self.auction.awarded()
        if told != wanted:
            yield f"exchange: the auction awarded {wanted}, the gateway published {told}"


def _told(platform: Any) -> dict[Place, tuple[int, int]]:
    """Return the W and the micro-euro of the newest version of every result of an auction."""
    newest = {own.result_id: own for own in published(platform, external_pb2.RESULT_KIND_CLEARING)}
    return {
        (client_order_id(name.rpartition("/")[2]), own.mtu.start_s): (
            sum(share.quantity_w for share in own.shares), sum(share.amount_micro_euro for share in own.shares),
        )
        for name, own in newest.items()
    }  # fmt: skip


def _answer(number: int, problems: Sequence[Problem]) -> RequestAnswer:
    """Return what the gateway's line makes of the exchange's word on one order."""
    outcome = Outcome.REFUSED if problems else Outcome.DONE
    if any(problem.code is Code.DUPLICATE_CLIENT_ID for problem in problems):
        outcome = Outcome.KNOWN
    return RequestAnswer(number, outcome, reasons=tuple(problem.message for problem in problems))


def _bid(curve: CurveSent) -> CurveBid | BlockBid:
    delivery, side = curve.delivery, Side(curve.side.value)
    period = Period(delivery.start_s * 1_000, delivery.end_s * 1_000)
    steps = tuple((step.price_ticks, step.quantity_w // LOT_W) for step in curve.steps)
    if not curve.least_permille:
        return CurveBid(side, period, steps)
    ((price, lots),) = steps
    return BlockBid(side, period, lots, price, curve.least_permille)
