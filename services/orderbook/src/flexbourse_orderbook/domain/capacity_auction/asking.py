"""Requests for network capacity: who may ask for what, and take it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flexbourse_core.ids import is_command_id
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.capacity_auction.events import (
    CapacityPhase,
    CapacityRefused,
    CapacityRequest,
    CapacityRequested,
    CapacityUse,
    CapacityWithdrawn,
    RequestCapacity,
    WithdrawCapacity,
)
from flexbourse_orderbook.domain.capacity_auction.timing import is_of_capacity
from flexbourse_orderbook.domain.entry.admission import check_price, check_quantity
from flexbourse_orderbook.domain.entry.eligibility import refuse_unenrolled
from flexbourse_orderbook.domain.grid.frozen_bases import base_w
from flexbourse_orderbook.domain.orders import MAX_TEXT
from flexbourse_orderbook.domain.position import Position, power_room_w
from flexbourse_orderbook.domain.registry_state import CapacityRule, Market, MeteringPoint, ProductType, Unit
from flexbourse_orderbook.domain.state import AreaState

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Periods of one request, and periods that are asked for or allocated in an area at once.
MAX_PERIODS = 100
MAX_ENTRIES = 5_000


def request(book: AreaBook, party: str, wish: RequestCapacity) -> CapacityRequest | Rejection:
    """Take a request in, or refuse it."""
    found = check_request(book.state, party, wish)
    if isinstance(found, Rejection):
        book.emit(CapacityRefused(book.state.area_id, party, wish.client_request_id[:MAX_TEXT], found))
        return found
    book.emit(CapacityRequested(book.state.area_id, found))
    return found


def withdraw(book: AreaBook, party: str, wish: WithdrawCapacity) -> Rejection | None:
    """Take a request back; returns why that is not possible."""
    refusal = _refuse_withdrawal(book.state, party, wish.request_id)
    if refusal is not None:
        book.emit(CapacityRefused(book.state.area_id, party, wish.request_id, refusal))
    else:
        book.emit(CapacityWithdrawn(book.state.area_id, wish.request_id, party))
    return refusal


def _refuse_withdrawal(state: AreaState, party: str, request_id: str) -> Rejection | None:
    known = state.capacity_auctions.requests.get(request_id)
    if known is None or known.party != party:
        code = Code.NOT_OWNER if known is not None else Code.RESERVATION_UNKNOWN
        rule = "a request of one's own that is not cleared is taken back"
        return Rejection(code, rule, field="request_id", element=request_id)
    return _refuse_phase(state, known.market_id, known.mtus)


def check_request(state: AreaState, party: str, wish: RequestCapacity) -> CapacityRequest | Rejection:
    """Return a request as it would stand, or why it may not enter."""
    refusal = next(_shape_problems(state, party, wish), None)
    if refusal is not None:
        return refusal
    market = state.registry.markets[wish.market_id]
    found = _subject(state, wish.unit_id)
    if isinstance(found, Rejection):
        return found
    unit, point = found
    refusal = (
        _refuse_phase(state, wish.market_id, wish.mtus)
        or check_quantity(market, wish.quantity_w)
        or _refuse_price(market, wish.price_ticks)
    )
    if refusal is not None:
        return refusal
    sequence = state.capacity_auctions.sequence + 1
    asked = CapacityRequest(
        f"{state.area_id}.cap.{sequence}", wish.client_request_id, party, wish.market_id, wish.unit_id,
        point.metering_point_id, point.node_id, wish.use, tuple(sorted(wish.mtus)), wish.quantity_w,
        max(1, wish.minimum_w), wish.price_ticks, sequence, state.now.at_ms,
    )  # fmt: skip
    return refuse_standing(state, asked) or _refuse_beyond_unit(state, asked, unit) or asked


def _shape_problems(state: AreaState, party: str, wish: RequestCapacity) -> Iterator[Rejection]:
    if not is_command_id(wish.client_request_id):
        rule = "a client request id is 1 to 64 of A-Z a-z 0-9 . _ : -"
        yield Rejection(Code.FIELD_MALFORMED, rule, field="client_request_id")
    market = state.registry.markets.get(wish.market_id)
    if market is None or not is_of_capacity(market) or market.area_id != state.area_id:
        rule = "network capacity is asked for in a market of the area that allocates it"
        yield Rejection(Code.UNKNOWN_MARKET, rule, field="market_id", element=wish.market_id[:MAX_TEXT])
    own = (known for known in state.capacity_auctions.requests.values() if known.party == party)
    if any(known.client_request_id == wish.client_request_id for known in own):
        rule = "a client request id names one request that is not cleared"
        yield Rejection(Code.DUPLICATE_CLIENT_ORDER_ID, rule, field="client_request_id", element=wish.client_request_id)
    if not 0 < len(wish.mtus) <= MAX_PERIODS or len(set(wish.mtus)) < len(wish.mtus):
        rule = "a request names 1 to 100 periods, each once"
        yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, field="mtus", value=len(wish.mtus), limit=MAX_PERIODS)
    if state.capacity_auctions.entries() + len(wish.mtus) > MAX_ENTRIES:
        rule = "periods that are asked for or allocated in an area are bounded"
        yield Rejection(Code.TOO_MANY_ENTRIES, rule, field="mtus", value=len(wish.mtus), limit=MAX_ENTRIES)
    if wish.use is CapacityUse.UNSPECIFIED:
        yield Rejection(Code.FIELD_MISSING, "a request says whether it consumes or injects", field="use")
    if not 0 <= wish.minimum_w <= wish.quantity_w:
        rule = "the least that is of use is at most what is asked for"
        yield Rejection(
            Code.FIELD_OUT_OF_RANGE, rule, field="minimum_w", value=wish.minimum_w, limit=wish.quantity_w, unit="W"
        )


def _subject(state: AreaState, unit_id: str) -> tuple[Unit, MeteringPoint] | Rejection:
    unit = state.registry.units.get(unit_id)
    point = state.registry.metering_points.get(unit.metering_point_id) if unit is not None else None
    if unit is None or point is None or point.area_id != state.area_id:
        rule = "the unit is registered in the area"
        return Rejection(Code.UNKNOWN_OBJECT, rule, field="unit_id", element=unit_id[:MAX_TEXT])
    return unit, point


def _refuse_phase(state: AreaState, market_id: str, mtus: tuple[Mtu, ...]) -> Rejection | None:
    """Return why no auction of a market takes, or gives back, a request for periods now, or None."""
    session = state.capacity_auctions.session_of(market_id, min(mtus))
    if session is None:
        rule = "requests enter while the auction of their periods is called"
        return Rejection(Code.BOOK_NOT_OPEN, rule, field="mtus", element=market_id)
    if not set(session.mtus()).issuperset(mtus):
        rule = "all periods of a request are of one auction"
        return Rejection(Code.FIELD_MALFORMED, rule, field="mtus", element=market_id)
    if session.phase is CapacityPhase.CALL:
        return None
    rule = f"requests enter and are taken back in the call; the auction is in the phase {session.phase.name}"
    return Rejection(Code.PHASE_NOT_ALLOWED, rule, field="mtus", element=market_id)


def _refuse_price(market: Market, price_ticks: int) -> Rejection | None:
    if market.capacity_rule in (CapacityRule.PREMIUM_AS_BID, CapacityRule.PREMIUM_ONE_PRICE):
        return check_price(market, price_ticks)
    if price_ticks == 0:
        return None
    rule = "capacity is free of charge in this market, so no price is offered"
    return Rejection(Code.PRICE_OFF_TICK, rule, field="price_ticks", value=price_ticks, limit=0, unit="ticks")


def refuse_standing(state: AreaState, asked: CapacityRequest) -> Rejection | None:
    """Return what the registry, or a stop of the party, says against a request now, or None."""
    return next(_standing_problems(state, asked), None)


def _standing_problems(state: AreaState, asked: CapacityRequest) -> Iterator[Rejection]:
    registry, market = state.registry, state.registry.markets[asked.market_id]
    participant = registry.participants.get(asked.party)
    if participant is None or not participant.active:
        yield Rejection(Code.NOT_AUTHORISED, "the party is an active participant", element=asked.party)
    if not market.active:
        yield Rejection(Code.UNKNOWN_MARKET, "the market is active", field="market_id", element=market.market_id)
    unenrolled = refuse_unenrolled(registry, market, asked.party)
    if unenrolled is not None:
        yield unenrolled
    stopped = state.safeguards.stopped.get(asked.party)
    if stopped is not None:
        rule = f"a stopped party is allocated nothing: {stopped.reason}"
        yield Rejection(Code.PARTY_STOPPED, rule, element=asked.party)
    unit, point = registry.units[asked.unit_id], registry.metering_points[asked.metering_point_id]
    if not unit.active or not point.active:
        rule = "unit and metering point are active"
        yield Rejection(Code.UNIT_NOT_ACTIVE, rule, field="unit_id", element=asked.unit_id)
    if not unit.controllable or (asked.use is CapacityUse.INJECTION and not point.non_firm):
        rule = "capacity is for controllable loads, and for generators with a connection that is not all firm"
        yield Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="unit_id", element=asked.unit_id)
    if market.feeder_ids and unit.feeder_id not in market.feeder_ids:
        rule = "the unit lies at one of the feeders where the market is held"
        yield Rejection(Code.OUTSIDE_MARKET_LOCATION, rule, field="unit_id", element=unit.feeder_id)
    for mtu in asked.mtus:
        if registry.right_held(asked.party, asked.unit_id, mtu, ProductType.ENERGY) is None:
            rule = "the party holds the right to offer the unit for the whole period"
            yield Rejection(
                Code.NO_RIGHT_TO_OFFER, rule, field="unit_id", element=asked.unit_id, value=mtu.start_s, unit="s"
            )


def _refuse_beyond_unit(state: AreaState, asked: CapacityRequest, unit: Unit) -> Rejection | None:
    """Return that more is asked for than the unit has beside its base, where that is known already, or None."""
    for mtu in asked.mtus:
        room = unit_room_w(state, asked, unit, mtu)
        if room is not None and asked.quantity_w > room:
            rule = "a request is at most the unit's power less its base, and what it was allocated before"
            return Rejection(
                Code.BASIS_EXCEEDED, rule, field="quantity_w", element=unit.unit_id, value=asked.quantity_w,
                limit=max(0, room), unit="W", headroom_w=max(0, room),
            )  # fmt: skip
    return None


def unit_room_w(state: AreaState, asked: CapacityRequest, unit: Unit, mtu: Mtu) -> int | None:
    """Return how much a unit can use in a period beside its base and earlier allocations; None: not known yet."""
    period = state.periods.get(mtu)
    if period is None or period.grid.missing():
        return None
    point, sign = state.registry.metering_points[asked.metering_point_id], asked.use.sign
    if state.node(point.node_id) < 0:
        return None
    position = state.position_of(point.metering_point_id, mtu) or Position(base_w(state, period, point), 0)
    held = sum(right.held_w for right in state.capacity_auctions.rights_at(point.metering_point_id, mtu, sign))
    return power_room_w(position, unit, sign) - held
