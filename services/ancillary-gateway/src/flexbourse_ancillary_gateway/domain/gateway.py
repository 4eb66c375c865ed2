"""The gateway: commands, facts and time lead to events, events and facts to state.

Its parts decide, apply and return their events; here they are put together: what one part has decided, another follows
up. `fold`, `take` and `tick` change the state and decide nothing; folding what was decided leads to the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from flexbourse_ancillary_gateway.domain import facts as f
from flexbourse_ancillary_gateway.domain.activations import events as a
from flexbourse_ancillary_gateway.domain.activations.life import Activations
from flexbourse_ancillary_gateway.domain.activations.orders import Cause
from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.events import Event, OrderKept, UnitCalled
from flexbourse_ancillary_gateway.domain.following import FOLLOW
from flexbourse_ancillary_gateway.domain.grid_gate import parcels as p
from flexbourse_ancillary_gateway.domain.grid_gate.blocking import AREA, NOT_ENOUGH, told_before
from flexbourse_ancillary_gateway.domain.grid_gate.book import GRID_MARGIN_S, ForwardingBook
from flexbourse_ancillary_gateway.domain.grid_gate.giving_up import to_give_up
from flexbourse_ancillary_gateway.domain.grid_gate.method import Method
from flexbourse_ancillary_gateway.domain.grid_gate.parcels import ParcelStage
from flexbourse_ancillary_gateway.domain.lots import events as lot_events
from flexbourse_ancillary_gateway.domain.lots.book import ForwardingTimes, LotBook
from flexbourse_ancillary_gateway.domain.lots.events import PiecesPooled
from flexbourse_ancillary_gateway.domain.lots.grounds import Ground, KnownArea, KnownEnrolment, KnownMarket, KnownRight
from flexbourse_ancillary_gateway.domain.lots.lot import MarkTerms, Piece, StandingOffer, Unmark
from flexbourse_ancillary_gateway.domain.mail import outbox as o
from flexbourse_ancillary_gateway.domain.mail.outbox import Outbox
from flexbourse_ancillary_gateway.domain.mail.sending import SendingRules
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules
from flexbourse_ancillary_gateway.domain.redispatch import NeedMoved, Redispatch
from flexbourse_ancillary_gateway.domain.results import CalledUnit, ResultFound, Results
from flexbourse_ancillary_gateway.domain.taking import take_document
from flexbourse_core.rejection import Code, Rejection

_LOTS, _PARCELS, _ORDERS, _OUTBOX = map(get_args, (lot_events.Event, p.Event, a.Event, o.Event))


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How the gateway is connected. `new_id` gives the platform's id for a name of ours, the same each time."""

    rules: PlatformRules
    zone: str
    new_id: Callable[[str], str]
    configured: bool = True
    times: ForwardingTimes = ForwardingTimes()  # noqa: RUF009 - a frozen value
    method: Method = Method.FILTER


class Gateway:
    """State machine of the gateway."""

    def __init__(self, connection: Connection) -> None:
        rules = connection.rules
        self.connection = connection
        self.new_id = connection.new_id
        self.now_s = 0
        self.lots = LotBook(rules, connection.times, connection.zone, connection.method)
        self.book = ForwardingBook(rules, connection.method)
        self.activations = Activations(rules)
        self.redispatch = Redispatch()
        self.outbox = Outbox(SendingRules(stale_after_s=rules.stale_after_s))
        self.results = Results()
        self.documents: dict[str, OrderKept] = {}  # of open orders, by order
        self.units: dict[str, CalledUnit] = {}  # by activation
        self.responses: dict[str, tuple[str, int]] = {}  # document that responds → order and revision
        self.calls = 0
        self._fresh: list[Event] = []
        self._refused: dict[str, tuple[Piece, ...]] = {}  # pieces of refused parcels, until that is followed up

    # --- decisions ---------------------------------------------------------------------------------------------------

    def decide(self, command: f.Command, party: str) -> list[Event] | list[Rejection]:
        """Decide a command; returns its events, or every rule that it breaks."""
        match command:
            case MarkTerms():
                if not self.connection.configured:
                    rule = "a platform is configured: without one nothing is forwarded"
                    return [Rejection(Code.UNKNOWN_MARKET, rule, "offer_id")]
                return self._own(self.lots.mark(command, party))
            case Unmark():
                problems = self._unmark(command, party)
                return problems or self._settled()
            case f.TakeDocument():
                take_document(self, command)
            case f.RecordSent():
                self.record(self.outbox.sent(command.document_id, command.attempt, command.trouble, command.refusal))
        return self._settled()

    def react(self, fact: f.Fact) -> list[Event]:
        """Decide what a fact, already taken, means."""
        match fact:
            case f.OfferGone():
                self.record(self.lots.drop_offer(fact.area_id, fact.offer_id))
            case KnownRight() | KnownArea() | KnownMarket() | KnownEnrolment():
                self._lose_marks(fact)
            case f.ClaimStands():
                self.record(
                    self.lots.claim_held(fact.lot_id)
                    if fact.made
                    else self.lots.claim_cut(fact.lot_id, fact.left_w, fact.reason)
                )
            case f.InstructionRefused():
                self._instruction_refused(fact)
            case f.ActivationLost():
                self._lost(fact.activation_id, fact.reason)
            case f.RoomAnswered():
                self._room_answered(fact)
            case f.RoomConfirmed():
                self._confirmed(fact)
            case f.RoomLost():
                self._room_lost(fact)
            case f.RoomShort():
                self._room_short(fact)
        return self._settled()

    def advance(self, at_ms: int) -> list[Event]:
        """Move to a time: claim, pool, send, answer what is due, give back what is over."""
        self.tick(at_ms)
        now_s, offered = self.now_s, self.book.callable_bids()
        self.record(self.activations.advance(now_s, offered))
        self.record(self.outbox.advance(now_s))
        self.record(self.book.advance(now_s))
        self.record(self.redispatch.advance(now_s))
        if self.connection.configured:
            self.record(self.lots.claim(now_s))
        self.record(self.lots.give_back(now_s))
        return self._settled()

    def next_timer_ms(self) -> int | None:
        """Return when `advance` has something to do at latest."""
        parts = (self.activations, self.outbox, self.book, self.lots, self.redispatch)
        times = [due for part in parts if (due := part.next_timer_s()) is not None]
        return 1000 * min(times) if times else None

    # --- for the parts of a decision ---------------------------------------------------------------------------------

    def record(self, events: Sequence[Event]) -> None:
        """Take events that a part has decided and applied; what follows of them is decided before the answer."""
        for event in events:
            if isinstance(event, p.ParcelRefused):
                self._refused[event.parcel_id] = self.lots.pieces.get(event.parcel_id, ())
            self._also(event)
            self._fresh.append(event)

    def record_own(self, *events: Event) -> None:
        """Take events of the gateway itself."""
        self.record(events)

    def send(self, content: o.Content, document_id: str = "", until_s: int = 0) -> None:
        """Queue a document; `until_s` says from when on it has no use."""
        self.record(self.outbox.send(content, self.now_s, self.new_id, document_id, until_s))

    def forward(self, parcel: p.Parcel, pooled: PiecesPooled) -> None:
        """Offer a parcel to the grid; what the platform's rules refuse is not tried again."""
        found = self.book.offer(parcel, self.now_s)
        if any(isinstance(each, Rejection) for each in found):
            self.record(self.lots.lower(pooled.pieces, halved=False))
            return
        self.record(self.lots.take(pooled))
        self.record([each for each in found if not isinstance(each, Rejection)])

    def withdraw(self, parcel_id: str) -> None:
        """Withdraw a parcel where that is free; after the gate it stands until its time is over."""
        found = self.book.withdraw(parcel_id, self.now_s, self.new_id)
        self.record([each for each in found if not isinstance(each, Rejection)])

    def limit(self, parcel_id: str, cause: Cause, element_id: str, by: str) -> None:
        """The grid no longer has the room of a parcel: it is withdrawn while that is free, else published as limited.

        Either way its room counts as lost, so that an order for it is refused.
        """
        entry = self.book.entries.get(parcel_id)
        for name in sorted(entry.reservations) if entry is not None else ():
            self.record(self.book.headroom_lost(name, self.now_s, self.new_id))
        entry = self.book.entries.get(parcel_id)
        if entry is not None and entry.stage is not ParcelStage.WITHDRAWING:
            limited = p.ParcelLimited(parcel_id, 0, cause, element_id, by)
            found = self.book.tightened(limited, self.now_s, self.new_id)
            self.record([each for each in found if not isinstance(each, Rejection)])

    def pieces_of_refused(self, parcel_id: str) -> tuple[Piece, ...]:
        """Return, once, the pieces of a parcel that was refused."""
        return self._refused.pop(parcel_id)

    def units_of(self, order_id: str) -> list[CalledUnit]:
        """Return the units that are called for an order, in the order of their calls."""
        return [unit for unit in self.units.values() if unit.order_id == order_id]

    def bids(self) -> dict[str, Bid]:
        """Return the bids that the platform may call."""
        return self.book.callable_bids()

    def _own(self, found: Sequence[Any]) -> list[Event] | list[Rejection]:
        problems = [each for each in found if isinstance(each, Rejection)]
        if problems:
            return problems
        self.record(found)
        return self._settled()

    def _unmark(self, command: Unmark, party: str) -> list[Rejection]:
        parcels = self.lots.parcels_of(command.area_id, command.offer_id)
        found = self.lots.unmark(command, party)
        problems = [each for each in found if isinstance(each, Rejection)]
        if not problems:
            self._take_off([each for each in found if not isinstance(each, Rejection)], parcels)
        return problems

    def _lose_marks(self, news: Ground) -> None:
        """Unmark what a version of the registry leaves no ground; what has passed its gate stands and may be called."""
        for unmarked in self.lots.lost_marks(news):
            parcels = self.lots.parcels_of(unmarked.area_id, unmarked.offer_id)
            self._take_off(self.lots.lose(unmarked), parcels)

    def _take_off(self, events: Sequence[Event], parcels: Sequence[str]) -> None:
        self.record(events)
        for parcel_id in parcels:
            self.withdraw(parcel_id)
        self.record(self.lots.give_back(self.now_s))

    def _settled(self) -> list[Event]:
        """Follow up what was decided until nothing more follows, forward what is ready, and return all of it."""
        events: list[Event] = []
        while True:
            while self._fresh:
                event = self._fresh.pop(0)
                events.append(event)
                follow = FOLLOW.get(type(event))
                if follow is not None:
                    follow(self, event)
            self._forward()
            if not self._fresh:
                return events

    def _forward(self) -> None:
        """Pool what is held, offer it to the grid, and send what has its room."""
        for parcel, pooled in self.lots.pool(self.now_s, self.new_id):
            self.forward(parcel, pooled)
        stages = {entry.stage for entry in self.book.entries.values()}
        if ParcelStage.RESERVED in stages and (ParcelStage.RESERVING not in stages or self._is_late()):
            self.record(self.book.send(self.now_s, self.new_id))

    def _is_late(self) -> bool:
        """Tell whether a parcel that has its room cannot wait for others any more."""
        gate_s = self.connection.rules.bid_gate_s
        ready = (e.parcel.gate_mtu for e in self.book.entries.values() if e.stage is ParcelStage.RESERVED)
        return any(self.now_s >= mtu.start_s - gate_s - 2 * GRID_MARGIN_S for mtu in ready)

    def _instruction_refused(self, fact: f.InstructionRefused) -> None:
        name = fact.instruction_id
        if name in self.units:
            self._lost(name, "; ".join(each.rule for each in fact.rejections))
        else:
            self.record(self.lots.claim_denied(name, fact.rejections))

    def _lost(self, activation_id: str, reason: str) -> None:
        unit = self.units.get(activation_id)
        if unit is not None:
            self.record(self.activations.take_failure(unit.order_id, unit.called.bid_id, reason))

    def _room_answered(self, fact: f.RoomAnswered) -> None:
        """Take what an area says of room: of bids, of a call that asked for it, or of a change it is to take back."""
        name, refusal = fact.reservation_id, fact.rejection
        asked = self.book.asked.get(name)
        if asked is not None and asked.undoes:
            self.record(self.book.undo_answered(name, self.now_s, held=refusal is None))
        elif asked is not None and asked.order_id:
            known = self.activations.by_order.get(asked.order_id)
            if refusal is None and (known is None or not known.is_open):
                refusal = Rejection(Code.GRID_STATE_MISSING, "the area answers in time", "reservation_id", name)
            self.record(self.book.room_at_order(_answer(asked.order_id, name, refusal)))
        else:
            self.record(self.book.headroom_answered(name, refusal))

    def _confirmed(self, fact: f.RoomConfirmed) -> None:
        asked = self.book.asked.get(fact.reservation_id)
        if asked is not None and asked.undoes and fact.confirmed:
            self.record(self.book.undo_confirmed(fact.reservation_id, fact.dnut_micro_euro))
        elif asked is not None and asked.undoes:
            self.record(self.book.undo_answered(fact.reservation_id, self.now_s, held=False))
        waiting = [order_id for order_id, pending in self.book.verdicts.items() if fact.reservation_id in pending.waits]
        for order_id in waiting[:1]:  # the area answers in the order in which it was asked
            answer = _answer(order_id, fact.reservation_id, fact.rejection)
            by = AREA if not fact.confirmed and asked is not None and not asked.order_id else ""
            told = replace(answer, confirmed=fact.confirmed, dnut_micro_euro=fact.dnut_micro_euro, tightened_by=by)
            self.record(self.book.confirm_answered(told))

    def _room_lost(self, fact: f.RoomLost) -> None:
        asked = self.book.asked.get(fact.reservation_id)
        if asked is None or asked.order_id:  # what an order has asked for is confirmed at once, or refused
            return
        if asked.mtu.end_s > self.now_s:  # it expires with its MTU, as it should
            self.limit(asked.parcel_id, Cause.THERMAL, "", fact.reason)

    def _room_short(self, fact: f.RoomShort) -> None:
        """Give up the dearest parcels, as many as make room."""
        asked = [own for name in fact.reservation_ids if (own := self.book.asked.get(name)) is not None]
        held = [
            (self.book.entries[own.parcel_id].parcel, own)
            for own in asked
            if own.area_id == fact.area_id and own.parcel_id in self.book.entries and not own.undoes
        ]
        for parcel_id in to_give_up(held, fact.shortage):
            said = fact.reason
            if said == NOT_ENOUGH:
                said = told_before(self.book.entries.values(), fact.area_id, fact.mtu)
            self.limit(parcel_id, fact.cause, fact.shortage.element_id, said)

    # --- state -------------------------------------------------------------------------------------------------------

    def tick(self, at_ms: int) -> None:
        """Time has advanced."""
        self.now_s = at_ms // 1000
        self.activations.tick(self.now_s)
        self.redispatch.tick(self.now_s)
        self.lots.tick(self.now_s)
        self.results.tick(self.now_s)
        known = self.activations.by_order
        self.documents = {key: kept for key, kept in self.documents.items() if key in known}
        self.units = {key: unit for key, unit in self.units.items() if unit.order_id in known}
        self.responses = {key: own for key, own in self.responses.items() if own[0] in known}

    def take(self, fact: f.Fact) -> None:
        """Take a fact into the state; most are in it by the events that follow from them."""
        match fact:
            case f.UnitConnected():
                self.results.points[fact.unit_id] = fact.metering_point_id
                self.lots.qualify(fact.unit_id, qualified=fact.qualified)
            case StandingOffer():
                self.lots.put_offer(fact)
            case KnownRight() | KnownArea() | KnownMarket() | KnownEnrolment():
                self.lots.grounds.put(fact)
            case f.OfferGone():
                self.lots.offers.pop((fact.area_id, fact.offer_id), None)

    def fold(self, event: Event) -> None:
        """Apply an event at recovery, as it was applied when it was decided."""
        if isinstance(event, _LOTS):
            self.lots.evolve(event)
        elif isinstance(event, _PARCELS):
            self.book.evolve(event)
        elif isinstance(event, _ORDERS):
            self.activations.evolve(event)
        elif isinstance(event, _OUTBOX):
            self.outbox.evolve(event)
        elif isinstance(event, NeedMoved):
            self.redispatch.evolve(event)
        elif isinstance(event, ResultFound):
            self.results.evolve(event)
        self._also(event)

    def _also(self, event: Event) -> None:
        """Apply what an event means to other parts than the one that decided it."""
        match event:
            case p.ConfirmAnswered() if event.confirmed:
                self._charge(event)
            case p.UndoDone():
                self._charge_undone(event)
            case p.ParcelRefused() | p.ParcelGone():
                self.lots.free(event.parcel_id)
            case OrderKept():
                self.documents[event.order_id] = event
            case UnitCalled():
                self._call(event)
            case a.ActivationCalled():
                self._recall(event)
            case o.DocumentGoes():
                content = event.document.content
                if isinstance(content, o.ResponseContent) and content.order_id:
                    self.responses[event.document.document_id] = (content.order_id, content.revision)

    def _charge(self, event: p.ConfirmAnswered) -> None:
        asked = self.book.asked.get(event.reservation_id)
        if asked is not None and asked.parcel_id in self.book.entries:
            called = self.book.called_for(event.order_id, event.reservation_id)
            self.results.charge(event.order_id, asked.mtu, called, event.dnut_micro_euro)

    def _charge_undone(self, event: p.UndoDone) -> None:
        asked = self.book.asked[event.reservation_id]
        known = self.activations.by_order.get(asked.order_id)
        if known is not None:
            lost = {own.bid_id: own.quantity_w for own in known.order.bids if own.bid_id in asked.bid_ids}
            self.results.charge(asked.order_id, asked.mtu, lost, event.dnut_micro_euro)

    def _call(self, event: UnitCalled) -> None:
        entry = self.book.parcel_of(event.bid_id)
        known = self.activations.by_order[event.order_id]
        assert entry is not None  # who calls has looked
        bid = next(bid for bid in entry.parcel.bids if bid.bid_id == event.bid_id)
        called = next(called for called in known.active if called.bid_id == event.bid_id)
        lot = self.lots.lots[event.lot_id].lot
        window = event.window
        self.calls += 1
        self.units[event.activation_id] = CalledUnit(
            event.activation_id, event.order_id, called, bid, lot, window.start_s, window.end_s
        )

    def _recall(self, event: a.ActivationCalled) -> None:
        """A later call of an order changes what its units were called for."""
        changed = {called.bid_id: called for called in event.bids}
        for unit in self.units_of(event.order_id):
            if unit.called.bid_id in changed:
                self.units[unit.activation_id] = replace(unit, called=changed[unit.called.bid_id])


def _answer(order_id: str, reservation_id: str, refusal: Rejection | None) -> p.ConfirmAnswered:
    cause = cause_of(refusal) if refusal is not None else None
    element = refusal.element if refusal is not None else ""
    return p.ConfirmAnswered(order_id, reservation_id, refusal is None, cause, element)


def cause_of(rejection: Rejection) -> Cause:
    """Return which kind of limit a refusal of the grid names."""
    if rejection.code is Code.GRID_STATE_MISSING:
        return Cause.NO_ANSWER
    return Cause.VOLTAGE if rejection.unit == "micro_pu" else Cause.THERMAL
