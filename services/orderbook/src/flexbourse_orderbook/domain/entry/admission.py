"""Admission: the ordered rules that an order passes before it enters the book.

Each rule is a function of the application that returns why not, or None.
"""

from __future__ import annotations

from collections.abc import Callable

from flexbourse_core.ids import is_command_id
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.auctions.terms import refuse_auction
from flexbourse_orderbook.domain.entry.application import Application, keep_standing
from flexbourse_orderbook.domain.entry.clearance import MAX_OPEN_ORDERS, clear_of
from flexbourse_orderbook.domain.entry.collars import refuse_price
from flexbourse_orderbook.domain.entry.conditions import (
    refuse_condition,
    refuse_forwarding,
    refuse_instructions,
    refuse_spread_offer,
    refuse_targets,
)
from flexbourse_orderbook.domain.entry.covered_orders import has_collateral
from flexbourse_orderbook.domain.entry.eligibility import refuse_ineligible, refuse_no_grid_operator, refuse_unenrolled
from flexbourse_orderbook.domain.entry.party_limits import (
    is_valid_for_a_while,
    party_does_not_too_much,
    party_is_not_stopped,
)
from flexbourse_orderbook.domain.entry.position_room import position_has_room
from flexbourse_orderbook.domain.grid.lights import Light
from flexbourse_orderbook.domain.groups.exclusive_groups import refuse_form
from flexbourse_orderbook.domain.orders import (
    MAX_TEXT,
    Basis,
    FillRule,
    Product,
    Side,
    long_text,
)
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.phases.waiting_orders import refuse_entry
from flexbourse_orderbook.domain.registry_state import PRODUCTS, Market, Role
from flexbourse_orderbook.domain.resting.levels import NO_NODE
from flexbourse_orderbook.domain.resting.lowering import least_w
from flexbourse_orderbook.domain.spans.rules import refuse_crowded_spans, refuse_span
from flexbourse_orderbook.domain.state import AreaState

LAST_START_S = 253_402_300_799
_CONTINUOUS = Phase.CONTINUOUS


def texts_are_short(a: Application) -> Rejection | None:
    """No text is longer than an id can be."""
    found = long_text(a.order)
    if found is None:
        return None
    return Rejection(
        Code.FIELD_MALFORMED, "an id has at most 64 characters", field=found[0], value=found[1], limit=MAX_TEXT,
        unit="characters",
    )  # fmt: skip


def has_client_order_id(a: Application) -> Rejection | None:
    """A client order id has its form."""
    if is_command_id(a.order.client_order_id):
        return None
    return Rejection(
        Code.FIELD_MALFORMED, "a client order id is 1 to 64 of A-Z a-z 0-9 . _ : -", field="client_order_id",
        element=a.order.client_order_id, value=len(a.order.client_order_id), limit=MAX_TEXT, unit="characters",
    )  # fmt: skip


def knows_market(a: Application) -> Rejection | None:
    """The market is active and of this area."""
    if a.market is not None and a.market.active and a.market.area_id == a.state.area_id:
        return None
    return Rejection(
        Code.UNKNOWN_MARKET, "the market is active in the area", field="market_id", element=a.order.market_id
    )


def trades_product(a: Application) -> Rejection | None:
    """The market trades the product, and side and fill rule are given."""
    order = a.order
    if a.market is not None and order.product not in PRODUCTS.get(a.market.algorithm, ()):
        return Rejection(
            Code.PRODUCT_NOT_ALLOWED, "the market trades the product", field="product", element=order.market_id
        )
    for field, value in (("side", order.side), ("fill_rule", order.fill_rule)):
        if value in (Side.UNSPECIFIED, FillRule.UNSPECIFIED):
            return Rejection(Code.FIELD_MISSING, f"an order has a {field.replace('_', ' ')}", field=field)
    return None


def fits_period(a: Application) -> Rejection | None:
    """The period is one of the market's, or a span of some that it trades together."""
    mtu = a.order.mtu
    if not 0 <= mtu.start_s <= LAST_START_S:
        return Rejection(
            Code.FIELD_OUT_OF_RANGE, "a period starts between 1970 and 9999", field="mtu", value=mtu.start_s,
            limit=LAST_START_S, unit="s",
        )  # fmt: skip
    if a.market is not None and mtu.length_s == a.market.mtu_length_s and mtu.is_aligned():
        return None
    if a.market is not None and (a.market.span_lengths_s or a.market.max_block_mtus):
        return refuse_span(a.state, a.market, a.order)
    own_s = a.market.mtu_length_s if a.market else None
    return Rejection(
        Code.FIELD_MALFORMED, "a period is as long as the market's, and starts at a multiple of that", field="mtu",
        value=mtu.start_s if mtu.length_s == own_s else mtu.length_s, limit=own_s, unit="s",
    )  # fmt: skip


def book_is_open(a: Application) -> Rejection | None:
    """The book of the period is there, and its phase takes orders."""
    assert a.market is not None
    own = None if a.period is None else a.period.phase_of(a.order.market_id)
    if own is not None:
        if own.phase is _CONTINUOUS and a.market.pool is None:
            return None
        assert a.period is not None
        return refuse_entry(a.period, own, a.market, a.order)
    gate_ms = (a.order.mtu.start_s - a.market.gate_closure_s) * 1000
    now_ms = a.state.now.at_ms
    code = Code.GATE_CLOSED if gate_ms <= now_ms else Code.BOOK_NOT_OPEN
    return Rejection(
        code, "orders enter between opening and gate", field="mtu", element=a.order.market_id, value=now_ms,
        limit=gate_ms, unit="ms",
    )  # fmt: skip


def fits_quantity(a: Application) -> Rejection | None:
    """The quantity lies on the step, within the market's limits."""
    assert a.market is not None
    return check_quantity(a.market, a.order.quantity_w)


def check_quantity(market: Market, quantity_w: int) -> Rejection | None:
    """Return why a market does not take a quantity, or None."""
    if quantity_w < market.min_quantity_w or quantity_w <= 0:
        return _bound(Code.QUANTITY_OUT_OF_RANGE, "quantity_w", quantity_w, max(1, market.min_quantity_w), "W")
    if quantity_w > market.max_quantity_w:
        return _bound(Code.QUANTITY_OUT_OF_RANGE, "quantity_w", quantity_w, market.max_quantity_w, "W")
    if quantity_w % market.quantity_step_w:
        return Rejection(
            Code.QUANTITY_OFF_STEP, "the quantity is a multiple of the step", field="quantity_w",
            element=market.market_id, value=quantity_w, limit=market.quantity_step_w, unit="W",
            headroom_w=quantity_w // market.quantity_step_w * market.quantity_step_w,
        )  # fmt: skip
    return None


def fits_price(a: Application) -> Rejection | None:
    """The price lies within the market's limits and the product's collar; it is a whole number of ticks by its type."""
    market = a.market
    assert market is not None
    refusal = check_price(market, a.order.limit_price_ticks)
    if refusal is not None or not market.price_collars:
        return refusal
    assert a.period is not None
    return refuse_price(market, a.period, a.order.product, a.order.limit_price_ticks)


def check_price(market: Market, price_ticks: int) -> Rejection | None:
    """Return why a market does not take a price, or None."""
    if price_ticks < market.min_price_ticks:
        return _bound(Code.PRICE_OFF_TICK, "limit_price_ticks", price_ticks, market.min_price_ticks, "ticks")
    if price_ticks > market.max_price_ticks:
        return _bound(Code.PRICE_OFF_TICK, "limit_price_ticks", price_ticks, market.max_price_ticks, "ticks")
    return None


def _bound(code: Code, field: str, value: int, limit: int, unit: str) -> Rejection:
    rule = f"the {'price' if unit == 'ticks' else 'quantity'} lies within the market's limits"
    headroom = limit if unit == "W" and value > limit else None
    return Rejection(code, rule, field=field, value=value, limit=limit, unit=unit, headroom_w=headroom)


def party_is_active(a: Application) -> Rejection | None:
    """The party takes part, in the market too where that asks for enrolment."""
    participant = a.state.registry.participants.get(a.party)
    if participant is None or not participant.active:
        return Rejection(Code.NOT_AUTHORISED, "the party is an active participant", element=a.party)
    return None if a.market is None else refuse_unenrolled(a.state.registry, a.market, a.party)


def names_one_subject(a: Application) -> Rejection | None:
    """An order names a unit, or as a request an element or a metering point, and only one of these."""
    named = [bool(a.order.unit_id), bool(a.order.element_id), bool(a.order.metering_point_id)]
    if sum(named) == 1:
        return None
    return Rejection(
        Code.FIELD_MISSING, "an order names one of unit, element or metering point", field="unit_id",
        value=sum(named), limit=1,
    )  # fmt: skip


def request_is_flexibility(a: Application) -> Rejection | None:
    """Requests buy flexibility; offers of flexibility come from controllable units; local energy needs a unit."""
    flexible = a.order.product is not Product.LOCAL_ENERGY
    by_unit = bool(a.order.unit_id)
    wanted_side = Side.SELL if by_unit else Side.BUY
    if flexible and a.order.side is not wanted_side:
        rule = "units offer flexibility, operators and balance responsible parties request it"
    elif not flexible and not by_unit:
        rule = "local energy is traded for a unit"
    elif flexible and by_unit and a.unit is not None and not a.unit.controllable:
        rule = "flexibility is offered by controllable units"
    else:
        return None
    return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="product", element=a.order.unit_id)


def condition_is_sound(a: Application) -> Rejection | None:
    """A conditional order is one that can be held, a forwardable one is energy that rests; parts fit the whole."""
    assert a.market is not None
    return (
        refuse_condition(a.order)
        or refuse_forwarding(a.order)
        or refuse_instructions(a.order, a.market)
        or refuse_form(a.order)
        or refuse_auction(a)
        or refuse_spread_offer(a.order, a.market, a.basis)
    )


def targets_are_sound(a: Application) -> Rejection | None:
    """Targets are an operator's, few, distinct, within bounds, and the request's own element is one of them."""
    return refuse_targets(a.order)


def operator_may_request(a: Application) -> Rejection | None:
    """Operators of the area request relief of its elements, while each element's light is amber or red."""
    if not a.order.element_id:
        return None
    refusal = refuse_no_grid_operator(a.state.registry, a.state.area_id, a.party)
    if refusal is not None:
        return refusal
    named = dict.fromkeys((a.order.element_id, *(target.element_id for target in a.order.relief_targets)))
    return next((refusal for name in named if (refusal := _refuse_relief_of(a, name))), None)


def _refuse_relief_of(a: Application, element_id: str) -> Rejection | None:
    area = a.state.topology
    found = area.element(element_id) if area is not None else None
    if area is None or found is None:
        return Rejection(
            Code.UNKNOWN_OBJECT, "a request names an element of the area", field="element_id", element=element_id
        )
    assert a.market is not None
    zone = area.zone_of_element(*found)
    light = a.state.lights.light(zone, a.order.mtu, a.state.now)
    if not a.market.gate_enabled or light in (Light.AMBER, Light.RED):
        return None
    if light is Light.UNKNOWN:
        return Rejection(Code.LIGHT_UNKNOWN, "relief is requested under a known light", element=zone)
    return Rejection(
        Code.PRODUCT_NOT_ALLOWED, "operators' requests are open at amber and red", element=zone,
        value=int(light), limit=int(Light.AMBER), unit="light",
    )  # fmt: skip


def balance_party_may_request(a: Application) -> Rejection | None:
    """A balance responsible party requests at metering points of its own."""
    if a.order.unit_id or a.order.element_id:
        return None
    if a.order.product.is_reactive:
        return Rejection(
            Code.PRODUCT_NOT_ALLOWED, "reactive power is requested by operators alone", field="product",
            element=a.order.metering_point_id,
        )  # fmt: skip
    point = a.metering_point
    if point is None:
        return _unknown("metering_point_id", a.order.metering_point_id)
    if point.brp_id == a.party and a.state.registry.has_role(a.party, Role.BRP):
        return None
    return Rejection(
        Code.NOT_AUTHORISED, "the metering point's balance responsible party requests",
        field="metering_point_id", element=point.metering_point_id,
    )  # fmt: skip


def unit_is_active(a: Application) -> Rejection | None:
    """Unit and metering point are registered, active and of this area."""
    if a.order.unit_id and a.unit is None:
        return _unknown("unit_id", a.order.unit_id)
    if a.basis is Basis.OPERATOR_REQUEST:
        return None
    point = a.metering_point
    if point is None or point.area_id != a.state.area_id:
        return _unknown("metering_point_id", a.unit.metering_point_id if a.unit else a.order.metering_point_id)
    if not point.active or (a.unit is not None and not a.unit.active):
        return Rejection(
            Code.UNIT_NOT_ACTIVE, "unit and metering point are active", field="unit_id",
            element=a.order.unit_id or point.metering_point_id,
        )  # fmt: skip
    return None


def _unknown(field: str, name: str) -> Rejection:
    return Rejection(Code.UNKNOWN_OBJECT, "what an order names is registered in the area", field=field, element=name)


def party_may_offer(a: Application) -> Rejection | None:
    """The party holds the right to offer the unit, which is prequalified and qualified, for the whole period."""
    if a.unit is None:
        return None
    return refuse_ineligible(a.state.registry, a.market, a.party, a.order, a.unit)


def area_runs(a: Application) -> Rejection | None:
    """The area is not halted."""
    return refuse_halted(a.state)


def refuse_halted(state: AreaState) -> Rejection | None:
    """Return why a halted area takes nothing, or None."""
    if not state.halted_reason:
        return None
    return Rejection(Code.AREA_HALTED, f"the area runs; it is halted: {state.halted_reason}", element=state.area_id)


def id_is_fresh(a: Application) -> Rejection | None:
    """The party has not used the client order id in this period."""
    assert a.period is not None
    if not a.period.is_used(a.party, a.order.client_order_id):
        return None
    return Rejection(
        Code.DUPLICATE_CLIENT_ORDER_ID, "a client order id names one order of its period",
        field="client_order_id", element=a.order.client_order_id,
    )  # fmt: skip


def group_takes_another(a: Application) -> Rejection | None:
    """The exclusive group is bounded, and what it has executed leaves something of the order."""
    if not a.order.exclusive_group:
        return None
    assert a.market is not None
    unit_w = a.unit.min_activation_w if a.unit is not None and not a.order.product.is_reactive else 0
    least = least_w(a.market, unit_w, a.order.instructions)
    return a.state.groups.refuse(a.party, a.order, a.market.quantity_step_w, least)


def book_has_room(a: Application) -> Rejection | None:
    """The book is bounded."""
    if len(a.state.orders) < MAX_OPEN_ORDERS:
        crowds = a.period is not None and a.period.is_span
        return refuse_crowded_spans(a.state, a.order.mtu, a.period) if crowds else None
    return Rejection(
        Code.BOOK_FULL, "the open orders of an area are bounded", value=len(a.state.orders), limit=MAX_OPEN_ORDERS,
        unit="orders",
    )  # fmt: skip


def grid_is_known(a: Application) -> Rejection | None:
    """Topology, base case, margin and tariff of the period are there, and the node is in the topology."""
    assert a.period is not None
    missing = a.period.missing_grid()
    if missing:
        return Rejection(Code.GRID_STATE_MISSING, "the grid's state of the period is known", element=missing)
    if a.metering_point is not None and a.state.node(a.metering_point.node_id) == NO_NODE:
        return Rejection(
            Code.GRID_STATE_MISSING, "the node of the metering point is in the topology",
            element=a.metering_point.node_id,
        )  # fmt: skip
    return None


Rule = Callable[[Application], Rejection | None]

RULES: tuple[Rule, ...] = (
    texts_are_short,
    has_client_order_id,
    knows_market,
    trades_product,
    fits_period,
    book_is_open,
    fits_quantity,
    fits_price,
    party_is_active,
    names_one_subject,
    request_is_flexibility,
    condition_is_sound,
    targets_are_sound,
    operator_may_request,
    balance_party_may_request,
    unit_is_active,
    party_may_offer,
    area_runs,
    party_is_not_stopped,
    party_does_not_too_much,
    is_valid_for_a_while,
    id_is_fresh,
    group_takes_another,
    book_has_room,
    grid_is_known,
    position_has_room,
    has_collateral,
)


def refuse(application: Application) -> Rejection | None:
    """Return the first rule that an order breaks, or None; the quick look comes first."""
    if clear_of(application.state, application.party, application.order)[0] is not None:
        return None
    return refuse_by_rules(application)


def refuse_by_rules(application: Application) -> Rejection | None:
    """Return the first rule that an order breaks, or None; what it names has a standing from then on."""
    for rule in RULES:
        refusal = rule(application)
        if refusal is not None:
            return refusal
    keep_standing(application)
    return None
