"""Independent checkers of activations: whose a kilowatt is, what became of each order, and that its headroom is there.

They add up the claims of the journal again, and hold them against what was offered and what the order
book says it holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from log_access import Log, decoded, journal, read_once

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_messages.catalogue import ACTIVATION_CLAIM

Place = tuple[str, int]  # unit, start of a quarter-hour
OPERATORS = (pb.CLAIMANT_DSO, pb.CLAIMANT_TSO)
NOT_HELD = (pb.HEADROOM_STATE_NONE, pb.HEADROOM_STATE_ASKED, pb.HEADROOM_STATE_WAITING)
HOLDER, PREFIX = "service:activation", "activation."
# What may happen to an activation in each state, and the state behind it.
LIFE = {
    "REQUESTED": {"GRANT": "GRANTED", "REFUSE": "REFUSED", "CANCEL": "CANCELLED", "FAIL": "FAILED"},
    "GRANTED": {"ASK": "REQUESTED", "ORDER": "ORDERED", "CANCEL": "CANCELLED", "FAIL": "FAILED"},
    "ORDERED": {"ACKNOWLEDGE": "ACKNOWLEDGED", "DEACTIVATE": "DEACTIVATED", "FAIL": "FAILED"},
    "ACKNOWLEDGED": {"START": "DELIVERING", "DEACTIVATE": "DEACTIVATED", "FAIL": "FAILED"},
    "DELIVERING": {"END": "ENDED", "DEACTIVATE": "DEACTIVATED", "FAIL": "FAILED"},
    "DEACTIVATED": {"CONFIRM": "CONFIRMED", "FAIL": "FAILED"},
    "ENDED": {"CONFIRM": "CONFIRMED", "FAIL": "FAILED"},
}


class _Claims:
    """All claims of an area as they stand after each event, and what is offered."""

    def __init__(self) -> None:
        self.claims: dict[str, pb.Claim] = {}
        self.amounts: dict[str, dict[Place, int]] = {}
        self.offers: dict[str, pb.Offer] = {}
        self.on: dict[Place, dict[str, None]] = defaultdict(dict)

    def take(self, name: str, body: Any) -> dict[Place, int]:
        """Apply an event; return the places where a claim changed, with what it takes of them now."""
        if name == "offer_placed":
            self.offers[body.offer.terms.offer_id] = body.offer
        elif name == "offer_withdrawn":
            del self.offers[body.offer_id]
        elif name == "claim_made":
            self.claims[body.claim.claim_id] = body.claim
            return self._changed(body.claim, body.claim.shares)
        elif name == "claim_reduced":
            return self._changed(self.claims[body.claim_id], body.shares)
        return {}

    def _changed(self, claim: pb.Claim, shares: Any) -> dict[Place, int]:
        before = self.amounts.get(claim.claim_id, {})
        now = _places(claim.window, shares)
        self.amounts[claim.claim_id] = now
        for place in now:
            self.on[place][claim.claim_id] = None
        return {place: now.get(place, 0) for place in {**before, **now} if now.get(place, 0) != before.get(place, 0)}

    def at(self, place: Place) -> list[tuple[pb.Claim, int]]:
        """Return the claims on a unit in a quarter-hour with what they take."""
        found = ((self.claims[name], self.amounts[name].get(place, 0)) for name in self.on[place])
        return [(claim, amount_w) for claim, amount_w in found if amount_w]

    def offered_w(self, place: Place, direction: int) -> int:
        """Return what a unit offers by itself; its span where it is only offered in portfolios."""
        own = span = 0
        for offer in self._standing(place[1], direction):
            own += offer.terms.quantity_w if offer.terms.unit_id == place[0] else 0
            span = max(span, *(member.span_w for member in offer.members if member.unit_id == place[0]), 0)
        return own or span

    def portfolios(self, place: Place, direction: int) -> dict[str, tuple[int, set[str]]]:
        """Return what portfolios with a unit offer, each with the units behind it."""
        found: dict[str, tuple[int, set[str]]] = {}
        for offer in self._standing(place[1], direction):
            if offer.terms.portfolio_id:
                offered_w, units = found.get(offer.terms.portfolio_id, (0, set()))
                units |= {member.unit_id for member in offer.members}
                found[offer.terms.portfolio_id] = (offered_w + offer.terms.quantity_w, units)
        return {name: own for name, own in found.items() if place[0] in own[1]}

    def _standing(self, start_s: int, direction: int) -> Iterator[pb.Offer]:
        for offer in self.offers.values():
            terms = offer.terms
            if terms.direction == direction and terms.window.start_s <= start_s < terms.window.end_s:
                yield offer


def _places(window: pb.Window, shares: Any) -> dict[Place, int]:
    """Return what shares are in each quarter-hour of a window."""
    found = Counter[Place]()
    for share in shares:
        for number, quantity_w in enumerate(share.quantities_w):
            found[share.unit_id, window.start_s + number * window.mtu_length_s] += quantity_w
    return {place: quantity_w for place, quantity_w in found.items() if quantity_w}


@read_once
def _events(log: Log, shard: int = 0) -> Iterator[tuple[str, Any]]:
    """Iterate over the events of activation: name and body, with the area's claims apart."""
    for message in journal(log, "activation", shard):
        if isinstance(message, pb.ActivationEvent):
            name = str(message.WhichOneof("event"))
            yield name, getattr(message, name)


def _area(name: str, body: Any) -> str:
    """Return the area of an event about offers or claims."""
    area: str = body.claim.area_id if name == "claim_made" else body.area_id
    return area


CLAIMING = ("offer_placed", "offer_withdrawn", "claim_made", "claim_reduced")


def wrong_totals(log: Log) -> list[str]:
    """What is said and published of all claims on a unit is their sum, numbered without a gap."""
    areas: dict[str, _Claims] = defaultdict(_Claims)
    revisions, said, wrong = Counter[tuple[str, Place]](), [], []
    for name, body in _events(log):
        if name not in CLAIMING:
            continue
        area = areas[_area(name, body)]
        changed = area.take(name, body)
        totals = list(getattr(body, "totals", ()))
        said += totals
        if {(own.unit_id, own.mtu.start_s) for own in totals} != set(changed):
            wrong.append(f"{name} {_name(body)} changes {sorted(changed)} and does not say so")
        for total in totals:
            place = (total.unit_id, total.mtu.start_s)
            revisions[total.area_id, place] += 1
            claims = area.at(place)
            up, down = (
                sum(amount_w for claim, amount_w in claims if claim.direction == way)
                for way in (pb.DIRECTION_UP, pb.DIRECTION_DOWN)
            )
            operated = any(claim.claimant in OPERATORS for claim, _ in claims)
            expected = (up, down, revisions[total.area_id, place], operated)
            found = (total.up_w, total.down_w, total.revision, total.operated)
            if found != expected:
                wrong.append(f"total of {place} is {found}, its claims are {expected}")
    if [message for _, message in decoded(log, ACTIVATION_CLAIM)] != said:
        wrong.append("totals that are published are not those of the journal")
    return wrong


def kilowatts_claimed_twice(log: Log) -> list[str]:
    """Nothing is claimed beyond what is offered, and nothing in both directions where an operator is among them."""
    areas: dict[str, _Claims] = defaultdict(_Claims)
    wrong = []
    for name, body in _events(log):
        if name in CLAIMING:
            area = areas[_area(name, body)]
            changed = area.take(name, body)
            if name == "claim_made":
                wrong += [text for place in changed for text in _twice(area, body.claim, place)]
    return wrong


def _twice(area: _Claims, new: pb.Claim, place: Place) -> Iterator[str]:
    """Iterate over what is wrong at a place once a claim is there."""
    claims = area.at(place)
    same = [(claim, amount_w) for claim, amount_w in claims if claim.direction == new.direction]
    if len(same) < len(claims) and any(claim.claimant in OPERATORS for claim, _ in claims):
        yield f"{new.claim_id} stands against another claim on {place}"
    of_offers = sum(amount_w for claim, amount_w in same if claim.offer_id)
    others = sum(amount_w for claim, amount_w in same if not claim.offer_id)
    offered_w = area.offered_w(place, new.direction)
    if of_offers + others > max(offered_w, others):
        yield f"{new.claim_id}: {of_offers} + {others} W of {place} are claimed, {offered_w} W offered"
    for name, (bound_w, units) in area.portfolios(place, new.direction).items():
        held = [
            (claim, amount_w) for unit in units for claim, amount_w in area.at((unit, place[1]))
            if claim.direction == new.direction and (claim.offer_id or claim.trade_id)
        ]  # fmt: skip
        claimed = sum(amount_w for claim, amount_w in held if not claim.trade_id)
        traded = sum(amount_w for claim, amount_w in held if claim.trade_id)
        if claimed + traded > max(bound_w, traded):
            yield f"{new.claim_id}: {claimed} + {traded} W of portfolio {name} are claimed, {bound_w} W offered"


def activations_out_of_their_life(log: Log) -> list[str]:
    """Activations take the steps of their life alone; their orders are numbered and ask for no more than is claimed."""
    states, running, wrong = dict[str, str](), dict[str, pb.Activation](), []
    revisions, areas = Counter[str](), defaultdict[str, _Claims](_Claims)
    for name, body in _events(log):
        if name in CLAIMING:
            areas[_area(name, body)].take(name, body)
        elif name == "requested":
            own = body.activation
            running[own.activation_id] = own
            states[own.activation_id] = _word(pb.ActivationState.Name(own.state))
        elif name == "moved":
            step, before = _word(pb.ActivationStep.Name(body.step)), states[body.activation_id]
            after = _word(pb.ActivationState.Name(body.state))
            if LIFE.get(before, {}).get(step) != after:
                wrong.append(f"{body.activation_id} goes from {before} by {step} to {after}")
            states[body.activation_id] = after
        elif name == "order_issued":
            order = body.order
            revisions[order.activation_id] += 1
            if order.revision != revisions[order.activation_id]:
                wrong.append(f"{order.activation_id}: order {order.revision} is the {revisions[order.activation_id]}.")
            claimed = areas[order.area_id].amounts[running[order.activation_id].claim_id]
            beyond = {p: w for p, w in _places(order.window, order.shares).items() if w > claimed.get(p, 0)}
            if order.kind != pb.ORDER_KIND_STOP and beyond:
                wrong.append(f"{order.activation_id} is to give {beyond}, claimed are {claimed}")
    return wrong


def headroom_that_nobody_holds(log: Log) -> list[str]:
    """What is ordered of an offer is held by the order book, for each quarter-hour, before its order goes out."""
    held = {
        event.reserved.reservation.reservation_id: event.reserved.reservation
        for event in journal(log, "orderbook")
        if isinstance(event, book.OrderEvent) and event.HasField("reserved") and event.reserved.party == HOLDER
    }  # fmt: skip
    claims, granted, running, wrong = dict[str, pb.Claim](), set[tuple[str, int]](), dict[str, pb.Activation](), []
    for name, body in _events(log):
        if name == "claim_made":
            claims[body.claim.claim_id] = body.claim
        elif name == "requested":
            running[body.activation.activation_id] = body.activation
        elif name == "headroom_moved":
            own = body.headroom
            key = (own.claim_id, own.mtu.start_s)
            if body.step == pb.HEADROOM_STEP_GRANT:
                granted.add(key)
                there = held.get(f"{PREFIX}{own.number}")
                asked = {change.node_id: change.p_w for change in own.changes}
                if there is None or there.mtu != own.mtu or {c.node_id: c.p_w for c in there.changes} != asked:
                    wrong.append(f"headroom {own.number} of {key} is granted by nobody")
            elif own.state in NOT_HELD and body.step != pb.HEADROOM_STEP_SETTLE:
                granted.discard(key)
        elif name == "order_issued" and body.order.kind == pb.ORDER_KIND_START:
            claim = claims[running[body.order.activation_id].claim_id]
            if claim.offer_id and not claim.headroom_elsewhere:
                needed = {(claim.claim_id, start) for _, start in _places(body.order.window, body.order.shares)}
                missing = sorted(needed - granted)
                wrong += [f"{body.order.activation_id} is ordered without headroom for {key}" for key in missing]
    return wrong


def _name(body: Any) -> str:
    name: str = body.claim.claim_id if hasattr(body, "claim") else body.claim_id
    return name


def _word(name: str) -> str:
    """Return the last part of the name of a state or step."""
    return name.rpartition("_")[2]


ACTIVATION_CHECKERS: tuple[Callable[[Log], list[str]], ...] = (
    wrong_totals, kilowatts_claimed_twice, activations_out_of_their_life, headroom_that_nobody_holds,
)  # fmt: skip
