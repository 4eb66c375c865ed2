"""Clearing an auction of network capacity: claims and limits from requests and the grid, solved until the check agrees.

What a schedule of the operator limits (connections and feeders) is a linear limit from the start; everything else of
the grid comes as cuts of the exact check (`grid_cuts`). Nobody is allocated more than his unit has beside its base.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_auction.capacity import (
    CapacityResult,
    Claim,
    Equity,
    Limit,
    allocate_equity,
    allocate_premium,
)
from flexbourse_auction.problems import MAX_QUANTITY_W
from flexbourse_auction.rules import Pricing, Rules
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.capacity_auction.asking import refuse_standing, unit_room_w
from flexbourse_orderbook.domain.capacity_auction.events import (
    CapacityAllocated,
    CapacityCleared,
    CapacityPayment,
    CapacityRequest,
    CapacityRound,
)
from flexbourse_orderbook.domain.capacity_auction.grid_cuts import GridCheck, contract, place
from flexbourse_orderbook.domain.capacity_auction.state import Session
from flexbourse_orderbook.domain.grid.lights import Light
from flexbourse_orderbook.domain.headroom.held_calls import MAX_HELD_CALLS
from flexbourse_orderbook.domain.registry_state import CapacityRule, Market
from flexbourse_orderbook.domain.state import AreaState

# Solutions of one auction; it has a sub-second answer, so a bound on seconds is only the net below.
MAX_ROUNDS = 30
MAX_SECONDS = 10.0
MAX_CUTS_TOLD = 500
NOTHING_LEFT = Rejection(Code.NO_MATCH, "capacity is left for the request, by price, time or demand", headroom_w=0)


@dataclass(frozen=True, slots=True)
class Cleared:
    """What came of an auction: the result as a whole, and of each request."""

    whole: CapacityCleared
    requests: tuple[CapacityAllocated, ...]


def clear(state: AreaState, market: Market, session: Session) -> Cleared:
    """Clear an auction."""
    asked = state.capacity_auctions.requests_of(session)
    book = _Claims(state, asked)
    claims, refused, limits = book.claims, book.refused, list(book.limits())
    mtus = sorted({mtu for request in asked if request.request_id in claims for mtu in request.mtus})
    check = GridCheck(state, mtus, list(claims.values()))
    result = _solve(market, limits, list(claims.values()), check)
    got = {each.claim_id: each for each in result.allocations} if result.agreed else {}
    told: list[CapacityAllocated] = []
    for request in asked:
        own = got.get(request.request_id)
        if own is None or own.quantity_w == 0:
            left = NOTHING_LEFT if result.agreed else _disagreed()
            told.append(CapacityAllocated(state.area_id, request, 0, (), refused.get(request.request_id, left)))
            continue
        paid = {paid_for.mtu: amount for paid_for, amount in own.payments}
        payments = tuple(CapacityPayment(mtu, paid.get(mtu.start_s, 0)) for mtu in request.mtus)
        told.append(CapacityAllocated(state.area_id, request, own.quantity_w, payments))
    rounds = tuple(
        CapacityRound(number, power, cuts[:MAX_CUTS_TOLD]) for number, (power, cuts) in enumerate(check.rounds, 1)
    )
    income = sum(payment.amount_micro_euro for each in told for payment in each.payments)
    allocated = sum(each.quantity_w for each in told)
    whole = CapacityCleared(
        state.area_id, market.market_id, session.mtu, len(asked), allocated, income, rounds, result.agreed
    )
    return Cleared(whole, tuple(told))


def _solve(market: Market, limits: list[Limit], claims: list[Claim], check: GridCheck) -> CapacityResult:
    if not claims:
        return CapacityResult((), 0)
    rule = market.capacity_rule
    if rule in (CapacityRule.FIRST_COME, CapacityRule.HIGHEST_DEMAND):
        first = Equity.FIRST_COME if rule == CapacityRule.FIRST_COME else Equity.HIGHEST_DEMAND
        return allocate_equity(limits, claims, first, check, MAX_ROUNDS)
    pricing = Pricing.PAY_AS_BID if rule == CapacityRule.PREMIUM_AS_BID else Pricing.PAY_AS_CLEAR
    rules = Rules(
        pricing=pricing,
        lowest_ticks=0,
        highest_ticks=market.max_price_ticks,
        tick_micro_euro_per_mwh=market.price_tick_micro_euro_per_mwh,
        mtu_seconds=market.mtu_length_s,
        max_seconds=MAX_SECONDS,
        max_rounds=MAX_ROUNDS,
    )
    return allocate_premium(limits, claims, rules, check)


def _disagreed() -> Rejection:
    rule = "auction and exact grid check agree within a bounded number of rounds"
    return Rejection(Code.GRID_LIMIT_EXCEEDED, rule, value=MAX_ROUNDS, limit=MAX_ROUNDS, unit="rounds")


class _Claims:
    """Requests as claims, or why they are none, and the limits that they name."""

    def __init__(self, state: AreaState, asked: Sequence[CapacityRequest]) -> None:
        self._state = state
        self._places: dict[Mtu, set[str]] = {}
        self._rooms: dict[tuple[str, int], int] = {}
        self.claims: dict[str, Claim] = {}
        self.refused: dict[str, Rejection] = {}
        for request in asked:
            found = self._claim(request)
            if isinstance(found, Rejection):
                self.refused[request.request_id] = found
            else:
                self.claims[request.request_id] = found

    def _claim(self, request: CapacityRequest) -> Claim | Rejection:
        refusal = refuse_standing(self._state, request)
        if refusal is not None:
            return refusal
        where, room = place(request.node_id, request.use.sign), request.quantity_w
        limit = f"connection {request.metering_point_id} {request.use.sign:+d}"
        for mtu in request.mtus:
            refusal = _refuse_grid(self._state, request, mtu) or self._refuse_crowd(mtu, where)
            if refusal is not None:
                return refusal
            own = unit_room_w(self._state, request, self._state.registry.units[request.unit_id], mtu)
            assert own is not None  # the grid's state is known
            room = min(room, own)
            self._rooms[limit, mtu.start_s] = max(0, own)
        if room < request.minimum_w:
            rule = "the unit has room for the least that is of use beside its base"
            return Rejection(
                Code.BASIS_EXCEEDED, rule, field="minimum_w", element=request.unit_id, value=request.minimum_w,
                limit=max(0, room), unit="W", headroom_w=max(0, room),
            )  # fmt: skip
        for mtu in request.mtus:
            self._places.setdefault(mtu, set()).add(where)
        return Claim(
            request.request_id, tuple(contract(mtu) for mtu in request.mtus), room, self._over(request, limit),
            registered_w=room, minimum_w=request.minimum_w, price_ticks=request.price_ticks, time_us=request.sequence,
            node=where,
        )  # fmt: skip

    def _refuse_crowd(self, mtu: Mtu, where: str) -> Rejection | None:
        """Return that a period holds as many calls as it may: with any fill each node and sign is one."""
        held = len(self._state.period(mtu).grid.held_with().calls)
        count = held + len(self._places.get(mtu, set()) | {where})
        if count <= MAX_HELD_CALLS:
            return None
        rule = "what is held of one period is bounded"
        return Rejection(Code.TOO_MANY_ENTRIES, rule, field="mtus", value=count, limit=MAX_HELD_CALLS, unit="calls")

    def _over(self, request: CapacityRequest, own_limit: str) -> tuple[str, ...]:
        """Return the names of the limits that a request goes over: its unit's, and those of the operator's schedule."""
        names, node, sign = {own_limit}, self._state.node(request.node_id), request.use.sign
        for mtu in request.mtus:
            for limit, room in _schedule_rooms(self._state, mtu, node, sign):
                names.add(limit)
                self._rooms[limit, mtu.start_s] = min(room, MAX_QUANTITY_W)
        return tuple(sorted(names))

    def limits(self) -> Iterator[Limit]:
        """Iterate over the limits that claims name, in each of their periods; one that is none there is wide."""
        named = {(name, each) for claim in self.claims.values() for name in claim.over for each in claim.contracts}
        for name, each in sorted(named):
            yield Limit(name, each, self._rooms.get((name, each.mtu), MAX_QUANTITY_W))


def _schedule_rooms(state: AreaState, mtu: Mtu, node: int, sign: int) -> Iterator[tuple[str, int]]:
    """Iterate over what the operator's schedule leaves in a period to a node, in a direction, by limit."""
    view = state.period(mtu).grid.view()
    assert view is not None
    for own in view.schedule.sums:
        room = own.room_w(view.point, view.held.calls, sign) if node in own.nodes else None
        if room is not None:
            yield f"{own.subject_id} {sign:+d}", room


def _refuse_grid(state: AreaState, request: CapacityRequest, mtu: Mtu) -> Rejection | None:
    """Return that the grid of a period is not known at a node, or its light stands against more use, or None."""
    period = state.periods.get(mtu)
    node = state.node(request.node_id)
    if state.halted_reason:
        return Rejection(Code.AREA_HALTED, f"the area runs; it is halted: {state.halted_reason}", element=state.area_id)
    if period is None or period.grid.view() is None or node < 0:
        return Rejection(
            Code.GRID_STATE_MISSING, "the grid's state of every period is known", field="mtus", value=mtu.start_s,
            unit="s",
        )  # fmt: skip
    assert period.grid.area is not None
    topology, lights = period.grid.area.topology, state.lights.of_period(mtu, state.now)
    for zone in np.flatnonzero(topology.zone_reach[:, node]).tolist():
        name = topology.zone_ids[zone]
        if lights.colour(name) not in (Light.GREEN, Light.AMBER):
            dark = lights.colour(name) is Light.UNKNOWN
            code = Code.LIGHT_UNKNOWN if dark else Code.LIGHT_RED
            return Rejection(code, "capacity is allocated under a green or amber light", element=name, headroom_w=0)
    return None
