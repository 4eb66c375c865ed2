"""The order book as the log runs it: one shard with its areas, records in, records out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from google.protobuf.message import Message

from flexbourse.external.v1 import external_pb2 as external
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.market_time import Mtu
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output
from flexbourse_orderbook import adopting, projecting, snapshot, wire
from flexbourse_orderbook.commands import carry_out, decide
from flexbourse_orderbook.domain.adoption import keep_parameters
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.entry.collateral import AllotmentAcknowledged, Collateral
from flexbourse_orderbook.domain.evolve import evolve
from flexbourse_orderbook.domain.grid.lights import Now
from flexbourse_orderbook.domain.headroom import still_fitting as held_headroom
from flexbourse_orderbook.domain.headroom.external_orders import SERVICE
from flexbourse_orderbook.domain.headroom.giving_way import take_result
from flexbourse_orderbook.domain.phases.schedule import next_change_ms, next_end_ms
from flexbourse_orderbook.domain.registry_state import Area, Market, RegistryState
from flexbourse_orderbook.domain.resting.withdrawal import withdraw
from flexbourse_orderbook.domain.state import AreaState, Period
from flexbourse_orderbook.domain.time_records import pass_time
from flexbourse_orderbook.feed_numbers import PICTURES_AT_ONCE, AreaFeed

# Records that may leave less room than was there, and what a holder of headroom is told of them.
_TIGHTENS: dict[type[Message], str] = {
    grid.TopologyState: held_headroom.TOPOLOGY,
    grid.BaseCaseState: held_headroom.BASE_CASE,
    grid.MarginState: held_headroom.MARGINS,
}
# Records of which all that follows are events.
_DECIDED = (pb.HeadroomInstruction, external.ExternalResult)
# Events that change nothing of when books open, close or change their phases.
_OF_ORDERS = frozenset(
    {"admitted", "refused", "replaced", "closed", "trade", "operating_point", "skipped", "pair_blocked"}
)
# Ended periods are looked for among the adopted records once a minute: periods begin and end on minutes.
MINUTE_MS = 60_000


class OrderBookProgram:
    """One shard of the order book; it holds the areas that the registry gave it."""

    def __init__(self, shard: int, operator_id: str = "") -> None:
        self._shard = shard
        self._operator_id = operator_id
        self._empty()

    def _empty(self) -> None:
        self._registry = RegistryState(self._operator_id)
        self._books: dict[str, AreaBook] = {}
        self._feeds: dict[str, AreaFeed] = {}
        self._collateral = Collateral()
        self._adopted = adopting.AdoptedRecords()
        self._now = Now()
        # Periods whose grid or light changed at this time record; used by `on_time` of the same record and not state.
        self._changed: dict[str, set[Mtu]] = {}
        self._timer: tuple[int | None] | None = None
        self._phases_timer: dict[str, int | None] = {}  # of the areas of which it is known

    @property
    def areas(self) -> list[AreaState]:
        """Return the states of its areas, to be read."""
        return [book.state for book in self._books.values()]

    def on_command(self, command: Command) -> Decision:
        """Decide the entries of a command in their order."""
        body, self._timer = command.body, None
        if not isinstance(body, pb.OrderCommand):
            raise InvalidMessageError(f"the order book takes no {body.DESCRIPTOR.full_name}")
        book = self._books.get(body.area_id)
        results = decide(book, command.party, body)
        return Decision(self._taken(book) if book is not None else [], results)

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Take a record in, and decide what follows from it at once."""
        self._forget_timers()
        touched, message = self._adopt(record), record.message
        match message:
            case None:
                return []
            case registry.EntityState():
                return self._withdraw(message.entity)
            case pb.HeadroomInstruction():
                return self._carry_out(record.topic, message.order)
            case external.ExternalResult():
                return self._take_result(message)
        return self._of_the_grid(message, touched)

    def _of_the_grid(self, message: Message, touched: Sequence[Period]) -> Sequence[Message]:
        """Decide what follows from a record of gridcheck or the traffic light."""
        book = self._books.get(adopting.area_of_record(message))
        if book is None:
            return []
        self._note(book, message, touched)
        if isinstance(message, grid.AuditRecorded):
            if message.disagreement:
                book.halt(f"audit of {message.mtu.start_s} disagrees at {message.element_id}")
        elif not isinstance(message, light.LightState | light.LightHeartbeat):
            for period in touched:
                if isinstance(message, grid.TariffState):
                    book.sort_again(period)
                book.revise_potential(period)
        return self._taken(book)

    def _note(self, book: AreaBook, message: Message, touched: Sequence[Period]) -> None:
        """Keep for the time record under way which periods are another now, and which may have less room."""
        self._changed.setdefault(book.state.area_id, set()).update(period.mtu for period in touched)
        if (reason := _TIGHTENS.get(type(message))) is not None:
            book.tightened.update({period.mtu: reason for period in touched})

    def _carry_out(self, topic: str, order: pb.OrderCommand) -> Sequence[Message]:
        """Do with headroom what the owner of a topic says."""
        book = self._books.get(order.area_id)
        if book is None:
            return []
        carry_out(book, SERVICE + topic.split(".")[1], order)
        return self._taken(book)

    def _take_result(self, result: external.ExternalResult) -> Sequence[Message]:
        """Count in each area what its metering points sold or bought outside; what rests gives way."""
        events: list[Message] = []
        for area_id in sorted(self._books):
            book = self._books[area_id]
            take_result(book, wire.outside_in(result, area_id, self._registry.basis_of))
            events += self._taken(book)
        return events

    def _withdraw(self, entity: registry.Entity) -> Sequence[Message]:
        """Take the orders that lost their ground by what the registry says out of the books."""
        news = wire.registry_object(entity)
        if news is None:
            return []
        events: list[Message] = []
        for area_id in sorted(self._books):
            withdraw(self._books[area_id], news)
            events += self._taken(self._books[area_id])
        return events

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:
        """Expire, close, open, and try blocked pairs again."""
        self._tick(at_ms, step)
        self._forget_timers()
        events: list[Message] = []
        for area_id in sorted(self._books):
            book = self._books[area_id]
            pass_time(book, self._changed.get(area_id, ()))
            events += self._taken(book)
        self._changed.clear()
        return events + self._pictures() + self._acknowledge()

    def _pictures(self) -> list[Message]:
        """Picture the books of which the feed has told much since."""
        events: list[Message] = []
        for area_id in sorted(self._feeds):
            events += self._feeds[area_id].pictures(self._books[area_id].state, max(0, PICTURES_AT_ONCE - len(events)))
        return events

    def _acknowledge(self) -> list[Message]:
        """Say of which allotments the shard uses no more than was asked."""
        promises = list(self._collateral.due())
        for promise in promises:
            self._collateral.acknowledge(promise)
        return [wire.event_to_message(promise) for promise in promises]

    def _tick(self, at_ms: int, step: int) -> None:
        another_minute = at_ms // MINUTE_MS != self._now.at_ms // MINUTE_MS
        self._now = Now(at_ms, step)
        for area_id, book in self._books.items():
            book.state.advance(self._now)
            if another_minute:
                versions = {topology.version for topology in book.state.topologies}
                self._adopted.forget(area_id, book.state.is_past, versions)
                self._feeds[area_id].forget(book.state.is_past)

    def next_timer_ms(self) -> int | None:
        """Return when the next book opens or closes, or a reservation expires; computed anew after each change.

        A shard that decides a few orders at a time asks after each few; its books are then not looked at again.
        """
        if self._timer is None:
            for area_id, book in self._books.items():
                if area_id not in self._phases_timer:
                    self._phases_timer[area_id] = next_change_ms(book.state)
            times = (*self._phases_timer.values(), *(next_end_ms(book.state) for book in self._books.values()))
            self._timer = (min((time for time in times if time is not None), default=None),)
        return self._timer[0]

    def _forget_timers(self) -> None:
        self._timer = None
        self._phases_timer.clear()

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply a journaled record."""
        self._forget_timers()
        if isinstance(event, AdoptedRecord):
            self._adopt(event)
        elif isinstance(event, log_pb2.TimeAdvanced):
            self._tick(event.at_ms, event.step)
        elif isinstance(event, pb.OrderEvent):
            self._fold_own(event)
        else:
            raise InvalidMessageError(f"the order book's journal holds a {event.DESCRIPTOR.full_name}")

    def _fold_own(self, event: pb.OrderEvent) -> None:
        if event.HasField("pictured"):
            self._feeds[event.pictured.area_id].take(event)
            return
        own = wire.event_from_message(event)
        if isinstance(own, AllotmentAcknowledged):
            self._collateral.acknowledge(own)
            return
        area_id = wire.area_of(own)
        evolve(self._books[area_id].state, own)
        self._feeds[area_id].take(event)

    def project(self, event: Message) -> Iterable[Output]:
        """Return the public feed, trades, operating points and what each party hears."""
        if not isinstance(event, pb.OrderEvent):
            raise InvalidMessageError(f"the order book projects no {event.DESCRIPTOR.full_name}")
        return projecting.project(event)

    def intents(self, event: Message) -> Iterable[Intent]:  # noqa: ARG002
        """The order book reaches nobody but through the log."""
        return ()

    def settled_intents(self, event: Message) -> Iterable[str]:  # noqa: ARG002
        """There are no effects."""
        return ()

    def snapshot(self) -> bytes:
        """Return the whole state in canonical bytes."""
        areas = [snapshot.area_to_snapshot(self._books[area_id].state) for area_id in sorted(self._books)]
        state = snapshot_pb2.OrderBookSnapshot(
            format=snapshot.FORMAT,
            at_ms=self._now.at_ms,
            step=self._now.step,
            adopted=self._adopted.to_snapshot(),
            areas=areas,
            collateral=snapshot.collateral_to_snapshot(self._collateral),
            feeds=[kept for area_id in sorted(self._feeds) for kept in self._feeds[area_id].to_snapshot(area_id)],
        )
        return state.SerializeToString(deterministic=True)

    def restore(self, snapshot_bytes: bytes) -> None:
        """Take a state from such bytes."""
        state = snapshot_pb2.OrderBookSnapshot.FromString(snapshot_bytes)
        if state.format != snapshot.FORMAT:
            raise InvalidMessageError(f"a snapshot of the order book has format {state.format}")
        self._empty()
        self._now = Now(state.at_ms, state.step)
        for area in state.areas:
            self._book(area.area_id)
            for kept in area.periods:
                self._books[area.area_id].state.make_period(wire.mtu_in(kept.mtu))
        for entry in state.adopted:
            self._adopt(adopting.from_snapshot(entry))
        for area in state.areas:
            snapshot.restore_area(self._books[area.area_id].state, area)
        for own in state.collateral:
            self._collateral.restore(own.party, own.filled_micro_euro, own.acknowledged_version)
        for feed in state.feeds:
            self._feeds[feed.area_id].restore(feed)

    def _book(self, area_id: str) -> AreaBook:
        book = self._books.get(area_id)
        if book is None:
            state = AreaState(area_id, self._registry, self._collateral)
            state.now = self._now
            book = self._books[area_id] = AreaBook(state)
            self._feeds[area_id] = AreaFeed()
        return book

    def _taken(self, book: AreaBook) -> list[Message]:
        """Return what was decided in an area, with its places in the public feed."""
        events = book.take_events()
        fields = [*map(wire.field_of, events)]
        if not _OF_ORDERS.issuperset(fields):
            self._phases_timer.pop(book.state.area_id, None)
        places = self._feeds[book.state.area_id].number(book.state, zip(fields, events, strict=True))
        return [*map(wire.event_to_message, events, places)]

    def _adopt(self, record: AdoptedRecord) -> list[Period]:
        """Change the state by a record; returns the periods that it touched. Live and at recovery the same."""
        message = record.message
        if message is None or isinstance(message, _DECIDED):  # all that follows of it are events
            return []
        if isinstance(message, registry.EntityState):
            self._adopt_entity(record, message)
            return []
        if isinstance(message, settlement.AllotmentState):
            if message.shard == self._shard:
                self._adopted.keep(record)
                self._collateral.adopt(wire.ALLOTMENT.decode(message))
            return []
        state = self._book(adopting.area_of_record(message)).state
        mtu = adopting.period_of_record(message)
        if mtu is not None and state.is_past(mtu):
            return []
        self._adopted.keep(record)
        return adopting.adopt(state, message)

    def _adopt_entity(self, record: AdoptedRecord, message: registry.EntityState) -> None:
        entry = wire.registry_object(message.entity)
        if entry is None:
            return
        self._adopted.keep(record)
        if isinstance(entry, Market):
            for book in self._books.values():
                keep_parameters(book.state, entry)
        self._registry.put(entry)
        if isinstance(entry, Area) and entry.shard == self._shard:
            self._book(entry.area_id)
