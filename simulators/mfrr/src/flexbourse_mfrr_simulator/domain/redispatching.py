"""Redispatch: a call (A63) goes out, offers (A37 of process A41) come in, the cheapest are ordered (A96).

What was delivered the BSP tells by a notice (A63), which is confirmed where it says what was ordered and answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_mfrr_simulator.domain.auction import make_auction
from flexbourse_mfrr_simulator.domain.bids import Problem, kilowatts
from flexbourse_mfrr_simulator.domain.messages import BidSeries, RedispatchNotice, RedispatchSeries, ReserveBid
from flexbourse_mfrr_simulator.domain.needs import Need, RedispatchCall
from flexbourse_mfrr_simulator.domain.orders import ACTIVATED, REDISPATCH, ActivationOrder
from flexbourse_mfrr_simulator.domain.reports import redispatch_document
from flexbourse_mfrr_simulator.domain.rules import GATE, IDENTITY, INTERVAL, MARKET_RULE, Place, head_problems
from flexbourse_mfrr_simulator.domain.selection import select
from flexbourse_mfrr_simulator.domain.state import PlatformError, Redispatch, State

PROCESS = "A41"
MAX_CALLS = 1000


def plan_redispatch(state: State, call: RedispatchCall) -> None:
    """Put a call on the timeline."""
    if len(state.redispatches) >= MAX_CALLS:
        raise PlatformError(f"at most {MAX_CALLS} calls for redispatch")
    if not state.now <= call.announced <= call.offers_until <= call.ordered <= call.interval.start < call.interval.end:
        raise PlatformError("a call goes: announced, offers, order, start, end, none of them in the past")
    if call.zone not in {zone.value for zone in state.settings.zones}:
        raise PlatformError(f"zone {call.zone} is not served here")
    redispatch = Redispatch(call, state.new_id())
    state.redispatches[redispatch.id] = redispatch
    state.at(call.announced, "call", redispatch.id)
    state.at(call.ordered, "redispatch", redispatch.id)


def announce(state: State, redispatch_id: str) -> None:
    """Send the call to every party."""
    for party in sorted(state.parties):
        state.send(party, redispatch_document(state, party, state.redispatches[redispatch_id]), "A63")


def offer_problems(state: State, party: str, document: ReserveBid, place: Place) -> list[Problem]:
    """Return every broken rule of a document of offers: head, and each series against the call it names."""
    header = document.header
    heads = head_problems(header, party, state.now, place, state.settings.profile)
    problems = [Problem("", code, text) for code, text in heads]
    if header.kind != "A37" or header.sender.role != "A46":
        problems.append(Problem("", MARKET_RULE, "offers are documents A37 of role A46"))
    if not 0 < len(document.series) <= state.settings.profile.max_series:
        problems.append(Problem("", MARKET_RULE, f"{len(document.series)} series"))
    for series in document.series:
        problems += [Problem(series.mrid, code, text) for code, text in _against_call(state, series)]
    return problems


def _against_call(state: State, series: BidSeries) -> Iterator[tuple[str, str]]:
    redispatch = state.redispatches.get(series.auction)
    if redispatch is None:
        yield IDENTITY, f"auction.mRID {series.auction or 'missing'} is no call for redispatch"
        return
    call = redispatch.call
    if not call.announced <= state.now <= call.offers_until:
        yield GATE, "the call takes no offers now"
    if series.business_type != "B74" or series.quantity_unit != "MAW":
        yield MARKET_RULE, "offers are B74 in MAW"
    if series.direction != call.direction or series.connecting.value != call.zone:
        yield MARKET_RULE, "direction or zone is not the call's"
    if len(series.periods) != 1 or series.periods[0].interval != call.interval or series.periods[0].points != 1:
        yield INTERVAL, "an offer is one point over the call's whole interval"
        return
    period = series.periods[0]
    if period.quantity < 0 or period.quantity % 1:
        yield "A42", f"the quantity is {period.quantity} MW, allowed: whole MW"
    if series.divisible == "A01" and not (period.minimum is not None and 0 <= period.minimum <= period.quantity):
        yield "A42", "a divisible offer needs a minimum up to its quantity"
    if period.price is None:
        yield "A69", "the offer has no price"


def selected_offers(state: State, redispatch_id: str) -> dict[str, int]:
    """Return kW per offer that the call takes: the cheapest cover, by the same selection as mFRR."""
    redispatch = state.redispatches[redispatch_id]
    bids = sorted(redispatch.offers.values(), key=lambda bid: bid.sequence)
    need = Need(redispatch.call.zone, redispatch.call.direction, redispatch.call.quantity)
    offered = {bid.mrid: min(bid.quantity_kw, _limit_kw(state, bid.mrid, bid.quantity_kw)) for bid in bids}
    bids = [bid for bid in bids if offered[bid.mrid] >= max(bid.minimum_kw, 1)]
    auction = make_auction(bids, offered, [need], [redispatch.call.zone], [], counter_activation=True)
    return auction.activated(select(auction.problem))


def take_notice(state: State, party: str, document: RedispatchNotice) -> list[Problem]:
    """Take a notice of delivery; returns every reason why it cannot be taken, and then changes nothing."""
    orders = {
        mrid: order
        for order in state.orders.values()
        if order.party == party and order.kind == REDISPATCH
        for mrid in order.lines
    }
    found = [] if document.header.kind == "A63" else [Problem("", MARKET_RULE, f"type {document.header.kind}, not A63")]
    told = {series.mrid for series in document.series}
    concerned = {orders[mrid].id: orders[mrid] for mrid in sorted(told & orders.keys())}
    for series in document.series:
        problems = _against_order(state, series, orders.get(series.mrid))
        found += [Problem(series.mrid, code, text) for code, text in problems]
    for order in concerned.values():
        missing = {mrid for mrid, line in order.lines.items() if line.status == ACTIVATED} - told
        found += [Problem("", MARKET_RULE, f"bid {mrid} of the order is left out") for mrid in sorted(missing)]
    if not found:
        for order in concerned.values():
            order.noticed = True
    return found


def _against_order(state: State, series: RedispatchSeries, order: ActivationOrder | None) -> Iterator[tuple[str, str]]:
    line = order.lines.get(series.mrid) if order is not None else None
    if order is None or line is None:
        yield "A55", "no order for redispatch names the bid"
        return
    if line.status != ACTIVATED:
        yield "A59", "the bid was not answered as activated"
    if kilowatts(series.quantity) != line.quantity_kw:
        yield "A42", f"{series.quantity} MW are told, {line.quantity_kw} kW were ordered"
    if series.interval != order.delivery:
        yield INTERVAL, "the interval is not that of the delivery"
    if state.now < order.delivery.end:
        yield GATE, "the delivery is not over"


def _limit_kw(state: State, mrid: str, quantity_kw: int) -> int:
    """Return what an availability document leaves of an offer."""
    limited = state.limits.get(mrid)
    if limited is None:
        return quantity_kw
    return kilowatts(limited.limit) // 1000 * 1000 if limited.limit is not None else 0
