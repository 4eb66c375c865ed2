"""The gateway's state: the fold of its events and of what it took over from the registry and the books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flexbourse_core.values import quickly_made, replace
from flexbourse_wholesale_gateway.domain import events as e
from flexbourse_wholesale_gateway.domain.day_ahead import state as a
from flexbourse_wholesale_gateway.domain.external_orders import order as x
from flexbourse_wholesale_gateway.domain.lots.exposure import ExposureBook
from flexbourse_wholesale_gateway.domain.lots.leftovers import MAX_LEFTOVERS, Leftover
from flexbourse_wholesale_gateway.domain.lots.pooling import Member
from flexbourse_wholesale_gateway.domain.registry_state import Registry
from flexbourse_wholesale_gateway.domain.results import ExternalResult

WAKE_AFTER_S = 300  # what sleeps for want of headroom asks for it so often
KEPT_S = 2 * 86_400  # after delivery: so long trades are recalled
NO_SHARES: Mapping[str, Mapping[str, int]] = {}


@dataclass(frozen=True, slots=True)
class LeftoverFact:
    """What is left of an order, from its book."""

    leftover: Leftover


@dataclass(frozen=True, slots=True)
class BookClosedFact:
    """The book of a period has closed: no leftover of it follows."""

    area_id: str
    start_s: int


@quickly_made
@dataclass(frozen=True, slots=True)
class OrderFile:
    """All about one order on the exchange. `splits`: W by order of each trade, as it was split."""

    area_id: str
    order: x.ExternalOrder
    deadline_step: int
    members: tuple[Member, ...]
    splits: Mapping[str, Mapping[str, int]]
    withdrawal: str = ""
    looked_s: int = 0
    strays_cancelled: frozenset[str] = frozenset()
    over: bool = False
    hibernation: str = ""  # why it sleeps on the exchange
    wake_s: int = 0  # when headroom is asked for again

    def is_quiet(self, now_s: int) -> bool:
        """Tell whether it rests as it should, without a trade: nothing is to be done about it by time alone."""
        order = self.order
        is_resting = order.stage is x.Stage.ACTIVE and order.operation is None and not order.look_up
        is_plain = not (order.trades or order.strays or self.withdrawal or self.hibernation)
        return is_resting and is_plain and now_s < order.terms.gate_s


@dataclass(frozen=True, slots=True)
class Room:
    """Headroom that is asked for or held."""

    intent_id: str
    reservation: e.Reservation
    held: bool = False
    trade_id: str = ""
    denied_s: int = 0  # of what has come already and is asked for again
    denials: int = 0


@dataclass(slots=True)
class GatewayState:
    """Everything."""

    operator_id: str = ""
    now_ms: int = 0
    step: int = 0
    rules: e.ForwardingRules = field(default_factory=e.ForwardingRules)
    area_rules: dict[str, e.OnTightening] = field(default_factory=dict)
    connection: e.ConnectionChanged = field(
        default_factory=lambda: e.ConnectionChanged(connected=False, reason="", at_ms=0)
    )
    market: e.MarketChanged = field(default_factory=lambda: e.MarketChanged(takes_orders=False, name=""))
    registry: Registry = field(default_factory=Registry)
    leftovers: dict[str, Leftover] = field(default_factory=dict)
    files: dict[str, OrderFile] = field(default_factory=dict)
    exposures: ExposureBook = field(default_factory=lambda: ExposureBook(e.DEFAULT_LIMIT_W))
    rooms: dict[str, Room] = field(default_factory=dict)
    charges: dict[str, tuple[str, ...]] = field(default_factory=dict)  # reservation → results, confirmed and not told
    requests: dict[str, str] = field(default_factory=dict)  # request → intent
    results: dict[str, ExternalResult] = field(default_factory=dict)
    auctions: a.AuctionState = field(default_factory=a.AuctionState)
    intents: int = 0
    requests_made: int = 0

    @property
    def now_s(self) -> int:
        """Return the time in whole seconds."""
        return self.now_ms // 1000

    @property
    def forwards(self) -> bool:
        """Tell whether new orders go out now."""
        return self.connection.connected and self.market.takes_orders and not self.rules.paused

    def file_of_client(self, client_order_id: str) -> str:
        """Return the intent of a client order id, "" for one that is not ours."""
        return self._by_client.get(client_order_id, "")

    def members_of(self, intent_id: str) -> tuple[Member, ...]:
        """Return whose orders make up an order or curve; none where it is forgotten."""
        if intent_id in self.auctions.curves:
            return tuple(self.auctions.curves[intent_id].members)
        return self.files[intent_id].members if intent_id in self.files else ()

    def holds_room(self, intent_id: str) -> bool:
        """Tell whether headroom is asked for, or held, for fills to come of an order."""
        exposure = self.exposures.exposures.get(intent_id)
        return exposure is not None and any(name in self.rooms for name in exposure.reservation_ids)

    def is_asked(self, intent_id: str) -> bool:
        """Tell whether a request about an order is under way."""
        return intent_id in self._asked

    # Derived, so never in a snapshot. What has changed since `take_changed`: of files and leftovers that still exist.
    _by_client: dict[str, str] = field(default_factory=dict)
    _asked: dict[str, int] = field(default_factory=dict)  # intent → requests under way
    _changed_files: set[str] = field(default_factory=set)
    _changed_leftovers: set[str] = field(default_factory=set)

    def take_changed(self) -> tuple[set[str], set[str]]:
        """Return the orders on the exchange, and the leftovers, whose timers may have changed since the last time."""
        taken = self._changed_files, self._changed_leftovers
        self._changed_files, self._changed_leftovers = set(), set()
        return taken

    # --- facts ---

    def take_leftover(self, leftover: Leftover) -> None:
        """Take the rest of an order in; beyond the bound what comes last stays local."""
        if len(self.leftovers) < MAX_LEFTOVERS and leftover.order.order_id not in self.leftovers:
            self.put_leftover(leftover)

    def put_leftover(self, leftover: Leftover) -> None:
        """Put a leftover in the place of what was known of it."""
        self.leftovers[leftover.order.order_id] = leftover
        self._changed_leftovers.add(leftover.order.order_id)

    def close_book(self, fact: BookClosedFact) -> None:
        """Let what is left of a period's orders be forwarded."""
        for leftover in list(self.leftovers.values()):
            if leftover.order.area_id == fact.area_id and leftover.order.mtu.start_s == fact.start_s:
                self.put_leftover(replace(leftover, closed=True))

    def tick(self, now_ms: int, step: int) -> None:
        """Time has advanced; what is over for long is forgotten."""
        self.now_ms, self.step = now_ms, step
        before_s = self.now_s - KEPT_S
        for intent_id in [key for key, file in self.files.items() if file.order.terms.delivery_end_s <= before_s]:
            file = self.files.pop(intent_id)
            self._by_client.pop(file.order.client_order_id, None)
            self._changed_files.discard(intent_id)
            self.exposures.end(intent_id)
        for order_id in [key for key, left in self.leftovers.items() if left.order.mtu.end_s <= before_s]:
            del self.leftovers[order_id]
            self._changed_leftovers.discard(order_id)
        for intent_id in [key for key, file in self.auctions.curves.items() if file.wanted.end_s <= before_s]:
            self.exposures.end(intent_id)
        self.auctions.forget(before_s)
        for name in [key for key, result in self.results.items() if result.mtu.end_s <= before_s]:
            del self.results[name]
        for name in [key for key, waiting in self.charges.items() if not any(one in self.results for one in waiting)]:
            del self.charges[name]
        for name in [key for key, room in self.rooms.items() if room.reservation.mtu.end_s <= before_s]:
            del self.rooms[name]

    # --- events ---

    def evolve(self, event: e.Event) -> None:
        """Apply an event."""
        match event:
            case e.RulesSet():
                self.rules = event.rules
                self.exposures.limit_w = event.rules.limit_w
                self._changed_files.update(self.files)
            case e.AreaRulesSet():
                self.area_rules[event.area_id] = event.on_tightening
            case e.ConnectionChanged() | e.MarketChanged():
                self._evolve_exchange(event)
            case e.LeftoverReleased():
                self._leftover(event.order_id, released=True)
            case e.LeftoverWithdrawn():
                self._leftover(event.order_id, withdrawn=True)
            case ExternalResult():
                self.results[event.result_id] = event
            case (
                a.DayAheadOffered()
                | a.CurveWanted()
                | a.CurveMoved()
                | a.SubmissionAsked()
                | a.AwardsAsked()
                | a.CurveAwarded()
                | a.DayAheadCancelled()
                | a.AwardBeyondRoom()
            ):
                self._evolve_auction(event)
            case e.RoomAsked() | e.RoomHeld() | e.RoomConfirmed() | e.RoomCharged() | e.RoomReleased() | e.RoomDenied():
                self._evolve_charges(event)
                self._evolve_room(event)
            case e.EntryAsked() | e.OperationSent() | e.StrayCancelAsked() | e.LookUpAsked() | e.RequestEnded():
                self._evolve_request(event)
            case _:
                self._evolve_order(event)

    def _evolve_exchange(self, event: e.ConnectionChanged | e.MarketChanged) -> None:
        if isinstance(event, e.ConnectionChanged):
            self.connection = event
        else:
            self.market = event
        self._changed_files.update(self.files)

    def _evolve_auction(self, event: a.AuctionEvent) -> None:
        self.auctions.evolve(event)
        if isinstance(event, a.SubmissionAsked | a.AwardsAsked):
            self.put_request(event.request_id, f"auction/{event.day}")
            self.requests_made += 1
        elif isinstance(event, a.CurveWanted):
            file = self.auctions.curves[event.intent_id]
            self.intents += 1
            self.exposures.put(event.intent_id, event.steps[0].price_ticks, event.mtus, file.members)
        elif isinstance(event, a.CurveMoved) and event.stage is a.CurveStage.OVER:
            self.exposures.end(event.intent_id)

    def _leftover(self, order_id: str, **changes: object) -> None:
        known = self.leftovers.get(order_id)
        if known is not None:
            self.put_leftover(replace(known, **changes))  # type: ignore[arg-type]

    def _file(self, intent_id: str, **changes: object) -> OrderFile:
        self.files[intent_id] = replace(self.files[intent_id], **changes)  # type: ignore[arg-type]
        self._changed_files.add(intent_id)
        return self.files[intent_id]

    def _evolve_room(self, event: e.RoomEvent) -> None:
        if isinstance(event, e.RoomAsked):
            name = event.reservation.reservation_id
            denials = self.rooms[name].denials if name in self.rooms else 0
            self.rooms[name] = Room(event.intent_id, event.reservation, trade_id=event.trade_id, denials=denials)
            self._changed_files.update({event.intent_id} & self.files.keys())
            return
        room = self.rooms.get(event.reservation_id)
        if room is None:
            return
        match event:
            case e.RoomHeld():
                self.rooms[event.reservation_id] = replace(room, held=True)
                self._wake(room)
            case e.RoomDenied(asked="reserve") if room.trade_id:
                denials = room.denials + 1
                self.rooms[event.reservation_id] = replace(room, denied_s=self.now_s, denials=denials)
            case e.RoomReleased() | e.RoomConfirmed(changes=()) | e.RoomDenied(asked="reserve"):
                del self.rooms[event.reservation_id]
                self._sleep_on(room)
                if isinstance(event, e.RoomConfirmed) and room.intent_id in self.auctions.curves:
                    self.auctions.take_held(room.intent_id, room.reservation.mtu.start_s)

    def _wake(self, room: Room) -> None:
        """An order that sleeps for want of headroom has it again."""
        if room.intent_id in self.files and not room.trade_id:
            self._file(room.intent_id, hibernation="")

    def _sleep_on(self, room: Room) -> None:
        """An order that sleeps has given its headroom back, or was denied it."""
        if room.intent_id in self.files and self.files[room.intent_id].hibernation:
            self._file(room.intent_id, wake_s=self.now_s + WAKE_AFTER_S)

    def _evolve_charges(self, event: e.RoomEvent) -> None:
        """An area answers what it was told to confirm of a reservation in the order in which it was told."""
        match event:
            case e.RoomConfirmed() if event.result_id:
                waiting = self.charges.get(event.reservation_id, ())
                self.charges[event.reservation_id] = (*waiting, event.result_id)
            case e.RoomCharged() | e.RoomDenied(asked="confirm"):
                left = self.charges.pop(event.reservation_id, ())[1:]
                if left:
                    self.charges[event.reservation_id] = left

    def _evolve_request(
        self, event: e.EntryAsked | e.OperationSent | e.StrayCancelAsked | e.LookUpAsked | e.RequestEnded
    ) -> None:
        if isinstance(event, e.RequestEnded):
            self._end_request(event.request_id)
            return
        self.put_request(event.request_id, event.intent_id)
        self.requests_made += 1
        file = self.files[event.intent_id]
        match event:
            case e.EntryAsked():
                order = x.evolve(file.order, x.Submitted(event.attempt, event.at_s))
                self._file(event.intent_id, order=order)
            case e.OperationSent():
                self._file(event.intent_id, order=x.evolve(file.order, x.OperationAsked(event.operation)))
            case e.StrayCancelAsked():
                self._file(event.intent_id, strays_cancelled=file.strays_cancelled | {event.external_id})
            case e.LookUpAsked():
                self._file(event.intent_id, looked_s=event.at_s)

    def put_request(self, request_id: str, intent_id: str) -> None:
        """Note a request that is under way."""
        self.requests[request_id] = intent_id
        self._asked[intent_id] = self._asked.get(intent_id, 0) + 1

    def _end_request(self, request_id: str) -> None:
        intent_id = self.requests.pop(request_id, None)
        if intent_id is None:
            return
        self._asked[intent_id] -= 1
        if not self._asked[intent_id]:
            del self._asked[intent_id]
        if intent_id in self.files:
            self._changed_files.add(intent_id)

    def _evolve_order(self, event: e.Event) -> None:
        match event:
            case e.ExternalWanted():
                self._want(event)
            case e.WithdrawalWanted():
                self._file(event.intent_id, withdrawal=event.reason)
            case e.HibernationWanted():
                self._file(event.intent_id, hibernation=event.reason, wake_s=self.now_s + WAKE_AFTER_S)
            case e.ExternalChanged():
                order = self.files[event.intent_id].order
                for step in event.steps:
                    order = x.evolve(order, step)
                self._file(event.intent_id, order=order)
            case e.FillSplit():
                shares = {piece.order_id: piece.quantity_w for piece in event.shares}
                file = self.files[event.intent_id]
                self._file(event.intent_id, splits={**file.splits, event.trade_id: shares})
                if event.intent_id in self.exposures.exposures:
                    self.exposures.take_fill(event.intent_id, event.trade_id, shares)
            case e.ExternalEnded():
                self._end(event)

    def _want(self, event: e.ExternalWanted) -> None:
        members = tuple(Member(self.leftovers[p.order_id].order, p.quantity_w) for p in event.members)
        for piece in event.members:
            known = self.leftovers[piece.order_id]
            self._leftover(piece.order_id, left_w=known.left_w - piece.quantity_w, tries=known.tries + 1)
        wanted = x.Wanted(event.intent_id, event.terms, event.headroom_deadline_s)
        order = x.evolve(None, wanted)
        self.put_file(OrderFile(event.area_id, order, event.headroom_deadline_step, members, {}))
        mtu = members[0].order.mtu
        self.exposures.put(event.intent_id, event.terms.price_ticks, (mtu,), members)
        self.intents += 1

    def put_file(self, file: OrderFile) -> None:
        """Take an order up."""
        self.files[file.order.intent_id] = file
        self._by_client[file.order.client_order_id] = file.order.intent_id
        self._changed_files.add(file.order.intent_id)

    def _end(self, event: e.ExternalEnded) -> None:
        exposure = self.exposures.exposures.get(event.intent_id)
        for order_id, watts in exposure.left_w.items() if exposure is not None else ():
            known = self.leftovers.get(order_id)
            if known is not None:
                self._leftover(order_id, left_w=known.left_w + watts, retry_s=max(known.retry_s, event.retry_s))
        self.exposures.end(event.intent_id)
        self._file(event.intent_id, over=True)
