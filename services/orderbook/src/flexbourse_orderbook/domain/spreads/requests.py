"""Spread requests: an operator asks for pairs of ordinary orders over two locations, and waits for them.

They take what rests and leave its priority alone: an order that is filled in part keeps its place, and where both want
the same order a plain match goes first. Requests are tried when they come, and at time records when something came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flexbourse_core.ids import is_command_id
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.entry.admission import check_quantity, refuse_halted
from flexbourse_orderbook.domain.entry.eligibility import refuse_no_grid_operator
from flexbourse_orderbook.domain.grid.lights import Light
from flexbourse_orderbook.domain.groups.group_bounds import bound_groups
from flexbourse_orderbook.domain.orders import MAX_TEXT, FillRule, OrderStatus, Product
from flexbourse_orderbook.domain.phases.table import Action, refuse_in_phase
from flexbourse_orderbook.domain.registry_state import PRODUCTS, Market
from flexbourse_orderbook.domain.resting.quantity_waits import try_waiting
from flexbourse_orderbook.domain.settling import events_of
from flexbourse_orderbook.domain.spreads.events import SpreadEnded, SpreadRequested, SpreadSkipped, SpreadsTried
from flexbourse_orderbook.domain.spreads.plan import PairFill, PairSkip, SpreadPlan, make_plan, sides_of
from flexbourse_orderbook.domain.state import AreaState, Period

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Requests of one period that wait, and places that one names.
MAX_REQUESTS = 16
MAX_PLACES = 64
# Pairs of all requests of an area that are tried at one time record.
MAX_ATTEMPTS = 128
CANCELLED = "cancelled by its party"
NOT_BOUGHT = "no pairs for what is left"


@dataclass(frozen=True, slots=True)
class RequestSpread:
    """What an operator asks for, as it was sent."""

    client_request_id: str
    market_id: str
    mtu: Mtu
    up: tuple[str, ...]
    down: tuple[str, ...]
    quantity_w: int
    max_spread_ticks: int
    fill_rule: FillRule
    element_id: str


def request_spread(book: AreaBook, party: str, wish: RequestSpread) -> tuple[str, Rejection | None]:
    """Take a request and pair what rests for it; returns its id, or why not."""
    state = book.state
    refusal = _refuse(state, party, wish)
    if refusal is not None:
        return wish.client_request_id[:MAX_TEXT], refusal
    period = state.period(wish.mtu)
    sequence = period.spreads.sequence + 1
    request = SpreadRequested(
        f"{state.area_id}.{wish.mtu.start_s}.s.{sequence}", state.area_id, party, sequence, wish.client_request_id,
        wish.market_id, wish.mtu, wish.up, wish.down, wish.quantity_w, wish.quantity_w, wish.max_spread_ticks,
        wish.fill_rule, wish.element_id,
    )  # fmt: skip
    book.emit(request)
    _try(book, period, request, book.attempts_left)
    return request.request_id, None


def cancel_spread(book: AreaBook, party: str, request_id: str) -> Rejection | None:
    """End a request that waits; returns why not, or None."""
    found = (p.spreads.requests.get(request_id) for p in book.state.periods.values())
    request = next((own for own in found if own is not None), None)
    if request is None:
        rule = "a spread request that waits is ended"
        return Rejection(Code.ORDER_NOT_OPEN, rule, field="request_id", element=request_id)
    if request.party != party:
        return Rejection(Code.NOT_OWNER, "a spread request is ended by its party", "request_id", request_id)
    _end(book, request, OrderStatus.CANCELLED, CANCELLED)
    return None


def expire_spreads(book: AreaBook, period: Period, market_id: str, reason: str) -> None:
    """End the requests of a book that closes."""
    for request in list(period.spreads.requests.values()):
        if request.market_id == market_id:
            _end(book, request, OrderStatus.EXPIRED, reason)


def due_spreads(state: AreaState, changed: Iterable[Mtu]) -> list[Period]:
    """Return the periods whose requests are to be tried: an order or the grid is another since they were."""
    mtus = set(changed)
    waiting = (state.periods[mtu] for mtu in sorted(state.periods) if state.periods[mtu].spreads.requests)
    return [own for own in waiting if own.spreads.due or own.retry_due or own.mtu in mtus]


def try_spreads(book: AreaBook, due: Iterable[Period]) -> None:
    """Try the requests of periods by time, up to the bound of one time record; periods behind it stay due."""
    left = MAX_ATTEMPTS
    for period in due:
        if left <= 0:
            return
        if period.spreads.due:
            book.emit(SpreadsTried(book.state.area_id, period.mtu))
        for request in list(period.spreads.requests.values()):
            left -= _try(book, period, request, left)


def _try(book: AreaBook, period: Period, request: SpreadRequested, most: int) -> int:
    """Take the pairs of a request; returns how many were tried."""
    market = book.state.market_of(request.market_id, request.mtu)
    plan = None
    if most > 0 and period.takes(market.market_id, Action.MATCH):
        plan = make_plan(book.state, market, request, most)
    whole = plan is not None and plan.open_w == 0
    if plan is not None:
        _carry_out(book, market, request, plan, fills=whole or request.fill_rule is not FillRule.FILL_OR_KILL)
    own = period.spreads.requests.get(request.request_id)
    if own is not None and not own.fill_rule.rests:
        _end(book, own, OrderStatus.KILLED, NOT_BOUGHT)
    return plan.tried if plan is not None else 0


def _carry_out(book: AreaBook, market: Market, request: SpreadRequested, plan: SpreadPlan, *, fills: bool) -> None:
    period = book.state.period(request.mtu)
    before = period.grid.sequence
    for step in plan.steps:
        if isinstance(step, PairSkip):
            book.emit(
                SpreadSkipped(
                    request.request_id, request.area_id, request.market_id, request.mtu, request.party,
                    step.ask.terms.order_id, step.bid.terms.order_id, step.reason,
                )
            )  # fmt: skip
        elif fills:
            _book_pair(book, market, period, step)
    if period.grid.sequence != before:
        book.try_blocked(period)
        try_waiting(book, market, period, Product.LOCAL_ENERGY)


def _book_pair(book: AreaBook, market: Market, period: Period, step: PairFill) -> None:
    for event in events_of(book.state, market, step.aggressor, step.fill):
        book.emit(event)
    bound_groups(book, step.aggressor, step.fill.resting)
    if step.fill.after is not None:
        period.grid.remember(step.fill.after)


def _end(book: AreaBook, request: SpreadRequested, status: OrderStatus, reason: str) -> None:
    book.emit(
        SpreadEnded(
            request.request_id, request.area_id, request.market_id, request.mtu, request.party, status, request.open_w,
            reason,
        )
    )  # fmt: skip


def _refuse(state: AreaState, party: str, wish: RequestSpread) -> Rejection | None:
    """Return the first rule that a request breaks, or None."""
    market, period = state.registry.markets.get(wish.market_id), state.periods.get(wish.mtu)
    if not is_command_id(wish.client_request_id):
        rule = "a client request id is 1 to 64 of A-Z a-z 0-9 . _ : -"
        return Rejection(Code.FIELD_MALFORMED, rule, "client_request_id", wish.client_request_id[:MAX_TEXT])
    if market is None or not market.active or market.area_id != state.area_id:
        rule = "the market is active in the area"
        return Rejection(Code.UNKNOWN_MARKET, rule, "market_id", wish.market_id[:MAX_TEXT])
    if Product.LOCAL_ENERGY not in PRODUCTS.get(market.algorithm, ()) or wish.mtu.length_s != market.mtu_length_s:
        rule = "orders of local energy of one period are paired"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, "market_id", market.market_id)
    refusal = refuse_no_grid_operator(state.registry, state.area_id, party) or refuse_halted(state)
    if refusal is not None:
        return refusal
    refusal = refuse_in_phase(period.phases.get(wish.market_id) if period else None, Action.ENTER, wish.market_id)
    if refusal is not None or period is None:
        return refusal
    return (
        check_quantity(state.market_of(wish.market_id, wish.mtu), wish.quantity_w)
        or _refuse_form(period, party, wish)
        or _refuse_places(state, period, market, wish)
    )


def _refuse_form(period: Period, party: str, wish: RequestSpread) -> Rejection | None:
    if period.is_used(party, wish.client_request_id):
        rule = "a client request id names one order or request of its period"
        return Rejection(Code.DUPLICATE_CLIENT_ORDER_ID, rule, "client_request_id", wish.client_request_id)
    if wish.fill_rule not in (FillRule.NORMAL, FillRule.FILL_AND_KILL, FillRule.FILL_OR_KILL):
        rule = "a spread request is normal, fill-and-kill or fill-or-kill"
        return Rejection(Code.FIELD_MALFORMED, rule, "fill_rule", value=int(wish.fill_rule))
    places = len(wish.up) + len(wish.down)
    if places > MAX_PLACES or len(period.spreads.requests) >= MAX_REQUESTS:
        beyond = places if places > MAX_PLACES else len(period.spreads.requests) + 1
        limit = MAX_PLACES if places > MAX_PLACES else MAX_REQUESTS
        rule = "places of a request, and requests of a period that wait, are bounded"
        return Rejection(Code.TOO_MANY_ENTRIES, rule, "up", value=beyond, limit=limit)
    return None


def _refuse_places(state: AreaState, period: Period, market: Market, wish: RequestSpread) -> Rejection | None:
    """Return that a place is unknown, that none is given, that they overlap, or that no light asks for relief."""
    area = period.grid.area
    if area is None:
        return Rejection(Code.GRID_STATE_MISSING, "the grid's state of the period is known", element="topology")
    if not wish.up and not wish.down:
        return Rejection(Code.FIELD_MISSING, "a request says where sellers or where buyers are taken", field="up")
    found = sides_of(area, wish.up, wish.down)
    unknown = found if isinstance(found, str) else ""
    if wish.element_id and wish.element_id not in area.topology.branch_index:
        unknown = unknown or wish.element_id
    if unknown or isinstance(found, str):
        rule = "places are nodes, zones or branches of the area, and an element to relieve is a branch"
        return Rejection(Code.UNKNOWN_OBJECT, rule, "up", unknown[:MAX_TEXT])
    up, down = found
    if up & down:
        name = area.topology.node_ids[min(up & down)]
        return Rejection(Code.FIELD_MALFORMED, "sellers and buyers are taken at different places", "down", name)
    zones = sorted({area.zone_of_node(node) for node in up | down})
    return _refuse_lights(state, wish.mtu, zones) if market.gate_enabled else None


def _refuse_lights(state: AreaState, mtu: Mtu, zones: list[str]) -> Rejection | None:
    lights = {state.lights.light(zone, mtu, state.now) for zone in zones}
    if lights & {Light.AMBER, Light.RED}:
        return None
    if Light.UNKNOWN in lights:
        return Rejection(Code.LIGHT_UNKNOWN, "relief is requested under a known light", element=zones[0])
    rule = "operators' requests are open at amber and red"
    return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, element=zones[0], limit=int(Light.AMBER), unit="light")
