"""The play of the trading day: an auction at the opening, an iceberg, a block, a halt and a trade taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_demo.driving.platform_port import Platform
from flexbourse_demo.driving.scene import AREA_ID
from flexbourse_demo.driving.stage import SetupError
from flexbourse_demo.modelled.market_day import MTU_LENGTH_S
from flexbourse_demo.scenarios.heard_stage import Sending, nothing
from flexbourse_demo.scenarios.town import scene as town
from flexbourse_demo.scenarios.town.play import TownPlay, TownRecord
from flexbourse_demo.scenarios.trading_day import scene

HOUR_S, MINUTE_S = 3600, 60
AUCTION_WORDS = "the auction: everything at once, at one price"
OAK, ELM = town.AGGREGATORS["oak"], town.AGGREGATORS["elm"]


@dataclass(frozen=True)
class Look:
    """A book at a moment, as everybody sees it."""

    at_s: int
    words: str
    shown: book.GetBookResponse


@dataclass
class Played(TownRecord):
    """Everything that the report tells."""

    looks: dict[int, list[Look]] = field(default_factory=dict)  # by place of the quarter-hour
    auctions: dict[int, book.AuctionCleared] = field(default_factory=dict)  # by place of the quarter-hour
    recalled: list[book.TradeRecalled] = field(default_factory=list)

    def refusals(self) -> list[tuple[int, str, str]]:
        """Return (step, code, rule) of what was refused."""
        return [
            (step, body.rejection.code, body.rejection.rule)  # type: ignore[attr-defined]
            for kind in ("refused", "closed")
            for step, body in self.of(kind)
            if body.rejection.code  # type: ignore[attr-defined]
        ]


class Play(TownPlay):
    """One trading day on one platform."""

    def __init__(self, platform: Platform, tell: Callable[[str], None]) -> None:
        self.played = Played()
        super().__init__(platform, self.played, tell)

    def run(self) -> Played:
        """Play it to the last statement; raises SetupError where the platform refuses what the play needs."""
        self.found(scene.founding_entities(), town.DAY.opening_s - 3 * HOUR_S)
        self._call()
        self._iceberg()
        self._block()
        self._mistake()
        self.settle({recalled.trade_id: 0 for recalled in self.played.recalled})
        return self.played

    # --- acts --------------------------------------------------------------------------------------------------------

    def _call(self) -> None:
        opening = town.DAY.opening_s
        self._watched(scene.PEAK, opening - 15 * MINUTE_S, "before the opening: cars bid, nothing matches", self._cars)
        self._watched(scene.PEAK, opening + 10 * MINUTE_S, "the call: the supplier offers a staircase", self._stairs)
        words = "and the battery a block: an hour, at least half of it"
        self._watched(scene.PEAK, opening + 15 * MINUTE_S, words, self._called_block)
        late = "the freeze: who wants to withdraw now is refused"
        self._watched(scene.PEAK, opening + 35 * MINUTE_S, late, self._withdraw)
        self._watched(scene.PEAK, opening + 45 * MINUTE_S, AUCTION_WORDS, nothing)
        held = self.client(town.DSO).orders.auctions(
            AREA_ID, market_id=town.MARKET_ID, min_position=self.position("orderbook", town.DSO)
        )
        starts = [mtu.start_s for mtu in town.periods()]
        self.played.auctions = {starts.index(one.mtu.start_s): one for one in held if one.mtu.start_s in starts}
        if not self.played.auctions:
            raise SetupError("no auction was held")

    def _cars(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        for street, party in town.AGGREGATORS.items():
            wished = [
                self.order(f"{home}:{i}", town.car(home), book.SIDE_BUY, _car_w(i), town.willingness_ticks(home), mtu)
                for own, home in town.homes()
                if own == street
                for i, mtu in enumerate(town.periods())
            ]
            yield self.client(party).orders.submit(AREA_ID, wished, command_id=f"{name}-{party}")

    def _stairs(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        wished = [
            self.order(f"step-{step}:{i}", town.SUPPLIER_UNIT, book.SIDE_SELL, quantity_w, ticks, mtu)
            for i, mtu in enumerate(town.periods())
            for step, (quantity_w, ticks) in enumerate(scene.STAIRCASE)
        ]
        yield self.client(town.SUPPLIER).orders.submit(AREA_ID, wished, command_id=f"{name}-stairs")

    def _called_block(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        terms = book.AuctionTerms(minimum_ppm=scene.CALL_BLOCK_MINIMUM_PPM)
        wished = [
            self.order(f"block:{i}", town.battery(), book.SIDE_SELL, scene.CALL_BLOCK_W, scene.CALL_BLOCK_TICKS, mtu)
            for i, mtu in enumerate(town.periods()[scene.HOUR : scene.HOUR + scene.HOUR_COUNT])
        ]
        for order in wished:
            order.auction.CopyFrom(terms)
        yield self.client(ELM).orders.submit(AREA_ID, wished, auction_block=True, command_id=f"{name}-block")

    def _withdraw(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        mine = next(iter(self._own(OAK, scene.PEAK)))
        self.client(OAK).orders.cancel(AREA_ID, [mine.order_id], command_id=f"{name}-withdraw")
        return ()

    def _iceberg(self) -> None:
        ten = town.DAY.start_s + 10 * HOUR_S
        self._watched(0, ten, "the supplier shows 6 kW of 24", self._supplier_hides)
        for number, quantity_w in enumerate(scene.THIRST_W):
            words = f"a car buys {quantity_w // 1000} kW; the next clip asks half a cent more"
            self._watched(0, ten + (number + 1) * 5 * MINUTE_S, words, self._thirsty(number, quantity_w))

    def _supplier_hides(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        hidden = self.order(
            f"{name}:ice", town.SUPPLIER_UNIT, book.SIDE_SELL, scene.ICEBERG_W, scene.ICEBERG_TICKS, town.periods()[0]
        )
        hidden.instructions.clip_w, hidden.instructions.clip_step_ticks = scene.CLIP_W, scene.CLIP_STEP_TICKS
        yield self.client(town.SUPPLIER).orders.cancel(
            AREA_ID, [own.order_id for own in self._own(town.SUPPLIER, 0)], command_id=f"{name}-stairs"
        )
        yield self.client(town.SUPPLIER).orders.submit(AREA_ID, [hidden], command_id=f"{name}-iceberg")

    def _thirsty(self, number: int, quantity_w: int) -> Sending:
        def send(name: str) -> Iterable[common_pb2.CommandReceipt]:
            street = town.STREETS[number % len(town.STREETS)]
            wish = self.order(
                f"{name}:more", town.car(f"{street}-{number + 1}"), book.SIDE_BUY, quantity_w, 30_000, town.periods()[0]
            )
            yield self.client(town.AGGREGATORS[street]).orders.submit(AREA_ID, [wish], command_id=f"{name}-more")

        return send

    def _block(self) -> None:
        eleven = town.DAY.start_s + 11 * HOUR_S
        self._watched(scene.HOUR, eleven, "a car bids for an hour, all or nothing: it waits", self._car_waits)
        self._watched(scene.HOUR, eleven + 15 * MINUTE_S, "the battery sells that hour", self._battery_sells)

    def _car_waits(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        bid = self._hour(f"{name}:bid", town.car("oak-3"), book.SIDE_BUY, scene.BLOCK_BID_TICKS)
        yield self.client(OAK).orders.submit(AREA_ID, [bid], command_id=f"{name}-bid")

    def _battery_sells(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        ask = self._hour(f"{name}:ask", town.battery(), book.SIDE_SELL, scene.BLOCK_ASK_TICKS)
        yield self.client(ELM).orders.submit(AREA_ID, [ask], command_id=f"{name}-ask")

    def _hour(self, key: str, unit: str, side: book.Side, ticks: int) -> book.NewOrder:
        span = common_pb2.Mtu(
            start_s=town.periods()[scene.HOUR].start_s, length_s=scene.HOUR_COUNT * MTU_LENGTH_S
        )  # fmt: skip
        order = self.order(key, unit, side, scene.BLOCK_W, ticks, span)
        order.fill_rule = book.FILL_RULE_ALL_OR_NONE
        return order

    def _mistake(self) -> None:
        noon = town.DAY.start_s + 12 * HOUR_S
        mistaken, wrong, right = scene.MISTAKEN, self._offer(scene.WRONG_TICKS), self._offer(scene.RIGHT_TICKS)
        self._watched(mistaken, noon, "the supplier's offer: 1.6 ct where 16 were meant", wrong)
        self._watched(mistaken, noon + 5 * MINUTE_S, "a car takes it", self._taken)
        self._watched(mistaken, noon + 10 * MINUTE_S, "the operator halts the book", self._halt)
        self._watched(mistaken, noon + 15 * MINUTE_S, "and takes the trade back", self._recall)
        self._watched(mistaken, noon + 25 * MINUTE_S, "the book goes on", self._resume)
        self._watched(mistaken, noon + 30 * MINUTE_S, "the offer as it was meant", right)
        self._watched(mistaken, noon + 35 * MINUTE_S, "the car still wants it", self._taken)

    def _offer(self, ticks: int) -> Sending:
        def send(name: str) -> Iterable[common_pb2.CommandReceipt]:
            resting = [own.order_id for own in self._own(town.SUPPLIER, scene.MISTAKEN)]
            if resting:
                yield self.client(town.SUPPLIER).orders.cancel(AREA_ID, resting, command_id=f"{name}-old")
            mtu = town.periods()[scene.MISTAKEN]
            offer = self.order(f"{name}:offer", town.SUPPLIER_UNIT, book.SIDE_SELL, scene.MISTAKEN_W, ticks, mtu)
            yield self.client(town.SUPPLIER).orders.submit(AREA_ID, [offer], command_id=f"{name}-offer")

        return send

    def _taken(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        mtu = town.periods()[scene.MISTAKEN]
        wish = self.order(f"{name}:take", town.car("elm-2"), book.SIDE_BUY, scene.MISTAKEN_W, 20_000, mtu)
        yield self.client(ELM).orders.submit(AREA_ID, [wish], command_id=f"{name}-take")

    def _halt(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        halt = book.HaltBooks(
            market_id=town.MARKET_ID, mtu=town.periods()[scene.MISTAKEN], reason="a price that nobody can have meant"
        )
        yield self.client(self.operator_id).orders.operate(AREA_ID, halt, command_id=f"{name}-halt")

    def _recall(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        wrong = next(trade for trade in self.played.trades() if trade.price_ticks == scene.WRONG_TICKS)
        recall = book.RecallTrade(trade_id=wrong.trade_id, reason="clearly wrong price, asked for by the seller")
        yield self.client(self.operator_id).orders.operate(AREA_ID, recall, command_id=f"{name}-recall")

    def _resume(self, name: str) -> Iterable[common_pb2.CommandReceipt]:
        self.played.recalled = [body for _, body in self.played.of("trade_recalled")]  # type: ignore[misc]
        resume = book.ResumeBooks(
            market_id=town.MARKET_ID, mtu=town.periods()[scene.MISTAKEN], reason="the trade is taken back"
        )
        yield self.client(self.operator_id).orders.operate(AREA_ID, resume, command_id=f"{name}-resume")

    # --- what is seen ------------------------------------------------------------------------------------------------

    def _watched(self, place: int, at_s: int, words: str, send: Sending) -> None:
        """Do a step, and look at the book of a quarter-hour after it."""
        self.act(at_s, words, send)
        request = book.GetBookRequest(
            area_id=AREA_ID,
            market_id=town.MARKET_ID,
            product=book.PRODUCT_LOCAL_ENERGY,
            mtu=town.periods()[place],
            min_position=self.position("orderbook", town.DSO),
        )
        shown = self.client(town.DSO).orders.book(request)
        self.played.looks.setdefault(place, []).append(Look(at_s, words, shown))

    def _own(self, party: str, place: int) -> Iterator[book.Order]:
        """Iterate over the orders of a party that are open in a quarter-hour."""
        listed = self.client(party).orders.list(
            AREA_ID, mtu=town.periods()[place], open_only=True, min_position=self.position("orderbook", party)
        )
        yield from listed


def _car_w(place: int) -> int:
    return scene.PEAK_CAR_W if place == scene.PEAK else scene.CAR_W


def play(platform: Platform, tell: Callable[[str], None]) -> Played:
    """Play the day on a platform and end nothing of it but our own clients."""
    day = Play(platform, tell)
    try:
        return day.run()
    finally:
        day.close()
