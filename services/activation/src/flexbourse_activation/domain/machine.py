"""The activation service of one shard: commands, facts and time lead to events, events and facts to state.

`take` and `evolve` change the state and decide nothing; every other public method decides, applies what it decided and
returns it. Folding the same facts and events from the same start leads to the same state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flexbourse_activation.domain import answering, setting
from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.activations import operating, overriding, requesting, serving
from flexbourse_activation.domain.activations.instructing import InstructionFact, denied, kind_problems
from flexbourse_activation.domain.claims.headroom import HeadroomMoved
from flexbourse_activation.domain.desk import Desk, unknown
from flexbourse_activation.domain.events import (
    ActivationMoved,
    ClaimDenied,
    ClaimMade,
    ClaimReduced,
    Event,
    InstructionDenied,
    OrderIssued,
)
from flexbourse_activation.domain.events import ActivationRequested as Requested
from flexbourse_activation.domain.holding import keep_headroom
from flexbourse_activation.domain.learning import learn
from flexbourse_activation.domain.life import ActivationStep
from flexbourse_activation.domain.network.lights import BeatFact, LightFact
from flexbourse_activation.domain.network.network_effects import BaseCaseFact, TopologyFact
from flexbourse_activation.domain.objects import (
    NeedTerms,
    OfferTerms,
    ReservationBidTerms,
    ReservationCallTerms,
    ReservationTerms,
)
from flexbourse_activation.domain.offers import losing
from flexbourse_activation.domain.offers.offering import place_offer, withdraw_offer
from flexbourse_activation.domain.passing import next_due_ms, pass_time, suspend_units, tell_what_is_over
from flexbourse_activation.domain.registry_state import Area, MeteringPoint, Registry, RegistryFact, Unit
from flexbourse_activation.domain.reservations import reservation_calls, reserving
from flexbourse_activation.domain.sales.selling_outside import ResultFact, take_result
from flexbourse_activation.domain.sales.trading import CurtailedFact, TradeFact, take_curtailment, take_trade
from flexbourse_activation.domain.state import AreaState
from flexbourse_core.rejection import Code, Rejection

# What is in the state by the events that follow from it, not by itself.
GridFact = TopologyFact | BaseCaseFact
BookFact = TradeFact | CurtailedFact | answering.AnswerFact
Fact = RegistryFact | LightFact | BeatFact | BookFact | GridFact | InstructionFact | ResultFact


def activate(desk: Desk, terms: c.ActivationTerms, party: str) -> list[Rejection]:
    """Activate of whatever is named; returns every rule that stands against it."""
    if terms.need_id and not (terms.offer_id or terms.reservation_id or terms.claim_id):
        return serving.serve_need(desk, terms, party)
    if (terms.reservation_id or terms.claim_id) and not terms.offer_id:
        return requesting.activate_held(desk, terms, party)
    return requesting.activate_offer(desk, terms, party)


_DECIDE: dict[type, Callable[[Desk, Any, str], list[Rejection]]] = {
    OfferTerms: place_offer,
    c.WithdrawOffer: withdraw_offer,
    ReservationTerms: reserving.reserve,
    c.ReleaseReservation: reserving.release_reservation,
    NeedTerms: serving.state_need,
    c.WithdrawNeed: serving.withdraw_need,
    c.ActivationTerms: activate,
    c.EndActivation: operating.end_activation,
    c.AcknowledgeOrder: operating.acknowledge,
    c.ConfirmDelivery: operating.confirm,
    c.ClaimTerms: reserving.claim_for_gateway,
    c.ReduceClaim: reserving.reduce_claim,
    c.OverrideTerms: overriding.override,
    c.SetEffects: setting.set_effects,
    c.SetCoordination: setting.set_coordination,
    c.ReportInterface: setting.report_interface,
    ReservationCallTerms: reservation_calls.call,
    ReservationBidTerms: reservation_calls.bid,
    c.WithdrawReservationBid: reservation_calls.withdraw_bid,
}


_OF_THE_BOOK: dict[type, Callable[[Desk, Any], None]] = {
    TradeFact: take_trade,
    CurtailedFact: take_curtailment,
    answering.GrantedFact: answering.take_grant,
    answering.DeniedFact: answering.take_denial,
    answering.FilledFact: answering.take_fill,
    answering.SettledFact: answering.take_settlement,
    answering.ShortFact: answering.take_shortage,
}


class ActivationShard:
    """State machine of one shard: its areas and what it knows of the registry."""

    def __init__(self, shard: int, operator_id: str = "") -> None:
        self.shard = shard
        self.now_ms = 0
        self.step = 0
        self.registry = Registry(operator_id)
        self.desks: dict[str, Desk] = {}

    # --- decisions ---------------------------------------------------------------------------------------------------

    def decide(self, area_id: str, command: c.Command, party: str) -> list[Event] | list[Rejection]:
        """Decide a command; returns its events, or every rule that it breaks."""
        desk = self.desks.get(area_id)
        if desk is None:
            return [Rejection(Code.UNKNOWN_OBJECT, "an area of this shard", "area_id", area_id[:64])]
        problems = _DECIDE[type(command)](desk, command, party)
        if problems:
            return problems
        return _taken(desk)

    def react(self, fact: Fact) -> list[Event]:
        """Decide what a fact, already taken, means."""
        if isinstance(fact, InstructionFact):
            return self._follow(fact)
        if isinstance(fact, GridFact):
            learning = self.desk(fact.area_id)
            learn(learning, fact)
            return _taken(learning)
        if isinstance(fact, BookFact):
            desk = self.desks.get(fact.area_id)
            if desk is None:
                return []
            _OF_THE_BOOK[type(fact)](desk, fact)
            return _taken(desk)
        if isinstance(fact, ResultFact):
            return self._take_result(fact)
        return self._take_ground(fact) if isinstance(fact, RegistryFact) else []

    def _take_result(self, fact: ResultFact) -> list[Event]:
        """Claim what was sold outside in areas of this shard; every shard reads every result."""
        events: list[Event] = []
        for area_id in dict.fromkeys(sale.area_id for sale in fact.sales):
            desk = self.desks.get(area_id)
            if desk is not None:
                take_result(desk, fact)
                events += _taken(desk)
        return events

    def _take_ground(self, fact: RegistryFact) -> list[Event]:
        """End what stands on something of the registry that is not what it was."""
        suspended = isinstance(fact, Unit | MeteringPoint) and not fact.active
        events: list[Event] = []
        for _, desk in sorted(self.desks.items()):
            if suspended:
                suspend_units(desk)
            offers = losing.offers_on(desk, fact)
            losing.end_lost_offers(desk, offers)
            if suspended or offers:
                events += _taken(desk)
        return events

    def _follow(self, fact: InstructionFact) -> list[Event]:
        """Do what a gateway says, as far as it concerns an area of this shard; an area that is none, the first denies.

        Every shard reads every instruction.
        """
        desk = self.desks.get(fact.area_id)
        if desk is None:
            if self.shard or fact.area_id in self.registry.areas:
                return []
            return [denied(fact, unknown("area_id", fact.area_id))]
        problems = kind_problems(fact)
        if not problems and isinstance(fact.command, c.ClaimTerms):
            problems = reserving.claim_for_gateway(desk, fact.command, fact.party, headroom_elsewhere=True)
        elif not problems:
            problems = _DECIDE[type(fact.command)](desk, fact.command, fact.party)
        if problems:
            desk.record(denied(fact, problems))
        return _taken(desk)

    def advance(self, at_ms: int, step: int) -> list[Event]:
        """Move to a time, and do what is due."""
        self.tick(at_ms, step)
        events: list[Event] = []
        for _, desk in sorted(self.desks.items()):
            _settle(desk)
            tell_what_is_over(desk)
            events += _taken(desk)
        return events

    def next_timer_ms(self) -> int | None:
        """Return when `advance` has something to do at latest."""
        times = [due for desk in self.desks.values() if (due := next_due_ms(desk)) is not None]
        return min(times, default=None)

    # --- state -------------------------------------------------------------------------------------------------------

    def tick(self, at_ms: int, step: int) -> None:
        """Time has advanced."""
        self.now_ms, self.step = at_ms, step
        for desk in self.desks.values():
            desk.tick(at_ms, step)

    def take(self, fact: Fact) -> None:
        """Take a fact into the state; trades, results and instructions are in it by the events that follow of them."""
        if isinstance(fact, LightFact | BeatFact):
            if fact.area_id in self.desks:
                self.desks[fact.area_id].lights.put(fact)
        elif not isinstance(fact, BookFact | GridFact | InstructionFact | ResultFact):
            self.registry.put(fact)
            if isinstance(fact, Area) and fact.shard == self.shard:
                self.desk(fact.area_id)

    def desk(self, area_id: str) -> Desk:
        """Return the desk of an area, made where there is none."""
        found = self.desks.get(area_id)
        if found is None:
            found = self.desks[area_id] = Desk(AreaState(area_id), self.registry)
            found.tick(self.now_ms, self.step)
        return found

    def evolve(self, event: Event) -> None:
        """Apply an event; a refusal changes nothing, and may name an area that is none."""
        if isinstance(event, InstructionDenied):
            return
        self.desk(area_of(event)).state.evolve(event)


def _settle(desk: Desk) -> None:
    """Do what is due at once, an order for instance, and keep headroom in step with the claims that changed."""
    pass_time(desk)
    while desk.is_touched:
        keep_headroom(desk)
        pass_time(desk)


def _taken(desk: Desk) -> list[Event]:
    """Return the events of a decision, with all that follows; needs that lose come last."""
    _settle(desk)
    events = desk.take_events()
    less = [event for event in events if isinstance(event, ClaimReduced)]
    claims = desk.state.guard.claims
    losing.end_lost_offers_behind(desk, (claims[own.claim_id] for own in less if own.claim_id in claims))
    if less or any(map(_ended_early, events)):
        serving.watch_needs(desk)
    events += desk.take_events()
    return events


def _ended_early(event: Event) -> bool:
    return isinstance(event, ActivationMoved) and event.step in (
        ActivationStep.CANCEL, ActivationStep.DEACTIVATE, ActivationStep.FAIL, ActivationStep.REFUSE,
    )  # fmt: skip


def area_of(event: Event) -> str:
    """Return the area of an event."""
    if isinstance(event, ClaimMade | ClaimDenied):
        return event.claim.area_id
    if isinstance(event, Requested):
        return event.activation.area_id
    if isinstance(event, OrderIssued):
        return event.order.area_id
    if isinstance(event, HeadroomMoved):
        return event.headroom.area_id
    return event.area_id
