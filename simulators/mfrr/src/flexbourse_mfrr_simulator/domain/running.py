"""What happens in the course of an MTU: heartbeats, selection, orders, deadlines, reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from flexbourse_mfrr_simulator.domain.auction import make_auction
from flexbourse_mfrr_simulator.domain.bids import UP, Bid, kilowatts
from flexbourse_mfrr_simulator.domain.clearing import Border
from flexbourse_mfrr_simulator.domain.faults import strike
from flexbourse_mfrr_simulator.domain.links import Available, availability
from flexbourse_mfrr_simulator.domain.messages import AvailabilitySeries, Code, Interval, Reason
from flexbourse_mfrr_simulator.domain.needs import Deactivation, DirectNeed, Need
from flexbourse_mfrr_simulator.domain.orders import (
    ACTIVATED,
    DIRECT,
    HEARTBEAT,
    REDISPATCH,
    SCHEDULED,
    ActivationOrder,
    Line,
    OrderState,
)
from flexbourse_mfrr_simulator.domain.pricing import form_prices
from flexbourse_mfrr_simulator.domain.profile import MTU_S
from flexbourse_mfrr_simulator.domain.redispatching import PROCESS, selected_offers
from flexbourse_mfrr_simulator.domain.reports import (
    availability_document,
    merit_order_document,
    order_document,
    prices_document,
    result_document,
)
from flexbourse_mfrr_simulator.domain.selection import select
from flexbourse_mfrr_simulator.domain.state import State, quarter

DIRECT_START_S = 600  # from the order to the delivery of a direct activation
MINUTE_S = 60
CAUSE_LINK, CAUSE_UNIT = "C40", "C46"


def heartbeat(state: State, mtu: int, before_s: int) -> None:
    """Ask every party with bids in the MTU for a sign of life; at order time not those that have an order."""
    parties = {bid.party for bid in state.book.of_mtu(mtu)} & state.parties.keys()
    if before_s == state.settings.profile.order_s:
        parties -= {order.party for order in state.orders.values() if order.mtu == mtu and not order.is_heartbeat}
    for party in sorted(parties):
        if strike(state.faults, "missing-heartbeat", party, state.now):
            continue
        _send_order(state, party, SCHEDULED, "A47", mtu, quarter(mtu), quarter(mtu), {HEARTBEAT: 0}, {})


def choose(state: State, mtu: int) -> None:
    """Select bids for the needs of an MTU and form its prices."""
    settings, record = state.settings, state.mtu(mtu)
    bids = state.book.of_mtu(mtu)
    offered = _offered(state, mtu, bids, direct=False)
    auction = make_auction(
        bids, offered, state.inputs.needs(mtu), [zone.value for zone in settings.zones], state.inputs.borders(mtu),
        counter_activation=settings.counter_activation,
    )  # fmt: skip
    selection = select(auction.problem)
    limit = settings.profile.price_limit
    prices = form_prices(auction.problem, selection, settings.price_rule, settings.price_point, limit)
    record.scheduled = auction.activated(selection)
    record.prices, record.flows = dict(prices.price), dict(selection.flows)
    record.left_behind, record.make_whole = dict(prices.left_behind), dict(prices.make_whole)
    record.welfare, record.proven, record.selected = selection.welfare, selection.proven, True


def order_scheduled(state: State, mtu: int) -> None:
    """Send the scheduled orders of an MTU, and to everybody its prices and his merit-order list."""
    record = state.mtu(mtu)
    if not record.selected:
        return
    bids = {bid.mrid: bid for bid in state.book.of_mtu(mtu)}
    for party in sorted(state.parties):
        own = [bid for bid in bids.values() if bid.party == party]
        lines = {bid.mrid: record.scheduled[bid.mrid] for bid in own if bid.mrid in record.scheduled}
        if lines and _is_suspended(state, party, mtu):
            for mrid in lines:
                _mark(state, mtu, bids[mrid], CAUSE_UNIT, "A49", "no sign of life")
                del record.scheduled[mrid]
        elif lines:
            _send_order(state, party, SCHEDULED, "A47", mtu, quarter(mtu), quarter(mtu), lines, bids)
        if own:
            state.send(party, merit_order_document(state, party, mtu, own), "A43")
        if any(price is not None for price in record.prices.values()):
            state.send(party, prices_document(state, party, mtu, "A60", record.prices), "B24")


def order_direct(state: State, need: DirectNeed) -> None:
    """Cover a need at once from bids open to direct activation; it runs to the end of the next MTU."""
    mtu, record = need.mtu, state.mtu(need.mtu)
    bids = state.book.of_mtu(mtu)
    offered = _offered(state, mtu, bids, direct=True)
    left = [_left_over(border, record.flows.get(border.key, 0)) for border in state.inputs.borders(mtu)]
    zones = [zone.value for zone in state.settings.zones]
    auction = make_auction(
        bids, offered, [Need(need.zone, need.direction, need.quantity)], zones, left, counter_activation=False
    )
    selection = select(auction.problem)
    taken = auction.activated(selection)
    for key, flow in selection.flows.items():
        record.flows[key] = record.flows.get(key, 0) + flow
    record.direct |= taken
    held = {bid.mrid: bid for bid in bids}
    start = max((state.now + DIRECT_START_S) // MINUTE_S * MINUTE_S, mtu)
    interval, delivery = Interval(mtu, mtu + 2 * MTU_S), Interval(start, mtu + 2 * MTU_S)
    for party in sorted({held[mrid].party for mrid in taken} & state.parties.keys()):
        lines = {mrid: kw for mrid, kw in taken.items() if held[mrid].party == party}
        _send_order(state, party, DIRECT, "A47", mtu, interval, delivery, lines, held)


def order_redispatch(state: State, redispatch_id: str) -> None:
    """Order the offers that cover a call."""
    redispatch = state.redispatches[redispatch_id]
    taken = selected_offers(state, redispatch_id)
    for party in sorted({redispatch.offers[mrid].party for mrid in taken}):
        lines = {mrid: kw for mrid, kw in taken.items() if redispatch.offers[mrid].party == party}
        interval = redispatch.call.interval
        _send_order(state, party, REDISPATCH, PROCESS, interval.start, interval, interval, lines, redispatch.offers)


def deactivate(state: State, wish: Deactivation) -> bool:
    """End an order earlier: the same id, the next revision; returns whether there was such an order."""
    running = [
        order for order in state.orders.values()
        if order.party == wish.party and not order.is_heartbeat and wish.order in ("", order.id)
    ]  # fmt: skip
    for order in reversed(running):
        if order.end_earlier(wish.end // MINUTE_S * MINUTE_S, state.now, state.settings.profile.response_s):
            _dispatch(state, order)
            return True
    return False


def deadline(state: State, order: ActivationOrder, revision: int) -> None:
    """An order's time to answer is over: without an answer its bids are unavailable; so are all, by a heartbeat."""
    if order.revision != revision or not order.happen("deadline"):
        return
    if order.is_heartbeat:
        quarters = 1 + state.settings.profile.heartbeat_quarters
        state.suspended[order.party] = order.mtu + MTU_S * quarters


def report_availability(state: State, mtu: int) -> None:
    """After the MTU: tell each party which of its bids were not available, and on whose account."""
    record, bids = state.mtu(mtu), state.book.of_mtu(mtu)
    by_mrid = {bid.mrid: bid for bid in bids}
    for order in state.orders.values():
        if order.mtu != mtu or order.is_heartbeat or order.kind == REDISPATCH:
            continue
        for mrid, line in order.lines.items():
            if line.status != ACTIVATED and mrid in by_mrid:
                text = "no answer" if order.state is OrderState.UNANSWERED else "refused by the BSP"
                _mark(state, mtu, by_mrid[mrid], CAUSE_UNIT, "A46", text, line.reasons)
    for bid in bids:
        if bid.mrid in state.limits:
            record.unavailable[bid.mrid] = state.limits[bid.mrid]
    for party in sorted(state.parties):
        series = [record.unavailable[bid.mrid] for bid in bids if bid.party == party and bid.mrid in record.unavailable]
        if series:
            state.send(party, availability_document(state, party, mtu, series), "B45")


def report_result(state: State, order: ActivationOrder) -> None:
    """After an order's end: its allocation result; for a direct one its prices too."""
    order.happen("end")
    bids = _bids_of(state, order)
    if not order.lines.keys() <= bids.keys():
        return
    zone_prices = _order_prices(state, order, bids)
    priced = {mrid: zone_prices.get(bids[mrid].zone) for mrid in order.lines}
    if order.kind == REDISPATCH:
        priced = {mrid: bids[mrid].price for mrid in order.lines}
    state.send(order.party, result_document(state, order, bids, priced), "A38")
    if order.kind == DIRECT:
        state.send(order.party, prices_document(state, order.party, order.mtu, "A61", zone_prices), "B24")


def _order_prices(state: State, order: ActivationOrder, bids: Mapping[str, Bid]) -> dict[str, int | None]:
    """Return prices by zone. A direct activation: `scheduled` price, dearest `bid` taken, or the `best` of both."""
    scheduled = state.mtu(order.mtu).prices
    rule = state.settings.direct_price
    if order.kind != DIRECT or rule == "scheduled":
        return dict(scheduled)
    prices: dict[str, int | None] = {}
    for zone in state.settings.zones:
        own = [bids[mrid] for mrid in order.lines if bids[mrid].zone == zone.value]
        if not own:
            continue
        best = max if own[0].direction == UP else min
        known = scheduled.get(zone.value)
        found = [bid.price for bid in own] + ([known] if rule == "best" and known is not None else [])
        prices[zone.value] = best(found)
    return prices


def _offered(state: State, mtu: int, bids: Iterable[Bid], *, direct: bool) -> dict[str, int]:
    """Return kW per bid that may be taken now; what takes a bid away is marked for the availability report."""
    fates, links, record = state.fates(), state.direct_links(), state.mtu(mtu)
    bound = _bound_by_next(state, mtu) if direct else frozenset()
    offered = {}
    for bid in bids:
        left = availability(bid, fates, links)
        if bid.mrid in state.book.invalid:
            left = Available(scheduled=False, direct=False)
            _mark(state, mtu, bid, CAUSE_LINK, "A46", "a linked bid was cancelled")
        elif not (left.scheduled or left.direct) and bid.product != "A02":
            _mark(state, mtu, bid, CAUSE_LINK, "A46", "by its links")
        if _is_suspended(state, bid.party, mtu):
            _mark(state, mtu, bid, CAUSE_UNIT, "A49", "no sign of life")
            continue
        open_now = (left.direct and bid.mrid not in record.direct) if direct else left.scheduled
        if not open_now or (direct and (bid.mrid in record.scheduled or bid.technical_link in bound)):
            continue
        limit = state.limits.get(bid.mrid)
        most = kilowatts(limit.limit or Decimal(0)) if limit else bid.quantity_kw
        offered[bid.mrid] = min(bid.quantity_kw, most)
    return offered


def _bound_by_next(state: State, mtu: int) -> frozenset[str]:
    """Return the technical links of which the next MTU's bid is taken already: no direct activation before it."""
    following = state.mtus.get(mtu + MTU_S)
    taken = (state.book.bids.get(mrid) for mrid in (following.scheduled if following else ()))
    return frozenset(bid.technical_link for bid in taken if bid and bid.technical_link)


def _left_over(border: Border, flow: int) -> Border:
    return Border(border.key, border.start, border.end, max(0, border.forward - flow), max(0, border.backward + flow))


def _is_suspended(state: State, party: str, mtu: int) -> bool:
    return mtu < state.suspended.get(party, 0)


def _mark(state: State, mtu: int, bid: Bid, cause: str, role: str, text: str, reasons: tuple[Reason, ...] = ()) -> None:
    """Note that a bid could not be had at all, on whose account, and why."""
    why = reasons or (Reason("B59", text),)
    series = AvailabilitySeries(bid.mrid, bid.document, role, cause, Code(bid.zone), limit=Decimal(0), reasons=why)
    state.mtu(mtu).unavailable[bid.mrid] = series


def _send_order(
    state: State, party: str, kind: str, process: str, mtu: int, interval: Interval, delivery: Interval,
    lines: Mapping[str, int], bids: Mapping[str, Bid],
) -> None:  # fmt: skip
    due = state.now + state.settings.profile.response_s
    order = ActivationOrder(state.new_id(), party, kind, process, mtu, interval, delivery, state.now, due)
    order.lines = {mrid: Line(kw) for mrid, kw in lines.items()}
    state.orders[order.id] = order
    _dispatch(state, order, bids)


def _dispatch(state: State, order: ActivationOrder, bids: Mapping[str, Bid] | None = None) -> None:
    state.at(order.due + 1, "deadline", (order.id, order.revision))
    if not order.is_heartbeat:
        state.at(order.delivery.end + state.settings.profile.result_s, "result", (order.id, order.revision))
    document = order_document(state, order, _bids_of(state, order) if bids is None else bids)
    state.send(order.party, document, "HEARTBEAT" if order.is_heartbeat else order.kind)


def _bids_of(state: State, order: ActivationOrder) -> Mapping[str, Bid]:
    if order.kind != REDISPATCH:
        return state.book.bids
    return {mrid: bid for redispatch in state.redispatches.values() for mrid, bid in redispatch.offers.items()}
