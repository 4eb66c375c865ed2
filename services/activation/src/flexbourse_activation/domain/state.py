"""State of one area: the fold of its events, and the lights that it has adopted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.claims.guard import Guard
from flexbourse_activation.domain.claims.headroom import Headroom, HeadroomBoard, HeadroomMoved, HeadroomState
from flexbourse_activation.domain.deadlines import Deadlines, Entry, Subject, due_ms
from flexbourse_activation.domain.life import OVER, RELEASED, ActivationStep, ReservationState
from flexbourse_activation.domain.network.coordination import DEFAULT, CoordinationRules
from flexbourse_activation.domain.network.effects import EffectsSet, EffectTable
from flexbourse_activation.domain.network.interface import InterfaceReported, Key, key_of
from flexbourse_activation.domain.network.network_effects import (
    EffectsComputed,
    FlowsTurned,
    NetworkEffects,
    tables_over,
)
from flexbourse_activation.domain.objects import Activation, Need, Reservation, ReservationBid, ReservationCall
from flexbourse_activation.domain.terms import Claimant, Share, Window

RETAINED_S = 48 * 3600  # what is over is kept so long behind its window


class AreaState:
    """Offers, claims, reservations, needs and activations of one area."""

    def __init__(self, area_id: str) -> None:
        self.area_id = area_id
        self.preset = ""
        self.rules: CoordinationRules = DEFAULT
        self.effects_set: EffectsSet | None = None  # by command; none: those of the network hold
        self._set_table = EffectTable()
        self.network = NetworkEffects()
        self.guard = Guard(area_id)
        self.reservations: dict[str, Reservation] = {}
        self.calls: dict[str, ReservationCall] = {}  # for reservations, not cleared
        self.bids: dict[str, ReservationBid] = {}  # in those
        self.needs: dict[str, Need] = {}
        self.activations: dict[str, Activation] = {}
        self.interface: dict[Key, InterfaceReported] = {}
        self.over: e.WindowsOver | None = None
        self.headroom = HeadroomBoard()
        self.deadlines = Deadlines()
        self._at_work: dict[str, None] = {}  # activations that are to deliver, or deliver
        self._on_claim: dict[str, dict[str, None]] = {}

    def set_effects(self, event: EffectsSet) -> None:
        """Take effects that were set by command; none of them: those of the network hold."""
        self.effects_set = event if event.effects else None
        self._set_table = EffectTable.of(event.effects)

    # --- what is asked of it -----------------------------------------------------------------------------------------

    def effects_at(self, start_s: int) -> EffectTable:
        """Return the effects in a quarter-hour."""
        return self._set_table if self.effects_set else self.network.at(start_s)

    def effects_in(self, window: Window) -> tuple[EffectTable, ...]:
        """Return the different effects in a window's quarter-hours: one table, unless flows turn in between."""
        return tables_over(window, {start: self.effects_at(start) for start in window.starts()})

    def at_work(self, window: Window) -> Iterator[Activation]:
        """Iterate over activations that are to deliver, or deliver, in part of a window."""
        return (own for name in self._at_work if (own := self.activations[name]).window.overlaps(window))

    def relieved_by(self, claimant: Claimant, window: Window) -> set[str]:
        """Return the elements for which an operator holds or seeks relief in part of a window."""
        sought = {
            need.terms.element_id
            for need in self.needs.values()
            if need.claimant is claimant and need.terms.window.overlaps(window)
        }
        held = {own.element_id for own in self.at_work(window) if own.claimant is claimant}
        return (sought | held) - {""}

    def drawing_on(self, claim_id: str) -> list[Activation]:
        """Return the activations that stand on a claim and are not over, by id."""
        return [own for own in self.all_on(claim_id) if own.state not in OVER]

    def all_on(self, claim_id: str) -> list[Activation]:
        """Return the activations that stand on a claim, by id."""
        return [self.activations[name] for name in sorted(self._on_claim.get(claim_id, ()))]

    def due(self, entry: Entry) -> bool:
        """Tell whether a deadline still holds."""
        at_ms, subject, name = entry
        if subject is Subject.ACTIVATION:
            return name in self.activations and due_ms(self.activations[name]) == at_ms
        if subject is Subject.HEADROOM:
            own = self.headroom.numbered(int(name))
            return own is not None and at_ms in _due_ms(own)
        if subject is Subject.CALL:
            return name in self.calls and self.calls[name].terms.clears_at_ms == at_ms
        if subject is Subject.NEED:
            return name in self.needs and self.needs[name].terms.window.end_s * 1000 == at_ms
        return name in self.reservations and self.reservations[name].state is ReservationState.HELD

    # --- what stands, with its deadline -------------------------------------------------------------------------------

    def put_activation(self, own: Activation) -> None:
        """Take an activation as it stands now."""
        name = own.activation_id
        self.activations[name] = own
        self._on_claim.setdefault(own.claim_id, {})[name] = None
        if own.state in RELEASED:
            self._at_work.pop(name, None)
        else:
            self._at_work[name] = None
        self.deadlines.put(due_ms(own), Subject.ACTIVATION, name)

    def put_reservation(self, own: Reservation) -> None:
        """Take a reservation."""
        self.reservations[own.terms.reservation_id] = own
        self.deadlines.put(own.terms.window.end_s * 1000, Subject.RESERVATION, own.terms.reservation_id)

    def put_call(self, own: ReservationCall) -> None:
        """Take a call for reservations."""
        self.calls[own.terms.call_id] = own
        self.deadlines.put(own.terms.clears_at_ms, Subject.CALL, own.terms.call_id)

    def bids_in(self, call_id: str) -> list[ReservationBid]:
        """Return the bids in a call, the earliest first."""
        found = (bid for bid in self.bids.values() if bid.terms.call_id == call_id)
        return sorted(found, key=lambda bid: bid.sequence)

    def put_need(self, own: Need) -> None:
        """Take a need."""
        self.needs[own.terms.need_id] = own
        self.deadlines.put(own.terms.window.end_s * 1000, Subject.NEED, own.terms.need_id)

    def put_headroom(self, own: Headroom) -> None:
        """Take headroom of a claim and quarter-hour."""
        self.headroom.put(own)
        for at_ms in _due_ms(own):
            self.deadlines.put(at_ms, Subject.HEADROOM, str(own.number))

    # --- fold --------------------------------------------------------------------------------------------------------

    def evolve(self, event: e.Event) -> None:
        """Apply an event."""
        _FOLD[type(event)](self, event)

    def _place(self, event: e.OfferPlaced) -> None:
        self.guard.put_offer(event.offer)

    def _withdraw(self, event: e.OfferWithdrawn) -> None:
        self.guard.drop_offer(event.offer_id)

    def _claim(self, event: e.ClaimMade) -> None:
        self.guard.put_claim(event.claim, event.totals)

    def _reserve(self, event: e.Reserved) -> None:
        self.put_reservation(event.reservation)

    def _call(self, event: e.ReservationCalled) -> None:
        self.put_call(event.call)

    def _bid(self, event: e.ReservationBidPlaced) -> None:
        self.bids[event.bid.terms.bid_id] = event.bid

    def _withdraw_bid(self, event: e.ReservationBidWithdrawn) -> None:
        del self.bids[event.bid_id]

    def _clear_call(self, event: e.ReservationCallCleared) -> None:
        del self.calls[event.call_id]
        for result in event.bids:
            del self.bids[result.bid_id]

    def _move_reservation(self, event: e.ReservationMoved) -> None:
        held = self.reservations[event.reservation_id]
        self.reservations[event.reservation_id] = replace(held, state=event.state)

    def _state_need(self, event: e.NeedStated) -> None:
        self.put_need(event.need)

    def _end_need(self, event: e.NeedEnded) -> None:
        del self.needs[event.need_id]

    def _serve_need(self, event: e.NeedServed) -> None:
        served = event.covered_w + event.chosen_w
        self.needs[event.need_id] = replace(self.needs[event.need_id], served_w=served)

    def _uncover_need(self, event: e.NeedUncovered) -> None:
        self.needs[event.need_id] = replace(self.needs[event.need_id], served_w=event.served_w)

    def _request(self, event: e.ActivationRequested) -> None:
        self.put_activation(event.activation)

    def _compute(self, event: EffectsComputed) -> None:
        self.network.put(event)

    def _turn(self, event: FlowsTurned) -> None:
        self.network.turn(event)

    def _set_rules(self, event: e.CoordinationSet) -> None:
        self.preset, self.rules = event.preset, event.rules

    def _report(self, event: InterfaceReported) -> None:
        self.interface[key_of(event)] = event

    def _end_windows(self, event: e.WindowsOver) -> None:
        self.over = event

    def _move_headroom(self, event: HeadroomMoved) -> None:
        self.put_headroom(event.headroom)

    def _told(self, event: e.Event) -> None:
        """What these tell of is in other events."""

    def _reduce(self, event: e.ClaimReduced) -> None:
        claim = replace(self.guard.claims[event.claim_id], shares=event.shares)
        self.guard.put_claim(claim, event.totals)
        left = {
            (share.unit_id, start): quantity
            for share in claim.shares
            for start, quantity in zip(claim.window.starts(), share.quantities_w, strict=True)
        }
        for own in self.drawing_on(event.claim_id):
            self.activations[own.activation_id] = replace(own, shares=clipped(own, left))

    def _move(self, event: e.ActivationMoved) -> None:
        moved = replace(self.activations[event.activation_id], state=event.state)
        if event.step in (ActivationStep.END, ActivationStep.DEACTIVATE):
            end_ms = min(moved.window.end_s * 1000, max(event.at_ms, moved.window.start_s * 1000))
            moved = replace(moved, confirm_by_ms=end_ms + self.rules.confirm_within_s * 1000)
        if event.step is ActivationStep.ASK:
            moved = replace(moved, answer_by_ms=event.answer_by_ms, answer_by_step=event.answer_by_step)
        self.put_activation(moved)

    def _order(self, event: e.OrderIssued) -> None:
        order = event.order
        self.put_activation(
            replace(
                self.activations[order.activation_id],
                order_revision=order.revision,
                acknowledge_by_ms=order.acknowledge_by_ms,
                shares=order.shares,
            )
        )

    def forget(self, now_ms: int) -> None:
        """Drop what was over long ago."""
        before_s = now_ms // 1000 - RETAINED_S
        self.deadlines.forget(before_s * 1000)
        self.guard.forget(before_s)
        self.headroom.forget(now_ms)
        self.network.forget(now_ms // 1000)
        for held in [own for own in self.reservations.values() if own.terms.window.end_s <= before_s]:
            del self.reservations[held.terms.reservation_id]
        for gone in [own for own in self.activations.values() if own.window.end_s <= before_s and own.state in OVER]:
            del self.activations[gone.activation_id]
            self._at_work.pop(gone.activation_id, None)
            on_claim = self._on_claim[gone.claim_id]
            del on_claim[gone.activation_id]
            if not on_claim:
                del self._on_claim[gone.claim_id]
        for key in [key for key, report in self.interface.items() if report.value.mtu.end_s <= before_s]:
            del self.interface[key]


def _due_ms(own: Headroom) -> tuple[int, ...]:
    """Return when time is to do something with headroom: ask for it, or confirm what its quarter-hour delivers."""
    if own.state is HeadroomState.WAITING:
        return (own.again_at_ms,)
    if own.state is HeadroomState.HELD:
        return (max(own.mtu.start_s * 1000, own.again_at_ms),)
    return ()


def clipped(activation: Activation, left: dict[tuple[str, int], int]) -> tuple[Share, ...]:
    """Return an activation's shares as far as they are left of its claim, and take them off what is left."""
    shares = []
    for share in activation.shares:
        quantities = []
        for start, wanted in zip(activation.window.starts(), share.quantities_w, strict=True):
            quantity = min(wanted, left.get((share.unit_id, start), 0))
            left[share.unit_id, start] = left.get((share.unit_id, start), 0) - quantity
            quantities.append(quantity)
        shares.append(Share(share.unit_id, tuple(quantities)))
    return tuple(shares)


_FOLD: dict[type, Callable[[AreaState, Any], None]] = {
    e.OfferPlaced: AreaState._place,
    e.OfferWithdrawn: AreaState._withdraw,
    e.ClaimMade: AreaState._claim,
    e.ClaimReduced: AreaState._reduce,
    e.ClaimDenied: AreaState._told,
    e.Reserved: AreaState._reserve,
    e.ReservationMoved: AreaState._move_reservation,
    e.ReservationCalled: AreaState._call,
    e.ReservationBidPlaced: AreaState._bid,
    e.ReservationBidWithdrawn: AreaState._withdraw_bid,
    e.ReservationCallCleared: AreaState._clear_call,
    e.NeedStated: AreaState._state_need,
    e.NeedEnded: AreaState._end_need,
    e.NeedServed: AreaState._serve_need,
    e.NeedUncovered: AreaState._uncover_need,
    e.ActivationRequested: AreaState._request,
    e.ActivationMoved: AreaState._move,
    e.OrderIssued: AreaState._order,
    e.ContractOverridden: AreaState._told,
    EffectsSet: AreaState.set_effects,
    e.CoordinationSet: AreaState._set_rules,
    e.InstructionDenied: AreaState._told,
    InterfaceReported: AreaState._report,
    HeadroomMoved: AreaState._move_headroom,
    EffectsComputed: AreaState._compute,
    FlowsTurned: AreaState._turn,
    e.WindowsOver: AreaState._end_windows,
}
