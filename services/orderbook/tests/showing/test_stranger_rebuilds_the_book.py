"""A stranger's books, kept from the public feed alone, equal the exchange's after every single event."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from book_world import AREA, BRP, DSO, ENERGY, FLEX, HOMES, NOON, PARTIES, World, mtu_message

from flexbourse.orderbook.v1 import feed_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_log.port import JOURNAL_OFFSET
from flexbourse_messages.catalogue import BOOK_FEED
from flexbourse_orderbook import feed_numbers
from flexbourse_orderbook.domain.orders import Order
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.resting.levels import shown_w
from flexbourse_orderbook.domain.state import AreaState
from flexbourse_testkit.stranger import GapError, Seen, Stranger

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EVENTS = 100_000 if LONG else 2_000
STARTS = (NOON, NOON + 900, NOON + 1_800)
BATTERIES = tuple(f"battery-{home}" for home in HOMES)
PICTURE_EVENTS = 60


class Exchange:
    """A market day drawn from a seed, and a second program that folds its journal event by event."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        changes = {"pre_open_s": 86_400 * 2, "span_lengths_s": (1800,), "max_block_mtus": 3}
        self.world = World(starts=STARTS, market_changes=changes).ready()
        self.follower = self.world.drive.make_runner()
        self._read = 0
        self._heard = 0
        self.halted = self.market_halted = False

    def act(self) -> None:
        """Let somebody do something."""
        draw, world = self.draw, self.world
        chance = draw.random()
        if chance < 0.45 and not self.halted:
            self._submit()
        elif chance < 0.55 and not self.halted:
            self._request()
        elif chance < 0.75:
            self._cancel()
        elif chance < 0.88:
            self._replace()
        elif chance < 0.89:
            self._end_call()
        elif chance < 0.90:
            self._hibernate_or_reactivate()
        elif chance < 0.97:
            world.tick(draw.choice((200, 1_000)))  # a long run ends before the gates close
        elif chance < 0.995 and not self.halted:
            world.publish_tariff(draw.choice(STARTS), draw.randrange(2, 10**6))
            world.tick()
        elif draw.random() < 0.3 or self.halted:
            self._halt_or_resume()

    def _submit(self) -> None:
        draw = self.draw
        orders = []
        for _ in range(draw.randrange(1, 4)):
            product = draw.choice((1, 1, 2, 3))
            buys = product == 1 and draw.random() < 0.5
            quantity_w, price = 100 * draw.randrange(1, 30), 1_000 + draw.randrange(-40, 20) * (1 if buys else -1)
            order = self.world.order(
                pb.SIDE_BUY if buys else pb.SIDE_SELL, draw.choice(BATTERIES), quantity_w, price, product=product,
                mtu=mtu_message(draw.choice(STARTS)), fill_rule=draw.choice((1, 1, 1, 1, 2, 3)),
                conditional=product != 1 and draw.random() < 0.2,
            )  # fmt: skip
            if product == 1 and draw.random() < 0.3:
                self._restrict(order)
            if not order.conditional and draw.random() < 0.2:
                order.mtu.start_s, order.mtu.length_s = NOON, 1800
            elif order.fill_rule in (3, 4) and draw.random() < 0.5:
                order.mtu.start_s, order.mtu.length_s = NOON, 2700
            orders.append(order)
        party = self.world.party_of(orders[0].unit_id)
        self.world.submit(*[o for o in orders if self.world.party_of(o.unit_id) == party], party=party)

    def _restrict(self, order: pb.NewOrder) -> None:
        """Make an iceberg of an order, or one that matches whole or by a part at least."""
        order.fill_rule = pb.FILL_RULE_NORMAL
        kind = self.draw.randrange(3)
        if kind == 0:
            order.fill_rule = pb.FILL_RULE_ALL_OR_NONE
        elif kind == 1:
            order.instructions.min_quantity_w = min(order.quantity_w, 300)
        else:
            order.quantity_w = max(order.quantity_w, 1_000)
            order.instructions.clip_w = self.draw.choice((100, 200, 500))
            order.instructions.clip_step_ticks = self.draw.choice((0, 0, 1))

    def _request(self) -> None:
        draw = self.draw
        order = self.world.order(
            pb.SIDE_BUY, "", 100 * draw.randrange(1, 30), 2_000, product=draw.choice((2, 3)),
            metering_point_id=f"mp-battery-{draw.choice(HOMES)}", mtu=mtu_message(draw.choice(STARTS)),
            conditional=draw.random() < 0.3,
        )  # fmt: skip
        self.world.submit(order, party=BRP)

    def _end_call(self) -> None:
        periods = self.world.drive.program._books[AREA].state.periods.values()
        held = [name for period in periods for name in period.grid.held_matches]
        if held:
            end = pb.EndCall(call_ids=[self.draw.choice(held)], made=self.draw.random() < 0.7)
            self.world.command(pb.OrderCommand(area_id=AREA, end_call=end), BRP)

    def _resting(self) -> list[Order]:
        state = self.world.drive.program._books[AREA].state
        return [order.terms for order in state.orders.values()]

    def _cancel(self) -> None:
        resting = self._resting()
        for order in self.draw.sample(resting, min(len(resting), 1 + len(resting) // 20)):
            cancel = pb.CancelOrders(order_ids=[order.order_id])
            self.world.command(pb.OrderCommand(area_id=AREA, cancel=cancel), order.party)

    def _replace(self) -> None:
        resting = self._resting()
        if resting:
            order = self.draw.choice(resting)
            change = pb.ReplaceOrder(
                order_id=order.order_id, quantity_w=100 * self.draw.randrange(1, 20), expected_revision=order.revision,
                limit_price_ticks=order.limit_price_ticks + self.draw.choice((0, 0, -7, 7)),
            )  # fmt: skip
            self.world.command(pb.OrderCommand(area_id=AREA, replace=change), order.party)

    def _hibernate_or_reactivate(self) -> None:
        """Let some orders sleep, or all that do come back."""
        asleep = [order.terms for order in self.world.drive.program._books[AREA].state.hibernated.values()]
        resting = self._resting()
        if asleep and self.draw.random() < 0.6:
            for order in asleep:
                wake = pb.ReactivateOrders(order_ids=[order.order_id])
                self.world.command(pb.OrderCommand(area_id=AREA, reactivate=wake), order.party)
        elif resting:
            order = self.draw.choice(resting)
            sleep = pb.HibernateOrders(order_ids=[order.order_id])
            self.world.command(pb.OrderCommand(area_id=AREA, hibernate=sleep), order.party)

    def _halt_or_resume(self) -> None:
        if not self.halted and self.draw.random() < 0.5:
            self._halt_a_market()
            return
        if self.halted:
            resume = pb.OrderCommand(area_id=AREA, resume_area=pb.ResumeArea(reason="checked"))
            self.world.command(resume, DSO)
        else:
            self.world.audit(disagreement=True)
            self.world.tick()
        self.halted = not self.halted

    def _halt_a_market(self) -> None:
        """Halt or resume the books of one market."""
        verb, kind = ("resume_books", pb.ResumeBooks) if self.market_halted else ("halt_books", pb.HaltBooks)
        order = pb.OrderCommand(area_id=AREA, **{verb: kind(market_id=FLEX, reason="an exercise")})
        self.world.command(order, DSO)
        self.market_halted = not self.market_halted

    def news(self) -> Iterator[list[feed_pb2.FeedEvent]]:
        """Fold the new journal events one by one; after each, what the feed said of it."""
        drive = self.world.drive
        told: dict[str, list[feed_pb2.FeedEvent]] = {}
        for output in drive.projections:
            if output.topic == BOOK_FEED:
                assert isinstance(output.message, feed_pb2.FeedEvent)
                told.setdefault(output.headers[JOURNAL_OFFSET], []).append(output.message)
        drive.projections.clear()
        for record in drive.journal_after(self._read):
            self._read += 1
            self.follower.state.fold(record)
            yield told.pop(str(record.offset), [])
        assert not told

    def state(self) -> AreaState:
        """Return the state after the last event that was folded."""
        state: AreaState = self.follower.state.program._books[AREA].state
        return state


def the_exchanges(state: AreaState, market: str, mtu: Mtu) -> dict[int, Seen]:
    """Read a book of the exchange as the public may know it."""
    period = state.find_period(mtu)
    books = [] if period is None else [book for (name, _), book in period.books.items() if name == market]
    return {
        int(order.terms.order_id.split(".")[-1]): Seen(
            order.terms.product, order.terms.side, order.terms.node_id, order.terms.limit_price_ticks, shown_w(order),
            order.sequence,
        )
        for book in books
        for order in book.orders()
        if shown_w(order)  # else the next clip is about to come
    }  # fmt: skip


def compare(exchange: Exchange, stranger: Stranger, name: tuple[str, str, int, int]) -> None:
    """Compare one book, status included."""
    book, mtu = stranger.books[name], Mtu(name[2], name[3])
    state = exchange.state()
    period = state.periods.get(mtu)
    assert book.orders == the_exchanges(state, name[1], mtu), (name, book.number)
    own = None if period is None else period.phases.get(name[1])
    if mtu.length_s > 900:
        return  # it trades while its periods do, whose books tell
    if own is None:
        assert (book.open, book.phase) == (False, Phase.CLOSED)
        return
    assert (book.open, book.phase, book.halted) == (own.opened, own.phase, state.halted_reason)
    assert book.phase_reason == (own.reason if own.phase is Phase.HALTED else "")


@pytest.fixture
def many_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_numbers, "PICTURE_EVENTS", PICTURE_EVENTS)
    monkeypatch.setattr(feed_numbers, "PICTURE_ORDERS", 7)


@pytest.mark.timeout(3_000 if LONG else 300)
@pytest.mark.usefixtures("many_pictures")
def test_after_every_event_also_after_restarts_and_joins() -> None:
    exchange, stranger, count, joined = Exchange(5), Stranger(), 0, 0
    joiners: list[Stranger] = []
    kinds: set[str | None] = set()
    called = next_clips = 0
    while count < EVENTS:
        for events in exchange.news():
            for event in events:
                count += event.WhichOneof("event") != "status"  # of which a halt makes hundreds
                kinds.add(event.WhichOneof("event"))
                called += event.executed.called
                name = (event.area_id, event.market_id, event.mtu.start_s, event.mtu.length_s)
                known = stranger.books.get(name)
                next_clips += event.HasField("changed") and known is not None and event.changed.key not in known.orders
                for listener in (stranger, *joiners):
                    listener.hear(event)
                    if (book := listener.books.get(name)) is not None and not book.parts_to_come:
                        compare(exchange, listener, name)
        if count > joined + EVENTS // 10:  # somebody joins, and the shard starts again
            joined = count
            exchange.world.drive.restart(from_snapshot=len(joiners) % 2 == 0 or count > 20_000)
            joiners = [*joiners[-2:], Stranger()]
        exchange.act()
    assert kinds >= {"status", "added", "changed", "executed", "removed", "picture", "ranked"}
    assert called, "a held match became a trade"
    assert next_clips, "an iceberg whose clip was used up came back"
    traded = {name for name, book in stranger.books.items() if book.trades > 5}
    assert {(name[1], name[3]) for name in traded} >= {(ENERGY, 900), (FLEX, 900), (ENERGY, 1800)}
    assert traded <= joiners[0].books.keys(), "who joined has every book that something happened in"


@pytest.mark.usefixtures("many_pictures")
def test_the_last_event_of_a_decision_is_marked_and_numbers_have_no_gap() -> None:
    exchange = Exchange(6)
    numbers: dict[tuple[str, int, int], int] = {}
    for _ in range(300):
        exchange.act()
        last: dict[tuple[str, int, int], feed_pb2.FeedEvent] = {}
        for events in exchange.news():
            for event in events:
                book = (event.market_id, event.mtu.start_s, event.mtu.length_s)
                assert event.sequence == numbers.get(book, 0) + 1
                numbers[book] = event.sequence
                last[book] = event
        assert all(event.last for event in last.values())


def test_a_missing_number_is_noticed() -> None:
    exchange, stranger = Exchange(7), Stranger()
    for _ in range(100):
        exchange.act()
    events = [event for group in exchange.news() for event in group]
    busiest = max({e.mtu.start_s for e in events}, key=lambda start: sum(e.mtu.start_s == start for e in events))
    own = [e for e in events if e.mtu == mtu_message(busiest) and e.market_id == ENERGY]
    del own[len(own) // 2]
    with pytest.raises(GapError):
        stranger.hear_all(own)


def test_nothing_on_the_feed_says_whose_an_order_is() -> None:
    exchange = Exchange(8)
    names = [name.encode() for name in (*PARTIES, DSO, *BATTERIES, "mp-", "owner-", '"c')]
    for _ in range(200):
        exchange.act()
        for events in exchange.news():
            for event in events:
                assert not any(name in event.SerializeToString() for name in names), event


def test_a_picture_of_a_book_that_stands_still_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_numbers, "PICTURE_EVENTS", 1)
    world = World().ready()
    world.audit(disagreement=True)
    world.tick()
    world.tick()
    heard = [event for event in world.drive.projected(BOOK_FEED) if isinstance(event, feed_pb2.FeedEvent)]
    (halted, *_) = [event.sequence for event in heard if event.status.halted_reason]
    pictures = [event.picture for event in heard if event.HasField("picture") and event.sequence > halted]
    assert pictures
    assert all("disagrees" in picture.status.halted_reason for picture in pictures)
