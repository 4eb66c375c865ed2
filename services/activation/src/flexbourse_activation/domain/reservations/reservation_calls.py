"""Calls for reservations: an operator buys availability of units, up or down, in EUR/MW/h, from all that bid together.

A bid is an obligation: what is taken of it becomes a reservation like any other, so its offer cannot be withdrawn and
its kilowatts are nobody else's until the window is over. What the buyer orders of it and does not get is not paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.commands import WithdrawReservationBid
from flexbourse_activation.domain.desk import Desk, unknown
from flexbourse_activation.domain.life import ReservationState
from flexbourse_activation.domain.objects import (
    Offer,
    Reservation,
    ReservationBid,
    ReservationBidTerms,
    ReservationCall,
    ReservationCallTerms,
    ReservationTerms,
)
from flexbourse_activation.domain.offers.buying import buyer_problems, claim_of, find_offer, offer_problems
from flexbourse_activation.domain.reservations.reserving import MAX_RESERVATIONS
from flexbourse_activation.domain.terms import Direction
from flexbourse_core.rejection import Code, Rejection

# Calls of an area that are not cleared, and bids in one.
MAX_CALLS = 200
MAX_BIDS = 2_000
# Prices are whole cents per MW and hour, and below what the auction takes.
PRICE_STEP = 10_000
MAX_PRICE = 1_000_000 * PRICE_STEP
MAX_QUANTITY_W = 10**9
WHOLE_PPM = 1_000_000
BUYER = "the buyer"  # of the auction; no bid has a space in its id


def call(desk: Desk, terms: ReservationCallTerms, party: str) -> list[Rejection]:
    """Call for reservations; returns every rule that stands against it."""
    problems = desk.id_problems("call_id", terms.call_id, taken=terms.call_id in desk.state.calls)
    problems += buyer_problems(desk, party, terms.purpose, terms.window)
    problems += [*_numbers(terms.quantity_w, terms.limit_price_micro_euro_per_mw_h), *_times(desk, terms)]
    claimant = desk.registry.claimant_of(desk.area_id, party)
    if not claimant.is_operator:
        problems.append(
            Rejection(Code.NOT_AUTHORISED, "the area's DSO or a TSO calls for reservations", "party", party)
        )
    if terms.direction is Direction.UNSPECIFIED:
        problems.append(Rejection(Code.FIELD_MISSING, "a call says in which direction", "direction"))
    if len(desk.state.calls) >= MAX_CALLS:
        problems.append(Rejection(Code.TOO_MANY_ENTRIES, "calls of an area", value=MAX_CALLS, limit=MAX_CALLS))
    if not problems:
        desk.record(e.ReservationCalled(desk.area_id, ReservationCall(terms, party, claimant)))
    return problems


def _numbers(quantity_w: int, price: int) -> Iterator[Rejection]:
    if not 0 < quantity_w <= MAX_QUANTITY_W:
        rule = "a quantity is above nothing and bounded"
        yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, "quantity_w", "", quantity_w, MAX_QUANTITY_W, "W")
    if not 0 <= price <= MAX_PRICE or price % PRICE_STEP:
        rule = "a price is whole cents per MW and hour, and bounded"
        yield Rejection(
            Code.FIELD_OUT_OF_RANGE, rule, "price_micro_euro_per_mw_h", "", price, MAX_PRICE, "micro-euro/MW/h"
        )


def _times(desk: Desk, terms: ReservationCallTerms) -> Iterator[Rejection]:
    if not desk.now_ms < terms.freezes_at_ms <= terms.clears_at_ms <= terms.window.start_s * 1000:
        rule = "bids enter until the freeze, and a call is cleared behind it and before its window"
        yield Rejection(
            Code.FIELD_OUT_OF_RANGE, rule, "clears_at_ms", "", terms.clears_at_ms, terms.window.start_s * 1000, "ms"
        )


def bid(desk: Desk, terms: ReservationBidTerms, party: str) -> list[Rejection]:
    """Bid in a call; returns every rule that stands against it."""
    state = desk.state
    taken = terms.bid_id in state.bids or terms.bid_id in state.reservations
    problems = desk.id_problems("bid_id", terms.bid_id, taken=taken)
    called = state.calls.get(terms.call_id)
    if called is None:
        return [*problems, *unknown("call_id", terms.call_id)]
    problems += [*_numbers(terms.quantity_w, terms.price_micro_euro_per_mw_h), *_frozen(desk, called)]
    if not 0 <= terms.min_quantity_w <= max(0, terms.quantity_w):
        rule = "the least that is taken is a part of the bid"
        problems.append(
            Rejection(Code.FIELD_OUT_OF_RANGE, rule, "min_quantity_w", "", terms.min_quantity_w, terms.quantity_w, "W")
        )
    others = state.bids_in(terms.call_id)
    if len(others) >= MAX_BIDS:
        problems.append(Rejection(Code.TOO_MANY_ENTRIES, "bids in a call", value=len(others), limit=MAX_BIDS))
    offer = find_offer(desk, terms.offer_id)
    if isinstance(offer, list):
        return problems + offer
    problems += [*_offer_bids(desk, called, offer, terms, party), *_bids_once(others, terms.offer_id)]
    if not problems:
        sequence = 1 + max((own.sequence for own in others), default=0)
        desk.record(e.ReservationBidPlaced(desk.area_id, ReservationBid(terms, party, desk.now_ms, sequence)))
    return problems


def _frozen(desk: Desk, called: ReservationCall) -> Iterator[Rejection]:
    if desk.now_ms >= called.terms.freezes_at_ms:
        rule = "bids enter and leave before the freeze"
        yield Rejection(
            Code.PHASE_NOT_ALLOWED, rule, "call_id", called.terms.call_id, desk.now_ms, called.terms.freezes_at_ms, "ms"
        )


def _offer_bids(
    desk: Desk, called: ReservationCall, offer: Offer, terms: ReservationBidTerms, party: str
) -> Iterator[Rejection]:
    """Iterate over what stands against an offer in a call."""
    if offer.party != party:
        yield Rejection(Code.NOT_OWNER, "who made an offer bids with it", "offer_id", terms.offer_id)
    if offer.terms.direction is not called.terms.direction:
        rule = "the offer is of the call's direction"
        yield Rejection(Code.PRODUCT_NOT_ALLOWED, rule, "offer_id", terms.offer_id)
    if terms.quantity_w > offer.terms.quantity_w:
        rule = "a bid is at most what is offered"
        yield Rejection(
            Code.CLAIM_EXCEEDS_OFFER, rule, "quantity_w", terms.offer_id, terms.quantity_w, offer.terms.quantity_w, "W"
        )
    for member in offer.members:
        if not desk.registry.units[member.unit_id].reservable:
            rule = "the unit is qualified for the product type RESERVATION"
            yield Rejection(Code.NOT_QUALIFIED, rule, "offer_id", member.unit_id)
    yield from offer_problems(desk, offer, called.terms.window, terms.quantity_w)


def _bids_once(others: Sequence[ReservationBid], offer_id: str) -> Iterator[Rejection]:
    if any(own.terms.offer_id == offer_id for own in others):
        yield Rejection(Code.OFFER_CLAIMED, "an offer bids once in a call", "offer_id", offer_id)


def withdraw_bid(desk: Desk, command: WithdrawReservationBid, party: str) -> list[Rejection]:
    """Take a bid back; returns why that is not possible."""
    own = desk.state.bids.get(command.bid_id)
    if own is None:
        return unknown("bid_id", command.bid_id)
    problems = list(_frozen(desk, desk.state.calls[own.terms.call_id]))
    if own.party != party:
        problems.append(Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "bid_id", command.bid_id))
    if not problems:
        desk.record(e.ReservationBidWithdrawn(desk.area_id, command.bid_id))
    return problems


def clear_call(desk: Desk, called: ReservationCall) -> None:
    """Clear a call: the cheapest bids that are left, and a reservation of each that is taken.

    A bid that may no longer be had whole, because its unit, its right or its kilowatts are gone, is left out; of two
    bids on the same kilowatts the earlier has them.
    """
    bids = desk.state.bids_in(called.terms.call_id)
    lost = {own.terms.bid_id: found[0].rule for own in bids if (found := _had(desk, called, own, own.terms.quantity_w))}
    taken = _taken(called, [own for own in bids if own.terms.bid_id not in lost])
    results = []
    for own in bids:
        name = own.terms.bid_id
        quantity, price = taken.get(name, (0, 0))
        rule = _reserve(desk, called, own, quantity, price) if quantity else lost.get(name, "")
        results.append(e.ReservationBidResult(name, 0 if rule else quantity, 0 if rule else price, rule))
    total = sum(result.quantity_w for result in results)
    desk.record(e.ReservationCallCleared(desk.area_id, called.terms.call_id, total, tuple(results)))


def _had(desk: Desk, called: ReservationCall, own: ReservationBid, quantity_w: int) -> list[Rejection]:
    """Return why so much of a bid can no longer be had."""
    offer = find_offer(desk, own.terms.offer_id)
    if isinstance(offer, list):
        return offer
    problems = offer_problems(desk, offer, called.terms.window, quantity_w)
    claim = claim_of(
        desk,
        offer,
        f"reservation/{own.terms.bid_id}",
        called.party,
        called.claimant,
        called.terms.window,
        quantity_w,
        0,
    )
    return problems + (claim if isinstance(claim, list) else [])


def _taken(called: ReservationCall, bids: Sequence[ReservationBid]) -> dict[str, tuple[int, int]]:
    """Return W and price of the bids that an auction takes, by id."""
    if not bids:
        return {}
    # The solver is loaded where there is something to solve.
    from flexbourse_auction.clear import clear  # noqa: PLC0415
    from flexbourse_auction.orders import Block, Contract, Curve, Orders, Segment, Side  # noqa: PLC0415
    from flexbourse_auction.rules import Pricing, Rules  # noqa: PLC0415

    terms, product = called.terms, Contract(0, "reservation")
    wanted = Segment(terms.quantity_w, terms.limit_price_micro_euro_per_mw_h // PRICE_STEP)
    curves, blocks = [Curve(BUYER, Side.BUY, product, (wanted,))], []
    for own in bids:
        name, price, quantity = (
            own.terms.bid_id,
            own.terms.price_micro_euro_per_mw_h // PRICE_STEP,
            own.terms.quantity_w,
        )
        if own.terms.min_quantity_w <= 1:
            curves.append(Curve(name, Side.SELL, product, (Segment(quantity, price),), time_us=own.sequence))
        else:
            least = -(-own.terms.min_quantity_w * WHOLE_PPM // quantity)
            blocks.append(Block(name, Side.SELL, price, ((product, quantity),), least, time_us=own.sequence))
    pricing = Pricing.PAY_AS_BID if terms.pay_as_bid else Pricing.PAY_AS_CLEAR
    rules = Rules(
        pricing=pricing, lowest_ticks=0, highest_ticks=MAX_PRICE // PRICE_STEP, tick_micro_euro_per_mwh=PRICE_STEP
    )
    result = clear(Orders(tuple(curves), tuple(blocks)), rules)
    own_price = {own.terms.bid_id: own.terms.price_micro_euro_per_mw_h for own in bids}
    one = None if terms.pay_as_bid else result.price_of(product).price_ticks
    return {
        fill.order_id: (fill.quantity_w, own_price[fill.order_id] if one is None else one * PRICE_STEP)
        for fill in result.fills
        if fill.side is Side.SELL and fill.quantity_w
    }


def _reserve(desk: Desk, called: ReservationCall, own: ReservationBid, quantity_w: int, price: int) -> str:
    """Make the reservation of a bid; returns the rule against it where another bid of the call has its kilowatts."""
    terms, limit = called.terms, called.terms.limit_price_micro_euro_per_mw_h
    offer = find_offer(desk, own.terms.offer_id)
    assert isinstance(offer, Offer)  # it was looked at before the auction
    bought = ReservationTerms(own.terms.bid_id, own.terms.offer_id, terms.purpose, terms.window, quantity_w, limit)
    held = Reservation(bought, called.party, called.claimant, offer.party, price, ReservationState.HELD, terms.call_id)
    claim = claim_of(desk, offer, held.claim_id, called.party, called.claimant, terms.window, quantity_w, price)
    if isinstance(claim, list):
        return claim[0].rule
    if len(desk.state.reservations) >= MAX_RESERVATIONS:
        return "reservations of an area are bounded"
    desk.claim(claim, "reserved in a call")
    desk.record(e.Reserved(desk.area_id, held))
    return ""
