"""The grid gate, twice: room is held before a bid is forwarded, and confirmed before its activation is answered.

Before the gate of bids a parcel goes out only once its area holds room for it in every MTU it can touch; no answer is
no forward. By the corrective method it goes out without, and an order asks for what it calls. If the grid tightens, the
parcel is withdrawn as long as that is free, and limited by publication after. Public methods decide, apply what they
decided and return it; `evolve` only applies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, BidVerdict, OrderedBid
from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.bids.document_day import split_into_documents
from flexbourse_ancillary_gateway.domain.bids.links import LINKED_MTUS_BACK
from flexbourse_ancillary_gateway.domain.bids.rules import find_bid_problems
from flexbourse_ancillary_gateway.domain.grid_gate import parcels as p
from flexbourse_ancillary_gateway.domain.grid_gate.accepted_changes import AcceptedChanges, Room, called_in
from flexbourse_ancillary_gateway.domain.grid_gate.entries import (
    Entry,
    PendingVerdict,
    places_of,
    refused_by,
    without_room,
)
from flexbourse_ancillary_gateway.domain.grid_gate.method import Method
from flexbourse_ancillary_gateway.domain.grid_gate.room_at_order import HELD_AFTER_END_S, overlaps, wishes
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules
from flexbourse_core.rejection import Code, Rejection

MAX_PARCELS = 20_000
GRID_MARGIN_S = 60  # the grid answers so long before the gate of bids, or the parcel stays at home


@dataclass(slots=True)
class ForwardingBook:
    """All parcels of one platform."""

    rules: PlatformRules
    method: Method = Method.FILTER
    entries: dict[str, Entry] = field(default_factory=dict)
    asked: dict[str, p.HeadroomAsked] = field(default_factory=dict)
    verdicts: dict[str, PendingVerdict] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)  # bid id → parcel id
    places: dict[int | str, set[str]] = field(default_factory=dict)  # start of an MTU, or technical link → parcel ids
    accepted: AcceptedChanges = field(default_factory=AcceptedChanges)
    sequence: int = 0

    # --- what others need --------------------------------------------------------------------------------------------

    def callable_bids(self) -> dict[str, Bid]:
        """Return the bids that the platform may call, by id."""
        return {bid.bid_id: bid for e in self.entries.values() if e.stage in p.CALLABLE for bid in e.parcel.bids}

    def parcel_of(self, bid_id: str) -> Entry | None:
        """Return the parcel in which a bid stands."""
        return self.entries.get(self.holders.get(bid_id, ""))

    def _near(self, bids: Sequence[Bid], going: Collection[str] = ()) -> dict[str, Bid]:
        """Return the bids that rules can set beside these: of MTUs that links reach, and of the same technical links.

        Those that the platform has, and those of the parcels in `going`.
        """
        reach = range(-LINKED_MTUS_BACK, LINKED_MTUS_BACK + 1)
        places: set[int | str] = {bid.mtu.start_s + hop * bid.mtu.length_s for bid in bids for hop in reach}
        places |= {bid.technical_link for bid in bids if bid.technical_link}
        keys = {key for place in places for key in self.places.get(place, ())}
        near = (self.entries[key] for key in sorted(keys) if key in going or self.entries[key].stage in p.CALLABLE)
        return {bid.bid_id: bid for entry in near for bid in entry.parcel.bids}

    # --- before the gate of bids -------------------------------------------------------------------------------------

    def offer(self, parcel: p.Parcel, now_s: int) -> list[p.Event] | list[Rejection]:
        """Take a parcel in and, by the method, ask the grid for room, or return every rule that stands against it."""
        problems = find_bid_problems(parcel.bids, self._near(parcel.bids), self.rules, now_s)
        if parcel.parcel_id in self.entries:
            problems.append(Rejection(Code.DUPLICATE_IDENTIFIER, "a parcel is forwarded once", "parcel_id"))
        if taken := sorted(bid.bid_id for bid in parcel.bids if bid.bid_id in self.holders):
            problems.append(Rejection(Code.DUPLICATE_IDENTIFIER, "a bid is in one parcel", "bid_id", taken[0]))
        if len(self.entries) >= MAX_PARCELS:
            problems.append(Rejection(Code.BOOK_FULL, "parcels at a time", "parcel_id", limit=MAX_PARCELS))
        if set(parcel.nodes) != {bid.bid_id for bid in parcel.bids}:
            problems.append(Rejection(Code.FIELD_MISSING, "every bid has its node", "nodes", parcel.parcel_id))
        if problems:
            return problems
        if self.method is Method.CORRECTIVE:
            return self._apply([p.ParcelOffered(parcel), p.ParcelMoved(parcel.parcel_id, p.ParcelStage.RESERVED, "")])
        return self._ask_room(parcel)

    def _ask_room(self, parcel: p.Parcel) -> list[p.Event]:
        events: list[p.Event] = [p.ParcelOffered(parcel)]
        for number, mtu in enumerate(parcel.mtus, self.sequence + 1):
            power = parcel.power({bid.bid_id: bid.quantity_w for bid in parcel.bids if mtu in bid.claimed_mtus})
            own = (f"mfrr-{number}", parcel.parcel_id, parcel.area_id, mtu, power, mtu.end_s + HELD_AFTER_END_S)
            events.append(p.HeadroomAsked(*own, whole=parcel.is_whole))
        return self._apply(events)

    def headroom_answered(self, reservation_id: str, rejection: Rejection | None) -> list[p.Event]:
        """The area holds the room, or says no; room for a parcel that is gone was given up behind its asking."""
        asked = self.asked.get(reservation_id)
        entry = self.entries.get(asked.parcel_id) if asked is not None else None
        if entry is None or reservation_id not in entry.reservations:
            return []
        if rejection is not None:
            return self._refuse(entry, (rejection,))
        return self._apply([p.HeadroomHeld(reservation_id)])

    def send(self, now_s: int, new_id: Callable[[str], str]) -> list[p.Event]:
        """Forward what has its room, in documents that keep the platform's rules; `new_id` names documents."""
        events: list[p.Event] = []
        going: set[str] = set()
        chosen: dict[str, list[Bid]] = {}  # by the request of redispatch that they answer; empty: the market
        for _, entry in sorted(self.entries.items()):
            if entry.stage is p.ParcelStage.RESERVED:
                near = self._near(entry.parcel.bids, going)
                problems = find_bid_problems(entry.parcel.bids, near, self.rules, now_s)
                if problems:
                    events += self._refuse(entry, tuple(problems))
                    continue
                chosen.setdefault(entry.parcel.need_id, []).extend(entry.parcel.bids)
                going.add(entry.parcel.parcel_id)
        for _, bids in sorted(chosen.items()):
            for document in split_into_documents(bids, self.rules.max_series):
                events += self._apply([self._document(document, new_id, withdraws=False)])
        return events

    def withdraw(self, parcel_id: str, now_s: int, new_id: Callable[[str], str]) -> list[p.Event] | list[Rejection]:
        """Take a parcel back: free before the gate of bids, refused after."""
        entry = self.entries.get(parcel_id)
        if entry is None:
            return [Rejection(Code.UNKNOWN_OBJECT, "a parcel that is withdrawn is forwarded", "parcel_id")]
        if entry.stage in (p.ParcelStage.RESERVING, p.ParcelStage.RESERVED):
            return self._apply([*self._release(entry), p.ParcelGone(parcel_id)])
        if entry.stage is p.ParcelStage.WITHDRAWING:
            return []
        gone = tuple(replace(bid, quantity_w=0, minimum_w=None) for bid in entry.parcel.bids)
        problems = find_bid_problems(gone, self.callable_bids(), self.rules, now_s)
        return problems or self._apply([self._document(gone, new_id, withdraws=True)])

    def tightened(
        self, limited: p.ParcelLimited, now_s: int, new_id: Callable[[str], str]
    ) -> list[p.Event] | list[Rejection]:
        """The grid no longer has the room: withdraw while that is free, else publish the limit."""
        entry = self.entries.get(limited.parcel_id)
        if entry is None:
            return []
        if entry.stage not in p.CALLABLE or now_s < self._gate_s(entry):
            return self.withdraw(limited.parcel_id, now_s, new_id)
        return self._apply([limited])

    def headroom_lost(self, reservation_id: str, now_s: int, new_id: Callable[[str], str]) -> list[p.Event]:
        """The area no longer holds the room: the parcel is withdrawn while that is free, and not activated after."""
        asked = self.asked.get(reservation_id)
        if asked is None or asked.parcel_id not in self.entries:
            return []
        events = self._apply([p.HeadroomLost(reservation_id)])
        found = self.withdraw(asked.parcel_id, now_s, new_id)
        return events + [each for each in found if not isinstance(each, Rejection)]

    def receipt(self, document_id: str, *, accepted: bool, reasons: tuple[str, ...] = ()) -> list[p.Event]:
        """The platform has taken a document of bids, or refused it."""
        events: list[p.Event] = []
        for parcel_id, entry in sorted(self.entries.items()):
            if entry.document_id != document_id or entry.stage not in (p.ParcelStage.SENT, p.ParcelStage.WITHDRAWING):
                continue
            withdrawn = entry.stage is p.ParcelStage.WITHDRAWING
            if withdrawn and accepted:
                events += self._apply([*self._release(entry), p.ParcelGone(parcel_id)])
            elif withdrawn or accepted:
                events += self._apply([p.ParcelMoved(parcel_id, p.ParcelStage.STANDING, document_id)])
            else:
                events += self._apply([*self._release(entry), p.ParcelRefused(parcel_id, reasons=reasons)])
        return events

    def given_up(self, document_id: str) -> list[p.Event]:
        """No receipt came: the parcels may stand, so they keep their room and may be called."""
        waiting = (p.ParcelStage.SENT, p.ParcelStage.WITHDRAWING)
        uncertain = [
            p.ParcelMoved(parcel_id, p.ParcelStage.UNCERTAIN, document_id)
            for parcel_id, entry in sorted(self.entries.items())
            if entry.document_id == document_id and entry.stage in waiting
        ]
        return self._apply([*uncertain])

    # --- inside the response -----------------------------------------------------------------------------------------

    def ask_verdict(self, order: ActivationOrder) -> list[p.Event]:
        """Ask the areas to take what an order calls, and first for room where none was asked before.

        Bids that have lost their room get their verdict at once.
        """
        parts: dict[str, dict[str, int]] = {}
        for called in order.bids:
            for reservation_id in self._rooms_of(called, order.order_id):
                parts.setdefault(reservation_id, {})[called.bid_id] = called.quantity_w
        asks = list(wishes(order, self._without_any, self.sequence))
        waits = [*sorted(parts), *(wish.reservation_id for wish in asks)]
        events: list[p.Event] = [p.VerdictAsked(order, tuple(waits))]
        for reservation_id, quantities in sorted(parts.items()):
            asked = self.asked[reservation_id]
            power = () if asked.whole else self.entries[asked.parcel_id].parcel.power(quantities)
            events.append(p.ConfirmAsked(order.order_id, order.revision, reservation_id, asked.area_id, power))
        return self._apply([*events, *asks]) + ([] if waits else self._conclude(order.order_id))

    def room_at_order(self, answer: p.ConfirmAnswered) -> list[p.Event]:
        """An area holds room that an order has asked for, or not; all of a parcel's is held before any is confirmed."""
        pending, asked = self.verdicts.get(answer.order_id), self.asked.get(answer.reservation_id)
        if pending is None or asked is None or answer.reservation_id not in pending.waits:
            return []
        events = self._apply([p.HeadroomHeld(answer.reservation_id) if answer.confirmed else answer])
        rooms = self.entries[asked.parcel_id].reservations
        mine = [name for name in rooms if self._is_for(name, answer.order_id)]
        refused = {each.reservation_id: each for each in self.verdicts[answer.order_id].refused}
        if any(not rooms[name] and name not in refused for name in mine):
            return events
        against = next((refused[name] for name in mine if name in refused), None)
        for name in mine:
            if against is None:
                confirm = p.ConfirmAsked(answer.order_id, pending.order.revision, name, asked.area_id, ())
                events += self._apply([confirm])
            elif name not in refused:
                events += self._apply([replace(against, reservation_id=name)])
        return events if self.verdicts[answer.order_id].waits else events + self._conclude(answer.order_id)

    def take_back(self, order_id: str, active: Sequence[OrderedBid], now_s: int) -> list[p.Event]:
        """Ask for the opposite of what areas have accepted for an order's bids in MTUs for which they are not called.

        `active` are those that are called, as long as they are.
        """
        return self._apply([*self.accepted.opposites(order_id, active, self.room_of, now_s, self.sequence)])

    def undo_answered(self, reservation_id: str, now_s: int, *, held: bool) -> list[p.Event]:
        """An area takes an accepted change back, all of it at once, or not yet."""
        asked = self.asked[reservation_id]
        if not held:
            return self._apply([p.UndoDenied(reservation_id, now_s)])
        confirm = p.ConfirmAsked(asked.order_id, 0, reservation_id, asked.area_id, ())
        return self._apply([p.HeadroomHeld(reservation_id), confirm])

    def undo_confirmed(self, reservation_id: str, dnut_micro_euro: int) -> list[p.Event]:
        """An area has taken an accepted change back."""
        return self._apply([p.UndoDone(reservation_id, dnut_micro_euro)])

    def room_of(self, reservation_id: str) -> Room:
        """Return what was asked of a reservation, and its parcel."""
        asked = self.asked[reservation_id]
        return asked, self.entries[asked.parcel_id].parcel

    def called_for(self, order_id: str, reservation_id: str) -> Mapping[str, int]:
        """Return what an order calls of a reservation's bids, whether its verdict is under way or was just reached."""
        pending = self.verdicts.get(order_id)
        if pending is not None:
            return called_in(pending, *self.room_of(reservation_id))
        return self.accepted.parts[order_id, reservation_id].quantities_w

    def confirm_answered(self, answer: p.ConfirmAnswered) -> list[p.Event]:
        """An area has taken the called part, or not; with the last answer the verdict is there."""
        pending = self.verdicts.get(answer.order_id)
        if pending is None or answer.reservation_id not in pending.waits:
            return []
        events = self._apply([answer])
        return events if self.verdicts[answer.order_id].waits else events + self._conclude(answer.order_id)

    # --- time --------------------------------------------------------------------------------------------------------

    def advance(self, now_s: int) -> list[p.Event]:
        """Move to a time: what the grid has not answered stays at home, what is over is given back."""
        events: list[p.Event] = []
        for order_id, pending in sorted(self.verdicts.items()):
            if max(called.end_s for called in pending.order.bids) <= now_s:
                events += self._conclude(order_id)
        for former, wish in self.accepted.again(self.asked, now_s, self.sequence):
            events += self._apply([p.HeadroomReleased(former, wish.area_id), wish])
        for parcel_id, entry in sorted(self.entries.items()):
            if entry.stage is p.ParcelStage.RESERVING and now_s >= self._gate_s(entry) - GRID_MARGIN_S:
                rule = "the grid has answered before the gate of bids"
                events += self._refuse(entry, (Rejection(Code.GRID_STATE_MISSING, rule, "mtu", parcel_id),))
            elif entry.parcel.mtus[-1].end_s <= now_s:
                events += self._apply([*self._release(entry), p.ParcelGone(parcel_id)])
        return events

    def next_timer_s(self) -> int | None:
        """Return when `advance` has something to do at latest."""
        times = [
            self._gate_s(entry) - GRID_MARGIN_S
            if entry.stage is p.ParcelStage.RESERVING
            else entry.parcel.mtus[-1].end_s
            for entry in self.entries.values()
        ]
        return min((*times, *self.accepted.timers_s(self.asked)), default=None)

    # --- helpers -----------------------------------------------------------------------------------------------------

    def _gate_s(self, entry: Entry) -> int:
        return entry.parcel.gate_mtu.start_s - self.rules.bid_gate_s

    def _release(self, entry: Entry) -> list[p.Event]:
        area_id = entry.parcel.area_id
        return [p.HeadroomReleased(reservation_id, area_id) for reservation_id in sorted(entry.reservations)]

    def _refuse(self, entry: Entry, rejections: tuple[Rejection, ...]) -> list[p.Event]:
        return self._apply([*self._release(entry), p.ParcelRefused(entry.parcel.parcel_id, rejections)])

    def _document(self, bids: tuple[Bid, ...], new_id: Callable[[str], str], *, withdraws: bool) -> p.BidsSent:
        parcel_ids = tuple(sorted({self.holders[bid.bid_id] for bid in bids}))
        return p.BidsSent(new_id(f"document {self.sequence + 1}"), parcel_ids, bids, withdraws)

    def _is_for(self, reservation_id: str, order_id: str) -> bool:
        """Tell whether room was asked for an order; for none, "", that of the bids themselves."""
        asked = self.asked[reservation_id]
        return asked.order_id == order_id and not asked.undoes

    def _without_any(self, called: OrderedBid) -> p.Parcel | None:
        """Return the parcel of a called bid if room for it is to be asked at the order."""
        entry = self.parcel_of(called.bid_id)
        if entry is None or entry.stage not in p.CALLABLE or entry.limited is not None:
            return None
        return None if any(self._is_for(name, "") for name in entry.reservations) else entry.parcel

    def _needed(self, called: OrderedBid, order_id: str) -> list[str]:
        """Return the reservations of a called bid in all MTUs it is called for."""
        entry = self.parcel_of(called.bid_id)
        if entry is None or entry.stage not in p.CALLABLE:
            return []
        return [
            name
            for name in entry.reservations
            if overlaps(called, self.asked[name].mtu) and (self._is_for(name, "") or self._is_for(name, order_id))
        ]

    def _rooms_of(self, called: OrderedBid, order_id: str) -> list[str]:
        """Return the reservations that hold room for a called bid in all MTUs it is called for; none if one is lost."""
        needed = self._needed(called, order_id)
        return needed if all(self.entries[self.asked[name].parcel_id].reservations[name] for name in needed) else []

    def _conclude(self, order_id: str) -> list[p.Event]:
        """Say of each bid what all its areas say: as called, or nothing."""
        pending = self.verdicts[order_id]
        refused = {answer.reservation_id: answer for answer in pending.refused}
        verdicts = []
        for called in pending.order.bids:
            rooms = self._rooms_of(called, order_id)
            against = next((refused[name] for name in self._needed(called, order_id) if name in refused), None)
            if against is not None:
                verdicts.append(refused_by(called, against, self.parcel_of(called.bid_id)))
            elif not rooms:
                verdicts.append(without_room(called, self.parcel_of(called.bid_id)))
            else:
                verdicts.append(BidVerdict(called.bid_id, called.quantity_w))
        reached = p.VerdictReached(order_id, pending.order.revision, tuple(verdicts), pending.confirmed)
        unused = [name for name in self.asked if self._is_for(name, order_id) and name not in pending.confirmed]
        return self._apply([reached, *(p.HeadroomReleased(name, self.asked[name].area_id) for name in unused)])

    def _apply(self, events: list[p.Event]) -> list[p.Event]:
        for event in events:
            self.evolve(event)
        return events

    # --- state -------------------------------------------------------------------------------------------------------

    def evolve(self, event: p.Event) -> None:
        """Apply an event."""
        match event:
            case p.ParcelOffered():
                self.entries[event.parcel.parcel_id] = Entry(event.parcel)
                self.holders.update(dict.fromkeys(event.parcel.nodes, event.parcel.parcel_id))
                for place in places_of(event.parcel):
                    self.places.setdefault(place, set()).add(event.parcel.parcel_id)
            case p.BidsSent():
                self.sequence += 1
                stage = p.ParcelStage.WITHDRAWING if event.withdraws else p.ParcelStage.SENT
                for parcel_id in event.parcel_ids:
                    entry = self.entries[parcel_id]
                    self.entries[parcel_id] = replace(entry, stage=stage, document_id=event.document_id)
            case p.ParcelMoved():
                self.entries[event.parcel_id] = replace(self.entries[event.parcel_id], stage=event.stage)
            case p.ParcelRefused() | p.ParcelGone():
                self._forget(self.entries.pop(event.parcel_id).parcel)
            case p.HeadroomAsked() | p.HeadroomHeld() | p.HeadroomLost() | p.HeadroomReleased():
                self._evolve_room(event)
            case p.UndoDone():
                pass  # what was asked back was taken out when it was asked
            case p.UndoDenied():
                self.accepted.denied[event.reservation_id] = event.at_s
            case _:
                self._evolve_verdict(event)

    def _forget(self, parcel: p.Parcel) -> None:
        for bid_id in parcel.nodes:
            del self.holders[bid_id]
        for place in places_of(parcel):
            self.places[place].discard(parcel.parcel_id)
            if not self.places[place]:
                del self.places[place]

    def _evolve_room(self, event: p.HeadroomAsked | p.HeadroomHeld | p.HeadroomLost | p.HeadroomReleased) -> None:
        match event:
            case p.HeadroomAsked():
                self.sequence += 1
                self.asked[event.reservation_id] = event
                self.accepted.ask_back(event)
                self._hold(event.reservation_id, held=False)
            case p.HeadroomHeld() | p.HeadroomLost():
                self._hold(event.reservation_id, held=isinstance(event, p.HeadroomHeld))
            case p.HeadroomReleased():
                self._give_up(event.reservation_id)

    def _evolve_verdict(
        self, event: p.VerdictAsked | p.ConfirmAsked | p.ConfirmAnswered | p.VerdictReached | p.ParcelLimited
    ) -> None:
        match event:
            case p.VerdictAsked():
                self.verdicts[event.order.order_id] = PendingVerdict(event.order, frozenset(event.reservation_ids))
            case p.ConfirmAnswered():
                pending = self.verdicts[event.order_id]
                refused = pending.refused if event.confirmed else (*pending.refused, event)
                confirmed = (*pending.confirmed, event.reservation_id) if event.confirmed else pending.confirmed
                waits = pending.waits - {event.reservation_id}
                self.verdicts[event.order_id] = replace(pending, waits=waits, refused=refused, confirmed=confirmed)
            case p.VerdictReached():
                over = self.verdicts.pop(event.order_id, None)
                if over is not None:
                    self.accepted.accept(over, event.confirmed, self.room_of)
            case p.ParcelLimited():
                entry = self.entries[event.parcel_id]
                self.entries[event.parcel_id] = replace(entry, limited=event)
            case p.ConfirmAsked():
                pass  # it asks others; what stands does not change by it

    def _hold(self, reservation_id: str, *, held: bool) -> None:
        parcel_id = self.asked[reservation_id].parcel_id
        entry = self.entries[parcel_id]
        rooms = {**entry.reservations, reservation_id: held}
        complete = held and all(rooms.values()) and entry.stage is p.ParcelStage.RESERVING
        stage = p.ParcelStage.RESERVED if complete else entry.stage
        self.entries[parcel_id] = replace(entry, reservations=rooms, stage=stage)

    def _give_up(self, reservation_id: str) -> None:
        self.accepted.forget(reservation_id)
        asked = self.asked.pop(reservation_id, None)
        entry = self.entries.get(asked.parcel_id) if asked is not None else None
        if entry is not None:
            rooms = {key: held for key, held in entry.reservations.items() if key != reservation_id}
            self.entries[entry.parcel.parcel_id] = replace(entry, reservations=rooms)
