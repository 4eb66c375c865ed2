"""Offers for the day-ahead auction: single quarter-hours and blocks of several, entered and taken back until 11:30."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flexbourse_core.ids import is_object_id
from flexbourse_core.market_time import LAST_SECOND, Mtu, local_day
from flexbourse_core.rejection import Code, Rejection
from flexbourse_wholesale_gateway.domain.day_ahead import state as a
from flexbourse_wholesale_gateway.domain.day_ahead.blocks import PERMILLE
from flexbourse_wholesale_gateway.domain.day_ahead.curves import entry_closes_s
from flexbourse_wholesale_gateway.domain.desk import Desk
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder, Side
from flexbourse_wholesale_gateway.domain.registry_state import Unit

MAX_OFFERS = 50_000
MAX_OFFER_W = 10**9
MAX_TICKS = 400_000  # the auction's range: 4,000 EUR/MWh
MAX_BLOCK_MTUS = 100  # the longest local day
MTU_S = 900
LAST_START_S = LAST_SECOND - 3 * 86_400  # so that every local day of an offer is one of calendars


@dataclass(frozen=True, slots=True)
class DayAheadOffer:
    """A wish to buy or sell in the auction; no side: it says none. `mtu_count` above 1: a block from `mtu` on."""

    offer_id: str
    unit_id: str
    mtu: Mtu
    side: Side | None
    quantity_w: int
    limit_ticks: int
    mtu_count: int = 0
    least_permille: int = 0

    @property
    def is_block(self) -> bool:
        """Tell whether a part of it may be too little."""
        return self.mtu_count > 1 or self.least_permille > 0

    @property
    def delivery(self) -> Mtu:
        """Return all that it covers as one period."""
        return Mtu(self.mtu.start_s, MTU_S * max(1, self.mtu_count))


def offer(desk: Desk, wish: DayAheadOffer, party: str, zone: str) -> list[Rejection]:
    """Take an offer in; returns every rule that stands against it."""
    state, registry = desk.state, desk.state.registry
    unit = registry.units.get(wish.unit_id)
    point = registry.points.get(unit.metering_point_id) if unit is not None else None
    order_id = order_id_of(party, wish.offer_id)
    problems = _shape_problems(wish, zone)
    if not problems and state.now_s >= entry_closes_s(wish.mtu, zone):
        problems.append(_too_late(wish.mtu, "mtu"))
    delivery = wish.delivery
    if unit is None or point is None or not (unit.active and point.active):
        problems.append(Rejection(Code.UNIT_NOT_ACTIVE, "the unit and its metering point are active", "unit_id",
                                  wish.unit_id[:64]))  # fmt: skip
    elif not registry.may_offer(wish.unit_id, party, delivery.start_s, delivery.end_s):
        rule = "the party holds the right to offer the unit for the whole period"
        problems.append(Rejection(Code.NO_RIGHT_TO_OFFER, rule, "unit_id", wish.unit_id[:64]))
    if order_id in state.auctions.offers or len(state.auctions.offers) >= MAX_OFFERS:
        problems.append(Rejection(Code.IDENTIFIER_IN_USE, "a new offer has a new id", "offer_id", wish.offer_id[:64]))
    if problems or unit is None or point is None or wish.side is None:
        return problems
    order = ForwardableOrder(
        order_id=order_id, participant_id=party, unit_id=wish.unit_id, node_id=point.node_id, feeder_id=unit.feeder_id,
        area_id=point.area_id, mtu=delivery, side=wish.side, open_w=wish.quantity_w, limit_ticks=wish.limit_ticks,
        metering_point_id=unit.metering_point_id, moves=unit.controllable,
        least_permille=(wish.least_permille or PERMILLE) if wish.is_block else 0,
    )  # fmt: skip
    limits = _unit_problems(desk, order, unit)
    if not limits:
        desk.record(a.DayAheadOffered(order))
    return limits


def cancel_offer(desk: Desk, offer_id: str, party: str, zone: str) -> list[Rejection]:
    """Take an own offer back while offers are entered; returns what stands against it."""
    order_id = order_id_of(party, offer_id)
    order = desk.state.auctions.offers.get(order_id)
    if order is None:
        return [Rejection(Code.UNKNOWN_OBJECT, "an own offer for an auction to come", "offer_ids", offer_id[:64])]
    if desk.state.now_s >= entry_closes_s(order.mtu, zone):
        return [_too_late(order.mtu, "offer_ids")]
    desk.record(a.DayAheadCancelled(order_id, party))
    return []


def cancel_unlawful(desk: Desk, is_named: Callable[[ForwardableOrder], bool], party: str, zone: str) -> None:
    """Take back, while offers are entered, those of some orders whose party may not offer the unit any more."""
    registry, now_s = desk.state.registry, desk.state.now_s
    for order_id, order in sorted(desk.state.auctions.offers.items()):
        lost = registry.has_lost(order.unit_id, order.participant_id, order.mtu.start_s, order.mtu.end_s)
        if is_named(order) and lost and now_s < entry_closes_s(order.mtu, zone):
            desk.record(a.DayAheadCancelled(order_id, party))


def order_id_of(party: str, offer_id: str) -> str:
    """Return the id of a party's offer in curves, results and headroom."""
    return f"da.{party}.{offer_id}"


def quarters(delivery: Mtu) -> range:
    """Return the starts of the quarter-hours of a period."""
    return range(delivery.start_s, delivery.end_s, MTU_S)


def _too_late(mtu: Mtu, field: str) -> Rejection:
    rule = "offers for the auction end at 11:30 of the day before"
    return Rejection(Code.GATE_CLOSED, rule, field, value=mtu.start_s)


def _shape_problems(wish: DayAheadOffer, zone: str) -> list[Rejection]:
    problems = []
    if not is_object_id(wish.offer_id):
        problems.append(
            Rejection(Code.FIELD_MALFORMED, "an id has the form [A-Za-z0-9][A-Za-z0-9._:-]{0,63}", "offer_id")
        )
    is_quarter = wish.mtu.length_s == MTU_S and wish.mtu.is_aligned() and wish.mtu.start_s < LAST_START_S
    if not is_quarter:
        problems.append(Rejection(Code.FIELD_MALFORMED, "an offer begins with one quarter-hour", "mtu"))
    if wish.side is None:
        problems.append(Rejection(Code.FIELD_MISSING, "an offer buys or sells", "side"))
    for name, value, low, high in (
        ("quantity_w", wish.quantity_w, 1, MAX_OFFER_W), ("limit_ticks", wish.limit_ticks, -MAX_TICKS, MAX_TICKS),
        ("mtu_count", wish.mtu_count, 0, MAX_BLOCK_MTUS), ("least_permille", wish.least_permille, 0, PERMILLE),
    ):  # fmt: skip
        if not low <= value <= high:
            problems.append(Rejection(Code.FIELD_OUT_OF_RANGE, "bounded", name, value=value, limit=high))
    if is_quarter and 1 < wish.mtu_count <= MAX_BLOCK_MTUS:
        first, last = (local_day(at_s, zone) for at_s in (wish.mtu.start_s, wish.delivery.end_s - 1))
        if first != last:
            problems.append(Rejection(Code.FIELD_OUT_OF_RANGE, "a block lies inside one local day", "mtu_count",
                                      value=wish.mtu_count))  # fmt: skip
    return problems


def _unit_problems(desk: Desk, order: ForwardableOrder, unit: Unit) -> list[Rejection]:
    """All offers of a unit in a quarter-hour and direction stay inside what it can do."""
    span_w = unit.max_power_w - unit.min_power_w
    offered_w = dict.fromkeys(quarters(order.mtu), order.open_w)
    for known in desk.state.auctions.offers.values():
        if (known.unit_id, known.side) != (order.unit_id, order.side):
            continue
        for start_s in quarters(known.mtu):
            if start_s in offered_w:
                offered_w[start_s] += known.open_w
    most_w = max(offered_w.values())
    if most_w <= span_w:
        return []
    rule = "offers of a unit, period and direction stay inside its power"
    return [Rejection(Code.BASIS_EXCEEDED, rule, "quantity_w", order.unit_id, most_w, span_w, "W")]
